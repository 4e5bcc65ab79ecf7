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
"""Precision and recall against the definition, pair by pair."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tf_ganprune import metrics


def squared(a, b):
  return float(np.square(a - b).sum())


def by_definition(points, centres, k):
  inside = 0
  for point in points:
    for i, centre in enumerate(centres):
      others = [squared(centre, c) for j, c in enumerate(centres) if j != i]
      if squared(point, centre) <= sorted(others)[k - 1]:
        inside += 1
        break
  return inside / len(points)


def assert_as_defined(real, fake, k):
  value = metrics.precision_recall(real, fake, k=k)
  assert value.precision == by_definition(fake, real, k)
  assert value.recall == by_definition(real, fake, k)


def test_disjoint_sets_share_nothing():
  real = np.random.default_rng(0).normal(size=(10, 3))
  assert metrics.precision_recall(real, real + 1000.0) == (0.0, 0.0)


def test_a_set_covers_itself():
  real = np.random.default_rng(0).normal(size=(10, 3))
  assert metrics.precision_recall(real, real[::-1]) == (1.0, 1.0)


def test_a_generator_that_shows_one_mode_of_two():
  near = np.arange(5.0)[:, None]
  real = np.concatenate([near, near + 100.0])
  precision, recall = metrics.precision_recall(real, near, k=1)
  assert (precision, recall) == (1.0, 0.5)


def test_radii_by_hand():
  real = np.array([[0.0], [1.0], [3.0]])
  fake = np.array([[-1.0], [5.0], [5.5], [20.0]])
  # Balls with k = 1: real [-1, 1], [0, 2], [1, 5] hold -1 and 5 on their
  # surface; generated [-7, 5], [4.5, 5.5], [5, 6], [5.5, 34.5] hold all real.
  assert metrics.precision_recall(real, fake, k=1) == (0.5, 1.0)


def test_copies_lie_in_balls_of_no_size():
  # A matrix product would put equal rows a rounding error apart.
  rows = np.random.default_rng(0).normal(size=(5, 50)) * 10 + 1000
  real = np.repeat(rows, 4, axis=0)
  assert metrics.precision_recall(real, rows[[0, 1, 2, 3]], k=3).precision == 1
  assert metrics.precision_recall(real, real + 1e-9, k=3) == (0.0, 0.0)


def test_a_tie_far_from_the_origin_is_a_tie():
  base = 1e6 + np.random.default_rng(1).normal(size=40)
  step = np.zeros(40)
  step[0] = 0.5
  real = np.stack([base, base + step])
  inside, outside = base - step, base - step * (1 + 1e-8)
  value = metrics.precision_recall(real, np.stack([inside, outside]), k=1)
  assert_as_defined(real, np.stack([inside, outside]), 1)
  assert value.precision == 0.5


@settings(max_examples=40, deadline=None)
@given(
  n=st.integers(4, 12),
  m=st.integers(4, 12),
  d=st.integers(1, 4),
  k=st.integers(1, 3),
  seed=st.integers(0, 1000),
  scale=st.sampled_from([1.0, 0.1, 1e-3]),
)
def test_agrees_with_the_definition_on_a_lattice(n, m, d, k, seed, scale):
  """A lattice has many ties, and tenths make their rounding matter."""
  rng = np.random.default_rng(seed)
  real = rng.integers(0, 4, (n, d)) * scale
  fake = rng.integers(1, 5, (m, d)) * scale
  assert_as_defined(real, fake, k)


def test_agrees_with_the_definition_on_features():
  rng = np.random.default_rng(5)
  real, fake = rng.normal(size=(40, 16)), 0.7 * rng.normal(size=(50, 16)) + 0.3
  assert_as_defined(real, fake, 3)
  value = metrics.precision_recall(real, fake)
  assert type(value.precision) is float
  assert 0 < value.recall < value.precision <= 1


def test_swapping_the_sets_swaps_the_shares():
  rng = np.random.default_rng(6)
  a, b = rng.normal(size=(20, 4)), rng.normal(size=(25, 4)) + 1
  there, back = metrics.precision_recall(a, b), metrics.precision_recall(b, a)
  assert there == (back.recall, back.precision)
