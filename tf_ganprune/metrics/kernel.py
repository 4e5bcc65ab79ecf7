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
"""Computes the kernel distance: squared MMD with a cubic polynomial kernel."""

import numpy as np

from tf_ganprune import array_types
from tf_ganprune.metrics import arrays


def _kernel_sum(a: np.ndarray, b: np.ndarray) -> float:
  """Sums (x.y / d + 1)^3 over all pairs."""
  total = 0.0
  for block in arrays.row_blocks(len(a), len(b)):
    total += ((a[block] @ b.T / a.shape[1] + 1.0) ** 3).sum()
  return total


def _mean_off_diagonal(a: np.ndarray) -> float:
  norms = np.square(a).sum(axis=1)
  diagonal = ((norms / a.shape[1] + 1.0) ** 3).sum()
  return (_kernel_sum(a, a) - diagonal) / (len(a) * (len(a) - 1))


def kernel_distance(
  real: array_types.Array, generated: array_types.Array
) -> float:
  """Returns the kernel distance of two sets of features; lower is better.

  It is the unbiased squared MMD with the kernel (x.y / d + 1)^3 of Bińkowski et
  al. 2018, section 4; on InceptionV3 features it is the KID. All pairs are
  used, not random subsets, so the value is deterministic.

  Unbiased at any n, unlike the Fréchet distance, and therefore sometimes
  slightly negative when the two sets are alike; read that as 0. Its variance
  falls as n grows, so small differences need many images.

  Args:
    real: Features of real images, `[n, d]`, n at least 2.
    generated: Features of generated images, `[m, d]`, m at least 2.

  Returns:
    The distance; may be negative.

  Raises:
    ValueError: If a set is not a finite matrix of two or more rows, or the
      widths differ.
  """
  real, generated = arrays.check_features(real, generated)
  between = _kernel_sum(real, generated) / (len(real) * len(generated))
  within = _mean_off_diagonal(real) + _mean_off_diagonal(generated)
  return float(within - 2.0 * between)
