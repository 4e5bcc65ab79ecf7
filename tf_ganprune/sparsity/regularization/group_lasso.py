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
"""What is to go is pulled to zero in groups."""

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.regularization import base


@base.REGULARIZATIONS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class GroupLasso(base.Regularization):
  """The penalty strength sqrt(n) |g| of each group g of n weights.

  Yuan and Lin 2006, "Model Selection and Estimation in Regression with Grouped
  Variables", equation 2.1. Each group is multiplied by max(0, 1 - strength /
  r), where r is its root mean square: the proximal step, Parikh and Boyd 2014,
  "Proximal Algorithms", section 6.5.4.

  A group is what is to go of a block, where blocks are pruned. Else it is what
  is to go of one index of the kernel's last axis: of an output of a Dense layer
  or a convolution, of an input of a transposed one.

  Example:
    `tgp.prune_low_magnitude(generator, regularization="group_lasso")`
  """

  kind = "group_lasso"

  def shrinkage(self, weight, strength, group_mean):
    """Returns g min(1, strength / r) of each group g."""
    size = tf.sqrt(group_mean(tf.square(weight)))
    return weight * tf.minimum(tf.math.divide_no_nan(strength, size), 1.0)
