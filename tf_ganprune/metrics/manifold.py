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
"""Computes improved precision and recall of generated images."""

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tf_ganprune import arguments, array_types
from tf_ganprune.metrics import arrays


class PrecisionRecall(NamedTuple):
  """The precision and the recall of generated images.

  Example:
    `precision, recall = precision_recall(real, generated)`

  Attributes:
    precision: The share of generated images that look real, from 0 to 1.
    recall: The share of real images that the generator could have made, from 0
      to 1.
  """

  precision: float
  recall: float


@dataclasses.dataclass(frozen=True)
class Pairs:
  """Computes squared distances between the rows of two matrices.

  A matrix product is fast and off by rounding, the sum of squared differences
  is slow and the same for equal pairs; so only pairs that rounding could
  decide are computed the slow way.

  Example:
    `Pairs(generated, real).within(radii)`

  Attributes:
    rows: `[n, d]`, float64.
    columns: `[m, d]`, float64.
  """

  rows: np.ndarray
  columns: np.ndarray

  def estimate(self) -> tuple[np.ndarray, np.ndarray]:
    """Returns fast distances and, for each row, the bound of their error."""
    a = np.square(self.rows).sum(axis=1, keepdims=True)
    b = np.square(self.columns).sum(axis=1)
    eps = np.finfo(np.float64).eps
    slack = 4.0 * (self.rows.shape[1] + 4) * eps * (a + b.max())
    return a + b - 2.0 * self.rows @ self.columns.T, slack

  def within(self, *radii: np.ndarray) -> list[np.ndarray]:
    """Tells which pairs are at most so far from each other.

    Args:
      *radii: Squared distances, each `[m]` of the columns' balls or `[n, 1]` of
        the rows'.

    Returns:
      A matrix of booleans, `[n, m]`, for each.
    """
    distances, slack = self.estimate()
    found = []
    for each in radii:
      doubtful = np.abs(distances - each) <= slack
      distances[doubtful] = self.exact(doubtful)
      found.append(distances <= each)
    return found

  def exact(self, where: np.ndarray) -> np.ndarray:
    """Returns the distances of the pairs marked in `where`, in order."""
    i, j = np.nonzero(where)
    result = np.empty(len(i))
    for block in arrays.row_blocks(len(i), self.rows.shape[1]):
      difference = self.rows[i[block]] - self.columns[j[block]]
      result[block] = np.square(difference).sum(axis=1)
    return result


def squared_radii(points: np.ndarray, ks: Sequence[int]) -> list[np.ndarray]:
  """Returns each point's squared distances to its k-th nearest neighbours.

  Args:
    points: `[n, d]`, float64.
    ks: Numbers of neighbours, each below n.

  Returns:
    A vector `[n]` for each of `ks`.
  """
  radii = np.empty((len(ks), len(points)))
  for block in arrays.row_blocks(len(points), len(points)):
    pairs = Pairs(points[block], points)
    distances, slack = pairs.estimate()
    own = np.arange(block.start, block.stop)
    distances[np.arange(len(own)), own] = np.inf
    most = max(ks)
    kth = np.partition(distances, most - 1, axis=1)[:, most - 1 : most]
    near = distances <= kth + 2.0 * slack
    exact = np.full_like(distances, np.inf)
    exact[near] = pairs.exact(near)
    places = [k - 1 for k in ks]
    radii[:, block] = np.partition(exact, places, axis=1)[:, places].T
  return list(radii)


class Inside(NamedTuple):
  """Which points lie in which balls, counted both ways.

  Example:
    `balls, is_hit = inside(generated, real, k=5)`

  Attributes:
    balls: The number of balls that each point lies in, `[n]`.
    is_hit: Whether each ball holds a point, `[m]`.
  """

  balls: np.ndarray
  is_hit: np.ndarray


def inside(points: np.ndarray, centres: np.ndarray, k: int) -> Inside:
  """Counts points in balls that reach to their centre's k-th neighbour.

  A point on a ball's surface is inside. Distances are computed in blocks.

  Args:
    points: The features that are looked for, `[n, d]`, float64.
    centres: The features around which the balls are, `[m, d]`, float64.
    k: The number of the neighbour, below m.
  """
  (radii,) = squared_radii(centres, [k])
  balls, is_hit = np.empty(len(points), np.int64), np.zeros(len(centres), bool)
  for block in arrays.row_blocks(len(points), len(centres)):
    (is_inside,) = Pairs(points[block], centres).within(radii)
    balls[block] = is_inside.sum(axis=1)
    is_hit |= is_inside.any(axis=0)
  return Inside(balls, is_hit)


def _share(points: np.ndarray, centres: np.ndarray, k: int) -> float:
  """Returns the share of points inside a ball around any of the centres."""
  balls = inside(points, centres, k).balls
  return int(np.count_nonzero(balls)) / len(points)


def precision_recall(
  real: array_types.Array, generated: array_types.Array, k: int = 3
) -> PrecisionRecall:
  """Returns improved precision and recall; higher is better.

  They are the shares of each set that lie in the other's manifold.

  Kynkäänniemi et al. 2019, equations 1 and 2: the manifold of a set is the
  union of the balls around its points that reach to their k-th nearest
  neighbour in the set, the point itself not counted. A point on a ball's
  surface is inside, and equal distances count as equal.

  Both depend on n and k: with fewer images the balls grow, and in few
  dimensions that flatters both numbers; one outlier makes a huge ball.
  Compare only values from equally many images and the same k.

  Args:
    real: Features of real images, `[n, d]`, n above k.
    generated: Features of generated images, `[m, d]`, m above k.
    k: The number of the neighbour at a ball's radius, at least 1; the paper
      has 3.

  Returns:
    `.precision` and `.recall`, also as a tuple.

  Raises:
    ValueError: If k is not a whole number of at least 1, or a set is not a
      finite matrix of more than k rows, or the widths differ.
  """
  k = arguments.whole("k", k, 1)
  real, generated = arrays.check_features(real, generated, max(2, k + 1))
  return PrecisionRecall(
    precision=_share(generated, real, k), recall=_share(real, generated, k)
  )


# So called by the paper, as Sajjadi et al. 2018 define another pair.
improved_precision_recall = precision_recall
