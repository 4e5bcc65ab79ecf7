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
"""Fits Gaussians to features block by block, in float64."""

from typing import NamedTuple

import numpy as np

# A block of this many rows of 2,048 features takes 64 MB.
_ROWS = 4096


class Gaussian(NamedTuple):
  """The mean and the covariance of features.

  Example:
    `covariance = fit(features).root.T @ fit(features).root`

  Attributes:
    mean: `[d]`, float64.
    root: R with R^T R the unbiased covariance, `[at most d, d]`, float64.
  """

  mean: np.ndarray
  root: np.ndarray


class RunningGaussian:
  """Fits a Gaussian to blocks of rows, none of which is kept.

  Means are updated as in Chan et al. 1983, "Algorithms for Computing the Sample
  Variance". In place of the covariance its root is, by QR decompositions, so
  that singular covariances are as exact as others.

  Example:
    >>> running = RunningGaussian()
    >>> for block in blocks:
    ...   running.add(block)
    >>> mean, root = running.result()
  """

  def __init__(self):
    """Begins without rows."""
    self._count = 0
    self._mean: np.ndarray = np.zeros(0)
    self._scatter_root: np.ndarray = np.zeros((0, 0))

  def add(self, rows: np.ndarray) -> None:
    """Adds rows.

    Args:
      rows: `[n, d]`, n at least 1; float32 is converted.
    """
    rows = rows.astype(np.float64, copy=False)
    mean = rows.mean(axis=0)
    parts = [rows - mean]
    total = self._count + len(rows)
    if self._count:
      gap = mean - self._mean
      between = np.sqrt(self._count * len(rows) / total) * gap
      parts += [self._scatter_root, between[None]]
      mean = self._mean + gap * (len(rows) / total)
    self._scatter_root = np.linalg.qr(np.concatenate(parts), mode="r")  # type: ignore[assignment]  # R alone
    self._mean, self._count = mean, total

  def result(self) -> Gaussian:
    """Returns the Gaussian of all rows so far, at least two."""
    return Gaussian(self._mean, self._scatter_root / np.sqrt(self._count - 1))


def fit(features: np.ndarray) -> Gaussian:
  """Returns the Gaussian of features.

  Args:
    features: `[n, d]`, n at least 2.
  """
  # Below so many rows, what is carried on would be most of each block.
  step = max(_ROWS, 2 * features.shape[1])
  running = RunningGaussian()
  for start in range(0, len(features), step):
    running.add(features[start : start + step])
  return running.result()


def distance(a: Gaussian, b: Gaussian) -> float:
  """Returns the Fréchet distance of two Gaussians, never below 0.

  The trace of the root of S1 S2 is the nuclear norm of R1 R2^T, where
  S = R^T R, so no covariance is formed, inverted or regularised.

  Args:
    a: One of them.
    b: The other one.
  """
  gap = a.mean - b.mean
  shared = np.linalg.svd(a.root @ b.root.T, compute_uv=False).sum()
  spread = np.square(a.root).sum() + np.square(b.root).sum()
  # Equal sets would give the rounding error of the two terms, of either sign.
  return float(gap @ gap + max(0.0, spread - 2.0 * shared))
