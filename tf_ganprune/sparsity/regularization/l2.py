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
"""What is to go is pulled to zero in proportion."""

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.regularization import base


@base.REGULARIZATIONS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class L2(base.Regularization):
  """The penalty (strength / 2) w^2: w becomes w / (1 + strength).

  Wang et al. 2021, "Neural Pruning via Growing Regularization", equation 5,
  with the proximal step of the penalty in place of its gradient.

  Example:
    `tgp.prune_low_magnitude(generator, schedule, regularization="l2")`
  """

  kind = "l2"
  _WEIGHT = 0.01

  def shrinkage(self, weight, strength, group_mean):
    """Returns w strength / (1 + strength)."""
    del group_mean
    return weight * (strength / (1.0 + strength))
