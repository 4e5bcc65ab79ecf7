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

from tf_ganprune.sparsity import masks

# Few distinct values make ties; zeros and tiny numbers are usual in networks.
_SCORES = st.one_of(
  st.sampled_from([0.0, 1e-40, 0.5, 1.0, 3e38]),
  st.floats(0, 1e6, width=32),
)
_SPARSITY = st.floats(0, 0.999)
_fast = hypothesis.settings(max_examples=60, deadline=None)


def _arrays(dims):
  shapes = hnp.array_shapes(min_dims=dims, max_dims=dims, max_side=9)
  return hnp.arrays(np.float32, shapes, elements=_SCORES)


@_fast
@hypothesis.given(_arrays(2), _SPARSITY)
def test_unstructured_keeps_exactly_the_highest(scores, sparsity):
  mask, threshold = masks.unstructured(tf.constant(scores), sparsity)
  mask = mask.numpy().astype(bool)
  kept = max(1, round(scores.size * (1 - sparsity)))
  assert mask.sum() == kept
  assert scores[mask].min() == threshold.numpy()
  if not mask.all():
    assert scores[~mask].max() <= scores[mask].min()


def test_unstructured_keeps_the_first_of_equal_scores():
  mask, _ = masks.unstructured(tf.ones([2, 5]), 0.7)
  np.testing.assert_array_equal(mask, [[1, 1, 1, 0, 0], [0, 0, 0, 0, 0]])


@pytest.mark.parametrize("jit_compile", [False, True])
def test_unstructured_in_a_function_equals_a_sort(jit_compile):
  scores = np.random.default_rng(0).random((31, 17)).astype(np.float32)
  function = tf.function(masks.unstructured, jit_compile=jit_compile)
  mask, _ = function(tf.constant(scores), tf.constant(0.9))
  kept = round(scores.size * 0.1)
  lowest = np.sort(scores, axis=None)[-kept]
  np.testing.assert_array_equal(mask, scores >= lowest)


def test_unstructured_takes_the_weights_dtype():
  scores = tf.cast([0.1, 0.2, 0.3, 0.4], tf.bfloat16)
  mask, threshold = masks.unstructured(scores, 0.5)
  assert mask.dtype == threshold.dtype == tf.bfloat16
  np.testing.assert_array_equal(mask, [0, 0, 1, 1])


@_fast
@hypothesis.given(
  _arrays(2),
  _SPARSITY,
  st.tuples(st.integers(1, 5), st.integers(1, 5)),
  st.sampled_from(["AVG", "MAX"]),
)
def test_block_keeps_whole_blocks(scores, sparsity, block_size, pooling_type):
  mask, _ = masks.block(tf.constant(scores), sparsity, block_size, pooling_type)
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
  weights = tf.random.stateless_normal([10, 13], [1, 2])
  theirs = pruning_impl.Pruning(
    lambda: tf.constant(1),
    [(weights, None, None)],
    lambda _: (True, 0.6),
    block_size,
    pooling_type,
  )
  _, expected = theirs._maybe_update_block_mask(weights)
  mask, _ = masks.block(tf.abs(weights), 0.6, block_size, pooling_type)
  np.testing.assert_array_equal(mask, expected)


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
  mask = masks.m_by_n(tf.abs(weights), *m_by_n)
  np.testing.assert_array_equal(mask, theirs)


@_fast
@hypothesis.given(_arrays(2))
def test_m_by_n_removes_m_of_each_full_group(scores):
  mask = masks.m_by_n(tf.constant(scores), 2, 4).numpy()
  full = len(scores) // 4 * 4
  groups = mask[:full].reshape(-1, 4, scores.shape[1])
  assert (groups.sum(axis=1) == 2).all()
