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
"""The gradient penalty between real and generated images (WGAN-GP)."""

import tensorflow as tf

from tf_ganprune import losses
from tf_ganprune.keras_compat import keras
from tf_ganprune.regularizers import base, joined


@base.REGULARIZERS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class GradientPenalty(base.Regularizer):
  """The penalty weight E[(|grad D(x)| - 1)^2] between real and generated.

  Gulrajani et al. 2017, "Improved Training of Wasserstein GANs", equation 3.
  Each point lies at a random place between a real and a generated image, as
  the discriminator saw them. `tgp.WGANGP` has this penalty already.

  Example:
    `tgp.GAN(d, g, 64, regularizers=[tgp.regularizers.GradientPenalty()])`
  """

  kind = "gradient_penalty"

  def __init__(self, weight: float = 10.0):
    """Creates the regularizer.

    Args:
      weight: The paper's lambda, at least 0.

    Raises:
      ValueError: If the weight is no number, or below 0.
    """
    super().__init__()
    self.weight = base.checked_weight(weight)

  def penalty(self, seen: base.Seen) -> tf.Tensor:
    """Returns the weighted penalty; see `Regularizer.penalty`."""
    score = joined.score_of_joined(seen.score, seen.real)
    real, fake = joined.join(seen.real), joined.join(seen.fake)
    ones = tf.ones([real.shape.rank - 1], tf.int32)
    shape = tf.concat([tf.shape(real)[:1], ones], 0)
    mix = seen.rng.uniform(shape, dtype=real.dtype)
    return self.weight * losses.gradient_penalty(score, real, fake, mix)

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return {"weight": self.weight}
