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
"""Penalties whose proximal steps shrink weights that are to be pruned."""

from collections.abc import Callable

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.regularization import base


@base.REGULARIZATIONS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class L1(base.Regularization):
  """The penalty strength |w|: shrinks |w| by the strength, down to 0.

  Tibshirani 1996, "Regression Shrinkage and Selection via the Lasso"; the
  proximal step is soft thresholding, Parikh and Boyd 2014, "Proximal
  Algorithms", section 6.5.2.

  Example:
    `tgp.prune_low_magnitude(generator, schedule, regularization="l1")`
  """

  kind = "l1"

  def shrinkage(
    self,
    weight: tf.Tensor,
    strength: tf.Tensor,
    group_mean: Callable[[tf.Tensor], tf.Tensor],
  ) -> tf.Tensor:
    """Returns w, clipped to [-strength, strength]."""
    del group_mean
    return tf.clip_by_value(weight, -strength, strength)


@base.REGULARIZATIONS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class L2(base.Regularization):
  """The penalty (strength / 2) w^2: shrinks w to w / (1 + strength).

  Wang et al. 2021, "Neural Pruning via Growing Regularization", equation 5,
  with the proximal step of the penalty in place of its gradient.

  Example:
    `tgp.prune_low_magnitude(generator, schedule, regularization="l2")`
  """

  kind = "l2"
  _WEIGHT = 0.01

  def shrinkage(
    self,
    weight: tf.Tensor,
    strength: tf.Tensor,
    group_mean: Callable[[tf.Tensor], tf.Tensor],
  ) -> tf.Tensor:
    """Returns w strength / (1 + strength)."""
    del group_mean
    return weight * (strength / (1.0 + strength))


@base.REGULARIZATIONS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class GroupLasso(base.Regularization):
  """The penalty strength sqrt(n) |g|, which shrinks groups g of n weights.

  Yuan and Lin 2006, "Model Selection and Estimation in Regression with Grouped
  Variables", equation 2.1. Each group is multiplied by max(0, 1 - strength /
  r), where r is its root mean square: the proximal step, Parikh and Boyd 2014,
  "Proximal Algorithms", section 6.5.4.

  A group consists of the weights to be pruned in one block, where blocks are
  pruned. Else it consists of those at one index of the kernel's last axis: an
  output of a Dense layer or a convolution, an input of a transposed one.

  Example:
    `tgp.prune_low_magnitude(generator, regularization="group_lasso")`
  """

  kind = "group_lasso"

  def shrinkage(
    self,
    weight: tf.Tensor,
    strength: tf.Tensor,
    group_mean: Callable[[tf.Tensor], tf.Tensor],
  ) -> tf.Tensor:
    """Returns g min(1, strength / r) of each group g."""
    size = tf.sqrt(group_mean(tf.square(weight)))
    return weight * tf.minimum(tf.math.divide_no_nan(strength, size), 1.0)
