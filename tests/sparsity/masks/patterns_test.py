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
"""Tests of masks."""

import contextlib

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tensorflow_model_optimization.python.core.sparsity.keras import (
  pruning_impl,
  pruning_utils,
)

from tf_ganprune.sparsity.masks import kth_largest, patterns

# Few distinct values make ties; zeros and tiny numbers are usual in networks.
_SCORES = st.one_of(
  st.sampled_from([0.0, 1e-40, 0.5, 1.0, 3e38]),
  st.floats(0, 1e6, width=32),
)
# As exact as TensorFlow reads it; half a weight is rounded to either side else.
_SPARSITY = st.floats(0, 0.999).map(lambda value: float(np.float32(value)))
_fast = hypothesis.settings(max_examples=60, deadline=None)


def _arrays(dims):
  shapes = hnp.array_shapes(min_dims=dims, max_dims=dims, max_side=9)
  return hnp.arrays(np.float32, shapes, elements=_SCORES)


@_fast
@hypothesis.given(_arrays(2), _SPARSITY)
def test_unstructured_keeps_exactly_the_highest(scores, sparsity):
  mask, threshold = patterns.unstructured(tf.constant(scores), sparsity)
  mask = mask.numpy().astype(bool)
  kept = max(1, round(scores.size * (1 - sparsity)))
  assert mask.sum() == kept
  assert scores[mask].min() == threshold.numpy()
  if not mask.all():
    assert scores[~mask].max() <= scores[mask].min()


def test_unstructured_keeps_the_first_of_equal_scores():
  mask, _ = patterns.unstructured(tf.ones([2, 5]), 0.7)
  np.testing.assert_array_equal(mask, [[1, 1, 1, 0, 0], [0, 0, 0, 0, 0]])


@pytest.mark.slow
@pytest.mark.parametrize("jit_compile", [False, True])
def test_unstructured_in_a_function_equals_a_sort(jit_compile):
  scores = np.random.default_rng(0).random((31, 17)).astype(np.float32)
  function = tf.function(patterns.unstructured, jit_compile=jit_compile)
  mask, _ = function(tf.constant(scores), tf.constant(0.9))
  kept = round(scores.size * 0.1)
  lowest = np.sort(scores, axis=None)[-kept]
  np.testing.assert_array_equal(mask, scores >= lowest)


def test_unstructured_takes_the_weights_dtype():
  scores = tf.cast([0.1, 0.2, 0.3, 0.4], tf.bfloat16)
  mask, threshold = patterns.unstructured(scores, 0.5)
  assert mask.dtype == threshold.dtype == tf.bfloat16
  np.testing.assert_array_equal(mask, [0, 0, 1, 1])


def _oracle(scores, sparsity):
  """Sorts by score, then by position; NaN first."""
  flat = scores.ravel().view(np.int32).astype(np.int64)
  kept = max(1, round(flat.size * (1 - sparsity)))
  order = np.lexsort([np.arange(flat.size), -flat])[:kept]
  mask = np.zeros(flat.size, np.float32)
  mask[order] = 1
  return mask.reshape(scores.shape), scores.ravel()[order[-1]]


def _check(scores, sparsity, function=patterns.unstructured):
  mask, threshold = function(tf.constant(scores), tf.constant(sparsity))
  expected, lowest = _oracle(scores, sparsity)
  np.testing.assert_array_equal(mask, expected)
  np.testing.assert_array_equal(threshold, lowest)


@pytest.fixture(scope="module", autouse=True)
def _no_change_of_constants():
  before = kth_largest._SAMPLED_FROM, kth_largest._SAMPLE
  yield
  assert (kth_largest._SAMPLED_FROM, kth_largest._SAMPLE) == before


@contextlib.contextmanager
def _sampling(sample=16):
  """Makes small arrays take the way of the large ones."""
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(kth_largest, "_SAMPLED_FROM", 1)
    patch.setattr(kth_largest, "_SAMPLE", sample)
    yield


def _tied(seed, size, kind):
  """Returns scores with no, some, many or only equal ones."""
  rng = np.random.default_rng(seed)
  scores = rng.random(size).astype(np.float32)
  if kind == "rounded":
    scores = np.round(scores, 1)
  elif kind == "zeros":
    scores[rng.random(size) < 0.8] = 0
  elif kind == "top":
    scores[rng.random(size) < 0.5] = 1
  elif kind == "denormal":
    scores *= np.float32(1e-40)
  elif kind == "constant":
    scores[:] = 1e30
  elif kind == "periodic":
    scores[::3] += 5
  elif kind == "odd":
    odd = [np.nan, np.inf, 0, 3e38, 1e-45]
    scores = rng.choice(np.float32(odd), size)
  return scores


_KINDS = ["random", "rounded", "zeros", "top", "denormal", "constant"]
_KINDS += ["periodic", "odd"]


@pytest.mark.slow
@hypothesis.settings(max_examples=100, deadline=None)
@hypothesis.given(
  st.integers(0, 2**31 - 1),
  st.integers(1, 3000),
  st.sampled_from(_KINDS),
  _SPARSITY,
  st.sampled_from([1, 16, 500]),
)
@hypothesis.example(0, 1195, "random", 0.0, 500)  # 1195 * (399 / 1195) > 399
def test_a_sample_changes_nothing(seed, size, kind, sparsity, sample):
  with _sampling(sample):
    _check(_tied(seed, size, kind), sparsity)


@pytest.mark.parametrize("ends", [(0, 1), (5, 6), (2**31 - 2, 2**31 - 1)])
@pytest.mark.parametrize("kind", _KINDS)
def test_a_sample_that_misses_changes_nothing(kind, ends, monkeypatch):
  monkeypatch.setattr(
    kth_largest,
    "_sampled_range",
    lambda *_: tuple(tf.constant(x) for x in ends),
  )
  with _sampling():
    _check(_tied(1, 999, kind), 0.7)


@pytest.mark.slow
@pytest.mark.parametrize("ends", [(0, 1), (2**31 - 2, 2**31 - 1)])
def test_a_sample_that_misses_changes_nothing_under_xla(ends, monkeypatch):
  monkeypatch.setattr(
    kth_largest,
    "_sampled_range",
    lambda *_: tuple(tf.constant(x) for x in ends),
  )
  with _sampling():
    function = tf.function(patterns.unstructured, jit_compile=True)
    for kind in _KINDS:
      _check(_tied(1, 999, kind), 0.7, function)


@pytest.mark.parametrize("size", [1, 64, 1000])
def test_under_xla_it_is_the_same(size):
  with _sampling():
    function = tf.function(patterns.unstructured, jit_compile=True)
    for kind in _KINDS:
      for sparsity in (0.0, 0.5, 0.8, 0.99):
        _check(_tied(2, size, kind), sparsity, function)


def test_xla_is_seen_in_branches_loops_and_functions():
  inner = tf.function(patterns.unstructured)

  @tf.function(jit_compile=True)
  def outer(scores, sparsity):
    return tf.while_loop(
      lambda i, *_: i < 1,
      lambda i, *_: (
        i + 1,
        *tf.cond(
          i < 1,
          lambda: inner(scores, sparsity),
          lambda: (scores, sparsity),
        ),
      ),
      (0, scores, sparsity),
    )[1:]

  _check(_tied(3, 300, "rounded"), 0.6, outer)


def test_a_branch_of_a_function_and_a_replica():
  strategy = tf.distribute.OneDeviceStrategy("/cpu:0")

  @tf.function
  def function(scores, sparsity):
    def update():
      return tf.cond(
        sparsity > 0.5,
        lambda: patterns.unstructured(scores, sparsity),
        lambda: (scores, sparsity),
      )

    return strategy.run(update)

  with _sampling():
    _check(_tied(3, 1000, "rounded"), 0.6, function)


@pytest.mark.parametrize("kind", ["random", "zeros", "top", "constant"])
def test_a_large_kernel(kind):
  _check(_tied(4, kth_largest._SAMPLED_FROM + 13, kind), 0.8)


def test_candidates_are_few():
  scores = tf.constant(_tied(4, kth_largest._SAMPLED_FROM, "random"))
  bits = tf.bitcast(scores, tf.int32)
  kept = patterns.num_kept(bits.shape[0], 0.8)
  ends = kth_largest._sampled_range(bits, kept, kth_largest._select)
  between, above = kth_largest._strictly_between(bits, *ends)
  assert above < kept <= above + len(between)
  assert len(between) < 0.03 * len(scores)


@_fast
@hypothesis.given(
  _arrays(2),
  _SPARSITY,
  st.tuples(st.integers(1, 5), st.integers(1, 5)),
  st.sampled_from(["AVG", "MAX"]),
)
def test_block_keeps_whole_blocks(scores, sparsity, block_size, pooling_type):
  mask, _ = patterns.block(
    tf.constant(scores), sparsity, block_size, pooling_type
  )
  rows, columns = block_size
  blocks = [
    mask.numpy()[i : i + rows, j : j + columns]
    for i in range(0, scores.shape[0], rows)
    for j in range(0, scores.shape[1], columns)
  ]
  assert all(block.min() == block.max() for block in blocks)
  kept = max(1, round(len(blocks) * (1 - sparsity)))
  assert sum(block.max() for block in blocks) == kept


@pytest.mark.parametrize("pooling_type", ["AVG", "MAX"])
@pytest.mark.parametrize("block_size", [(1, 4), (4, 4), (3, 2)])
def test_block_agrees_with_tfmot(block_size, pooling_type):
  weights = tf.random.stateless_normal([24, 28], [1, 2])
  theirs = pruning_impl.Pruning(
    lambda: tf.constant(1),
    [(weights, None, None)],
    lambda _: (True, 0.6),
    block_size,
    pooling_type,
  )
  _, expected = theirs._maybe_update_block_mask(weights)
  mask, _ = patterns.block(tf.abs(weights), 0.6, block_size, pooling_type)
  np.testing.assert_array_equal(mask, expected)


# TF-MOT pools as if half of the padding stood before the first row, and so
# judges blocks by weights that are not theirs.
@pytest.mark.parametrize("pool", [("AVG", np.mean), ("MAX", np.max)])
@pytest.mark.parametrize("block_size", [(1, 4), (4, 4), (3, 2)])
def test_a_block_that_is_cut_off_counts_by_what_it_has(block_size, pool):
  scores = np.abs(np.random.default_rng(0).normal(size=(10, 13)))
  (height, width), (pooling_type, reduce) = block_size, pool
  pooled = {
    (i, j): reduce(scores[i : i + height, j : j + width])
    for i in range(0, 10, height)
    for j in range(0, 13, width)
  }
  kept = round(len(pooled) * 0.4)
  expected = np.zeros_like(scores)
  for i, j in sorted(pooled, key=pooled.get)[-kept:]:
    expected[i : i + height, j : j + width] = 1
  mask, threshold = patterns.block(
    tf.constant(scores, tf.float32), 0.6, block_size, pooling_type
  )
  np.testing.assert_array_equal(mask, expected)
  assert np.isclose(threshold, sorted(pooled.values())[-kept])


@pytest.mark.parametrize("m_by_n", [(2, 4), (1, 3), (3, 8)])
@pytest.mark.parametrize("shape", [(8, 5), (10, 3), (3, 2, 6, 4)])
def test_m_by_n_agrees_with_tfmot(shape, m_by_n):
  weights = tf.random.stateless_normal(shape, [3, 4])
  theirs = pruning_utils.m_by_n_sparsity_mask_prepare(
    pruning_utils.generate_m_by_n_mask(
      pruning_utils.weights_rearrange(weights), m_by_n
    ),
    weights.shape,
  )
  mask = patterns.m_by_n(tf.abs(weights), *m_by_n)
  np.testing.assert_array_equal(mask, theirs)


@_fast
@hypothesis.given(_arrays(2))
def test_m_by_n_removes_m_of_each_full_group(scores):
  mask = patterns.m_by_n(tf.constant(scores), 2, 4).numpy()
  full = len(scores) // 4 * 4
  groups = mask[:full].reshape(-1, 4, scores.shape[1])
  assert (groups.sum(axis=1) == 2).all()


@pytest.mark.parametrize("kind", _KINDS)
def test_m_by_n_counts_with_any_values(kind):
  mask = patterns.m_by_n(tf.constant(_tied(5, 800, kind).reshape(80, 10)), 2, 4)
  groups = mask.numpy().reshape(-1, 4, 10)
  assert (groups.sum(axis=1) == 2).all()
