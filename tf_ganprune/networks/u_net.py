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
"""The U-Net generator of pix2pix.

Its stages on the way up take the outputs of those of their size on the way
down.

The network is that of Isola et al. 2017, "Image-to-Image Translation with
Conditional Adversarial Networks", appendix 6.1.1, with its errata: the
innermost stage has no normalization, which would set a single pixel to zero.
Dropout is active in training only, not when images are made. Activations come
before the convolutions, so that no ReLU follows a transposed convolution, which
GPU delegates would fuse and then refuse.
"""

from tf_ganprune import arguments
from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import network_arguments

_SLOPE = 0.2
_MAX_FACTOR = 8


def u_net_generator(
  image_shape: tuple[int, int, int] = (256, 256, 3),
  width: int = 64,
  num_downs: int = 8,
  dropout: float = 0.5,
  output_channels: int | None = None,
  normalization: str = "batch",
  name: str = "generator",
) -> keras.Model:
  """Returns pix2pix's U-Net, which maps images to images in [-1, 1].

  Convolutions of stride 2 make the image smaller, transposed ones larger again;
  each of the latter also takes the output of the convolution of its size. See
  Isola et al. 2017, figure 3 and appendix 6.1.1.

  Example:
    `u_net_generator((32, 32, 3), 8, num_downs=5)(tf.zeros((4, 32, 32, 3)))`

  Args:
    image_shape: `(height, width, channels)`; sides are multiples of
      `2**num_downs`.
    width: The channels of the first layer; they double up to 8 times as many.
    num_downs: The number of times that the image is halved, at least 2.
    dropout: The dropout rate after the innermost `num_downs - 5` doublings.
    output_channels: The channels of the images made; by default those of
      `image_shape`.
    normalization: `'batch'`, with the moving statistics when images are made;
      or `'instance'`, which is what pix2pix computes with a batch of one, whose
      statistics it takes when images are made as well.
    name: The model's name.

  Returns:
    A functional model from `[n, *image_shape]` to
    `[n, height, width, output_channels]`.

  Raises:
    ValueError: If an argument is not positive, the image cannot be halved so
      often, `dropout` is no rate, or `normalization` is unknown.
  """
  network_arguments.sides(image_shape)
  if output_channels is None:
    output_channels = image_shape[2]
  network_arguments.positive(width=width, output_channels=output_channels)
  arguments.whole("num_downs", num_downs, 2)
  network_arguments.halved(image_shape, num_downs, ", or lower `num_downs`")
  if not 0.0 <= dropout < 1.0:
    raise ValueError(f"`dropout` must be in [0, 1); got {dropout!r}.")
  if normalization not in NORMS:
    raise ValueError(
      f"`normalization` must be one of {', '.join(NORMS)}; got"
      f" {normalization!r}."
    )
  images = keras.Input(tuple(image_shape), name="images")
  x = body(images, width, num_downs, dropout, output_channels, normalization)
  return keras.Model(images, x, name=name)


def body(
  images,
  width: int,
  num_downs: int,
  dropout: float,
  output_channels: int,
  normalization: str,
):
  """Adds the layers of a U-Net, and returns images in [-1, 1].

  Args:
    images: `[n, height, width, channels]`.
    width: As of `u_net_generator`, like all others.
    num_downs: As well.
    dropout: As well.
    output_channels: As well.
    normalization: As well.
  """
  normalize = NORMS[normalization]
  widths = [width * min(2**i, _MAX_FACTOR) for i in range(num_downs)]
  x, *skips = _encode(images, widths, normalize)
  for number, (filters, skip) in enumerate(
    zip(widths[-2::-1], skips, strict=True)
  ):
    rate = dropout if number < num_downs - 5 else 0.0
    x = _double(x, skip, filters, rate, normalize)
  x = keras.layers.ReLU(name="act_out")(x)
  return keras.layers.Conv2DTranspose(
    output_channels,
    4,
    strides=2,
    padding="same",
    activation="tanh",
    name=f"up_{images.shape[1]}x{images.shape[2]}",
  )(x)


def _encode(x, widths: list[int], normalize) -> list:
  """Returns the outputs of the stages on the way down, the smallest first."""
  made = []
  for number, filters in enumerate(widths):
    is_inner = 0 < number < len(widths) - 1
    size = f"down_{x.shape[1] // 2}x{x.shape[2] // 2}"
    if number:
      x = keras.layers.LeakyReLU(_SLOPE, name=f"act_{size}")(x)
    x = keras.layers.Conv2D(
      filters, 4, strides=2, padding="same", use_bias=not is_inner, name=size
    )(x)
    if is_inner:
      x = normalize(x, size)
    made.insert(0, x)
  return made


def _by_batch(x, name: str):
  # The Keras default of 0.99 remembers hundreds of steps, in which the
  # generator's statistics move on.
  return keras.layers.BatchNormalization(momentum=0.9, name=f"norm_{name}")(x)


def _by_instance(x, name: str):
  return keras.layers.GroupNormalization(-1, epsilon=1e-5, name=f"norm_{name}")(
    x
  )


NORMS = {"batch": _by_batch, "instance": _by_instance}


def _double(x, skip, filters: int, dropout: float, normalize):
  size = f"up_{skip.shape[1]}x{skip.shape[2]}"
  x = keras.layers.ReLU(name=f"act_{size}")(x)
  x = keras.layers.Conv2DTranspose(
    filters, 4, strides=2, padding="same", use_bias=False, name=size
  )(x)
  x = normalize(x, size)
  if dropout:
    x = keras.layers.Dropout(dropout, name=f"dropout_{size}")(x)
  return keras.layers.Concatenate(name=f"join_{size}")([x, skip])
