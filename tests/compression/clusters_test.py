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
"""Tests of k-means and of the gradients of shared values."""

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies

from tf_ganprune.compression import clusters


def test_k_means_finds_two_heaps():
  values = np.float32([[-1.0, 5.0, -3.0], [6.0, 7.0, -2.0]])
  np.testing.assert_array_equal(clusters.k_means(values, 2), [-2.0, 6.0])


def test_few_values_stay_as_they_are():
  values = np.float32([0.25, -4.0, 0.25, 1.0])
  np.testing.assert_array_equal(
    clusters.k_means(values, 5), np.float32([-4.0, 0.25, 1.0, 1.0, 1.0])
  )


@hypothesis.given(
  strategies.integers(2, 9),
  strategies.integers(0, 2**31),
  strategies.booleans(),
)
@hypothesis.settings(deadline=None, max_examples=30)
def test_k_means_ends_where_nothing_moves(n, seed, are_heavy):
  values = np.random.default_rng(seed).standard_normal(200)
  values = (values**3 if are_heavy else values).astype(np.float32)
  centroids = clusters.k_means(values, n)
  places = np.abs(values[:, None] - centroids).argmin(1)
  for place in set(places):
    mean = values[places == place].mean(dtype=np.float64)
    np.testing.assert_allclose(centroids[place], mean, 1e-4, 1e-5)


@hypothesis.given(strategies.integers(1, 9), strategies.integers(0, 2**31))
@hypothesis.settings(deadline=None, max_examples=30)
def test_nearest_is_what_comparing_with_all_finds(n, seed):
  rng = np.random.default_rng(seed)
  weights = rng.standard_normal((7, 5)).astype(np.float32)
  centroids = rng.standard_normal(n).astype(np.float32)
  distances = np.abs(weights[..., None] - centroids)
  np.testing.assert_array_equal(
    clusters.nearest(weights, centroids), centroids[distances.argmin(-1)]
  )


def test_centroids_get_sums_and_weights_their_own_gradient():
  weights = tf.constant([[0.1, 0.9], [1.2, -0.2]])
  centroids = tf.constant([1.0, 7.0, 0.0])
  with tf.GradientTape() as tape:
    tape.watch((weights, centroids))
    loss = tf.reduce_sum(
      clusters.nearest(weights, centroids) * [[1.0, 10.0], [100.0, 1000.0]]
    )
  of_weights, of_centroids = tape.gradient(loss, (weights, centroids))
  np.testing.assert_array_equal(of_weights, [[1.0, 10.0], [100.0, 1000.0]])
  np.testing.assert_array_equal(of_centroids, [110.0, 0.0, 1001.0])


def test_few_values_are_counted():
  assert clusters.number_of_values([1.0, 1.0, 2.0, 2.0]) == 2
  assert clusters.number_of_values([1.0, 2.0, 2.0]) is None
  assert clusters.number_of_values(np.tile(np.arange(254), 2)) == 254
  assert clusters.number_of_values(np.tile(np.arange(255), 2)) is None
  assert clusters.number_of_values([]) is None


def _pruned(zeros, n=4000):
  values = np.random.default_rng(0).standard_normal(n).astype(np.float32)
  values[np.abs(values) < np.quantile(np.abs(values), zeros)] = 0.0
  return values


_KERNELS = {
  "a gap": _pruned(0.9)[_pruned(0.9) != 0],
  "zeros": _pruned(0.8),
  "outliers": np.append(_pruned(0.0), np.float32([1e4, -1e6])),
  "two heaps": np.append(_pruned(0.0) * 1e-3 - 1, _pruned(0.0) * 1e-3 + 1),
  "ties": np.repeat(np.float32(np.arange(20) ** 4), 50),
  "one more than asked": np.float32(np.arange(17) ** 6),
  "few beside many zeros": np.append(np.zeros(900, "f"), np.arange(16.0)),
  "fewer": np.tile(np.float32([-1.0, 0.5, 2.0]), 40),
  "two": np.tile(np.float32([-1.0, 1.0]), 40),
  "constant": np.full(40, 0.3, np.float32),
}


@pytest.mark.parametrize("name", _KERNELS)
@pytest.mark.parametrize("number", [2, 16])
def test_all_clusters_are_used_if_there_are_as_many_weights(name, number):
  weights = np.float32(_KERNELS[name])
  centroids = clusters.k_means(weights, number)
  assert np.all(np.diff(centroids) >= 0)
  used = np.unique(clusters.nearest(weights, centroids))
  assert len(used) == min(number, len(np.unique(weights)))
