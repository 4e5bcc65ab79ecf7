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
"""The k highest of many numbers: exactly k, the first ones of equal numbers."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf
from tensorflow.python.ops import control_flow_util

from tf_ganprune.sparsity.masks import chunks

_SAMPLED_FROM = 2**18
_SAMPLE = 2**16
_HIGHEST = np.iinfo(np.int32).max
_ROW = 64  # a count of these fits into 8 bits


def highest(scores: tf.Tensor, kept: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
  """Returns the mask of the `kept` highest scores, and the lowest of these.

  Args:
    scores: Non-negative importance of each weight, any shape.
    kept: The number of scores to keep, a scalar int32 of at least 1.

  Returns:
    The mask and the threshold, as `patterns.unstructured` does.
  """
  flat = bits(tf.reshape(scores, [-1]))
  threshold = _kth_largest(flat, kept)
  reach = _highest_in_chunks if in_xla() else _highest
  mask = reach(flat, threshold, kept)
  return (
    tf.cast(tf.reshape(mask, scores.shape), scores.dtype),
    tf.cast(tf.bitcast(threshold, tf.float32), scores.dtype),
  )


def bits(scores: tf.Tensor) -> tf.Tensor:
  """Returns scores as int32 of the same order, where 1e-40 differs from 0."""
  return tf.bitcast(tf.cast(scores, tf.float32), tf.int32)


def in_xla() -> bool:
  """Returns whether the graph being traced will be compiled by XLA."""
  return control_flow_util.GraphOrParentsInXlaContext(
    tf.compat.v1.get_default_graph()
  )


def _highest(bits: tf.Tensor, threshold: tf.Tensor, k: tf.Tensor) -> tf.Tensor:
  """Returns booleans that are True at the k highest, down to the threshold."""
  reached = bits >= threshold
  surplus = _count(reached) - k
  return tf.cond(
    surplus > 0,
    lambda: _without_last_ties(bits, threshold, surplus),
    lambda: reached,
  )


def _highest_in_chunks(
  bits: tf.Tensor, threshold: tf.Tensor, k: tf.Tensor
) -> tf.Tensor:
  above = chunks.count(bits, lambda part: part > threshold)
  last = chunks.place(bits, lambda part: tf.equal(part, threshold), k - above)
  is_first = tf.range(bits.shape[0]) <= last
  return (bits > threshold) | (tf.equal(bits, threshold) & is_first)


def _kth_largest(bits: tf.Tensor, k: tf.Tensor) -> tf.Tensor:
  """Returns the k-th largest of non-negative int32.

  A full sort, as in `tf.math.top_k`, takes fifty times as long on a large
  kernel. XLA gets another algorithm, since it needs static shapes.
  """
  if in_xla():
    return _search_in_sampled_range(bits, k)
  if bits.shape[0] < _SAMPLED_FROM:
    return _select(bits, k)
  return _select_in_sampled_range(bits, k)


def _select(bits: tf.Tensor, k: tf.Tensor) -> tf.Tensor:
  return tf.raw_ops.NthElement(input=bits, n=k - 1, reverse=True)


def _search(
  bits: tf.Tensor,
  k: tf.Tensor,
  low: int | tf.Tensor = 0,
  high: int | tf.Tensor = _HIGHEST,
) -> tf.Tensor:
  """Finds the k-th largest in [low, high] by bisection."""

  def halve(low, high):
    middle = high - (high - low) // 2
    reached = chunks.count(bits, lambda part: part >= middle) >= k
    return tf.where(reached, middle, low), tf.where(reached, high, middle - 1)

  ends = (tf.convert_to_tensor(low), tf.convert_to_tensor(high))
  return tf.while_loop(lambda low, high: low < high, halve, ends)[0]


def _sampled_range(
  bits: tf.Tensor,
  k: tf.Tensor,
  select: Callable[[tf.Tensor, tf.Tensor], tf.Tensor],
) -> tuple[tf.Tensor, tf.Tensor]:
  """Returns bounds of the k-th largest, from a sample; they rarely fail."""
  # Odd, so that a sample of a matrix has all of its columns in it.
  sample = bits[:: bits.shape[0] // _SAMPLE | 1]
  size = sample.shape[0]
  rank = tf.cast(k, tf.float64) * (size / bits.shape[0])
  # Rounded, the rank of the last can be above the size.
  margin = 4.0 + 4.0 * tf.sqrt(tf.maximum(rank * (1.0 - rank / size), 0.0))
  last = tf.cast(tf.math.ceil(rank + margin), tf.int32)
  first = tf.cast(tf.floor(rank - margin), tf.int32)
  low = select(sample, tf.minimum(last, size))
  high = select(sample, tf.clip_by_value(first, 1, size))
  return tf.where(last > size, 0, low), tf.where(first < 1, _HIGHEST, high)


def _search_in_sampled_range(bits: tf.Tensor, k: tf.Tensor) -> tf.Tensor:
  if bits.shape[0] < _SAMPLED_FROM:
    return _search(bits, k)
  low, high = _sampled_range(bits, k, _search)
  low_holds = chunks.count(bits, lambda part: part >= low) >= k
  high_holds = chunks.count(bits, lambda part: part > high) < k
  return _search(
    bits, k, tf.where(low_holds, low, 0), tf.where(high_holds, high, _HIGHEST)
  )


def _select_in_sampled_range(bits: tf.Tensor, k: tf.Tensor) -> tf.Tensor:
  """Returns the k-th largest, selected from the values in a sampled range."""
  low, high = _sampled_range(bits, k, _select)
  between, above = _strictly_between(bits, low, high)
  count = tf.size(between)
  return tf.cond(
    tf.logical_and(above < k, k <= above + count),
    lambda: _select(between, k - above),
    lambda: _select_end(bits, k, tf.where(above < k, low, high)),
  )


def _select_end(bits: tf.Tensor, k: tf.Tensor, end: tf.Tensor) -> tf.Tensor:
  """Returns `end` if it is the k-th largest, else selects from all values."""
  is_end = tf.logical_and(_count(bits >= end) >= k, _count(bits > end) < k)
  return tf.cond(is_end, lambda: end, lambda: _select(bits, k))


def _strictly_between(bits, low, high):
  """Returns values in (low, high), none if too many, and the count >= high."""
  size = bits.shape[0] // 8 * 8
  rows, rest = tf.reshape(bits[:size], [-1, 8]), bits[size:]
  # Eight comparisons in a word: eight times fewer places to look at.
  from_high = _words(rows >= high)
  hits = tf.where(tf.not_equal(_words(rows > low), from_high))[:, 0]
  # Too many would cost memory. Without any the caller looks elsewhere.
  values = tf.cond(
    tf.size(hits) <= rows.shape[0] // 4 + 1,
    lambda: tf.concat([tf.reshape(tf.gather(rows, hits), [-1]), rest], 0),
    lambda: bits[:0],
  )
  is_between = tf.logical_and(values > low, values < high)
  ones = tf.raw_ops.PopulationCount(x=from_high)
  above = tf.reduce_sum(tf.cast(ones, tf.int32)) + _count(rest >= high)
  return tf.boolean_mask(values, is_between), above


def _words(rows: tf.Tensor) -> tf.Tensor:
  return tf.bitcast(tf.cast(rows, tf.int8), tf.int64)


def _rows(flat: tf.Tensor, value) -> tf.Tensor:
  missing = -flat.shape[0] % _ROW
  return tf.reshape(padded(flat, 0, missing, value), [-1, _ROW])


def _row_counts(rows: tf.Tensor) -> tf.Tensor:
  # Bytes first: int32 of a kernel's size would cost memory and time.
  return tf.cast(tf.reduce_sum(tf.cast(rows, tf.int8), axis=1), tf.int32)


def _count(flags: tf.Tensor) -> tf.Tensor:
  return tf.reduce_sum(_row_counts(_rows(flags, False)))


def _without_last_ties(
  bits: tf.Tensor, threshold: tf.Tensor, surplus: tf.Tensor
) -> tf.Tensor:
  """Returns where bits reach the threshold, but not at the last equal ones.

  Args:
    bits: `[n]`, int32.
    threshold: A scalar.
    surplus: How many of the bits equal to the threshold are left out.

  Returns:
    Booleans, `[n]`.
  """
  rows = _rows(bits, -1)
  counts = _row_counts(tf.equal(rows, threshold))
  keep = tf.reduce_sum(counts) - surplus
  whole = tf.cumsum(counts) <= keep
  # In one row some of the equal ones stay and some go.
  row = tf.reduce_sum(tf.cast(whole, tf.int32))
  left = keep - tf.reduce_sum(tf.where(whole, counts, 0))
  kept = rows > tf.where(whole, threshold - 1, threshold)[:, tf.newaxis]
  split = tf.gather(rows, row)
  equal = tf.equal(split, threshold)
  first = tf.cumsum(tf.cast(equal, tf.int32)) <= left
  split = tf.logical_or(split > threshold, tf.logical_and(equal, first))
  kept = tf.tensor_scatter_nd_update(kept, [[row]], split[tf.newaxis])
  return tf.reshape(kept, [-1])[: bits.shape[0]]


def padded(
  tensor: tf.Tensor, axis: int, missing: int, value: int = 0
) -> tf.Tensor:
  """Returns a tensor with elements added at the end of an axis.

  Args:
    tensor: Of a known rank.
    axis: The axis that becomes longer.
    missing: The number of elements to add.
    value: The value of the new elements.
  """
  if not missing:
    return tensor  # `tf.pad` would copy it
  padding = [[0, 0]] * tensor.shape.rank
  padding[axis] = [0, missing]
  return tf.pad(tensor, padding, constant_values=value)
