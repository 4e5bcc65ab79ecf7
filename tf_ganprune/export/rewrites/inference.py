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
"""What layers amount to at inference, where other layers can take it over."""

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


def is_float32(layer) -> bool:
  """Whether a layer has float32 weights and computes with float32 numbers."""
  return layer.dtype_policy.name == "float32"


def is_plain(layer) -> bool:
  """Whether a convolution has nothing unusual, padding and stride aside."""
  return (
    is_float32(layer)
    and layer.data_format == "channels_last"
    and tuple(layer.dilation_rate) == (1, 1)
    and layer.groups == 1
  )


def is_linear(layer) -> bool:
  """Whether a layer has no activation."""
  return layer.activation in (None, keras.activations.linear)


def relu_limit(layer) -> float | None:
  """Returns what a ReLU layer cuts off above; None if it is something else.

  Args:
    layer: Any layer.

  Returns:
    Infinity if it is max(0, x) and nothing else.
  """
  if type(layer) is keras.layers.Activation and is_float32(layer):
    return own_relu_limit(layer)
  if type(layer) is not keras.layers.ReLU or not is_float32(layer):
    return None
  if layer.negative_slope or layer.threshold:
    return None
  return np.inf if layer.max_value is None else float(layer.max_value)


def own_relu_limit(layer) -> float | None:
  """Returns what a layer's own activation cuts off, if it is a ReLU.

  Args:
    layer: It has an `activation`.

  Returns:
    As `relu_limit`.
  """
  return next((x for f, x in _RELUS if layer.activation is f), None)


def is_norm(layer) -> bool:
  """Whether a layer scales and shifts the channels of images at inference."""
  return (
    type(layer) is keras.layers.BatchNormalization
    and list(layer.axis) == [3]
    and is_float32(layer)
  )


def affine(norm) -> tuple[np.ndarray, np.ndarray]:
  """Returns what a batch normalization does, as `scale * x + shift`.

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


def norm_after(layers) -> tuple[int, keras.layers.Layer | None]:
  """Returns the batch normalization that can go into a convolution.

  Args:
    layers: In a row, the convolution being the first.

  Returns:
    How many layers go, and the normalization; 1 and None if there is none.
  """
  at = _skip(layers, 1)
  if is_linear(layers[0]) and at < len(layers) and is_norm(layers[at]):
    return at + 1, layers[at]
  return 1, None


def relu_after(layers, length: int) -> int | None:
  """Returns how many layers there are up to a ReLU.

  Args:
    layers: In a row.
    length: How many layers the ReLU follows, those that do nothing aside.

  Returns:
    The ReLU included, limited or not; None if there is none.
  """
  at = _skip(layers, length)
  if at == len(layers) or relu_limit(layers[at]) is None:
    return None
  return at + 1


def folded(layer, norm) -> tuple[np.ndarray, np.ndarray | None]:
  """Returns kernel and bias of a transposed convolution, normalized.

  Args:
    layer: A `Conv2DTranspose` without activation, if there is a `norm`.
    norm: The batch normalization after it, or None.

  Returns:
    Kernel `[height, width, outputs, inputs]` and bias `[outputs]`; None where
    neither has one.
  """
  kernel = layer.kernel.numpy()
  bias = layer.bias.numpy() if layer.use_bias else None
  if norm is None:
    return kernel, bias
  scale, shift = affine(norm)
  bias = shift + (0.0 if bias is None else bias * scale)
  return kernel * scale[:, np.newaxis], bias


def _skip(layers, start: int) -> int:
  """Returns where, from `start` on, the first layer is that does something."""
  while start < len(layers) and _does_nothing(layers[start]):
    start += 1
  return start


def _does_nothing(layer) -> bool:
  if type(layer) is keras.layers.Activation:
    return is_linear(layer)
  return type(layer) in _NOTHING
