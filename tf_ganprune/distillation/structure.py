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
"""A distillation loss on the structural similarity of images."""

import tensorflow as tf

from tf_ganprune import value_range
from tf_ganprune.distillation import base
from tf_ganprune.keras_compat import keras

# The paper's window, which `tgp.metrics.ssim` has as well.
_WINDOW, _DEVIATION = 11, 1.5


@base.LOSSES.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class StructuralDistance(base.Distillation):
  """1 - the mean structural similarity (SSIM) of images.

  Wang et al. 2004, "Image Quality Assessment: From Error Visibility to
  Structural Similarity", equation 13, with a Gaussian window of 11 pixels, or
  of the image's size if that is smaller; as a distillation loss in Ren et al.
  2021, "Online Multi-Granularity Distillation for GAN Compression" (OMGD). The
  range of the images is that of the teacher's outputs; black counts as 0.

  Example:
    `StructuralDistance(weight=10.0)`
  """

  kind = "ssim"

  def __init__(
    self, weight: float | base.Schedule = 1.0, name: str | None = None
  ):
    """Sets the weight; see `Distillation`."""
    super().__init__(weight, name)
    self._range = value_range.ValueRange(*value_range.STANDARD)

  def prepare(
    self,
    teacher: keras.Model,
    student: keras.Model,
    discriminator: keras.Model | None,
  ) -> None:
    """Finds the range of the images; see `Distillation.prepare`."""
    del student, discriminator
    base.image_shape(teacher, self.name)
    self._range = value_range.of_network(teacher)

  def loss(self, teacher: base.Seen, student: base.Seen) -> tf.Tensor:
    """Returns what images lack in similarity; see `Distillation.loss`."""
    sizes = [x or _WINDOW for x in student.images.shape[1:3]]
    low, high = self._range.low, self._range.high
    similarity = tf.image.ssim(
      teacher.images - low,
      student.images - low,
      max_val=high - low,
      filter_size=min(_WINDOW, *sizes),
      filter_sigma=_DEVIATION,
    )
    return tf.cast(1.0 - tf.reduce_mean(similarity), student.images.dtype)
