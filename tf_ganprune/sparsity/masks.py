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
"""From importance scores to masks: 1 where a weight stays, 0 where it goes."""

import tensorflow as tf

_FLOAT_BITS = 31  # of a float32 without its sign


def _kth_largest_bits(bits: tf.Tensor, k: tf.Tensor) -> tf.Tensor:
  """Returns the k-th largest of non-negative int32, bit by bit from the top.

  A full sort, as `tf.math.top_k` does it, takes ten times as long on a large
  kernel and does not scale to one that has many equal values.
  """

  def set_bit(i, threshold):
    candidate = tf.bitwise.bitwise_or(
      threshold, tf.bitwise.left_shift(1, _FLOAT_BITS - 1 - i)
    )
    reached = tf.math.count_nonzero(bits >= candidate, dtype=tf.int32) >= k
    return i + 1, tf.where(reached, candidate, threshold)

  return tf.while_loop(
    lambda i, _: i < _FLOAT_BITS, set_bit, (tf.constant(0), tf.constant(0))
  )[1]


def num_kept(size: int, sparsity: tf.Tensor) -> tf.Tensor:
  """Returns how many of `size` elements stay: at least one, as in TF-MOT."""
  kept = tf.round(size * (1.0 - tf.cast(sparsity, tf.float64)))
  return tf.maximum(tf.cast(kept, tf.int32), 1)


def unstructured(
  scores: tf.Tensor, sparsity: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
  """Keeps the highest scores, exactly as many as the sparsity leaves.

  Of equal scores those that come first are kept, so that the number is met
  even where all of them are equal. Works inside `tf.function` and under XLA.

  Args:
    scores: Non-negative importance of each weight, any shape.
    sparsity: The share to remove, a scalar in [0, 1).

  Returns:
    The mask, of the scores' shape and dtype, and the lowest score that was
    kept, a scalar (Zhu and Gupta 2017, section 3, call it the threshold).
  """
  flat = tf.reshape(tf.cast(scores, tf.float32), [-1])
  # Non-negative floats are ordered as their bits are.
  bits = tf.bitcast(flat, tf.int32)
  kept = num_kept(flat.shape[0], sparsity)
  threshold = _kth_largest_bits(bits, kept)
  above, equal = bits > threshold, tf.equal(bits, threshold)
  ties = kept - tf.math.count_nonzero(above, dtype=tf.int32)
  first = tf.cumsum(tf.cast(equal, tf.int32)) <= ties
  mask = tf.logical_or(above, tf.logical_and(equal, first))
  return (
    tf.cast(tf.reshape(mask, scores.shape), scores.dtype),
    tf.cast(tf.bitcast(threshold, tf.float32), scores.dtype),
  )


def block(
  scores: tf.Tensor,
  sparsity: tf.Tensor,
  block_size: tuple[int, int],
  pooling_type: str = "AVG",
) -> tuple[tf.Tensor, tf.Tensor]:
  """Keeps whole blocks of a matrix, those with the highest pooled scores.

  Args:
    scores: Non-negative importance of each weight, `[rows, columns]`.
    sparsity: The share of blocks to remove, a scalar in [0, 1).
    block_size: Rows and columns of a block. Blocks at the far edges are cut
      off, and their average is that of the elements they have.
    pooling_type: `'AVG'` or `'MAX'`: what of a block's scores stands for it.

  Returns:
    The mask and the threshold, as `unstructured` does.
  """
  pooled = tf.nn.pool(
    tf.cast(scores, tf.float32)[tf.newaxis, :, :, tf.newaxis],
    window_shape=block_size,
    pooling_type=pooling_type,
    strides=block_size,
    padding="SAME",
  )[0, :, :, 0]
  mask, threshold = unstructured(pooled, sparsity)
  rows, columns = scores.shape
  mask = tf.repeat(mask, block_size[0], axis=0)[:rows]
  mask = tf.repeat(mask, block_size[1], axis=1)[:, :columns]
  return tf.cast(mask, scores.dtype), tf.cast(threshold, scores.dtype)


def m_by_n(scores: tf.Tensor, m: int, n: int) -> tf.Tensor:
  """Removes the m lowest of each n consecutive scores of the input channels.

  Zhou et al. 2021, "Learning N:M Fine-grained Structured Sparse Neural
  Networks". As in TF-MOT, the last axis but one counts the input channels.

  Args:
    scores: Non-negative importance of each weight, rank 2 or more. A last
      group that is cut off counts as filled up with zeros.
    m: How many of each group go.
    n: The size of a group.

  Returns:
    The mask, of the scores' shape and dtype.
  """
  rows = tf.experimental.numpy.swapaxes(scores, -2, -1)
  channels = rows.shape[-1]
  padding = [[0, 0]] * (rows.shape.rank - 1) + [[0, -channels % n]]
  groups = tf.reshape(tf.pad(rows, padding), [-1, n])
  mask = tf.cast(_rank(groups) < n - m, scores.dtype)
  mask = tf.reshape(mask, rows.shape[:-1] + [channels + -channels % n])
  return tf.experimental.numpy.swapaxes(mask[..., :channels], -2, -1)


def _rank(groups: tf.Tensor) -> tf.Tensor:
  """Returns each element's place in its row, 0 for the highest, ties in order.

  Comparing all pairs beats sorting for rows of 4 or 8.
  """
  mine, others = groups[:, :, tf.newaxis], groups[:, tf.newaxis, :]
  position = tf.range(groups.shape[1])
  earlier = position[tf.newaxis, :] < position[:, tf.newaxis]
  before = (others > mine) | (tf.equal(others, mine) & earlier)
  return tf.math.count_nonzero(before, axis=-1, dtype=tf.int32)
