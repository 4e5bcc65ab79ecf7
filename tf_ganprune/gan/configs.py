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
"""Saves the arguments of a GAN's constructor and `compile` as its config."""

import functools
import inspect
import types
from collections.abc import Callable, Mapping

import numpy as np

from tf_ganprune.keras_compat import keras

# Names of attributes that Keras's models have of their own.
_OF_KERAS = {*dir(keras.Model), "history", "inputs", "loss", "optimizer"}
_OF_KERAS -= {"name", "trainable"}
# Names of attributes that the base sets after the networks'.
RESERVED = {*_OF_KERAS, "distillation", "ema_decay", "input_source"}
RESERVED |= {"regularizers"}
# Names of attributes that the base computes.
_COMPUTED = {"averages", "discriminators", "exported", "optimizers"}
_PAIRS = "pairs_of_a_dict"
_BY_NETWORK = "optimizers_by_network"
_BY_NAME = (
  inspect.Parameter.POSITIONAL_OR_KEYWORD,
  inspect.Parameter.KEYWORD_ONLY,
)
_COMPILE_OPTIONS = ("jit_compile", "run_eagerly", "steps_per_execution")


class Configured(keras.Model):
  """A model whose config is the arguments of its constructor and `compile`.

  A family needs no `get_config`: each argument of its constructor is saved with
  the value of the attribute of that name, or as it was passed if there is none.
  The same holds for `compile`, whose optimizers are saved as they are by then.
  """

  def __new__(cls, *args, **kwargs):
    """Records the arguments of the constructor."""
    model = super().__new__(cls, *args, **kwargs)
    # Set without Keras, which would track the objects in it.
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
      name: _as_it_is(self, name, value) for name, value in self._given.items()
    }

  def get_config(self):
    """Returns the arguments of the constructor.

    Raises:
      NotImplementedError: If networks share layers, which a config would make
        for each network anew.
    """
    _check_apart(getattr(self, "networks", {}))
    config = super().get_config()
    return config | {k: _serialized(v) for k, v in self._arguments.items()}

  @classmethod
  def from_config(cls, config, custom_objects=None):
    """Makes a GAN and its networks from the config of `get_config`."""
    return made(
      cls,
      {
        name: _deserialized(value, custom_objects)
        for name, value in config.items()
      },
    )

  @property
  def _compile_arguments(self) -> dict:
    """The arguments of `compile`, without `_compile_options`."""
    noted = vars(self).get("_noted", {})
    return {
      name: _current(self, name, value)
      for name, value in noted.items()
      if name not in _COMPILE_OPTIONS
    }

  @property
  def _compile_options(self) -> dict:
    """The arguments of `compile` on how Keras runs the train step, if given."""
    noted = vars(self).get("_noted", {})
    return {name: noted[name] for name in _COMPILE_OPTIONS if name in noted}

  def get_compile_config(self):
    """Returns the arguments of `compile`, to compile a loaded GAN with.

    Returns:
      A dict; None if the GAN was not compiled, or compiled with an object that
      cannot be saved, such as a loss without a name.
    """
    arguments = self._compile_arguments
    if not arguments or not all(map(_is_writable, arguments.values())):
      return None
    config = {name: _serialized(value) for name, value in arguments.items()}
    if not self._names_optimizers(arguments):
      config[_BY_NETWORK] = _serialized(dict(self.optimizers))
    return config | self._compile_options

  def _names_optimizers(self, arguments) -> bool:
    """Whether `compile` has arguments with the names of the optimizers."""
    names = {self.optimizer_name(name) for name in self.optimizers}
    has_names = is_by_name(self, "optimizers", arguments.get("optimizers"))
    return has_names or names <= set(arguments)

  def compile_from_config(self, config):
    """Compiles a loaded GAN as it was compiled when it was saved."""
    given = {name: _deserialized(value, None) for name, value in config.items()}
    compile_with(self, given, given.pop(_BY_NETWORK, {}))


def _check_apart(networks: Mapping[str, keras.Model]) -> None:
  """Raises if two networks have a layer with weights in common."""
  owners = {}
  for name, network in networks.items():
    for layer in network._flatten_layers():
      owner = owners.setdefault(id(layer), name)
      if owner != name and layer.weights:
        raise NotImplementedError(
          f"`{owner}` and `{name}` share the layer {layer.name!r}, of which a"
          " file would make one for each. Save weights, with"
          " `save_weights` or tf.train.Checkpoint, and load them into a GAN"
          " that the same code has made"
        )


def compile_with(model, arguments: Mapping, optimizers: Mapping) -> None:
  """Compiles a GAN of any family with optimizers by the networks' names.

  Args:
    model: The GAN.
    arguments: The arguments of its `compile`.
    optimizers: Optimizers by the networks' names, which replace those that
      `compile` passes to the base.
  """
  object.__setattr__(model, "_carried", optimizers)
  try:
    call(type(model).compile, arguments, model)
  finally:
    object.__delattr__(model, "_carried")


def parameters(model_class) -> set[str]:
  """Returns the names of a constructor's arguments.

  If it has `**kwargs`, those of its bases are included.

  Args:
    model_class: The class.
  """
  found = set()
  for kind in model_class.__mro__:
    if "__init__" in vars(kind) and issubclass(kind, Configured):
      taken = inspect.signature(kind.__init__).parameters.values()
      found |= {x.name for x in taken if x.kind in _BY_NAME}
      if not any(x.kind is inspect.Parameter.VAR_KEYWORD for x in taken):
        break
  return found - {"self", "networks"}


def made(model_class, arguments: Mapping):
  """Makes a GAN of a class.

  Args:
    model_class: The class.
    arguments: The arguments of its constructor by name; those of `*networks`
      are a list.
  """
  return call(model_class, arguments)


def call(function: Callable, arguments: Mapping, *first):
  """Calls a function with arguments by name.

  Args:
    function: A function, or a class.
    arguments: The arguments by name; those of `*values` are a list, and those
      before it are passed by position.
    *first: The first arguments, such as `self`.

  Returns:
    The result of the function.
  """
  parameters = [*inspect.signature(function).parameters.values()][len(first) :]
  kinds = [x.kind for x in parameters]
  by_name, by_place = dict(arguments), list(first)
  if inspect.Parameter.VAR_POSITIONAL in kinds:
    last = kinds.index(inspect.Parameter.VAR_POSITIONAL)
    rest = by_name.pop(parameters[last].name, ())
    before = [x.name for x in parameters[:last] if x.name in by_name]
    by_place += [*(by_name.pop(name) for name in before), *rest]
  return function(*by_place, **by_name)


def _bound(function, args, kwargs) -> Mapping:
  """Returns the arguments of a call by name, with defaults."""
  signature = inspect.signature(function)
  try:
    bound = signature.bind(None, *args, **kwargs)
  except TypeError:
    return types.MappingProxyType({})  # the call itself raises the error
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
  """Returns a `compile` that records its arguments, if it is the outermost."""

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


def _as_it_is(model, name: str, value):
  """Returns the present value of an argument of the constructor."""
  if name == "networks":
    return _with_networks(model, value)
  if not _is_kept(model, name):
    return value
  return getattr(model, name, value)


def _with_networks(model, given):
  """Returns the argument `networks` with the networks as they are now."""
  if not isinstance(given, Mapping):
    return given
  now = {x: getattr(model, x) for x in model._names if x in given}
  return {**given, **now}


def _is_kept(model, name: str) -> bool:
  """Whether a model keeps an argument in the attribute of its name."""
  if name in _OF_KERAS or name in _COMPUTED:
    return False
  return name in vars(model) or isinstance(
    getattr(type(model), name, None), property
  )


def is_by_name(model, name: str, value) -> bool:
  """Whether an argument of `compile` is optimizers by the networks' names."""
  is_mapping = name == "optimizers" and isinstance(value, Mapping)
  return is_mapping and set(value) <= {*model._names}


def _current(model, name: str, value):
  """Returns the present value of an argument of `compile`."""
  if is_by_name(model, name, value):
    return dict(model.optimizers)
  now = vars(model).get(name)
  return now if hasattr(now, "apply_gradients") else value


def _is_writable(value) -> bool:
  if isinstance(value, Mapping):
    return all(map(_is_writable, value.values()))
  if isinstance(value, list | tuple):
    return all(map(_is_writable, value))
  plain = bool | int | float | str | np.generic
  is_plain = value is None or isinstance(value, plain)
  return is_plain or callable(getattr(value, "get_config", None))


def _serialized(value):
  """Returns JSON for an argument."""
  if isinstance(value, Mapping):
    if "class_name" in value or any(not isinstance(x, str) for x in value):
      pairs = [[_serialized(x) for x in pair] for pair in value.items()]
      return {"class_name": _PAIRS, "config": pairs}
    return {name: _serialized(one) for name, one in value.items()}
  if isinstance(value, list | tuple):
    return [_serialized(one) for one in value]
  if isinstance(value, np.generic):
    return value.item()
  if value is None or isinstance(value, bool | int | float | str):
    return value
  return keras.utils.serialize_keras_object(value)


def _deserialized(value, custom_objects):
  """Returns the argument that `_serialized` made JSON of."""
  if isinstance(value, list):
    return [_deserialized(one, custom_objects) for one in value]
  if not isinstance(value, dict):
    return value
  if value.get("class_name") == _PAIRS:
    return dict(_deserialized(value["config"], custom_objects))
  if "class_name" in value:
    return keras.utils.deserialize_keras_object(
      value, custom_objects=custom_objects
    )
  return {k: _deserialized(one, custom_objects) for k, one in value.items()}
