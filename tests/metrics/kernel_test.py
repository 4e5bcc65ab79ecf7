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
"""Kernel distance against the definition, pair by pair."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tf_ganprune import metrics


def by_definition(x, y):
  def k(a, b):
    return (sum(p * q for p, q in zip(a, b, strict=True)) / len(a) + 1) ** 3

  def within(rows):
    n = len(rows)
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    return sum(k(rows[i], rows[j]) for i, j in pairs) / (n * (n - 1))

  between = sum(k(a, b) for a in x for b in y) / (len(x) * len(y))
  return within(x) + within(y) - 2 * between


def test_a_case_by_hand():
  # Within real k(0, 2) = 1, within generated k(1, 1) = 8; between they are
  # 1, 1, 27 and 27, of mean 14.
  value = metrics.kernel_distance([[0.0], [2.0]], [[1.0], [1.0]])
  assert value == pytest.approx(1.0 + 8.0 - 28.0, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(
  n=st.integers(2, 6),
  m=st.integers(2, 6),
  d=st.integers(1, 5),
  seed=st.integers(0, 1000),
)
def test_agrees_with_the_definition(n, m, d, seed):
  rng = np.random.default_rng(seed)
  x, y = rng.normal(size=(n, d)), rng.normal(size=(m, d)) + 1
  expected = by_definition(x.tolist(), y.tolist())
  assert metrics.kernel_distance(x, y) == pytest.approx(
    expected, rel=1e-9, abs=1e-9
  )


def test_unbiased_on_one_population():
  rng = np.random.default_rng(0)
  values = [
    metrics.kernel_distance(rng.normal(size=(8, 2)), rng.normal(size=(8, 2)))
    for _ in range(2000)
  ]
  error = np.std(values) / np.sqrt(len(values))
  assert abs(np.mean(values)) < 3 * error
  assert min(values) < 0


def test_grows_with_the_gap():
  rng = np.random.default_rng(0)
  x, y = rng.normal(size=(200, 4)), rng.normal(size=(200, 4))
  values = [metrics.kernel_distance(x, y + gap) for gap in (0.0, 0.5, 1.0)]
  assert values[0] < 0.1 < values[1] < values[2]
