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
"""Numbers of weights that kernels keep, with a given sum."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tf_ganprune.sparsity.masks import chunks, kth_largest

_HIGHEST = np.iinfo(np.int32).max


def of_highest(scores: Sequence[tf.Tensor], kept: tf.Tensor) -> tf.Tensor:
  """Returns how many of the highest scores of all kernels each kernel holds.

  The scores are not concatenated: the threshold is found by bisection of the
  numbers' bits, with a count in each kernel at each step. Of scores equal to
  the threshold, those in the first kernels are taken.

  Args:
    scores: A tensor for each kernel, 0 or more, of any shape.
    kept: The number of highest scores, a scalar int32.

  Returns:
    An int32 `[kernels]`, each at least 1; the sum is `kept`, or the number of
    kernels if that is larger.
  """
  bits = [kth_largest.bits(tf.reshape(one, [-1])) for one in scores]
  kept = tf.maximum(kept, len(bits))

  def halve(low, high):
    middle = high - (high - low) // 2
    is_enough = tf.reduce_sum(_counts(bits, tf.greater_equal, middle)) >= kept
    low = tf.where(is_enough, middle, low)
    return low, tf.where(is_enough, high, middle - 1)

  ends = (tf.constant(0), tf.constant(_HIGHEST))
  threshold = tf.while_loop(lambda low, high: low < high, halve, ends)[0]
  above = _counts(bits, tf.greater, threshold)
  equal = _counts(bits, tf.greater_equal, threshold) - above
  before = tf.cumsum(equal, exclusive=True)
  left = kept - tf.reduce_sum(above) - before
  return above + tf.clip_by_value(left, 0, equal)


def _counts(bits, compare, value) -> tf.Tensor:
  """Returns for how many of each kernel `compare` holds, at least 1."""
  found = [chunks.count(x, lambda part: compare(part, value)) for x in bits]
  return tf.maximum(tf.stack(found), 1)


def rounded(wanted: tf.Tensor, sizes: np.ndarray, kept: tf.Tensor) -> tf.Tensor:
  """Rounds the numbers of weights to keep so that they add up to `kept`.

  Args:
    wanted: The number of weights for each kernel, `[kernels]`, float64.
    sizes: The kernels' sizes, `[kernels]`, the upper bounds.
    kept: The sum, a scalar int32.

  Returns:
    An int32 `[kernels]` with the sum `kept`. Each is at least 1 and, where
    these bounds allow it, less than one away from `wanted`.
  """
  ends = tf.cast(tf.round(tf.cumsum(wanted)), tf.int32)
  counts = ends - tf.concat([[0], ends[:-1]], 0)
  counts = tf.clip_by_value(counts, 1, sizes.astype(np.int32))
  # Take from the largest what the smallest were raised by.
  order = tf.argsort(counts, direction="DESCENDING", stable=True)
  ordered = tf.gather(counts, order)
  surplus = tf.reduce_sum(counts) - tf.maximum(kept, len(sizes))
  spare = ordered - 1
  before = tf.cumsum(spare, exclusive=True)
  ordered -= tf.clip_by_value(surplus - before, 0, spare)
  return tf.gather(ordered, tf.argsort(order))
