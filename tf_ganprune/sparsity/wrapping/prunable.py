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
"""The prunable layers and weights of networks, on top of TF-MOT's registry."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import tensorflow as tf
from tensorflow_model_optimization.python.core.sparsity.keras import (
  prune_registry,
  pruning_wrapper,
)

from tf_ganprune.keras_compat import keras

_TFMOT = prune_registry.PruneRegistry
_LAYERS = keras.layers
# Kernels of layers that TF-MOT refuses.
_KERNELS: dict[type, tuple[str, ...]] = {
  _LAYERS.Conv1DTranspose: ("kernel",),
  _LAYERS.Conv3DTranspose: ("kernel",),
  _LAYERS.EinsumDense: ("kernel",),
}
# A few weights a channel, which depends on them entirely: only on request.
_DEPTHWISE: dict[type, tuple[str, ...]] = {
  _LAYERS.DepthwiseConv1D: ("depthwise_kernel",),
  _LAYERS.DepthwiseConv2D: ("depthwise_kernel",),
  _LAYERS.SeparableConv1D: ("depthwise_kernel", "pointwise_kernel"),
  _LAYERS.SeparableConv2D: ("depthwise_kernel", "pointwise_kernel"),
}


class Leaf(NamedTuple):
  """A layer in a network, with its path.

  Attributes:
    path: The layer's name after those of the layers and models that it is part
      of, as in 'block/conv'.
    layer: The layer.
  """

  path: str
  layer: keras.layers.Layer


def leaves(layer, prefix: str = "") -> Iterator[Leaf]:
  """Yields the layers in a layer or model, at any depth, each once.

  A layer whose weights the registry knows is yielded whole, such as a recurrent
  layer with its cells; of other layers, those in them are yielded as well. For
  a pruning wrapper the layer in it is yielded.

  Args:
    layer: Any layer or model.
    prefix: The beginning of each path.
  """
  yield from _leaves(layer, prefix, seen=set(), paths={})


def _leaves(parent, prefix, seen, paths):
  for layer in parent._flatten_layers(recursive=False, include_self=False):
    if id(layer) in seen:
      continue
    seen.add(id(layer))
    if isinstance(layer, pruning_wrapper.PruneLowMagnitude):
      yield from _leaves(layer, prefix, seen, paths)
      continue
    path = _unique(prefix + layer.name, paths)
    yield Leaf(path, layer)
    if not is_known(layer):
      yield from _leaves(layer, f"{path}/", seen, paths)


def _unique(path, paths):
  """Returns a path with a number if it is taken: names in blocks repeat."""
  paths[path] = paths.get(path, 0) + 1
  return path if paths[path] == 1 else f"{path}_{paths[path] - 1}"


def is_known(layer, prune_depthwise: bool = False) -> bool:
  """Returns whether it is known which weights of a layer can be pruned.

  It is known, too, of layers without prunable weights, such as norms.

  Args:
    layer: Any Keras layer, built or not.
    prune_depthwise: Whether depthwise kernels count.
  """
  return is_prunable(layer, prune_depthwise) or _TFMOT.supports(layer)


class _Offer:
  """The `get_prunable_weights()` that a wrapped layer is given.

  It is an object, not a function, so that a deep copy of the layer has its own.
  """

  def __init__(self, layer, places, prune_depthwise):
    self.__self__ = layer  # as in a bound method: shallow copies leave it out
    self._places = places
    self._prune_depthwise = prune_depthwise

  def __call__(self) -> list:
    return offered(self.__self__, self._places, self._prune_depthwise)


def offer(layer, places: Sequence[int] | None, prune_depthwise: bool) -> None:
  """Gives a layer `get_prunable_weights()`, as TF-MOT does, if it has none.

  Args:
    layer: The layer.
    places: The indices in `leaves(layer)` of the layers whose weights are
      pruned (names may change when a layer is loaded); None for the layer's own
      weights.
    prune_depthwise: Whether depthwise kernels are pruned.
  """
  if not _offers(layer):
    layer.get_prunable_weights = _Offer(layer, places, prune_depthwise)


def offered(
  layer, places: Sequence[int] | None, prune_depthwise: bool
) -> list[tf.Variable]:
  """Returns the weights of a built layer that a wrapper prunes.

  Args:
    layer: The layer.
    places: As in `offer`.
    prune_depthwise: As in `offer`.
  """
  if _offers(layer):
    return list(layer.get_prunable_weights())
  return _weights(layer, places, prune_depthwise)


def _weights(layer, places, prune_depthwise) -> list:
  if places is None:
    return _known_weights(layer, prune_depthwise)
  # Some layers make their parts only when they are built.
  below = [leaf.layer for leaf in leaves(layer)]
  weights = [
    weight
    for place in places
    for weight in prunable_weights(below[place], prune_depthwise)
  ]
  return list({weight.ref(): weight for weight in weights}.values())


def frozen_weights(layer) -> set:
  """Returns references to the weights of frozen layers below `layer`."""
  return {
    weight.ref()
    for leaf in leaves(layer)
    if not leaf.layer.trainable
    for weight in leaf.layer.weights
  }


def build(layer, input_shape, places: Sequence[int] | None) -> None:
  """Builds a layer and the layers in it, so that its weights exist.

  Args:
    layer: The layer.
    input_shape: The shape of its input, with the batch; None if all layers are
      built.
    places: As in `offer`.
  """
  if not layer.built:
    layer.build(input_shape)
    layer.built = True
  parts = [leaf.layer for leaf in leaves(layer)]
  if isinstance(layer, _LAYERS.MultiHeadAttention):
    parts = [layer._query_dense]
    shapes = [layer._query_shape, layer._value_shape, layer._key_shape]
  elif places is not None:
    shapes = [input_shape]
  else:
    return
  # Many a layer makes its parts, or builds them, only when it is called.
  if not (parts and all(one.built for one in parts)):
    layer(*map(_symbolic, shapes))


def build_called(layer, args: tuple, kwargs: dict) -> None:
  """Builds a layer and the layers in it, by a symbolic call of it.

  Args:
    layer: The layer; it is not called if all of it is built.
    args: The positional arguments of the call, tensors and others.
    kwargs: The keyword arguments of the call.
  """
  if layer.built and all(one.layer.built for one in leaves(layer)):
    return
  args, kwargs = tf.nest.map_structure(_like, (args, kwargs))
  layer(*args, **kwargs)


def _like(x):
  """Returns a symbolic tensor like a given one; other values as they are."""
  if not hasattr(x, "shape") or not hasattr(x, "dtype"):
    return x
  shape = tf.TensorShape(x.shape)
  return keras.Input(shape[1:], dtype=x.dtype) if shape.rank else x


def _symbolic(shape):
  """Returns symbolic tensors for shapes, which may be in lists or dicts."""
  if isinstance(shape, dict):
    return {name: _symbolic(one) for name, one in shape.items()}
  if isinstance(shape, list | tuple) and not all(map(_is_side, shape)):
    return [_symbolic(one) for one in shape]
  return keras.Input(tf.TensorShape(shape)[1:])


def _is_side(x) -> bool:
  return x is None or isinstance(x, int)


def _offers(layer) -> bool:
  """Returns whether a layer has its own `get_prunable_weights()`."""
  found = getattr(layer, "get_prunable_weights", None)
  return found is not None and not isinstance(found, _Offer)


def is_prunable(layer, prune_depthwise: bool = False) -> bool:
  """Returns whether a layer has prunable weights of its own.

  Args:
    layer: Any Keras layer, built or not.
    prune_depthwise: Whether depthwise kernels count.
  """
  if _offers(layer) or type(layer) in _KERNELS:
    return True
  if prune_depthwise and type(layer) in _DEPTHWISE:
    return True
  # A recurrent layer's cells hold its weights.
  return _TFMOT.supports(layer) and (
    _TFMOT._is_rnn_layer(layer) or bool(_TFMOT._weight_names(layer))
  )


def has_nothing_to_prune(layer) -> bool:
  """Returns whether TF-MOT knows a layer's class as one without kernels."""
  return _TFMOT.supports(layer) and not is_prunable(layer)


def is_depthwise(layer) -> bool:
  """Returns whether a layer has depthwise kernels, pruned on request only."""
  return type(layer) in _DEPTHWISE


def prunable_weights(layer, prune_depthwise: bool = False) -> list:
  """Returns the weights of a built layer that can be pruned.

  They come from the layer's own `get_prunable_weights()` if it has one, else
  from this registry or TF-MOT's (kernels, never biases or norms).

  Args:
    layer: A built Keras layer.
    prune_depthwise: Whether depthwise kernels count.

  Returns:
    A list of variables, empty where there is nothing to prune.
  """
  if not is_prunable(layer, prune_depthwise):
    return []
  if _offers(layer):
    return list(layer.get_prunable_weights())
  return _known_weights(layer, prune_depthwise)


def _known_weights(layer, prune_depthwise) -> list:
  names = _KERNELS.get(type(layer))
  if prune_depthwise and is_depthwise(layer):
    names = _DEPTHWISE[type(layer)]
  if names:
    return _variables(getattr(layer, name, None) for name in names)
  before = vars(layer).get("get_prunable_weights")
  _TFMOT.make_prunable(layer)
  try:
    return _variables(layer.get_prunable_weights())
  except AttributeError:  # TF-MOT's other wrappers take kernels away.
    return []
  finally:
    del layer.get_prunable_weights
    if before:
      layer.get_prunable_weights = before


def _variables(weights) -> list[tf.Variable]:
  """Returns the variables among weights; others are computed from variables."""
  return [one for one in weights if isinstance(one, tf.Variable)]
