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
"""Gaussians that are fitted block by block."""

import numpy as np
import pytest

from tf_ganprune import metrics
from tf_ganprune.metrics import gaussian


def features(seed, n, d=6):
  rng = np.random.default_rng(seed)
  return rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + 5 * rng.normal(
    size=d
  )


@pytest.mark.parametrize("sizes", [(50,), (1, 49), (20, 20, 10), (3,) * 16])
def test_blocks_give_the_mean_and_the_covariance_of_all(sizes):
  rows = features(0, sum(sizes))
  running = gaussian.RunningGaussian()
  for block in np.split(rows, np.cumsum(sizes)[:-1]):
    running.add(block)
  mean, root = running.result()
  np.testing.assert_allclose(mean, rows.mean(axis=0), rtol=1e-12)
  np.testing.assert_allclose(root.T @ root, np.cov(rows.T), rtol=1e-10)
  assert root.shape == (6, 6)


def test_fewer_rows_than_features_keep_their_rank():
  rows = features(0, 5, d=9)
  running = gaussian.RunningGaussian()
  for row in rows:
    running.add(row[None])
  root = running.result().root
  np.testing.assert_allclose(root.T @ root, np.cov(rows.T), atol=1e-10)
  whole = gaussian.fit(rows)
  assert gaussian.distance(running.result(), whole) == pytest.approx(
    0, abs=1e-9
  )


def test_a_far_mean_costs_no_digits():
  rows = features(0, 300) + 1e6
  running = gaussian.RunningGaussian()
  for block in np.split(rows, 30):
    running.add(block)
  root = running.result().root
  np.testing.assert_allclose(root.T @ root, np.cov(rows.T), rtol=1e-7)


def test_float32_and_blocks_change_no_distance(monkeypatch):
  real, generated = (features(seed, 400).astype(np.float32) for seed in (1, 2))
  whole = metrics.frechet_distance(
    real.astype(np.float64), generated.astype(np.float64)
  )
  monkeypatch.setattr(gaussian, "_ROWS", 37)
  assert metrics.frechet_distance(real, generated) == pytest.approx(
    whole, rel=1e-10
  )
