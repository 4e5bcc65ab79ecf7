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
"""Masks from scores: 1 where a weight stays, 0 where it is pruned."""

import functools

import numpy as np
import tensorflow as tf

from tf_ganprune.sparsity.masks import kth_largest


def num_kept(size: int, sparsity: tf.Tensor) -> tf.Tensor:
  """Returns how many of `size` elements stay, a scalar int32, at least 1.

  Args:
    size: The number of elements.
    sparsity: The share to remove, a scalar in [0, 1).
  """
  kept = tf.round(size * (1.0 - tf.cast(sparsity, tf.float64)))
  return tf.maximum(tf.cast(kept, tf.int32), 1)


def unstructured(
  scores: tf.Tensor, sparsity: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
  """Returns a mask that keeps the highest scores, single weights.

  It keeps exactly as many as the sparsity leaves: of equal scores those that
  come first. NaN counts as the highest score, so that it stays visible in the
  network. Works eagerly, inside `tf.function` and, if it is traced there, under
  XLA.

  Args:
    scores: Non-negative importance of each weight, any shape.
    sparsity: The share to remove, a scalar in [0, 1).

  Returns:
    The mask, of the scores' shape and dtype, and the lowest kept score, a
    scalar (the threshold in Zhu and Gupta 2017, section 3).
  """
  return kth_largest.highest(
    scores, num_kept(scores.shape.num_elements(), sparsity)
  )


def block(
  scores: tf.Tensor,
  sparsity: tf.Tensor,
  block_size: tuple[int, int],
  pooling_type: str = "AVG",
) -> tuple[tf.Tensor, tf.Tensor]:
  """Returns a mask that keeps the matrix blocks with the highest scores.

  Args:
    scores: Non-negative importance of each weight, `[rows, columns]`.
    sparsity: The share of blocks to remove, a scalar in [0, 1).
    block_size: Rows and columns of a block. Blocks at the far edges are cut
      off, and their average is that of the elements they have.
    pooling_type: `'AVG'` or `'MAX'`: the score of a block is the average or the
      maximum of its weights' scores.

  Returns:
    The mask and the threshold, as `unstructured` does.
  """
  pooled = _pool(tf.cast(scores, tf.float32), block_size, pooling_type)
  mask, threshold = unstructured(pooled, sparsity)
  (rows, columns), (height, width) = pooled.shape, block_size
  # Much faster than `tf.repeat`.
  mask = tf.broadcast_to(
    tf.cast(mask, scores.dtype)[:, tf.newaxis, :, tf.newaxis],
    [rows, height, columns, width],
  )
  mask = tf.reshape(mask, [rows * height, columns * width])
  mask = mask[: scores.shape[0], : scores.shape[1]]
  return mask, tf.cast(threshold, scores.dtype)


def m_by_n(scores: tf.Tensor, m: int, n: int) -> tf.Tensor:
  """Returns a mask without the m lowest of each n scores along the inputs.

  Zhou et al. 2021, "Learning N:M Fine-grained Structured Sparse Neural
  Networks". As in TF-MOT, the last axis but one counts the input channels.

  Args:
    scores: Non-negative importance of each weight, rank 2 or more. A last
      group that is cut off counts as filled up with zeros.
    m: The number of weights to remove from each group.
    n: The size of a group.

  Returns:
    The mask, of the scores' shape and dtype.
  """
  *outer, channels, columns = scores.shape
  missing = -channels % n
  padded = kth_largest.padded(
    kth_largest.bits(scores), axis=-2, missing=missing
  )
  groups = tf.reshape(padded, [*outer, (channels + missing) // n, n, columns])
  ranks = _ranks(tf.unstack(groups, axis=-2))
  mask = tf.stack([rank < n - m for rank in ranks], axis=-2)
  mask = tf.reshape(mask, [*outer, channels + missing, columns])
  return tf.cast(mask[..., :channels, :], scores.dtype)


def _pool(scores: tf.Tensor, block_size, pooling_type: str) -> tf.Tensor:
  """Pools as `tf.nn.pool` with padding 'SAME' at the far edges, but faster."""
  for axis, size in enumerate(block_size):
    scores = _pool_axis(scores, axis, size, pooling_type)
  return scores


def _pool_axis(scores, axis, size, pooling_type):
  length = scores.shape[axis]
  blocks = -(-length // size)
  scores = kth_largest.padded(scores, axis, blocks * size - length)
  shape = scores.shape.as_list()
  shape[axis : axis + 1] = [blocks, size]
  parts = tf.unstack(tf.reshape(scores, shape), axis=axis + 1)
  if pooling_type == "MAX":
    return functools.reduce(tf.maximum, parts)
  present = np.minimum(size, length - size * np.arange(blocks))
  present = present.astype(np.float32).reshape(
    [-1, 1] if axis == 0 else [1, -1]
  )
  return tf.add_n(parts) / present


def _ranks(parts: list[tf.Tensor]) -> list[tf.Tensor]:
  """Returns the rank of each part's elements among the parts, 0 = highest."""
  ranks = [tf.zeros(part.shape, tf.int8) for part in parts]
  for j, later in enumerate(parts):
    for i, earlier in enumerate(parts[:j]):
      is_behind = tf.cast(earlier >= later, tf.int8)
      ranks[j] += is_behind
      ranks[i] += 1 - is_behind
  return ranks
