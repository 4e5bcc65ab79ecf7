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
"""Movement pruning."""

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.importance import base


@base.IMPORTANCES.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class Movement(base.Importance):
  """Scores weights by -sum of w dL/dw: high where they move away from 0.

  Sanh et al. 2020, "Movement Pruning: Adaptive Sparsity by Fine-Tuning",
  section 4, the scores S of hard movement pruning, up to their learning rate.
  The sum is over all updates.
  There pruned weights keep their values and may come back; here they are 0 and
  stay pruned.

  Scores have a sign. Only their order matters, so the lowest of those that are
  compared is subtracted from all of them.

  Example:
    `tgp.prune_low_magnitude(generator, schedule, importance="movement")`
  """

  kind = "movement"
  needs_gradients = True
  is_signed = True

  def accumulate(
    self, slot: tf.Tensor, weight: tf.Tensor, gradient: tf.Tensor
  ) -> tf.Tensor:
    """Returns the slot minus w dL/dw."""
    return slot - weight * gradient

  def scores(self, weight: tf.Tensor, slot: tf.Tensor | None) -> tf.Tensor:
    """Returns the slot: minus the sum of w dL/dw."""
    del weight
    return slot
