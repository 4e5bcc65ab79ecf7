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
"""Pruning by the first-order Taylor expansion of the loss."""

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.importance import base


@base.IMPORTANCES.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class Taylor(base.Importance):
  """Scores weights by the sum of |w dL/dw| since the last mask update.

  w dL/dw is the first-order change of the loss if the weight becomes 0.
  Molchanov et al. 2019, "Importance Estimation for Neural Network Pruning",
  equation 8, square it; Molchanov et al. 2017, "Pruning Convolutional Neural
  Networks for Resource Efficient Inference", section 2.2, take the absolute
  value, as here.

  Example:
    `tgp.prune_low_magnitude(generator, schedule, importance="taylor")`
  """

  kind = "taylor"
  needs_gradients = True

  def accumulate(
    self, slot: tf.Tensor, weight: tf.Tensor, gradient: tf.Tensor
  ) -> tf.Tensor:
    """Returns the slot plus |w dL/dw|."""
    return slot + tf.abs(weight * gradient)

  def scores(self, weight: tf.Tensor, slot: tf.Tensor | None) -> tf.Tensor:
    """Returns the slot: the sum of |w dL/dw|."""
    del weight
    return slot

  def after(self, slot: tf.Tensor) -> tf.Tensor:
    """Returns zeros: the sum begins anew after a mask update."""
    return tf.zeros_like(slot)
