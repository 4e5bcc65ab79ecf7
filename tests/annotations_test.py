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
"""Tests that signatures of the public names say their types."""

import inspect
from collections.abc import Iterator

import tf_ganprune as tgp


def _is_ours(value) -> bool:
  module = value.__name__ if inspect.ismodule(value) else value.__module__
  return module.startswith("tf_ganprune")


def _public(name: str, value) -> Iterator[tuple[str, object]]:
  """Yields the public functions and methods of a module or a class."""
  kinds = inspect.ismodule, inspect.isclass, inspect.isfunction
  if not any(is_kind(value) for is_kind in kinds) or not _is_ours(value):
    return
  if inspect.ismodule(value):
    for part in getattr(value, "__all__", []):
      yield from _public(f"{name}.{part}", getattr(value, part))
  elif inspect.isclass(value):
    for part, method in vars(value).items():
      if part == "__init__" or not part.startswith("_"):
        method = getattr(method, "fget", None) or method  # of a property
        method = getattr(method, "__func__", method)  # of a class method
        if inspect.isfunction(inspect.unwrap(method)):
          yield f"{name}.{part}", method
  else:
    yield name, value


def _missing(name: str, function) -> Iterator[str]:
  """Yields the arguments without a type, and 'return'."""
  signature = inspect.signature(function)
  for argument, parameter in signature.parameters.items():
    if parameter.annotation is parameter.empty:
      if argument not in ("self", "cls"):
        yield f"{name}: {argument}"
  if signature.return_annotation is signature.empty:
    if not name.endswith("__init__"):
      yield f"{name}: return"


def test_public_arguments_and_returns_have_types():
  missing = {each for found in _public("tgp", tgp) for each in _missing(*found)}
  assert not missing


def test_what_has_no_type_is_found():
  class Mixed:
    def both(self, x: int, y, *rest, **more) -> None: ...

    @property
    def size(self): ...

    @classmethod
    def of(cls, x: int): ...

  Mixed.__module__ = "tf_ganprune.mixed"
  found = [x for each in _public("Mixed", Mixed) for x in _missing(*each)]
  assert found == [
    "Mixed.both: y",
    "Mixed.both: rest",
    "Mixed.both: more",
    "Mixed.size: return",
    "Mixed.of: return",
  ]
