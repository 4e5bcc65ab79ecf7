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
"""Top-k training of a generator, on its images with the highest scores."""

import tensorflow as tf

from tf_ganprune import arguments
from tf_ganprune.keras_compat import keras
from tf_ganprune.regularizers import base


@base.REGULARIZERS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class TopK(base.Regularizer):
  """Lets the generator learn from the k images with the highest scores.

  k = max(nu n, gamma^floor(step / frequency) n) of n images, rounded. Sinha et
  al. 2020, "Top-k Training of GANs"; gamma and nu are those of its public
  implementations.

  An image's score is the mean of its scores, where the discriminator has one
  for each patch. Scores keep their values, and so does the loss that is logged;
  the gradient is 0 for an image that does not count, and n / k times as large
  for one that does, which is the gradient of the mean over the k. So every
  loss that is a mean over images may take them. With several replicas, each
  has its own k.

  Example:
    `tgp.GAN(d, g, 64, regularizers=[tgp.regularizers.TopK(frequency=500)])`
  """

  kind = "top_k"

  def __init__(
    self, gamma: float = 0.99, nu: float = 0.5, frequency: int = 2000
  ):
    """Creates the regularizer.

    Args:
      gamma: The factor by which k is multiplied each time, from 0 to 1.
      nu: The least share of images in k, from 0 to 1.
      frequency: The number of the generator's updates between multiplications
        of k; the paper takes those of an epoch.

    Raises:
      ValueError: If a number is out of its range.
    """
    super().__init__()
    self.gamma = arguments.real("gamma", gamma, 0, 1)
    self.nu = arguments.real("nu", nu, 0, 1)
    self.frequency = arguments.whole("frequency", frequency, 1)

  def count(self, n: tf.Tensor | int, step: tf.Tensor | int) -> tf.Tensor:
    """Returns k, the number of images to learn from, at least 1.

    Args:
      n: The number of images.
      step: The number of the generator's updates before this one.
    """
    times = tf.cast(tf.cast(step, tf.int64) // self.frequency, tf.float32)
    share = tf.maximum(tf.pow(self.gamma, times), self.nu)
    return tf.maximum(
      tf.cast(tf.round(share * tf.cast(n, tf.float32)), tf.int32), 1
    )

  def select(self, scores: tf.Tensor, step: tf.Tensor | int) -> tf.Tensor:
    """Returns scores with gradients for the k best images alone."""
    fixed = tf.stop_gradient(scores)
    n = tf.shape(scores)[0]
    of_image = tf.reduce_mean(tf.reshape(base.full(fixed), [n, -1]), axis=1)
    # By rank, so that exactly k images count if scores are equal.
    ranks = tf.argsort(tf.argsort(of_image, direction="DESCENDING"))
    k = self.count(n, step)
    weights = tf.where(ranks < k, n / k, 0.0)
    ones = tf.ones([scores.shape.rank - 1], tf.int32)
    weights = tf.reshape(weights, tf.concat([[n], ones], 0))
    return fixed + tf.cast(weights, scores.dtype) * (scores - fixed)

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return {"gamma": self.gamma, "nu": self.nu, "frequency": self.frequency}
