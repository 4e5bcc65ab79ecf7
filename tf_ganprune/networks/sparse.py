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
"""A generator that XNNPACK runs sparsely on ARM when it is pruned.

XNNPACK skips the zeros of 1x1 convolutions between a strided 3x3 convolution
on three channels, the stem, and a depth-to-space (Elsen et al. 2020, "Fast
Sparse ConvNets"). The latents are therefore made into an image of three
channels, and nothing but 1x1 and depthwise convolutions, additions,
LeakyReLUs and bilinear resizing follows, up to the last doubling. Neighbouring
pixels from a depth-to-space are computed independently, which shows as dots on
plain ground; a small dense 3x3 convolution after it smooths them.
"""

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import network_arguments, parts

_STEM_CHANNELS = 3
_LAST = 2  # the last doubling is a depth-to-space
_LAST_CHANNELS = 8  # after it


def sparse_generator(
  image_shape: tuple[int, int, int] = (28, 28, 1),
  latent_dim: int = 64,
  width: int = 64,
  num_blocks: int = 2,
  name: str = "generator",
) -> keras.Model:
  """Returns a generator for sparse kernels, from latents to images in [-1, 1].

  Prune it with `tgp.PruneForLatencyOnXNNPack()` to 80 % or more, and export it
  for `'arm-sparse'`. Almost all of its multiplications are in 1x1 convolutions.
  Channels can be removed as well, with
  `tgp.prune_channels(..., exclude=["dense"])`, which keeps the three input
  channels of the stem.

  Example:
    `sparse_generator((32, 32, 3))(tf.random.normal((4, 64)))`

  Args:
    image_shape: `(height, width, channels)`, as for `dcgan_generator`.
    latent_dim: The length of a latent vector.
    width: The channels of the last stage; each stage before has twice as many.
    num_blocks: The number of residual blocks of a stage, each with a depthwise
      3x3 and a 1x1 convolution.
    name: The model's name.

  Returns:
    A functional model from `[n, latent_dim]` to `[n, *image_shape]`.

  Raises:
    ValueError: If an argument is not positive or the image cannot be halved.
  """
  halvings = parts.num_halvings(image_shape)
  network_arguments.positive(
    latent_dim=latent_dim, width=width, num_blocks=num_blocks
  )
  height, columns = (side // 2**halvings for side in image_shape[:2])
  latents = keras.Input((latent_dim,), name="latents")
  x = _image(latents, 2 * height, 2 * columns)
  x = _stem(x, width * 2 ** (halvings - 1))
  for stage in reversed(range(halvings)):
    for number in range(1, num_blocks + 1):
      x = _block(x, f"{parts.size(x)}_{number}")
    if stage:
      x = _double(x, width * 2 ** (stage - 1))
  return keras.Model(latents, _enlarge(x, image_shape[2]), name=name)


def _image(latents, height: int, columns: int):
  """Makes an image of three channels, for the stem, from latents."""
  shape = (height, columns, _STEM_CHANNELS)
  x = keras.layers.Dense(height * columns * _STEM_CHANNELS, name="dense")(
    latents
  )
  return keras.layers.Reshape(shape, name="reshape")(x)


def _stem(x, filters: int):
  x = keras.layers.ZeroPadding2D(1, name="pad_stem")(x)
  x = keras.layers.Conv2D(filters, 3, strides=2, use_bias=False, name="stem")(x)
  return parts.normalize(x, "stem")


def _block(x, name: str):
  """Adds a residual block of a depthwise and a 1x1 convolution."""
  y = keras.layers.DepthwiseConv2D(
    3, padding="same", use_bias=False, name=f"depthwise_{name}"
  )(x)
  y = parts.normalize(y, f"depthwise_{name}")
  y = _pointwise(y, x.shape[-1], f"conv_{name}")
  y = parts.normalize(y, f"conv_{name}")
  return keras.layers.Add(name=f"add_{name}")([x, y])


def _pointwise(x, filters: int, name: str, **kwargs):
  return keras.layers.Conv2D(filters, 1, use_bias=False, name=name, **kwargs)(x)


def _double(x, filters: int):
  """Halves the channels, and then doubles height and width.

  In this order the convolution takes a quarter of the multiplications.
  """
  name = f"narrow_{parts.size(x)}"
  x = parts.normalize(_pointwise(x, filters, name), name)
  size = f"{2 * x.shape[1]}x{2 * x.shape[2]}"
  return keras.layers.UpSampling2D(
    2, interpolation="bilinear", name=f"resize_{size}"
  )(x)


def _enlarge(x, channels: int):
  """Makes 2x2 pixels of each place by depth-to-space, and smooths them."""
  x = _pointwise(x, _LAST_CHANNELS * _LAST**2, "conv_out")
  x = parts.normalize(x, "conv_out")
  x = tf.nn.depth_to_space(x, _LAST, name="depth_to_space")
  return keras.layers.Conv2D(
    channels, 3, padding="same", activation="tanh", name="images"
  )(x)
