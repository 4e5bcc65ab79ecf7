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
"""Erdos-Renyi-Kernel, an allocation that depends on the kernels' shapes."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.allocation import base, shares


@base.ALLOCATIONS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class ERK(base.Allocation):
  """Erdos-Renyi-Kernel: density proportional to sum / product of dimensions.

  Large kernels become sparser than small ones. For a convolution the ratio is
  (n_in + n_out + height + width) / (n_in n_out height width). Kernels whose
  density would be above 1 stay dense, and the others share the rest.

  Evci et al. 2020, "Rigging the Lottery: Making All Tickets Winners", section 3
  (1), Erdos-Renyi-Kernel.

  Example:
    `tgp.prune_low_magnitude(generator, schedule, allocation="erk")`
  """

  kind = "erk"
  goes_by_shape = True

  def counts(self, scores: Sequence[tf.Tensor], kept: tf.Tensor) -> tf.Tensor:
    """Returns the number of weights that each kernel keeps, by its shape."""
    shapes = [np.array(x.shape.as_list(), np.float64) for x in scores]
    sizes = np.array([shape.prod() for shape in shapes])
    sums = np.array([shape.sum() for shape in shapes])
    factor = _factor(sizes, sums, tf.cast(kept, tf.float64))
    return shares.rounded(tf.minimum(sizes, factor * sums), sizes, kept)


def _factor(sizes, sums, kept) -> tf.Tensor:
  """Returns weights kept per sum of dimensions, in kernels that are pruned."""
  order = np.argsort(-sums / sizes, kind="stable")
  sizes, sums = sizes[order], sums[order]
  # If the first kernels stay dense: their size, and the others' sums.
  full = np.cumsum(sizes) - sizes
  rest = np.cumsum(sums[::-1])[::-1]
  factors = (kept - full) / rest
  fits = factors * sums <= sizes * (1 + 1e-9)
  return factors[tf.argmax(tf.cast(fits, tf.int8))]
