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
"""A loss on the variation of a student's images."""

import tensorflow as tf

from tf_ganprune.distillation import base
from tf_ganprune.keras_compat import keras


@base.LOSSES.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class TotalVariation(base.Distillation):
  """The sum of differences between neighbouring pixels of a student's image.

  Rudin et al. 1992, "Nonlinear Total Variation Based Noise Removal Algorithms",
  with absolute differences, the mean over images; beside distillation losses in
  Ren et al. 2021, "Online Multi-Granularity Distillation for GAN Compression"
  (OMGD), with a weight of 1e-5. The teacher's images do not count. It grows
  with the number of pixels.

  Example:
    `TotalVariation(weight=1e-5)`
  """

  kind = "total_variation"

  def prepare(
    self,
    teacher: keras.Model,
    student: keras.Model,
    discriminator: keras.Model | None,
  ) -> None:
    """Checks that there are images; see `Distillation.prepare`."""
    del student, discriminator
    base.image_shape(teacher, self.name)

  def loss(self, teacher: base.Seen, student: base.Seen) -> tf.Tensor:
    """Returns the variation of an image; see `Distillation.loss`."""
    del teacher
    return tf.reduce_mean(tf.image.total_variation(student.images))
