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
"""A distillation loss on the high frequencies of images, by Haar wavelets."""

import tensorflow as tf

from tf_ganprune import arguments
from tf_ganprune.distillation import base
from tf_ganprune.keras_compat import keras


def haar(images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
  """Returns the bands of one level of the orthonormal Haar transform.

  Mallat 1989, "A Theory for Multiresolution Signal Decomposition: The Wavelet
  Representation", with Haar's wavelet. The sum of squares of all bands is that
  of the images. The last row of an odd height is repeated, and the last column
  of an odd width, which adds nothing to the high frequencies across.

  Args:
    images: `[n, height, width, channels]`.

  Returns:
    The low frequencies, `[n, ceil(height / 2), ceil(width / 2), channels]`, and
    the three bands of high ones, `[3, n, ...]`: across columns, across rows,
    and across both.
  """
  shape = tf.shape(images)
  ends = [[0, 0], [0, shape[1] % 2], [0, shape[2] % 2], [0, 0]]
  x = tf.pad(images, ends, "SYMMETRIC")
  a, b = x[:, ::2, ::2], x[:, ::2, 1::2]
  c, d = x[:, 1::2, ::2], x[:, 1::2, 1::2]
  high = [a - b + c - d, a + b - c - d, a - b - c + d]
  return (a + b + c + d) / 2.0, tf.stack(high) / 2.0


@base.LOSSES.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class WaveletDistance(base.Distillation):
  """The L1 distance of the high-frequency bands of images.

  E|H(T(x)) - H(S(x))|_1, where H are the high-frequency bands of a discrete
  wavelet transform: the wavelet distillation loss of Zhang et al. 2022,
  "Wavelet Knowledge Distillation: Towards Efficient Image-to-Image
  Translation". Small generators lack these frequencies. The low ones of the
  last level do not count, so that a constant offset has no distance. Here the
  transform is Haar's, and the sum over bands and levels is divided by the
  number of values in an image.

  Example:
    `WaveletDistance(levels=3, weight=10.0)`
  """

  kind = "wavelet"

  def __init__(
    self,
    levels: int = 2,
    weight: float | base.Schedule = 1.0,
    name: str | None = None,
  ):
    """Sets the number of levels.

    Args:
      levels: How many times the low frequencies are split further. Images must
        be at least `2 ** levels` pixels high and wide.
      weight: As in `Distillation`.
      name: As in `Distillation`.

    Raises:
      ValueError: If `levels` is no whole number from 1 to 16.
    """
    super().__init__(weight, name)
    self.levels = arguments.whole("levels", levels, 1, 16)

  def prepare(
    self,
    teacher: keras.Model,
    student: keras.Model,
    discriminator: keras.Model | None,
  ) -> None:
    """Checks that images are large enough; see `Distillation.prepare`."""
    del student, discriminator
    height, width, _ = base.image_shape(teacher, self.name)
    for size in (height, width):
      if size is not None and size < 2**self.levels:
        raise ValueError(
          f"`levels` is {self.levels}, which needs images of at least"
          f" {2**self.levels} pixels, and those of {teacher.name!r} have"
          f" {height} by {width}; lower it."
        )

  def loss(self, teacher: base.Seen, student: base.Seen) -> tf.Tensor:
    """Returns the distance of high frequencies; see `Distillation.loss`."""
    # The transform is linear.
    low = teacher.images - student.images
    count = tf.cast(tf.size(low), low.dtype)
    found = []
    for _ in range(self.levels):
      low, high = haar(low)
      found.append(tf.reduce_sum(tf.abs(high)))
    return tf.add_n(found) / count

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return super().get_config() | {"levels": self.levels}
