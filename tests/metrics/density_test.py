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
"""Density and coverage by hand, and all four shares against `prdc`."""

import numpy as np
import prdc
import pytest

from tf_ganprune import metrics
from tf_ganprune.metrics import arrays


def features(seed, n, d=16, scale=1.0, shift=0.0):
  return scale * np.random.default_rng(seed).normal(size=(n, d)) + shift


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("scale, shift", [(1.0, 0.0), (0.6, 0.2), (1.5, -0.3)])
def test_all_shares_are_those_of_prdc(k, scale, shift):
  real, generated = features(0, 90), features(1, 70, scale=scale, shift=shift)
  expected = prdc.compute_prdc(real, generated, nearest_k=k)
  found = metrics.precision_recall(real, generated, k=k)
  assert found.precision == pytest.approx(expected["precision"], abs=1e-6)
  assert found.recall == pytest.approx(expected["recall"], abs=1e-6)
  found = metrics.density_coverage(real, generated, k=k)
  assert found.density == pytest.approx(expected["density"], abs=1e-6)
  assert found.coverage == pytest.approx(expected["coverage"], abs=1e-6)


def test_density_and_coverage_by_hand():
  real = np.array([[0.0], [1.0], [3.0]])
  # Balls with k = 1: [-1, 1], [0, 2], [1, 5]; the points are in 1, 2, 1, 0.
  generated = np.array([[-1.0], [0.5], [5.0], [20.0]])
  density, coverage = metrics.density_coverage(real, generated, k=1)
  assert density == 1.0
  assert coverage == 1.0
  density, coverage = metrics.density_coverage(real, generated[2:], k=1)
  assert density == 0.5
  assert coverage == pytest.approx(1 / 3)


def test_an_outlier_counts_little():
  real = np.concatenate([features(0, 50), features(1, 1, shift=100.0)])
  far = features(2, 50, shift=30.0)
  assert metrics.precision_recall(real, far, k=5).precision == 1.0
  assert metrics.density_coverage(real, far).density == pytest.approx(1 / 5)
  assert metrics.density_coverage(real, far).coverage == pytest.approx(1 / 51)


def test_blocks_change_nothing(monkeypatch):
  real, generated = features(0, 40), features(1, 33)
  expected = metrics.density_coverage(real, generated)
  monkeypatch.setattr(arrays, "_BLOCK", 7 * 40)
  assert metrics.density_coverage(real, generated) == expected


def test_improved_precision_recall_is_another_name():
  assert metrics.improved_precision_recall is metrics.precision_recall


def test_bad_input():
  real = features(0, 6)
  with pytest.raises(ValueError, match="`k` .*got 0"):
    metrics.density_coverage(real, real, k=0)
  with pytest.raises(ValueError, match="`real` has 6 rows.*at least 7"):
    metrics.density_coverage(real, real, k=6)
  with pytest.raises(ValueError, match="`real` .* 16 .*`generated` .* 3"):
    metrics.density_coverage(real, real[:, :3])
  density = metrics.density_coverage(real, real[:2]).density
  assert type(density) is float
