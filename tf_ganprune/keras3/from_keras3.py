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
"""Converts a network of Keras 3 to tf_keras."""

import inspect
from collections.abc import Callable, Mapping

import tensorflow as tf

from tf_ganprune.keras3 import graph3, library, ops, pinned, weight_copies
from tf_ganprune.keras3.counterparts import Counterparts
from tf_ganprune.keras3.problems import Problems, check_graph
from tf_ganprune.keras_compat import keras


def from_keras3(
  model: library.Keras3Model, custom: Mapping[type, Callable] | None = None
) -> keras.Model:
  """Returns a Keras 3 network as a tf_keras network with the same outputs.

  Layers keep their names, arguments, weights, dtype policies and `trainable`;
  operations, such as `keras.ops.reshape`, `x + y` and `x[:, 0]`, become
  TensorFlow's. The weights are copies: training one network does not change the
  other. Optimizer and loss are not converted, and random numbers (dropout,
  noise) differ even with the same seed.

  A layer that the network calls with `training=True` or `False` follows the
  network's own `training` afterwards, as it does in Keras 3's `fit` and
  `predict`, and a warning names it: only a call `model(x)` without `training`
  computes something else in Keras 3.

  Args:
    model: A built functional or Sequential network of Keras 3, which may run on
      any backend.
    custom: Counterparts of layers that tf_keras does not have, by their class:
      a class of tf_keras with the same arguments, or a function that takes the
      Keras 3 layer and returns a layer with the same weights (or a function of
      tensors). Operations, initializers, regularizers and constraints can be
      mapped by their classes, too, and activations from function to function.

  Returns:
    A `tgp.keras.Sequential` if `model` is one, else a functional network.

  Raises:
    ValueError: If the network is subclassed or not built, or has parts without
      a counterpart in tf_keras; all of them are named.
    ImportError: If Keras 3 is not installed.

  Example:
    >>> generator = keras3.saving.load_model("generator.keras")
    >>> generator = tgp.from_keras3(generator)
    >>> generator = tgp.prune_low_magnitude(generator)
  """
  keras3 = library.keras3()
  _check(model, keras3)
  problems = Problems(model.name, to_tf_keras=True)
  rebuilding = _Rebuilding(problems, dict(custom or {}))
  network = rebuilding.counterparts.layer(model)
  problems.check()
  pinned.warn(model.name, rebuilding.pinned)
  weight_copies.copy(
    rebuilding.counterparts, model, keras3.ops.convert_to_numpy
  )
  return network


def as_tf_keras(model):
  """Converts a network of Keras 3, and returns anything else as it is.

  Args:
    model: The user's argument.

  Raises:
    ValueError: If it is a network of Keras 3 that cannot be converted.
  """
  return from_keras3(model) if library.is_keras3(model) else model


def _check(model, keras3) -> None:
  if isinstance(model, keras.Model):
    raise ValueError(
      f"`model` {model.name!r} is a tf_keras model already; use it as it is."
    )
  if not isinstance(model, keras3.Model):
    raise ValueError(
      f"`model` must be a Keras 3 model; got a {type(model).__name__}."
    )
  check_graph(model, graph3.is_graph(model))


class _Rebuilding:
  """Converts a network and its nested networks, which may share layers."""

  def __init__(self, problems: Problems, custom: dict):
    self._keras3 = library.keras3()
    self._problems = problems
    self.counterparts = Counterparts(True, custom, problems, self._network)
    self.pinned: dict[str, bool] = {}

  def _network(self, model):
    """Returns a network's counterpart; None after a problem."""
    if not graph3.is_graph(model):
      self._problems.add(
        f"layer {model.name!r} ({type(model).__name__}), a subclassed network"
      )
      return None
    self._look_through(model)
    if self._problems:
      return None
    if isinstance(model, self._keras3.Sequential):
      return self._sequential(model)
    return self._functional(model)

  def _look_through(self, model) -> None:
    """Converts all layers, so that every problem is found."""
    for tensor in model.inputs:
      self._check_input(tensor._keras_history.operation)
    for node in graph3.nodes(model):
      operation = node.operation
      if isinstance(operation, self._keras3.layers.Layer):
        self.counterparts.layer(operation)
      elif not ops.is_known(operation) and not (
        self.counterparts.operation(operation)
      ):
        self._problems.add(
          f"operation {operation.name!r} ({type(operation).__name__})"
        )

  def _check_input(self, layer) -> None:
    for name in ("sparse", "ragged", "optional"):
      if getattr(layer, name, False):
        self._problems.add(f"input {layer.name!r}: {name}=True")

  def _sequential(self, model) -> keras.Sequential:
    tensor = model.inputs[0]
    first = keras.layers.InputLayer(
      input_shape=tensor.shape[1:],
      batch_size=tensor.shape[0],
      dtype=tensor.dtype,
      name=tensor._keras_history.operation.name,
    )
    layers = [self.counterparts.layer(layer) for layer in model.layers]
    return keras.Sequential([first, *layers], name=model.name)

  def _functional(self, model) -> keras.Model:
    values = {id(tensor): _input(tensor) for tensor in model.inputs}
    for node in graph3.nodes(model):
      outputs = tf.nest.flatten(self._call(node, values))
      for given, made in zip(node.outputs, outputs, strict=True):
        made = _checked(node.operation, given, made)
        values[id(given)] = self._masked(node, values, given, made)

    def value(tensor):
      return values[id(tensor)]

    return keras.Model(
      self._keras3.tree.map_structure(value, model.input),
      self._keras3.tree.map_structure(value, model.output),
      name=model.name,
    )

  def _masked(self, node, values: dict, given, made):
    """Returns an output, without its mask if Keras 3 drops the mask there."""
    # Keras 3 knows the masks of a network's outputs only when it runs.
    is_network = isinstance(node.operation, self._keras3.Model)
    if is_network or _mask(made) is None or _mask(given) is not None:
      return made
    for tensor in node.input_tensors:
      other = values.get(id(tensor))
      if _mask(tensor) is None and _mask(other) is not None:
        return made
    return tf.identity(made)  # an operation, which takes no mask along

  def _call(self, node, values: dict):
    operation = node.operation
    args, kwargs = self._keras3.tree.map_structure(
      lambda x: values.get(id(x), x), graph3.arguments(node)
    )
    try:
      if isinstance(operation, self._keras3.layers.Layer):
        _check_masks(node, values)
        return self._call_layer(operation, args, kwargs)
      if made := self.counterparts.operation(operation):
        return made(*args, **kwargs)
      return ops.rebuild(operation, args, kwargs)
    except (TypeError, ValueError, NotImplementedError) as error:
      raise ValueError(
        f"{operation.name!r} ({type(operation).__name__}) cannot be called in"
        f" tf_keras as in Keras 3: {error}"
      ) from error

  def _call_layer(self, operation, args: tuple, kwargs: dict):
    layer = self.counterparts.layer(operation)
    training = pinned.value(operation.call, args, kwargs)
    args, kwargs = pinned.without(operation.call, args, kwargs)
    if training is not None and pinned.depends_on_training(layer):
      self.pinned[operation.name] = training
    return layer(*_positional(operation, args, kwargs), **kwargs)


def _check_masks(node, values: dict) -> None:
  if "mask" not in inspect.signature(node.operation.call).parameters:
    return
  for tensor in node.input_tensors:
    made = values.get(id(tensor))
    if made is None or _mask(tensor) is None:
      continue
    if _mask(made) is None:
      raise ValueError(
        "its input has a mask in Keras 3, and none in tf_keras; pass `mask=`"
      )


def _input(tensor):
  return keras.Input(
    shape=tensor.shape[1:],
    batch_size=tensor.shape[0],
    dtype=tensor.dtype,
    name=tensor._keras_history.operation.name,
  )


def _positional(layer, args: tuple, kwargs: dict) -> tuple:
  """Returns positional arguments, with the first even if passed by name.

  The two Kerases name it differently: `inputs`, `sequence`, `sequences`.
  """
  first = next(iter(inspect.signature(layer.call).parameters))
  return args or (kwargs.pop(first),)


def _checked(operation, given, made):
  """Returns an output in Keras 3's dtype; raises if its shape differs."""
  if made.dtype.name != given.dtype:
    made = tf.cast(made, given.dtype)
  if not made.shape.is_compatible_with(given.shape):
    raise ValueError(
      f"{operation.name!r} ({type(operation).__name__}) has the output shape"
      f" {tuple(given.shape)} in Keras 3, but {tuple(made.shape)} in tf_keras;"
      " map its class with `custom`."
    )
  return made


def _mask(tensor):
  """Returns the mask of a tensor of either Keras, or None."""
  return getattr(tensor, "_keras_mask", None)
