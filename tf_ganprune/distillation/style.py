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
"""A distillation loss on the style of images."""

import tensorflow as tf

from tf_ganprune.distillation import base, images
from tf_ganprune.keras_compat import keras


def gram(features: tf.Tensor) -> tf.Tensor:
  """Returns the Gram matrices of features over their positions.

  Args:
    features: `[n, ..., channels]`.

  Returns:
    `[n, channels, channels]`, the mean products of channels, divided by the
    number of channels.
  """
  shape = tf.shape(features)
  flat = tf.reshape(features, [shape[0], -1, shape[-1]])
  count = tf.cast(tf.shape(flat)[1] * shape[-1], features.dtype)
  return tf.matmul(flat, flat, transpose_a=True) / count


@base.LOSSES.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class StyleDistance(images.ImageDistance):
  """The mean difference of Gram matrices of a network's features of images.

  Johnson et al. 2016, "Perceptual Losses for Real-Time Style Transfer and
  Super-Resolution", equations 3 and 4, with means in place of norms; between
  teacher and student in Ren et al. 2021, "Online Multi-Granularity
  Distillation for GAN Compression" (OMGD). Without a network the features are
  the colours. The arguments are those of `ImageDistance`.

  Example:
    `StyleDistance(network=vgg, weight=1e4)`
  """

  kind = "style"

  def _features(self, images) -> list[tf.Tensor]:
    return [gram(x) for x in super()._features(images)]
