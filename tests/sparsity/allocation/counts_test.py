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
"""Tests of each allocation against numbers that NumPy computes."""

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies as st

import tf_ganprune as tgp
from tf_ganprune.sparsity.allocation import shares

allocation = tgp.allocation
_SCORES = [
  np.array([[4.0, 3.0], [2.0, 1.0]], np.float32),
  np.array([0.5, 8.0, 0.25], np.float32),
]


def _counts(name, scores, kept):
  scores = [tf.constant(x, tf.float32) for x in scores]
  return allocation.get(name).counts(scores, tf.constant(kept)).numpy().tolist()


@pytest.mark.parametrize(
  ("kept", "expected"),
  [(7, [4, 3]), (5, [4, 1]), (3, [2, 1]), (2, [1, 1]), (6, [4, 2])],
)
def test_global_counts_the_highest_anywhere(kept, expected):
  assert _counts("global", _SCORES, kept) == expected


def test_lamp_by_hand():
  # Squares 16, 9, 4, 1 make 1, 9/25, 4/29, 1/30; and 64, 1/4, 1/16 make 1,
  # about 1/257, 1/1028.
  assert _counts("lamp", _SCORES, 2) == [1, 1]
  assert _counts("lamp", _SCORES, 4) == [3, 1]
  assert _counts("lamp", _SCORES, 6) == [4, 2]


def _by_lamp(scores, kept):
  """As in the paper: a score for each weight, then the highest of all."""
  found = []
  for one in scores:
    ascending = np.sort(one.ravel().astype(np.float64)) ** 2
    tails = np.cumsum(ascending[::-1])[::-1]
    found.append(ascending / tails)
  threshold = np.sort(np.concatenate(found))[-kept]
  return [int((one >= threshold).sum()) for one in found]


@pytest.mark.parametrize("kept", [3, 10, 50, 100, 143])
def test_lamp_is_the_papers(kept):
  random = np.random.default_rng(kept)
  scores = [
    np.abs(random.normal(0, scale, shape))
    for scale, shape in ((1.0, (8, 10)), (0.1, (3, 3, 2, 3)), (9.0, (10,)))
  ]
  scores = [one.astype(np.float32) for one in scores]
  assert _counts("lamp", scores, kept) == _by_lamp(scores, kept)


def test_lamp_does_not_change_with_a_kernels_scale():
  random = np.random.default_rng(0)
  one, other = np.abs(random.normal(size=(2, 50)))
  assert _counts("lamp", [one, other], 30) == _counts(
    "lamp", [one * 1024, other], 30
  )


def _by_erk(shapes, kept):
  """The densities as they are found one kernel after the other."""
  raw = np.array([np.sum(x) / np.prod(x) for x in shapes])
  sizes = np.array([np.prod(x) for x in shapes], float)
  full = np.zeros(len(shapes), bool)
  while True:
    factor = (kept - sizes[full].sum()) / (raw * sizes)[~full].sum()
    over = ~full & (factor * raw > 1)
    if not over.any():
      break
    full |= over & (raw == raw[over].max())
  return np.where(full, sizes, factor * raw * sizes)


@pytest.mark.parametrize("density", [0.05, 0.2, 0.5, 0.9])
def test_erk_is_the_papers(density):
  shapes = [(64, 784), (3, 3, 32, 64), (3, 3, 1, 32), (5, 5, 64, 64), (10,)]
  size = sum(int(np.prod(shape)) for shape in shapes)
  kept = round(density * size)
  found = _counts("erk", [np.ones(shape) for shape in shapes], kept)
  assert sum(found) == kept
  np.testing.assert_allclose(found, _by_erk(shapes, kept), atol=1.001)


def test_erk_by_hand():
  # Sums 8 and 5, sizes 16 and 4: 13 of 20 are 8 and 5, but 4 are all.
  scores = [np.ones((4, 4)), np.ones((4, 1))]
  assert _counts("erk", scores, 13) == [9, 4]
  assert _counts("erk", scores, 20) == [16, 4]
  # A factor of 1/2: 4 and 2.5.
  assert sum(_counts("erk", scores, 6)) == 6
  assert _counts("erk", scores, 6)[0] == 4


@pytest.mark.slow
@hypothesis.settings(max_examples=60, deadline=None)
@hypothesis.given(st.data())
def test_counts_are_possible_and_have_the_sum(data):
  kinds = sorted(set(allocation.ALLOCATIONS) - {"uniform"})
  kind = data.draw(st.sampled_from(kinds))
  shapes = data.draw(
    st.lists(
      st.lists(st.integers(1, 4), min_size=1, max_size=3),
      min_size=1,
      max_size=5,
    )
  )
  values = st.sampled_from([0.0, 0.0, 1e-30, 0.5, 1.0, 1.0, 3.0, 1e20])
  scores = [
    np.array(
      data.draw(st.lists(values, min_size=(n := int(np.prod(x))), max_size=n))
    ).reshape(x)
    for x in shapes
  ]
  sizes = [one.size for one in scores]
  kept = data.draw(st.integers(len(sizes), sum(sizes)))
  found = _counts(kind, scores, kept)
  assert sum(found) == kept
  for count, size in zip(found, sizes, strict=True):
    assert 1 <= count <= size


@hypothesis.settings(max_examples=40, deadline=None)
@hypothesis.given(
  st.lists(st.integers(1, 50), min_size=1, max_size=6), st.integers(1, 300)
)
def test_rounding_stays_near_what_is_wanted(sizes, kept):
  sizes = np.array(sizes)
  kept = max(len(sizes), min(kept, int(sizes.sum())))
  wanted = sizes * (kept / sizes.sum())
  found = shares.rounded(tf.constant(wanted), sizes, tf.constant(kept)).numpy()
  assert found.sum() == kept and found.min() >= 1 and (found <= sizes).all()
  if wanted.min() >= 1:
    np.testing.assert_allclose(found, wanted, atol=1.001)


def test_scores_that_are_no_numbers_count_as_highest():
  scores = [np.array([1.0, 2.0]), np.array([np.nan, 3.0])]
  assert _counts("global", scores, 3) == [1, 2]


@pytest.mark.slow
def test_under_xla():
  scores = [tf.constant(x) for x in _SCORES]
  for name, expected in (("global", [2, 1]), ("lamp", [2, 1]), ("erk", [2, 1])):
    counts = allocation.get(name).counts
    found = tf.function(lambda x: counts(x, 3), jit_compile=True)(scores)  # noqa: B023
    assert found.numpy().sum() == 3
    if name != "erk":
      assert found.numpy().tolist() == expected


@pytest.mark.parametrize("name", ["best", allocation.LAMP, 0.5])
def test_unknown_name_lists_those_there_are(name):
  with pytest.raises(ValueError, match="'erk', 'global', 'lamp', 'uniform'"):
    allocation.get(name)
