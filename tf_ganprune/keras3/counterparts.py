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
"""Makes the counterparts of layers, initializers etc. in the other Keras."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tf_ganprune.keras3 import (
  activations,
  class_arguments,
  layer_rules,
  library,
)
from tf_ganprune.keras3.problems import Problems
from tf_ganprune.keras_compat import keras

_KINDS = (
  ("initializers", "Initializer"),
  ("regularizers", "Regularizer"),
  ("constraints", "Constraint"),
)


class Counterparts:
  """Makes objects of one Keras from those of the other, each once.

  Example:
    >>> counterparts = Counterparts(True, {}, Problems("generator", True), None)
    >>> dense = counterparts.layer(keras3.layers.Dense(8))

  Attributes:
    pairs: Pairs (layer, its counterpart), inner layers before outer ones.
    constants: The `id` of each weight that became a constructor argument.
    networks: The `id` of each network whose layers are in `pairs`.
    problems: The parts that have no counterpart.
    to_tf_keras: Whether the counterparts are of tf_keras.
  """

  def __init__(
    self,
    to_tf_keras: bool,
    custom: Mapping,
    problems: Problems,
    model: Callable,
  ):
    ours, theirs = keras, library.keras3()
    self.pairs: list[tuple] = []
    self.constants: set[int] = set()
    self.networks: set[int] = set()
    self.to_tf_keras = to_tf_keras
    self.problems = problems
    self._custom = custom
    self._source, self._target = (
      (theirs, ours) if to_tf_keras else (ours, theirs)
    )
    self._model = model
    self._made: dict[int, object] = {}

  def layer(self, layer):
    """Returns the counterpart of a layer, the same object at each call.

    Args:
      layer: The layer, or a network.

    Returns:
      The counterpart; None after a problem.
    """
    if id(layer) not in self._made:
      made = self._new_layer(layer)
      self._made[id(layer)] = made
      if isinstance(made, self._target.layers.Layer):
        self.pairs.append((layer, made))
    return self._made[id(layer)]

  def is_custom(self, layer) -> bool:
    """Returns whether the user's `custom` has the layer's class."""
    return type(layer) in self._custom

  def operation(self, operation):
    """Returns the user's counterpart of an operation, or None."""
    if type(operation) in self._custom and id(operation) not in self._made:
      self._made[id(operation)] = self._custom[type(operation)](operation)
    return self._made.get(id(operation))

  def _new_layer(self, layer):
    if type(layer) in self._custom:
      return self._by_user(layer, self._custom[type(layer)])
    if isinstance(layer, self._source.Model):
      self.networks.add(id(layer))
      return self._model(layer)
    name = type(layer).__name__
    known = getattr(self._source.layers, name, None) is type(layer)
    if not known or name not in layer_rules.LAYERS:
      hint = ""
      if hasattr(layer, "pruning_vars"):
        hint = ", which `tgp.strip_pruning(model)` removes"
      return self._problem(layer, hint)
    if name in _SPECIAL:
      return _SPECIAL[name](self, layer)
    return self._construct(layer, getattr(self._target.layers, name))

  def _by_user(self, layer, counterpart):
    if isinstance(counterpart, type):
      return self._construct(layer, counterpart)
    return counterpart(layer)

  def _construct(self, layer, cls, changes=None):
    changes = changes or {}
    kwargs = self._kwargs(layer, cls, skip=changes) | changes
    if self.problems:
      return None
    try:
      return cls(**kwargs)
    except (TypeError, ValueError) as error:
      return self._problem(layer, f": {error}")

  def _problem(self, layer, reason: str = "") -> None:
    kind = type(layer).__name__
    self.problems.add(f"layer {layer.name!r} ({kind}){reason}")

  def _kwargs(self, layer, cls, skip) -> dict:
    accepted = class_arguments.of_layer(cls)
    kind = type(layer).__name__
    own = set(accepted)
    if self.to_tf_keras:
      own |= layer_rules.UNNAMED.get(kind, set())
    else:
      own -= layer_rules.INHERITED.get(kind, set())
    kwargs = {}
    for key, value in layer.get_config().items():
      if key in skip:
        continue
      name = layer_rules.renamed(kind, key, not self.to_tf_keras)
      if name in own:
        kwargs[name] = self._value(layer, key, value)
      elif not self._is_neutral(layer, key, value):
        self._problem(layer, f": {key}={value!r}")
    return kwargs

  def _is_neutral(self, layer, key: str, value) -> bool:
    cls: Any = type(layer)
    kind = cls.__name__
    if key in layer_rules.IGNORED | layer_rules.INHERITED.get(kind, set()):
      return True
    if value is None or (key, value) == ("data_format", "channels_last"):
      return True
    default = class_arguments.of(cls).get(key, inspect.Parameter.empty)
    is_unnamed = default is inspect.Parameter.empty
    return value is False if is_unnamed else value == default

  def _value(self, layer, key: str, value):
    if key == "dtype":
      return self._policy(layer)
    if key == "axis" and not self.to_tf_keras and isinstance(value, list):
      return value[0] if len(value) == 1 else list(value)
    if _is_object(key, value):
      return self._object(layer, _live(layer, key), key)
    if hasattr(value, "as_list"):
      return tuple(value.as_list())
    return tuple(value) if isinstance(value, list) else value

  def _policy(self, layer) -> str | None:
    policy = layer.dtype_policy
    if getattr(policy, "quantization_mode", None) is not None or not hasattr(
      policy, "compute_dtype"
    ):
      self._problem(layer, f": dtype={policy.name!r}")
      return None
    return policy.name

  def _object(self, layer, value, key: str):
    if value is None or isinstance(value, str):
      return value
    if isinstance(value, list | tuple):
      return [self._object(layer, one, key) for one in value]
    if isinstance(value, self._source.layers.Layer):
      return self.layer(value)
    if callable(value) and not _is_instance_with_config(value):
      return self._function(layer, value, key)
    return self._by_config(layer, value)

  def _function(self, layer, function, key: str):
    if function in self._custom:
      return self._custom[function]
    found = None
    if key.endswith("activation"):
      find = (
        activations.of_tf_keras if self.to_tf_keras else activations.of_keras3
      )
      found = find(function)
    if found is None and library.is_of_user(function):
      return function
    if found is None:
      name = getattr(function, "__name__", repr(function))
      kind = "activation" if key.endswith("activation") else key
      self._problem(layer, f": the {kind} {name}")
    return found

  def _by_config(self, layer, value):
    """Returns the counterpart of an initializer, regularizer or constraint."""
    cls = self._custom.get(type(value))
    if cls is not None and not isinstance(cls, type):
      return cls(value)
    for module, base in _KINDS:
      if self._is_built_in(value, module, base):
        name = type(value).__name__
        cls = cls or getattr(getattr(self._target, module), name, None)
    if cls is None:
      return self._problem(layer, f": {type(value).__name__}")
    config = value.get_config()
    known = class_arguments.of(cls)
    lost = {
      key: one
      for key, one in config.items()
      if key not in known
      and one is not None
      and key not in layer_rules.IGNORED
      # A `tf.compat.v1` initializer has one; a layer passes its own.
      and key != "dtype"
    }
    if lost:
      return self._problem(layer, f": {type(value).__name__} with {lost}")
    return cls(**{k: _plain(x) for k, x in config.items() if k in known})

  def _is_built_in(self, value, module: str, base: str) -> bool:
    """Returns whether an object's class is one of Keras's or TensorFlow's."""
    for library_ in (self._source, self._target):
      known = getattr(library_, module)
      if isinstance(value, getattr(known, base)):
        return getattr(known, type(value).__name__, None) is type(value)
    # `tf.random_normal_initializer` and its like, of both versions.
    of_tensorflow = type(value).__module__.startswith("tensorflow.")
    return of_tensorflow and module == "initializers"

  def _lambda(self, layer):
    if library.keras3().backend.backend() != "tensorflow":
      return self._problem(
        layer, ": its function computes with another backend"
      )
    accepted = {"name", "trainable", "dtype"}
    kwargs = {
      key: self._value(layer, key, value)
      for key, value in layer.get_config().items()
      if key in accepted
    }
    shape = layer._output_shape
    if shape is not None and not callable(shape):
      kwargs["output_shape"] = tuple(shape)
    return self._target.layers.Lambda(
      layer.function, arguments=layer.arguments, **kwargs
    )

  def _normalization(self, layer):
    mean, variance = layer.input_mean, layer.input_variance
    if mean is None and not layer.built:
      return self._problem(layer, " is not built; call it once")
    if mean is None:
      mean, variance = (
        np.asarray(self._source.ops.convert_to_numpy(x))
        if self.to_tf_keras
        else x.numpy()
        for x in (layer.adapt_mean, layer.adapt_variance)
      )
    self.constants |= {id(weight) for weight in layer.weights}
    statistics = {"mean": mean, "variance": variance}
    return self._construct(layer, self._target.layers.Normalization, statistics)

  def _bidirectional(self, layer):
    inner = {
      "layer": self._new_layer(layer.forward_layer),
      "backward_layer": self._new_layer(layer.backward_layer),
    }
    if self.problems:
      return None
    if self.to_tf_keras:
      # tf_keras puts the direction before the name once more.
      for one in inner.values():
        plain = one.name.removeprefix("forward_").removeprefix("backward_")
        one._name = plain
    return self._construct(layer, self._target.layers.Bidirectional, inner)


def _is_object(key: str, value) -> bool:
  if key.endswith("activation"):
    return True
  one = value[0] if isinstance(value, list) and value else value
  return isinstance(one, dict) and "class_name" in one


def _live(layer, key: str):
  """Returns a layer's attribute for a config key: configs may lose classes."""
  name = key if hasattr(layer, key) else f"_{key}"
  return getattr(layer, name)


def _is_instance_with_config(value) -> bool:
  return not isinstance(value, type) and hasattr(value, "get_config")


def _plain(value):
  """Returns the seed of a serialized generator, other values as they are."""
  if isinstance(value, dict) and "class_name" in value:
    return value["config"].get("seed")
  return value


_SPECIAL = {
  "Bidirectional": Counterparts._bidirectional,
  "Lambda": Counterparts._lambda,
  "Normalization": Counterparts._normalization,
}
