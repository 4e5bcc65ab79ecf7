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
"""The constructor arguments of Keras classes, with their defaults."""

import functools
import inspect

_BASE = {
  "name": None,
  "trainable": True,
  "dtype": None,
  "activity_regularizer": None,
}
_NAMED = (
  inspect.Parameter.POSITIONAL_OR_KEYWORD,
  inspect.Parameter.KEYWORD_ONLY,
)


@functools.cache
def of(cls: type) -> dict:
  """Returns the arguments of a class's constructor, with their defaults.

  Args:
    cls: The class of a layer, an initializer and the like. Arguments that its
      constructor passes on to its base class are included.

  Returns:
    A dict from names to defaults.
  """
  found = {}
  for base in cls.__mro__:
    if "__init__" not in vars(base) or base is object:
      continue
    constructor = vars(base)["__init__"]
    parameters = inspect.signature(constructor).parameters
    for name, parameter in list(parameters.items())[1:]:
      if parameter.kind in _NAMED:
        found.setdefault(name, parameter.default)
    if not any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
      break
  return found


def of_layer(cls: type) -> dict:
  """Returns the arguments of a layer's constructor, with their defaults.

  Args:
    cls: The class of a layer.

  Returns:
    A dict as of `of`; with those of every layer, such as `name`, if the
    constructor passes arguments on.
  """
  constructor = getattr(cls, "__init__")  # noqa: B009  (of this very class)
  parameters = inspect.signature(constructor).parameters.values()
  passes_on = any(p.kind is p.VAR_KEYWORD for p in parameters)
  return (_BASE if passes_on else {}) | of(cls)
