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
"""Shares by a kernel's shape: Erdos-Renyi-Kernel."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.allocation import base, shares


@base.ALLOCATIONS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class ERK(base.Allocation):
  """The density of a kernel is proportional to its dimensions' sum by product.

  Large kernels become sparser than small ones. Of a convolution these are
  (n_in + n_out + height + width) / (n_in n_out height width). Kernels that
  would get more than all stay dense, and the others share the rest.

  Evci et al. 2020, "Rigging the Lottery: Making All Tickets Winners", section 3
  (1), Erdos-Renyi-Kernel.

  Example:
    `tgp.prune_low_magnitude(generator, schedule, allocation="erk")`
  """

  kind = "erk"
  goes_by_shape = True

  def counts(self, scores: Sequence[tf.Tensor], kept: tf.Tensor) -> tf.Tensor:
    """Returns shares that depend on shapes only."""
    shapes = [np.array(x.shape.as_list(), np.float64) for x in scores]
    sizes = np.array([shape.prod() for shape in shapes])
    sums = np.array([shape.sum() for shape in shapes])
    factor = _factor(sizes, sums, tf.cast(kept, tf.float64))
    return shares.rounded(tf.minimum(sizes, factor * sums), sizes, kept)


def _factor(sizes, sums, kept) -> tf.Tensor:
  """Returns by what sums are multiplied, for kernels that do not get full."""
  order = np.argsort(-sums / sizes, kind="stable")
  sizes, sums = sizes[order], sums[order]
  # If the first kernels are full: what these are, and the others' sums.
  full = np.cumsum(sizes) - sizes
  rest = np.cumsum(sums[::-1])[::-1]
  factors = (kept - full) / rest
  fits = factors * sums <= sizes * (1 + 1e-9)
  return factors[tf.argmax(tf.cast(fits, tf.int8))]
