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
"""Compares images with the ones that they should be, on hidden features."""

from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow as tf

from tf_ganprune import arguments, array_types, keras_compat, states
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import arrays
from tf_ganprune.metrics import feature_model as feature_models

# Keeps positions without any feature from dividing by 0, as in LPIPS's code.
_EPSILON = 1e-10


def perceptual_distance(
  feature_model: keras.Model,
  images: array_types.Array,
  references: array_types.Array,
  layers: Sequence[str] | None = None,
  value_range: tuple[float, float] | None = None,
  batch_size: int = 64,
) -> np.ndarray:
  """Returns distances of images in a network's features; lower is better.

  Zhang et al. 2018, equation 1, with all weights w_l = 1: the features of every
  position are divided by their length, and the squared differences are summed
  over channels, averaged over positions and summed over layers. Unlike LPIPS it
  needs no weights that people's judgements were fitted to, so that distances
  can only be compared if network and layers are the same.

  Args:
    feature_model: A functional or Sequential Keras network that takes images in
      [-1, 1], to whose input shape images are resized.
    images: `[n, height, width, channels]`, floats in [-1, 1].
    references: The images that they should be, of the same shape.
    layers: The names of the layers whose outputs, `[n, h, w, c]`, are compared.
      By default the last one of each height and width from the first
      convolution on, as LPIPS takes the last one before each pooling.
    value_range: The values that mean black and white, if not -1 and 1.
    batch_size: The number of images that the network takes at a time.

  Returns:
    `[n]`, float64; 0 for equal images, and at most 4 for each layer.

  Raises:
    ValueError: If an argument is not as described, or the network has no such
      layers.
  """
  batch_size = arguments.whole("batch_size", batch_size, 1)
  images = arrays.check_images(images, "images", value_range=value_range)
  references = arrays.check_images(
    references, "references", value_range=value_range
  )
  arrays.check_same_shape(images, references)
  keras_compat.check_model(feature_model, "feature_model")
  hidden = _hidden(feature_model, layers)
  shape = hidden.inputs[0].shape[1:]

  @tf.function(reduce_retracing=True)
  def run(first, second):
    adapted = [feature_models.adapt_images(x, shape) for x in (first, second)]
    return _distances(*(hidden(x, training=False) for x in adapted))

  with states.Kept(hidden):
    parts = [
      run(images[i : i + batch_size], references[i : i + batch_size]).numpy()
      for i in range(0, len(images), batch_size)
    ]
  return np.concatenate(parts)


def _distances(first, second) -> tf.Tensor:
  """Returns the distances between the features of two batches."""
  layers = zip(tf.nest.flatten(first), tf.nest.flatten(second), strict=True)
  return tf.add_n(
    [
      tf.reduce_mean(
        tf.reduce_sum(tf.math.squared_difference(_unit(a), _unit(b)), axis=3),
        axis=(1, 2),
      )
      for a, b in layers
    ]
  )


def _unit(features: tf.Tensor) -> tf.Tensor:
  features = tf.cast(features, tf.float64)
  length = tf.norm(features, axis=3, keepdims=True)
  return features / (length + _EPSILON)


def _hidden(network: keras.Model, names: Sequence[str] | None) -> keras.Model:
  """Returns a network with the outputs of layers as its own."""
  if len(network.inputs or []) != 1:
    raise ValueError(
      f"`feature_model` ({network.name}) must be a functional or Sequential"
      " network with one input."
    )
  found = dict(_feature_maps(network))
  if names is not None:
    if missing := [name for name in names if name not in found]:
      raise ValueError(
        f"`layers` has {missing[0]!r}, and the layers of {network.name} with"
        f" outputs of [n, h, w, c] are: {', '.join(found) or 'none'}."
      )
    outputs = [found[name] for name in names]
  else:
    outputs = list({tuple(x.shape[1:3]): x for x in _default(network)}.values())
  if not outputs:
    raise ValueError(
      f"`feature_model` ({network.name}) has no convolution with features of"
      " [n, h, w, c] to compare; name some in `layers`."
    )
  return keras.Model(network.inputs, outputs)


def _nodes(network) -> Iterator[tuple]:
  """Yields layers and their output tensors in a network, from its input on."""
  for depth in sorted(network._nodes_by_depth, reverse=True):
    for node in network._nodes_by_depth[depth]:
      if not isinstance(node.layer, keras.layers.InputLayer):
        yield node.layer, node.outputs


def _feature_maps(network) -> Iterator[tuple[str, tf.Tensor]]:
  for layer, outputs in _nodes(network):
    if tf.is_tensor(outputs) or hasattr(outputs, "shape"):
      if outputs.shape.rank == 4:
        yield layer.name, outputs


def _default(network) -> Iterator[tf.Tensor]:
  """Yields the feature maps from the first convolution on.

  Raises:
    ValueError: If their sizes depend on the images.
  """
  has_begun = False
  maps = dict(_feature_maps(network))
  for layer, _ in _nodes(network):
    has_begun |= any(weight.shape.rank == 4 for weight in layer.weights)
    if not has_begun or layer.name not in maps:
      continue
    if None in maps[layer.name].shape[1:3]:
      raise ValueError(
        f"`feature_model` ({network.name}) takes images of any size, so that"
        " its layers cannot be chosen by size; name some in `layers`, or give"
        " it a fixed input shape."
      )
    yield maps[layer.name]
