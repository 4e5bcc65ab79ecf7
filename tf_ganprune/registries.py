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
"""Classes and functions that users name by a string.

Each is registered by a decorator where it is defined.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol


class _Kind(Protocol):
  """A class with a name of its own."""

  kind: str


class _Registry(Mapping):
  """A mapping from names to registered objects."""

  def __init__(self, rule: str):
    """Begins empty.

    Args:
      rule: What the argument must be, a sentence without its full stop, in
        which `{names}` stands for the names.
    """
    self._rule = rule
    self._found: dict[str, Any] = {}

  def __getitem__(self, name: str) -> Any:
    return self._found[name]

  def __iter__(self) -> Iterator[str]:
    return iter(self._found)

  def __len__(self) -> int:
    return len(self._found)

  def _add(self, name: str, value: Any) -> None:
    if not name or name in self._found:
      one = getattr(value, "__name__", type(value).__name__)
      raise ValueError(
        f"{one} must have a name (a class its `kind`) that no other has; it has"
        f" {name!r}."
      )
    self._found[name] = value

  def _refused(self, value: Any, remedy: str = "") -> ValueError:
    rule = self._rule.format(names=sorted(self._found))
    return ValueError(f"{rule}; got {remedy or repr(value)}.")


class ClassRegistry(_Registry):
  """Classes by the name that each has as `kind`.

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
    """Begins without classes.

    Args:
      base: What the classes derive from.
      rule: What the argument must be, a sentence without its full stop, in
        which `{names}` stands for the names.
    """
    super().__init__(rule)
    self._base = base

  def register(self, cls: type[_Kind]) -> type[_Kind]:
    """Adds a class by its `kind`; a decorator.

    Args:
      cls: Derived from the base.

    Raises:
      ValueError: If it has no name, or that of another class.
    """
    self._add(cls.kind, cls)
    return cls

  def make(self, value):
    """Returns a new object of the class of a name, or an object itself.

    Args:
      value: A name, or an object of a class derived from the base.

    Raises:
      ValueError: If it is neither.
    """
    if isinstance(value, str) and value in self:
      return self[value]()
    if isinstance(value, self._base):
      return value
    if isinstance(value, type) and issubclass(value, self._base):
      name = value.__name__
      raise self._refused(
        value, f"the class {name}: make an object of it, {name}()"
      )
    raise self._refused(value)


class FunctionRegistry(_Registry):
  """Functions, or objects that can be called, by name.

  Example:
    >>> CHANNEL_IMPORTANCES = FunctionRegistry(
    ...   "`importance` must be one of {names}, or a function of a `View`"
    ... )
    >>> @CHANNEL_IMPORTANCES.register("l1")
    ... def l1(view): ...
    >>> CHANNEL_IMPORTANCES.find("l1")
  """

  def register(self, name: str) -> Callable[[Callable], Callable]:
    """Returns a decorator that adds a function, or an object like one.

    Args:
      name: What users call it.

    Raises:
      ValueError: If another has that name.
    """

    def add(function: Callable) -> Callable:
      self._add(name, function)
      return function

    return add

  def find(self, value: str | Callable) -> Callable:
    """Returns the function of a name, or a function itself.

    Args:
      value: A name or a function.

    Raises:
      ValueError: If it is neither.
    """
    if isinstance(value, str) and value in self:
      return self[value]
    if callable(value):
      return value
    raise self._refused(value)
