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
"""LAMP, an allocation by one threshold on scores relative to each kernel."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.allocation import base, shares
from tf_ganprune.sparsity.masks import kth_largest


@base.ALLOCATIONS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class LAMP(base.Allocation):
  """LAMP: keeps the weights with the highest LAMP scores of the whole network.

  A weight's LAMP score is its squared score, divided by the sum of the squared
  scores in its kernel that are as high or higher. The highest score of each
  kernel becomes 1, so every kernel keeps at least one weight.

  Lee et al. 2021, "Layer-adaptive Sparsity for the Magnitude-based Pruning",
  equation 4, whose scores are magnitudes; here any importance will do.

  Example:
    `tgp.prune_low_magnitude(generator, schedule, allocation="lamp")`
  """

  kind = "lamp"
  takes_signed = False

  def counts(self, scores: Sequence[tf.Tensor], kept: tf.Tensor) -> tf.Tensor:
    """Returns the number of weights that each kernel keeps, by LAMP scores."""
    return shares.of_highest([_lamp(x) for x in scores], kept)


def _lamp(scores) -> tf.Tensor:
  """Returns the LAMP scores of a kernel, `[size]`, the highest first."""
  flat = tf.cast(tf.reshape(scores, [-1]), tf.float32)
  highest_first = _highest_first(flat)
  # Many small squares would be lost in a sum of float32.
  squares = tf.square(tf.cast(highest_first, tf.float64))
  relative = tf.math.divide_no_nan(squares, tf.cumsum(squares))
  return tf.cast(relative, tf.float32)


def _highest_first(flat) -> tf.Tensor:
  """Returns values in descending order, NaN first.

  NumPy's sort is much faster than `tf.sort`, which sorts indices; but XLA
  cannot compile Python.
  """
  if kth_largest.in_xla():
    return tf.sort(flat, direction="DESCENDING")
  found = tf.numpy_function(lambda x: np.sort(x)[::-1], [flat], flat.dtype)
  return tf.ensure_shape(found, flat.shape)
