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
"""Computes density and coverage of generated images."""

from typing import NamedTuple

import numpy as np

from tf_ganprune import arguments, array_types
from tf_ganprune.metrics import arrays, manifold


class DensityCoverage(NamedTuple):
  """The density and the coverage of generated images.

  Example:
    `density, coverage = density_coverage(real, generated)`

  Attributes:
    density: The number of real images' balls that a generated image lies in, on
      average and divided by k: 0 and more, about 1 for real images.
    coverage: The share of real images whose ball holds a generated image, from
      0 to 1.
  """

  density: float
  coverage: float


def density_coverage(
  real: array_types.Array, generated: array_types.Array, k: int = 5
) -> DensityCoverage:
  """Returns density and coverage of generated features; higher is better.

  Naeem et al. 2020, section 3: the ball of a real image reaches to its
  k-th nearest neighbour among the real ones, itself not counted. Unlike
  precision and recall, an outlier's huge ball counts little, and the balls of
  generated images are never used. A point on a ball's surface is inside.

  Both depend on n and k. As many real images as there are real ones get a
  density of 1 and a coverage of 1 - 1 / 2^k on average, for large n.

  Args:
    real: Features of real images, `[n, d]`, n above k.
    generated: Features of generated images, `[m, d]`, m at least 2.
    k: The number of the neighbour at a ball's radius, at least 1; the paper
      has 5.

  Returns:
    `.density` and `.coverage`, also as a tuple.

  Raises:
    ValueError: If k is not a whole number of at least 1, a set is not a finite
      matrix of enough rows, or the widths differ.
  """
  k = arguments.whole("k", k, 1)
  real, generated = arrays.check_features(real, generated)
  real = arrays.check_matrix(real, "real", k + 1)
  balls, is_hit = manifold.inside(generated, real, k)
  return DensityCoverage(
    density=float(balls.mean() / k),
    coverage=int(np.count_nonzero(is_hit)) / len(real),
  )
