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
"""Pruning by magnitude."""

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.importance import base


@base.IMPORTANCES.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class Magnitude(base.Importance):
  """Scores weights by their magnitude |w|.

  Han et al. 2015, "Learning both Weights and Connections for Efficient Neural
  Networks", section 3.

  Example:
    `tgp.prune_low_magnitude(generator, schedule, importance="magnitude")`
  """

  kind = "magnitude"
  zero_is_lowest = True

  def scores(
    self, weight: tf.Tensor, slot: tf.Tensor | None = None
  ) -> tf.Tensor:
    """Returns |w|."""
    del slot
    return tf.abs(weight)
