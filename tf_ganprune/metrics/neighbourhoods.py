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
"""Precision, recall, density and coverage in one pass over all pairs."""

import numpy as np

from tf_ganprune.metrics import arrays, manifold


def shares(
  real: np.ndarray, generated: np.ndarray, k: int, density_k: int
) -> dict[str, float]:
  """Returns what `precision_recall` and `density_coverage` do, in less time.

  Args:
    real: Features of real images, `[n, d]`, float64, n above k.
    generated: Features of generated images, `[m, d]`, float64, m above k.
    k: The neighbour of precision and recall.
    density_k: The neighbour of density and coverage.

  Returns:
    "precision" and "recall"; if n is above `density_k`, "density" and
    "coverage" as well.
  """
  ks = [k, density_k] if len(real) > density_k else [k]
  radii = manifold.squared_radii(real, ks)
  (own,) = manifold.squared_radii(generated, [k])
  balls = np.zeros((len(ks), len(generated)), np.int64)
  hit = np.zeros((len(ks), len(real)), bool)
  recalled = np.zeros(len(real), bool)
  for block in arrays.row_blocks(len(generated), len(real)):
    pairs = manifold.Pairs(generated[block], real)
    *of_real, of_generated = pairs.within(*radii, own[block, None])
    balls[:, block] = [one.sum(axis=1) for one in of_real]
    hit |= [one.any(axis=0) for one in of_real]
    recalled |= of_generated.any(axis=0)
  found = {"precision": (balls[0] > 0).mean(), "recall": recalled.mean()}
  if len(ks) > 1:
    found["density"] = balls[1].mean() / density_k
    found["coverage"] = hit[1].mean()
  return {name: float(value) for name, value in found.items()}
