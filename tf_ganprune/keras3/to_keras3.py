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
"""Converts a network of tf_keras to Keras 3."""

from collections.abc import Callable, Mapping

import tensorflow as tf

from tf_ganprune import keras_compat
from tf_ganprune.graphs import signatures
from tf_ganprune.keras3 import library, pinned, tensorflow_ops, weight_copies
from tf_ganprune.keras3.counterparts import Counterparts
from tf_ganprune.keras3.problems import Problems, check_graph
from tf_ganprune.keras_compat import keras


def to_keras3(
  model: keras.Model, custom: Mapping[type, Callable] | None = None
) -> library.Keras3Model:
  """Returns a tf_keras network as a Keras 3 network with the same outputs.

  The reverse of `tgp.from_keras3`, which says what is kept and what is not.

  Args:
    model: A built functional or Sequential network of `tgp.keras`.
    custom: Counterparts of layers that Keras 3 does not have, by their class,
      as in `tgp.from_keras3`.

  Returns:
    A `keras.Sequential` if `model` is one, else a functional network, both of
    Keras 3.

  Raises:
    ValueError: If the network is subclassed, not built or still wrapped for
      pruning, or has parts without a counterpart in Keras 3, such as a layer
      that is called with `training=True` whatever the network is called with;
      all of them are named.
    ImportError: If Keras 3 is not installed.

  Example:
    >>> generator = tgp.strip_pruning(gan.generator)
    >>> tgp.to_keras3(generator).save("generator.keras")
  """
  library.keras3()
  if library.is_keras3(model):
    raise ValueError(
      f"`model` {model.name!r} is a Keras 3 model already; use it as it is."
    )
  keras_compat.check_model(model, "model")
  check_graph(model, signatures.is_graph(model))
  problems = Problems(model.name, to_tf_keras=False)
  rebuilding = _Rebuilding(problems, dict(custom or {}))
  network = rebuilding.counterparts.layer(model)
  problems.check()
  weight_copies.copy(
    rebuilding.counterparts, model, lambda weight: weight.numpy()
  )
  return network


class _Rebuilding:
  """Converts a network and its nested networks, which may share layers."""

  def __init__(self, problems: Problems, custom: dict):
    self._keras3 = library.keras3()
    self._problems = problems
    self.counterparts = Counterparts(False, custom, problems, self._network)

  def _network(self, model):
    """Returns a network's counterpart; None after a problem."""
    if not signatures.is_graph(model) or not model.inputs:
      self._problems.add(
        f"layer {model.name!r} ({type(model).__name__}), a subclassed network"
      )
      return None
    for node in _nodes(model):
      if tensorflow_ops.symbol(node.layer) is None:
        self.counterparts.layer(node.layer)
        self._check_training(node)
      elif not tensorflow_ops.is_known(node.layer):
        symbol = tensorflow_ops.symbol(node.layer)
        self._problems.add(f"operation {node.layer.name!r} (tf.{symbol})")
    if self._problems:
      return None
    if isinstance(model, keras.Sequential):
      return self._sequential(model)
    return self._functional(model)

  def _check_training(self, node) -> None:
    layer = node.layer
    training = pinned.value(layer.call, node.call_args, node.call_kwargs)
    if training is None or not pinned.depends_on_training(layer):
      return
    if self.counterparts.is_custom(layer):
      pinned.warn_of_custom(layer, self.counterparts.layer(layer), training)
    else:
      self._problems.add(
        f"layer {layer.name!r} ({type(layer).__name__}), which is called with"
        f" training={training} (in Keras 3 the network's own `training`"
        " overrides that; call the layer without it, or map its class to one"
        " that ignores `training`)"
      )

  def _sequential(self, model):
    layers = [self.counterparts.layer(layer) for layer in model.layers]
    first = self._input(model.inputs[0])
    return self._keras3.Sequential([first, *layers], name=model.name)

  def _functional(self, model):
    values = {id(tensor): self._input(tensor) for tensor in model.inputs}
    for node in _nodes(model):
      flat = self._keras3.tree.flatten(self._call(node, values))
      keys = tf.nest.flatten(node.outputs)
      values |= {id(k): x for k, x in zip(keys, flat, strict=True)}

    def value(tensor):
      return values[id(tensor)]

    return self._keras3.Model(
      tf.nest.map_structure(value, model._nested_inputs),
      tf.nest.map_structure(value, model._nested_outputs),
      name=model.name,
    )

  def _call(self, node, values: dict):
    args, kwargs = tf.nest.map_structure(
      lambda x: _array(values.get(id(x), x)), (node.call_args, node.call_kwargs)
    )
    try:
      if tensorflow_ops.symbol(node.layer):
        return tensorflow_ops.rebuild(node.layer, args, kwargs)
      args, kwargs = pinned.without(node.layer.call, args, kwargs)
      args, kwargs = _with_states(node.layer, args, kwargs)
      return self.counterparts.layer(node.layer)(*args, **kwargs)
    except (TypeError, ValueError, NotImplementedError) as error:
      raise ValueError(
        f"{node.layer.name!r} ({type(node.layer).__name__}) cannot be called in"
        f" Keras 3 as in tf_keras: {error}"
      ) from error

  def _input(self, tensor):
    return self._keras3.Input(
      batch_shape=tuple(tensor.shape),
      dtype=tensor.dtype.name,
      name=tensor._keras_history.layer.name,
    )


def _nodes(model) -> list:
  """Returns Keras's nodes of a network's calls, in order, without inputs."""
  depths = sorted(model._nodes_by_depth, reverse=True)
  return [
    node
    for depth in depths
    for node in model._nodes_by_depth[depth]
    if not node.is_input
  ]


def _with_states(layer, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
  """Returns a call's arguments with a recurrent layer's states by name.

  tf_keras appends them to the layer's input.
  """
  recurrent = (keras.layers.RNN, keras.layers.Bidirectional)
  if not isinstance(layer, recurrent) or not isinstance(args[0], list | tuple):
    return args, kwargs
  if getattr(layer, "_num_constants", None):
    raise ValueError("`constants` have no counterpart")
  first, *states = args[0]
  return (first,), kwargs | {"initial_state": states}


def _array(x):
  """Returns a constant of TensorFlow as an array, which any backend takes."""
  return x.numpy() if isinstance(x, tf.Tensor) else x
