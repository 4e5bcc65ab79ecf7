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
"""What of a GAN is written into a file, and how it is made again from that."""

import functools
import inspect
import types
from collections.abc import Mapping

from tf_ganprune.keras_compat import keras

# Keras has attributes of its own by these names.
_ATTRIBUTES = {"inputs": "input_source"}
_COMPILE_OPTIONS = ("jit_compile", "run_eagerly", "steps_per_execution")


class Configured(keras.Model):
  """A model whose config is what its constructor and `compile` were given.

  A family needs no `get_config`: each argument of its constructor is saved as
  the attribute of that name, or as it was passed if there is none. The same
  holds for `compile`, whose optimizers are saved as they became.
  """

  def __new__(cls, *args, **kwargs):
    """Notes the arguments of the constructor."""
    model = super().__new__(cls, *args, **kwargs)
    # Past Keras, which would track what is in it.
    object.__setattr__(model, "_given", _bound(cls.__init__, args, kwargs))
    return model

  def __init_subclass__(cls, **kwargs):
    super().__init_subclass__(**kwargs)
    if "compile" in vars(cls):
      cls.compile = _noting(cls.compile)

  @property
  def _arguments(self) -> dict:
    """The arguments of the constructor, as they are now."""
    return {
      name: getattr(self, _ATTRIBUTES.get(name, name), value)
      if _is_kept(self, name)
      else value
      for name, value in self._given.items()
    }

  def get_config(self):
    """Returns the arguments of the constructor."""
    config = super().get_config()
    return config | {k: _serialized(v) for k, v in self._arguments.items()}

  @classmethod
  def from_config(cls, config, custom_objects=None):
    """Builds a GAN, and its networks, from what `get_config` returned."""
    return cls(
      **{
        name: _deserialized(value, custom_objects)
        for name, value in config.items()
      }
    )

  @property
  def _compile_arguments(self) -> dict:
    """The arguments of `compile`, without those that Keras has for itself."""
    noted = vars(self).get("_noted", {})
    return {
      name: _current(self, name, value)
      for name, value in noted.items()
      if name not in _COMPILE_OPTIONS
    }

  @property
  def _compile_options(self) -> dict:
    """How Keras runs the train step, where the user said so."""
    noted = vars(self).get("_noted", {})
    return {name: noted[name] for name in _COMPILE_OPTIONS if name in noted}

  def get_compile_config(self):
    """Returns what a loaded GAN needs to be trained on.

    Returns:
      A dict; None if it was not compiled, or with an object that cannot be
      written into a file, such as a loss without a name.
    """
    arguments = self._compile_arguments
    if not arguments or not all(map(_is_writable, arguments.values())):
      return None
    config = {name: _serialized(value) for name, value in arguments.items()}
    return config | self._compile_options

  def compile_from_config(self, config):
    """Compiles a loaded GAN as it was compiled when it was saved."""
    self.compile(**keras.utils.deserialize_keras_object(config))


def _bound(function, args, kwargs) -> Mapping:
  """Returns the arguments of a call by name, defaults too."""
  signature = inspect.signature(function)
  try:
    bound = signature.bind(None, *args, **kwargs)
  except TypeError:
    return types.MappingProxyType({})  # the call itself says what is wrong
  bound.apply_defaults()
  _, *found = bound.arguments.items()
  kinds = {name: x.kind for name, x in signature.parameters.items()}
  arguments = {}
  for name, value in found:
    if kinds[name] is inspect.Parameter.VAR_KEYWORD:
      arguments |= value
    else:
      arguments[name] = value
  return types.MappingProxyType(arguments)


def _noting(function):
  """Returns a `compile` that notes its arguments, if it is the outermost."""

  @functools.wraps(function)
  def compile_and_note(self, *args, **kwargs):
    if "_is_compiling" in vars(self):
      return function(self, *args, **kwargs)
    object.__setattr__(self, "_is_compiling", True)
    try:
      result = function(self, *args, **kwargs)
    finally:
      object.__delattr__(self, "_is_compiling")
    object.__setattr__(self, "_noted", _bound(function, args, kwargs))
    return result

  return compile_and_note


def _is_kept(model, name: str) -> bool:
  """Whether a model keeps an argument in the attribute of its name."""
  return name in vars(model) or isinstance(
    getattr(type(model), name, None), property
  )


def _current(model, name: str, value):
  """Returns what became of an argument of `compile`."""
  if name == "optimizers":
    return dict(model.optimizers)
  now = vars(model).get(name)
  return now if hasattr(now, "apply_gradients") else value


def _is_writable(value) -> bool:
  if isinstance(value, Mapping):
    return all(map(_is_writable, value.values()))
  if isinstance(value, list | tuple):
    return all(map(_is_writable, value))
  is_plain = value is None or isinstance(value, bool | int | float | str)
  return is_plain or callable(getattr(value, "get_config", None))


def _serialized(value):
  """Returns JSON for an argument."""
  if isinstance(value, Mapping):
    return {name: _serialized(one) for name, one in value.items()}
  if isinstance(value, list | tuple):
    return [_serialized(one) for one in value]
  if value is None or isinstance(value, bool | int | float | str):
    return value
  return keras.utils.serialize_keras_object(value)


def _deserialized(value, custom_objects):
  """Returns what `_serialized` was given."""
  if isinstance(value, list):
    return [_deserialized(one, custom_objects) for one in value]
  if not isinstance(value, dict):
    return value
  if "class_name" in value:
    return keras.utils.deserialize_keras_object(
      value, custom_objects=custom_objects
    )
  return {k: _deserialized(one, custom_objects) for k, one in value.items()}
