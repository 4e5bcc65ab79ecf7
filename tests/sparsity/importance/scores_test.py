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
"""Tests of each importance against numbers computed by hand."""

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies as st

import tf_ganprune as tgp
from tf_ganprune.sparsity.wrapping import scoring

importance = tgp.importance
_WEIGHT = np.array([[1.0, -2.0, 0.5], [0.0, 4.0, -1.0]], np.float32)
_GRADIENTS = (
  np.array([[2.0, 1.0, -2.0], [3.0, -0.5, 0.0]], np.float32),
  np.array([[-1.0, 1.0, 4.0], [1.0, 0.5, -3.0]], np.float32),
)


def _gathered(rule):
  slot = tf.zeros_like(_WEIGHT)
  for gradient in _GRADIENTS:
    slot = rule.accumulate(slot, tf.constant(_WEIGHT), tf.constant(gradient))
  return slot


@pytest.mark.parametrize(
  ("name", "expected"),
  [
    ("gradient", [[3.0, 2.0, 6.0], [4.0, 1.0, 3.0]]),
    ("taylor", [[3.0, 4.0, 3.0], [0.0, 4.0, 3.0]]),
    ("movement", [[-1.0, 4.0, -1.0], [0.0, 0.0, -3.0]]),
    ("snip", [[3.0, 4.0, 3.0], [0.0, 4.0, 3.0]]),
  ],
)
def test_gathers_over_updates(name, expected):
  rule = importance.get(name)
  assert rule.needs_gradients
  slot = _gathered(rule)
  np.testing.assert_array_equal(rule.scores(_WEIGHT, slot), expected)


@pytest.mark.parametrize(
  ("name", "kept"),
  [("gradient", 0), ("taylor", 0), ("movement", 1), ("snip", 1)],
)
def test_slot_after_a_mask_update(name, kept):
  rule = importance.get(name)
  slot = _gathered(rule)
  np.testing.assert_array_equal(rule.after(slot), kept * slot)


def test_magnitude_is_the_absolute_value():
  found = importance.Magnitude().scores(tf.constant(_WEIGHT), None)
  np.testing.assert_array_equal(found, np.abs(_WEIGHT))


def _spectral(kernel, directions):
  """The definition, by NumPy's decomposition."""
  matrix = kernel.reshape(-1, kernel.shape[-1])
  left, _, right = np.linalg.svd(matrix.astype(np.float64))
  added = [
    matrix * np.outer(left[:, k], right[k])
    for k in range(min(directions, *matrix.shape))
  ]
  return np.sqrt(np.square(added).sum(0)).reshape(kernel.shape)


@pytest.mark.parametrize(
  "shape", [(9, 6), (3, 3, 2, 5), (4, 20), (1, 3), (7, 1)]
)
@pytest.mark.parametrize("directions", [1, 3, 50])
def test_spectral_is_what_a_weight_adds_to_singular_values(shape, directions):
  random = np.random.default_rng(0)
  matrix = random.normal(size=(int(np.prod(shape[:-1])), shape[-1]))
  left, values, right = np.linalg.svd(matrix, full_matrices=False)
  values = 0.5 ** np.arange(len(values))  # far enough apart
  kernel = (left * values @ right).reshape(shape).astype(np.float32)
  rule = importance.Spectral(directions=directions)
  found = tf.function(rule.scores)(tf.constant(kernel))
  np.testing.assert_allclose(found, _spectral(kernel, directions), atol=1e-5)


def test_spectral_of_a_matrix_that_is_seen_through():
  # Singular values 3 and 1, along the axes.
  kernel = tf.constant([[3.0, 0.0], [0.0, 1.0]])
  one = importance.Spectral(directions=1).scores(kernel)
  np.testing.assert_allclose(one, [[3.0, 0.0], [0.0, 0.0]], atol=1e-6)
  both = importance.Spectral(directions=2).scores(kernel)
  np.testing.assert_allclose(both, [[3.0, 0.0], [0.0, 1.0]], atol=1e-6)


def test_what_weights_add_sums_to_the_spectral_norm():
  kernel = np.random.default_rng(1).uniform(0, 1, (8, 5)).astype(np.float32)
  # Of positive numbers every part is positive.
  found = importance.Spectral(directions=1).scores(tf.constant(kernel))
  norm = np.linalg.norm(kernel, 2)
  np.testing.assert_allclose(tf.reduce_sum(found), norm, rtol=1e-5)


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_spectral_does_not_fail_on_what_diverged(value):
  kernel = np.full((4, 3), value, np.float32)
  found = importance.Spectral().scores(tf.constant(kernel)).numpy()
  assert found.shape == (4, 3)
  assert (found == 0).all() if value == 0 else not np.isfinite(found).any()


def test_random_is_the_same_again_and_different_elsewhere():
  rule = importance.Random(seed=3)
  first, again, same = (
    rule.at(0).scores(_WEIGHT),
    rule.at(0).scores(_WEIGHT * 2),
    importance.Random(seed=3).at(0).scores(_WEIGHT),
  )
  np.testing.assert_array_equal(first, again)
  np.testing.assert_array_equal(first, same)
  for other in (rule.at(1), importance.Random(seed=4).at(0)):
    assert (other.scores(_WEIGHT) != first).numpy().all()
  seeds = {rule.at(i).at(j).seed for i in range(50) for j in range(3)}
  assert len(seeds) == 150
  wide = rule.scores(tf.zeros([100, 100]))
  assert abs(float(tf.reduce_mean(wide)) - 0.5) < 0.02


class _Given(importance.Importance):
  def __init__(self, values, is_signed=False):
    self.values, self.is_signed = values, is_signed

  def scores(self, weight, slot):
    return self.values


def _scores(rule, mask):
  weight, mask = tf.ones_like(mask), tf.constant(mask)
  return scoring.scores(rule, scoring.Entry(weight, mask, 0.0, None, 0, 0))


@hypothesis.settings(max_examples=50, deadline=None)
@hypothesis.given(
  st.lists(
    st.tuples(st.floats(-1e3, 1e3, width=32), st.booleans()),
    min_size=1,
    max_size=12,
  ),
  st.booleans(),
)
def test_pruned_weights_are_lowest_and_the_order_of_others_stays(
  values, is_signed
):
  given = np.array([value for value, _ in values], np.float32)
  given = given if is_signed else np.abs(given)
  mask = np.array([alive for _, alive in values], np.float32)
  found = _scores(_Given(tf.constant(given), is_signed), mask).numpy()
  assert (found[mask == 0] == 0).all() and (found[mask == 1] > 0).all()
  alive, before = found[mask == 1], given[mask == 1]
  order = np.argsort(before, kind="stable")
  assert (np.diff(alive[order]) >= 0).all()


def test_scores_that_are_no_numbers_are_not_pruned_in_silence():
  for value in (np.nan, -np.nan):
    given = tf.constant([1.0, value, 2.0])
    found = _scores(_Given(given), np.ones(3, np.float32))
    assert np.isnan(found[1]) and not np.signbit(found[1])


def test_names_are_registered_and_come_back_from_their_config():
  assert sorted(importance.IMPORTANCES) == [
    "gradient",
    "magnitude",
    "movement",
    "random",
    "snip",
    "spectral",
    "taylor",
  ]
  for name, kind in importance.IMPORTANCES.items():
    assert type(importance.get(name)) is kind
    again = kind(**kind().get_config())
    assert again.get_config() == kind().get_config()


@pytest.mark.parametrize(
  ("make", "message"),
  [
    (lambda: importance.get("magic"), "'gradient', 'magnitude'.*got 'magic'"),
    (lambda: importance.get(importance.Taylor), r"`importance` .*Taylor\(\)"),
    (lambda: importance.Spectral(directions=0), "`directions`.*got 0"),
    (lambda: importance.Spectral(iterations=1.5), "`iterations`.*got 1.5"),
    (lambda: importance.Random(seed=-1), "`seed`.*got -1"),
  ],
)
def test_refuses(make, message):
  with pytest.raises(ValueError, match=message):
    make()
