# Copyright 2026 The tf_ganprune Authors. All Rights Reserved.
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.
"""A registry of classes that users may name by a string."""

from collections.abc import Iterator, Mapping
from typing import Protocol


class _Kind(Protocol):
  """A class with a name, its attribute `kind`."""

  kind: str


class ClassRegistry(Mapping):
  """A registry of classes by their attribute `kind`.

  Example:
    >>> IMPORTANCES = ClassRegistry(
    ...   Importance, "`importance` must be one of {names}, or an object"
    ... )
    >>> @IMPORTANCES.register
    ... class Magnitude(Importance):
    ...   kind = "magnitude"
    >>> IMPORTANCES.make("magnitude")
  """

  def __init__(self, base: type, rule: str):
    """Creates a registry without classes.

    Args:
      base: The base class of all classes.
      rule: The error message for other values, a sentence without its full
        stop, in which `{names}` stands for the registered names.
    """
    self._base, self._rule = base, rule
    self._classes: dict[str, type[_Kind]] = {}

  def __getitem__(self, name: str) -> type:
    return self._classes[name]

  def __iter__(self) -> Iterator[str]:
    return iter(self._classes)

  def __len__(self) -> int:
    return len(self._classes)

  def register(self, cls: type[_Kind]) -> type[_Kind]:
    """Registers a class by its `kind`; a decorator.

    Args:
      cls: A class derived from the base.

    Raises:
      ValueError: If its `kind` is empty, or that of another class.
    """
    other = self._classes.get(cls.kind)
    if not cls.kind or other is not None:
      raise ValueError(
        f"{cls.__name__} must have a `kind` that no other class has; got"
        f" {cls.kind!r}."
      )
    self._classes[cls.kind] = cls
    return cls

  def make(self, value):
    """Returns a new object of a registered name, or a given object itself.

    Args:
      value: A name, or an object of a class derived from the base.

    Raises:
      ValueError: If it is neither.
    """
    if isinstance(value, str) and value in self._classes:
      return self._classes[value]()
    if isinstance(value, self._base):
      return value
    rule = self._rule.format(names=sorted(self._classes))
    if isinstance(value, type) and issubclass(value, self._base):
      name = value.__name__
      raise ValueError(
        f"{rule}; got the class {name}: make an object of it, {name}()."
      )
    raise ValueError(f"{rule}; got {value!r}.")
