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
"""The LeCam regularization of a discriminator's scores."""

import tensorflow as tf

from tf_ganprune import arguments
from tf_ganprune.keras_compat import keras
from tf_ganprune.regularizers import base


@base.REGULARIZERS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class LeCam(base.Regularizer):
  """The penalty weight (E[(D(x) - a_F)^2] + E[(D(G(z)) - a_R)^2]).

  a_R and a_F, the anchors, are moving averages of the scores of real and of
  generated images. Tseng et al. 2021, "Regularizing Generative Adversarial
  Networks under Limited Data", R_LC of section 3. (The authors' code leaves
  out a score that lies on the far side of its anchor; the equation and this
  class do not.)

  Attributes:
    real_anchor: a_R, a variable.
    fake_anchor: a_F, a variable.
    num_updates: The number of updates of the anchors, a variable.

  Example:
    `tgp.GAN(d, g, 64, regularizers=[tgp.regularizers.LeCam(weight=0.3)])`
  """

  kind = "lecam"

  def __init__(
    self, weight: float = 0.3, decay: float = 0.99, warm_up: int = 1000
  ):
    """Creates the regularizer.

    Args:
      weight: The paper's lambda, at least 0.
      decay: The share of an anchor that stays at an update, from 0 to 1.
      warm_up: The number of the discriminator's updates before the penalty
        begins; anchors are updated from the first.

    Raises:
      ValueError: If a number is out of its range.
    """
    super().__init__()
    self.weight = base.checked_weight(weight)
    self.decay = arguments.real("decay", decay, 0, 1)
    self.warm_up = arguments.whole("warm_up", warm_up, 0)

  def build(self, input_shape: object = None) -> None:
    """Creates the anchors; see `Regularizer.build`."""
    self.real_anchor = self.add_state("real_anchor")
    self.fake_anchor = self.add_state("fake_anchor")
    self.num_updates = self.add_state("num_updates", tf.int64)
    super().build(input_shape)

  def penalty(self, seen: base.Seen) -> tf.Tensor:
    """Returns the weighted penalty, 0 in the warm-up."""
    # Anchors have no values before the first scores.
    begun = self.num_updates >= max(self.warm_up, 1)
    weight = tf.where(begun, self.weight, 0.0)
    real = _distance(seen.real_scores, self.fake_anchor)
    fake = _distance(seen.fake_scores, self.real_anchor)
    return tf.cast(weight, real.dtype) * (real + fake)

  def observe(self, real_scores: tf.Tensor, fake_scores: tf.Tensor) -> None:
    """Moves the anchors; the first scores are their first values."""
    decay = tf.where(self.num_updates > 0, self.decay, 0.0)
    for anchor, scores in (
      (self.real_anchor, real_scores),
      (self.fake_anchor, fake_scores),
    ):
      now = base.mean(scores)
      base.assign(anchor, now + decay * (anchor - now))
    base.assign(self.num_updates, self.num_updates + 1)

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return {
      "weight": self.weight,
      "decay": self.decay,
      "warm_up": self.warm_up,
    }


def _distance(scores: tf.Tensor, anchor: tf.Variable) -> tf.Tensor:
  scores = base.full(scores)
  return tf.reduce_mean(tf.square(scores - tf.cast(anchor, scores.dtype)))
