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
"""The R1 gradient penalty on real images."""

import tensorflow as tf

from tf_ganprune import losses
from tf_ganprune.keras_compat import keras
from tf_ganprune.regularizers import base, joined


@base.REGULARIZERS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class R1(base.Regularizer):
  """The penalty weight/2 E[|grad D(x)|^2] on real images.

  Mescheder et al. 2018, "Which Training Methods for GANs do actually
  Converge?", equation 9. The gradient is taken at the images that the
  discriminator saw, after augmentation.

  Example:
    `tgp.GAN(d, g, 64, regularizers=[tgp.regularizers.R1(weight=1.0)])`
  """

  kind = "r1"

  def __init__(self, weight: float = 10.0):
    """Creates the regularizer.

    Args:
      weight: The paper's gamma, at least 0.

    Raises:
      ValueError: If the weight is no number, or below 0.
    """
    super().__init__()
    self.weight = base.checked_weight(weight)

  def penalty(self, seen: base.Seen) -> tf.Tensor:
    """Returns the weighted penalty; see `Regularizer.penalty`."""
    score = joined.score_of_joined(seen.score, seen.real)
    return self.weight * losses.r1_penalty(score, joined.join(seen.real))

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return {"weight": self.weight}
