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
"""Rebuilds a network with only some of its units."""

import inspect
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from tf_ganprune.channels import trace as traces
from tf_ganprune.channels.call import Axis, Labelled
from tf_ganprune.graphs import walks
from tf_ganprune.keras_compat import keras


def rebuild(
  trace: traces.Trace,
  kept: np.ndarray,
  bypassed: Mapping[int, int] | None = None,
) -> keras.Model:
  """Returns a smaller network with the kept units and their weights.

  Args:
    trace: The trace of the network.
    kept: The units to keep, bool `[units]`. Each axis must keep at least one.
    bypassed: Calls to leave out: by the `id` of a call's node, the index of the
      input tensor that replaces its output.

  Returns:
    A functional or Sequential model of new layers with the same names. Layers
    are frozen where the old ones are; if the whole network is frozen, as a
    moving average is, the new one is not.
  """
  small = _Surgery(trace, kept, bypassed or {}).model(trace.model)
  if not trace.model.trainable:
    small.trainable = True  # and all of its layers
  return small


class _Surgery:
  """Makes each new layer once, and calls it as the old one was called."""

  def __init__(self, trace, kept, bypassed):
    self._trace = trace
    self._kept = kept
    self._bypassed = bypassed
    self._made: dict[int, keras.layers.Layer] = {}
    self._steps = {id(step.layer): step for step in trace.steps}

  def model(self, old: keras.Model) -> keras.Model:
    """Returns the new network for an old one, nested networks included."""
    inputs = [
      self._new_input(x, labelled)
      for x, labelled in zip(
        old.inputs, self._trace.inputs[id(old)], strict=True
      )
    ]
    if isinstance(old, keras.Sequential):
      return self._sequential(old, inputs)
    outputs = walks.walk(old, inputs, self._visit)
    return keras.Model(
      tf.nest.pack_sequence_as(old._nested_inputs, inputs),
      tf.nest.pack_sequence_as(old._nested_outputs, outputs),
      name=old.name,
      trainable=old.trainable,
    )

  def _sequential(self, old, inputs):
    new = keras.Sequential(inputs, name=old.name)
    for layer in old.layers:
      new.add(self._layer(layer))
      self._set_weights(layer)
    return new

  def _new_input(self, tensor, labelled: Labelled):
    shape = [
      side if axis is None else self._length(axis)
      for side, axis in zip(tensor.shape, labelled.axes, strict=True)
    ]
    return keras.Input(
      shape[1:],
      dtype=tensor.dtype,
      name=tensor.node.layer.name,
      batch_size=shape[0],
    )

  def _visit(self, layer, args, kwargs, node):
    if id(node) in self._bypassed:
      return _tensors((args, kwargs))[self._bypassed[id(node)]]
    new = self._layer(layer)
    step = self._trace.nodes.get(id(node))
    if step is not None and step.rule.arguments is not None:
      args, kwargs = self._arguments(step.rule.arguments, (args, kwargs))
    outputs = new(*args, **kwargs)
    self._set_weights(layer)
    return outputs

  def _arguments(self, template, given):
    """Returns a rule's arguments with new tensors and lengths filled in."""
    tensors = iter(_tensors(given))

    def filled(x):
      if isinstance(x, Labelled):
        return next(tensors)
      return self._length(x) if isinstance(x, Axis) else x

    return tf.nest.map_structure(filled, template)

  def _layer(self, old):
    """Returns the new layer for an old one."""
    if id(old) not in self._made:
      make = self.model if walks.is_nested(old) else self._from_config
      self._made[id(old)] = make(old)
    return self._made[id(old)]

  def _from_config(self, old):
    step = self._steps.get(id(old))
    changes = {} if step is None else step.rule.config
    try:
      config = _merged(_config(old), self._resolved(changes))
      new = type(old).from_config(config | self._initializers(old))
      new._name = old.name  # Keras's own config of a user's class may lack it
      return new
    except (NotImplementedError, TypeError) as error:
      raise ValueError(
        f"Layer {old.name!r}, a {type(old).__name__}, cannot be rebuilt from"
        " its `get_config()`. Let it return all arguments of the constructor,"
        " and register the classes and functions among them with"
        " keras.utils.register_keras_serializable."
      ) from error

  def _initializers(self, old) -> dict:
    """Returns constant initializers of a layer, cut to its smaller weights."""
    step = self._steps.get(id(old))
    found = {}
    for variable in old.weights if step is not None else ():
      name = f"{_own_name(variable)}_initializer"
      initializer = getattr(old, name, None)
      if isinstance(initializer, keras.initializers.Constant):
        value = np.broadcast_to(initializer.value, variable.shape)
        cut = self._cut(value, step.rule.weights.get(variable.ref()))
        if cut.shape != value.shape and np.ndim(initializer.value):
          found[name] = keras.initializers.Constant(cut)
    return found

  def _resolved(self, changes):
    return tf.nest.map_structure(
      lambda x: self._length(x) if isinstance(x, Axis) else x, dict(changes)
    )

  def _length(self, axis: Axis) -> int:
    return int(np.count_nonzero(self._kept[self._trace.of(axis)]))

  def _set_weights(self, old) -> None:
    if walks.is_nested(old):
      return
    step = self._steps.get(id(old))
    named = {} if step is None else step.rule.weights
    values = [self._cut(w.numpy(), named.get(w.ref())) for w in old.weights]
    self._made[id(old)].set_weights(values)

  def _cut(self, value, weight) -> np.ndarray:
    if weight is None:
      return value
    for position, axis in enumerate(weight.axes):
      if axis is not None:
        indices = np.flatnonzero(self._kept[self._trace.of(axis)])
        value = np.take(value, indices, position)
    return value


def _own_name(variable) -> str:
  """Returns a variable's name within its layer."""
  return variable.name.rpartition("/")[2].partition(":")[0]


def _tensors(arguments) -> list:
  flat = tf.nest.flatten(arguments)
  return [x for x in flat if hasattr(x, "_keras_history")]


def _config(layer) -> dict:
  """Returns a layer's config, with functions in place of their names.

  Keras cannot find a user's function again by its name.
  """
  config = layer.get_config()
  functions = {
    name: value
    for name in config
    if inspect.isfunction(value := getattr(layer, name, None))
    and name != "function"  # of a Lambda or TFOpLambda, which Keras can
  }
  return config | functions


def _merged(config: dict, changes: dict) -> dict:
  """Returns a config with changes, also in nested configs."""
  merged = dict(config)
  for name, value in changes.items():
    if isinstance(value, dict):
      value = _merged(config[name], value)
    merged[name] = value
  return merged
