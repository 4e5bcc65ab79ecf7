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
"""Allocations of one sparsity, or of one threshold, for all kernels."""

from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.allocation import base, shares


@base.ALLOCATIONS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class Uniform(base.Allocation):
  """Gives every kernel the schedule's sparsity.

  Zhu and Gupta 2017, "To Prune, or Not to Prune", section 3.

  Example:
    `tgp.prune_low_magnitude(generator, schedule, allocation="uniform")`
  """

  kind = "uniform"
  is_joint = False


@base.ALLOCATIONS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class Global(base.Allocation):
  """Keeps the highest scores of the whole network, in whichever kernel.

  Blalock et al. 2020, "What is the State of Neural Network Pruning?", section
  7.2, Global Magnitude Pruning and its like.

  Example:
    `tgp.prune_low_magnitude(generator, schedule, allocation="global")`
  """

  kind = "global"

  def counts(self, scores: Sequence[tf.Tensor], kept: tf.Tensor) -> tf.Tensor:
    """Returns how many of the network's highest scores each kernel holds."""
    return shares.of_highest(scores, kept)
