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
"""The ResNet generator of CycleGAN.

Residual blocks are between two halvings and two doublings of the image.

The network is that of Zhu et al. 2017, "Unpaired Image-to-Image Translation
using Cycle-Consistent Adversarial Networks", appendix 7.2, which takes it from
Johnson et al. 2016. Keras has no instance normalization and no reflection
padding: `GroupNormalization` with one channel a group is the former, and
`tf.pad` the latter. Convolutions before a normalization have no bias.
"""

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import network_arguments

_PADDINGS = ("reflect", "zeros")
_HALVINGS = 2
_EPSILON = 1e-5  # that of most instance normalizations


def resnet_generator(
  image_shape: tuple[int, int, int] = (256, 256, 3),
  width: int = 64,
  num_blocks: int = 9,
  padding: str = "reflect",
  output_channels: int | None = None,
  name: str = "generator",
) -> keras.Model:
  """Returns CycleGAN's generator, which maps images to images in [-1, 1].

  It has a 7x7 convolution, two that halve the image and double the channels,
  residual blocks, two transposed convolutions and a 7x7 convolution; see Zhu et
  al. 2017, appendix 7.2.

  Example:
    `resnet_generator((32, 32, 3), width=8)(tf.zeros((4, 32, 32, 3)))`

  Args:
    image_shape: `(height, width, channels)`; sides are multiples of 4, from 8.
    width: The channels of the first layer; the blocks have four times as many.
    num_blocks: The number of residual blocks; the paper has 6 for 128x128
      pixels and 9 for 256x256.
    padding: The padding of convolutions that keep the size: `'reflect'` as in
      the paper, or `'zeros'`, which needs no operator of its own.
    output_channels: The channels of the images made; by default those of
      `image_shape`.
    name: The model's name.

  Returns:
    A functional model from `[n, *image_shape]` to
    `[n, height, width, output_channels]`.

  Raises:
    ValueError: If an argument is not positive, the image cannot be halved twice
      or is too small, or `padding` is unknown.
  """
  if min(network_arguments.halved(image_shape, _HALVINGS)) < 2:
    raise ValueError(
      f"`image_shape` must be 8x8 or larger; got {tuple(image_shape)}."
    )
  if output_channels is None:
    output_channels = image_shape[2]
  network_arguments.positive(
    width=width, num_blocks=num_blocks, output_channels=output_channels
  )
  if padding not in _PADDINGS:
    raise ValueError(
      f"`padding` must be one of {', '.join(_PADDINGS)}; got {padding!r}."
    )
  images = keras.Input(tuple(image_shape), name="images")
  x = _convolve(images, width, 7, padding, "conv_in")
  x = _normalize(x, "in")
  for stage in range(1, _HALVINGS + 1):
    x = _halve(x, width * 2**stage)
  for number in range(1, num_blocks + 1):
    x = _block(x, padding, f"block_{number}")
  for stage in reversed(range(_HALVINGS)):
    x = _double(x, width * 2**stage)
  x = _pad(x, 3, padding, "conv_out")
  x = keras.layers.Conv2D(
    output_channels, 7, padding="valid", activation="tanh", name="conv_out"
  )(x)
  return keras.Model(images, x, name=name)


def _pad(x, pixels: int, padding: str, name: str):
  if padding == "zeros":
    return keras.layers.ZeroPadding2D(pixels, name=f"pad_{name}")(x)
  sides = [[0, 0], [pixels, pixels], [pixels, pixels], [0, 0]]
  return tf.pad(x, sides, "REFLECT", name=f"pad_{name}")


def _convolve(x, filters: int, size: int, padding: str, name: str):
  x = _pad(x, size // 2, padding, name)
  return keras.layers.Conv2D(
    filters, size, padding="valid", use_bias=False, name=name
  )(x)


def _normalize(x, name: str, is_active: bool = True):
  x = keras.layers.GroupNormalization(
    -1, epsilon=_EPSILON, name=f"norm_{name}"
  )(x)
  return keras.layers.ReLU(name=f"act_{name}")(x) if is_active else x


def _halve(x, filters: int):
  name = f"down_{x.shape[1] // 2}x{x.shape[2] // 2}"
  x = keras.layers.Conv2D(
    filters, 3, strides=2, padding="same", use_bias=False, name=name
  )(x)
  return _normalize(x, name)


def _double(x, filters: int):
  name = f"up_{2 * x.shape[1]}x{2 * x.shape[2]}"
  x = keras.layers.Conv2DTranspose(
    filters, 3, strides=2, padding="same", use_bias=False, name=name
  )(x)
  return _normalize(x, name)


def _block(x, padding: str, name: str):
  """Adds a residual block of two convolutions."""
  y = _convolve(x, x.shape[-1], 3, padding, f"{name}_conv_1")
  y = _normalize(y, f"{name}_1")
  y = _convolve(y, x.shape[-1], 3, padding, f"{name}_conv_2")
  y = _normalize(y, f"{name}_2", is_active=False)
  return keras.layers.Add(name=f"{name}_add")([x, y])
