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
"""Differentiable augmentation: colour, translation and cutout."""

from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.regularizers import augmentation, base

_SHIFT = 0.125  # of the height and of the width
_HOLE = 0.5


@base.REGULARIZERS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class DiffAugment(augmentation.Augmentation):
  """Augments every image that the discriminator sees (DiffAugment).

  Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN
  Training": D(T(x)) and D(T(G(z))) replace D(x) and D(G(z)) in the losses of
  both networks. T is colour (brightness by -0.5 to 0.5, saturation by 0 to 2,
  contrast by 0.5 to 1.5), translation (by up to an eighth of the size, filled
  with zeros) and cutout (a square of half the size becomes 0). All numbers are
  for images in [-1, 1], so 0 is in the middle of the range. "flip", which
  mirrors half of the images, is not in the paper; `Consistency` uses it.

  Example:
    `tgp.GAN(d, g, 64, regularizers=[DiffAugment(["translation", "cutout"])])`
  """

  kind = "diff_augment"

  def __init__(
    self, policies: Sequence[str] = ("color", "translation", "cutout")
  ):
    """Creates the regularizer.

    Args:
      policies: The changes, in this order: any of `"color"`, `"translation"`,
        `"cutout"` and `"flip"`.

    Raises:
      ValueError: If a name is unknown or repeated, or there are none.
    """
    super().__init__()
    self.policies = checked_policies(policies)

  def draw(
    self, n: tf.Tensor, rng: tf.random.Generator
  ) -> dict[str, tf.Tensor]:
    """Draws numbers from 0 to 1 for all policies; see `Augmentation.draw`."""
    uniform = tf.unstack(rng.uniform([n, len(_NAMES)]), axis=1)
    return dict(zip(_NAMES, uniform, strict=True))

  def apply(self, images: tf.Tensor, drawn: dict[str, tf.Tensor]) -> tf.Tensor:
    """Returns changed images; see `Augmentation.apply`."""
    for policy in self.policies:
      images = POLICIES[policy](images, drawn)
    return images

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return {"policies": [*self.policies]}


_NAMES = (
  "brightness",
  "saturation",
  "contrast",
  "shift_y",
  "shift_x",
  "hole_y",
  "hole_x",
  "mirror",
)


def checked_policies(policies: Sequence[str]) -> tuple[str, ...]:
  """Checks the names of policies, and returns them as a tuple.

  Args:
    policies: The value of the argument `policies`.

  Raises:
    ValueError: If a name is unknown or repeated, or there are none.
  """
  is_list = isinstance(policies, list | tuple) and policies
  if not is_list or any(x not in POLICIES for x in policies):
    raise ValueError(
      f"`policies` must hold names out of {sorted(POLICIES)}; got {policies!r}."
    )
  if len(set(policies)) < len(policies):
    raise ValueError(f"`policies` has a name twice: {policies!r}.")
  return tuple(policies)


def _color(images, drawn) -> tf.Tensor:
  brightness, saturation, contrast = (
    drawn[name][:, None, None, None]
    for name in ("brightness", "saturation", "contrast")
  )
  images += brightness - 0.5
  grey = tf.reduce_mean(images, axis=3, keepdims=True)
  images = (images - grey) * (2.0 * saturation) + grey
  mean = tf.reduce_mean(images, axis=[1, 2, 3], keepdims=True)
  return (images - mean) * (contrast + 0.5) + mean


def _translation(images, drawn) -> tf.Tensor:
  for axis, name in ((1, "shift_y"), (2, "shift_x")):
    size = tf.shape(images)[axis]
    most = _part(size, _SHIFT)
    shift = _whole(drawn[name], 2 * most + 1) - most
    images = _shifted(images, shift, axis)
  return images


def _shifted(images, shift, axis) -> tf.Tensor:
  """Moves each image along an axis, and fills up with zeros."""
  size = tf.shape(images)[axis]
  source = tf.range(size)[None] - shift[:, None]
  inside = (source >= 0) & (source < size)
  moved = tf.gather(
    images, tf.clip_by_value(source, 0, size - 1), axis=axis, batch_dims=1
  )
  inside = inside[:, :, None, None] if axis == 1 else inside[:, None, :, None]
  return moved * tf.cast(inside, images.dtype)


def _cutout(images, drawn) -> tf.Tensor:
  height, width = tf.shape(images)[1], tf.shape(images)[2]
  rows = _in_hole(height, drawn["hole_y"])[:, :, None, None]
  columns = _in_hole(width, drawn["hole_x"])[:, None, :, None]
  return images * (1.0 - tf.cast(rows & columns, images.dtype))


def _in_hole(size, uniform) -> tf.Tensor:
  """Returns a mask of the places of an axis in the hole, bool `[n, size]`."""
  hole = _part(size, _HOLE)
  begin = _whole(uniform, size + 1 - hole % 2) - hole // 2
  place = tf.range(size)[None] - begin[:, None]
  return (place >= 0) & (place < hole)


def _flip(images, drawn) -> tf.Tensor:
  mirrored = (drawn["mirror"] < 0.5)[:, None, None, None]
  return tf.where(mirrored, tf.reverse(images, [2]), images)


def _part(size, share) -> tf.Tensor:
  return tf.cast(tf.cast(size, tf.float32) * share + 0.5, tf.int32)


def _whole(uniform, count) -> tf.Tensor:
  """Converts numbers from 0 to 1 to whole numbers from 0 to `count - 1`."""
  found = tf.cast(tf.floor(uniform * tf.cast(count, uniform.dtype)), tf.int32)
  return tf.minimum(found, count - 1)  # the product may be rounded up


POLICIES = {
  "color": _color,
  "translation": _translation,
  "cutout": _cutout,
  "flip": _flip,
}
