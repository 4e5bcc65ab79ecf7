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
"""Pruning by the magnitude of gradients."""

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.importance import base


@base.IMPORTANCES.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class Gradient(base.Importance):
  """Scores weights by the sum of |dL/dw| since the last mask update.

  Evci et al. 2020, "Rigging the Lottery: Making All Tickets Winners", section
  3 (4), grow connections by |dL/dw| of one batch; here it is summed over
  updates, and decides which weights stay.

  Example:
    `tgp.prune_low_magnitude(generator, schedule, importance="gradient")`
  """

  kind = "gradient"
  needs_gradients = True

  def accumulate(
    self, slot: tf.Tensor, weight: tf.Tensor, gradient: tf.Tensor
  ) -> tf.Tensor:
    """Returns the slot plus |dL/dw|."""
    del weight
    return slot + tf.abs(gradient)

  def scores(self, weight: tf.Tensor, slot: tf.Tensor | None) -> tf.Tensor:
    """Returns the slot: the sum of |dL/dw|."""
    del weight
    return slot

  def after(self, slot: tf.Tensor) -> tf.Tensor:
    """Returns zeros: the sum begins anew after a mask update."""
    return tf.zeros_like(slot)
