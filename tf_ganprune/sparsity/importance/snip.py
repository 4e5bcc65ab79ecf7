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
"""Pruning by the sensitivity of connections at initialization."""

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.importance import base, taylor


@base.IMPORTANCES.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class SNIP(taylor.Taylor):
  """Scores weights by the sum of |w dL/dw| up to the first mask update.

  Lee et al. 2019, "SNIP: Single-shot Network Pruning based on Connection
  Sensitivity", equations 4 and 5, without the norm, which changes no order. The
  scores are constant after the first mask update: so is the mask at a constant
  sparsity, and at a growing sparsity each mask is a part of the one before.

  For the paper's mask, of the initial weights and one batch, prune at the first
  update: `ConstantSparsity(0.8, begin_step=1, frequency=1)`. A later
  `begin_step` sums over more batches, while the weights are trained already.

  Example:
    `tgp.prune_low_magnitude(generator, schedule, importance="snip")`
  """

  kind = "snip"
  gathers_once = True

  def after(self, slot: tf.Tensor) -> tf.Tensor:
    """Returns the slot as it is: the scores stay after a mask update."""
    return slot
