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
"""Discriminators that score patches of images.

Isola et al. 2017, "Image-to-Image Translation with Conditional Adversarial
Networks", appendix 6.1.2; without a condition, Zhu et al. 2017, "Unpaired
Image-to-Image Translation using Cycle-Consistent Adversarial Networks",
appendix 7.2.
"""

from collections.abc import Sequence

from tf_ganprune import arguments
from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import network_arguments, parts

_MAX_FACTOR = 8
_NORMS = ("instance", "batch", "none")


def patch_discriminator(
  image_shape: tuple[int, int, int] = (256, 256, 3),
  condition_shape: Sequence | None = None,
  width: int = 64,
  num_layers: int | None = None,
  normalization: str = "instance",
  name: str = "discriminator",
) -> keras.Model:
  """Returns a discriminator with a logit for each patch of an image.

  It is a stack of 4x4 convolutions; a logit sees a patch of 16 pixels with one
  layer that halves the image, of 34 with two, and of 70 with three.

  Example:
    `patch_discriminator((32, 32, 3), width=8)(tf.zeros((4, 32, 32, 3)))`

  Args:
    image_shape: `(height, width, channels)` of the images that are judged.
    condition_shape: The shape of the images that they are made from, of the
      same height and width, or a list of such shapes; None to judge images by
      themselves.
    width: The channels of the first layer; they double up to 8 times as many.
    num_layers: The number of layers that halve the image; by default as many,
      up to 3, as leave the patch within the image.
    normalization: `'instance'` as in CycleGAN, `'batch'` as in pix2pix, or
      `'none'`, as Wasserstein critics with penalties want it.
    name: The model's name.

  Returns:
    A functional model from `[n, *image_shape]`, or with a condition from a list
    of `[n, *condition_shape]` and `[n, *image_shape]`, to logits
    `[n, rows, columns, 1]`.

  Raises:
    ValueError: If an argument is not positive, the image is smaller than the
      patch, the condition has another height or width, or `normalization` is
      unknown.
  """
  sides = network_arguments.sides(image_shape)
  network_arguments.positive(width=width)
  if normalization not in _NORMS:
    raise ValueError(
      f"`normalization` must be one of {', '.join(_NORMS)}; got"
      f" {normalization!r}."
    )
  num_layers = _checked(num_layers, min(sides))
  images = keras.Input(tuple(image_shape), name="images")
  inputs, x = images, images
  if condition_shape is not None:
    inputs = [*_conditions(condition_shape, sides), images]
    x = keras.layers.Concatenate(name="join")(inputs)
  for number in range(num_layers + 1):
    filters = width * min(2**number, _MAX_FACTOR)
    strides = 2 if number < num_layers else 1
    norm = normalization if number else "none"
    x = _convolve(x, filters, strides, norm, f"conv_{number + 1}")
  logits = keras.layers.Conv2D(1, 4, padding="same", name="logits")(x)
  return keras.Model(inputs, logits, name=name)


def patch_size(num_layers: int) -> int:
  """Returns how many pixels wide the patch is that a logit sees.

  Args:
    num_layers: As of `patch_discriminator`.
  """
  size = 7  # of two convolutions without strides
  for _ in range(num_layers):
    size = 2 * size + 2
  return size


def _checked(num_layers: int | None, side: int) -> int:
  if num_layers is None:
    fitting = [n for n in (1, 2, 3) if patch_size(n) <= side]
    num_layers = max(fitting, default=1)
  arguments.whole("num_layers", num_layers, 1)
  if (size := patch_size(num_layers)) > side:
    raise ValueError(
      f"`image_shape` has a side of {side} pixels, and with `num_layers`"
      f" {num_layers} the discriminator sees patches of {size}x{size}; use"
      f" fewer layers, or images of at least {patch_size(1)}x{patch_size(1)}."
    )
  return num_layers


def _conditions(shapes, sides) -> list:
  """Returns inputs of one shape or several, and checks these."""
  several = isinstance(shapes[0], Sequence)
  shapes = [tuple(x) for x in (shapes if several else [shapes])]
  for shape in shapes:
    if len(shape) != 3 or shape[:2] != sides:
      raise ValueError(
        f"`condition_shape` is {shape}, and the images are"
        f" {sides[0]}x{sides[1]}; give both the same height and width."
      )
  names = [f"condition_{i}" for i in range(len(shapes))]
  names = names if several else ["condition"]
  return [
    keras.Input(shape, name=name)
    for shape, name in zip(shapes, names, strict=True)
  ]


def _convolve(x, filters: int, strides: int, norm: str, name: str):
  x = keras.layers.Conv2D(
    filters,
    4,
    strides,
    padding="same",
    use_bias=norm == "none",
    name=name,
  )(x)
  if norm == "batch":
    x = keras.layers.BatchNormalization(momentum=0.9, name=f"norm_{name}")(x)
  elif norm == "instance":
    x = keras.layers.GroupNormalization(-1, epsilon=1e-5, name=f"norm_{name}")(
      x
    )
  return keras.layers.LeakyReLU(parts.SLOPE, name=f"act_{name}")(x)
