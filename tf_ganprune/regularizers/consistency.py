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
"""Consistency regularization of a discriminator (CR and bCR)."""

from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune import arguments
from tf_ganprune.keras_compat import keras
from tf_ganprune.regularizers import base, diff_augment


@base.REGULARIZERS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class Consistency(base.Regularizer):
  """The penalty weight E[(D(x) - D(T(x)))^2], T being random changes.

  On real images: Zhang et al. 2020, "Consistency Regularization for Generative
  Adversarial Networks", L_cr. Balanced, on generated images as well:
  Zhao et al. 2021, "Improved Consistency Regularization for GANs", bCR.
  The discriminator scores the changed images in an additional pass; its loss,
  and the generator, do not see them.

  Example:
    `tgp.GAN(d, g, 64, regularizers=[Consistency(policies=["translation"])])`
  """

  kind = "consistency"

  def __init__(
    self,
    weight: float = 10.0,
    balanced: bool = True,
    policies: Sequence[str] = ("flip", "translation"),
  ):
    """Creates the regularizer.

    Args:
      weight: The papers' lambda, at least 0, for real and for generated images.
      balanced: Whether generated images are penalized as well.
      policies: The changes, as for `DiffAugment`. Leave out `"flip"` if a
        mirrored image has another meaning, as digits do.

    Raises:
      ValueError: If a number is out of its range, or a policy unknown.
    """
    super().__init__()
    self.weight = base.checked_weight(weight)
    self.balanced = arguments.boolean("balanced", balanced)
    self.policies = diff_augment.checked_policies(policies)

  def penalty(self, seen: base.Seen) -> tf.Tensor:
    """Returns the weighted penalty; see `Regularizer.penalty`."""
    change = diff_augment.DiffAugment([*self.policies])
    change.value_range = self.value_range

    def distance(images, scores):
      changed = seen.score(change.augment(images, seen.rng))
      return tf.reduce_mean(tf.square(scores - changed))

    total = distance(seen.real, seen.real_scores)
    if self.balanced:
      total += distance(seen.fake, seen.fake_scores)
    return self.weight * total

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return {
      "weight": self.weight,
      "balanced": self.balanced,
      "policies": [*self.policies],
    }
