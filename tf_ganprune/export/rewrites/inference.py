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
"""Functions that tell what Keras layers compute at inference."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tf_ganprune.keras_compat import keras

_NOTHING = (
  keras.layers.ActivityRegularization,
  keras.layers.AlphaDropout,
  keras.layers.Dropout,
  keras.layers.GaussianDropout,
  keras.layers.GaussianNoise,
  keras.layers.SpatialDropout2D,
)
# The functions, and what they cut off above.
_RELUS = (
  (keras.activations.relu, np.inf),
  (tf.nn.relu, np.inf),
  (tf.nn.relu6, 6.0),
)


def is_float32(layer: keras.layers.Layer) -> bool:
  """Whether a layer has float32 weights and computes with float32 numbers."""
  return layer.dtype_policy.name == "float32"


def is_plain(layer: keras.layers.Layer) -> bool:
  """Whether a convolution has no dilation, groups, or channels-first format."""
  return (
    is_float32(layer)
    and layer.data_format == "channels_last"
    and tuple(layer.dilation_rate) == (1, 1)
    and layer.groups == 1
  )


def is_linear(layer: keras.layers.Layer) -> bool:
  """Whether a layer has no activation."""
  return layer.activation in (None, keras.activations.linear)


def relu_limit(layer: keras.layers.Layer) -> float | None:
  """Returns the upper limit of a ReLU layer; None for other layers.

  Args:
    layer: Any layer.

  Returns:
    Infinity if the layer computes max(0, x).
  """
  if type(layer) is keras.layers.Activation and is_float32(layer):
    return own_relu_limit(layer)
  if type(layer) is not keras.layers.ReLU or not is_float32(layer):
    return None
  if layer.negative_slope or layer.threshold:
    return None
  return np.inf if layer.max_value is None else float(layer.max_value)


def own_relu_limit(layer: keras.layers.Layer) -> float | None:
  """Returns the upper limit of a layer's `activation`; None if it is no ReLU.

  Args:
    layer: A layer with an attribute `activation`.

  Returns:
    As in `relu_limit`.
  """
  return next((x for f, x in _RELUS if layer.activation is f), None)


def is_norm(layer: keras.layers.Layer) -> bool:
  """Whether a layer scales and shifts the channels of images at inference."""
  return (
    type(layer) is keras.layers.BatchNormalization
    and list(layer.axis) == [3]
    and is_float32(layer)
  )


def affine(
  norm: keras.layers.BatchNormalization,
) -> tuple[np.ndarray, np.ndarray]:
  """Returns a batch normalization's scale and shift: `scale * x + shift`.

  Args:
    norm: A layer that `is_norm`.

  Returns:
    Scale and shift, float64 `[channels]`.
  """

  def number(name):
    return getattr(norm, name).numpy().astype(np.float64)

  scale = (number("moving_variance") + norm.epsilon) ** -0.5
  if norm.scale:
    scale = scale * number("gamma")
  shift = -scale * number("moving_mean")
  return scale, shift + number("beta") if norm.center else shift


def norm_after(
  layers: Sequence[keras.layers.Layer],
) -> tuple[int, keras.layers.Layer | None]:
  """Returns the batch normalization that can be folded into a convolution.

  Args:
    layers: Layers that are called one after the other, the convolution first.

  Returns:
    The number of layers up to the normalization and included, and the
    normalization; 1 and None if there is none.
  """
  at = _skip(layers, 1)
  if is_linear(layers[0]) and at < len(layers) and is_norm(layers[at]):
    return at + 1, layers[at]
  return 1, None


def relu_after(
  layers: Sequence[keras.layers.Layer], length: int
) -> tuple[int, float] | None:
  """Returns the number of layers up to a ReLU and included, and its limit.

  Args:
    layers: Layers that are called one after the other.
    length: The number of layers before the ReLU. Layers that do nothing at
      inference may stand between these and the ReLU.

  Returns:
    The number, and the upper limit as in `relu_limit`; None if the next layer
    is no ReLU.
  """
  at = _skip(layers, length)
  limit = None if at == len(layers) else relu_limit(layers[at])
  return None if limit is None else (at + 1, limit)


def folded(
  layer: keras.layers.Conv2DTranspose,
  norm: keras.layers.BatchNormalization | None,
) -> tuple[np.ndarray, np.ndarray | None]:
  """Folds a batch normalization into a transposed convolution's weights.

  Args:
    layer: A `Conv2DTranspose`, which has no activation if there is a `norm`.
    norm: The batch normalization after it, or None.

  Returns:
    The kernel `[height, width, outputs, inputs]` and the bias `[outputs]`;
    the bias is None if neither layer adds one.
  """
  kernel = layer.kernel.numpy()
  bias = layer.bias.numpy() if layer.use_bias else None
  if norm is None:
    return kernel, bias
  scale, shift = affine(norm)
  bias = shift + (0.0 if bias is None else bias * scale)
  return kernel * scale[:, np.newaxis], bias


def _skip(layers, start: int) -> int:
  """Returns the index, from `start` on, of the first layer with an effect."""
  while start < len(layers) and _does_nothing(layers[start]):
    start += 1
  return start


def _does_nothing(layer) -> bool:
  if type(layer) is keras.layers.Activation:
    return is_linear(layer)
  return type(layer) in _NOTHING
