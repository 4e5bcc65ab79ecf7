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
"""Numbers of weights that stay, one for each kernel, with a given sum."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tf_ganprune.sparsity.masks import chunks, kth_largest

_HIGHEST = np.iinfo(np.int32).max


def of_highest(scores: Sequence[tf.Tensor], kept: tf.Tensor) -> tf.Tensor:
  """Returns how many of the highest scores each kernel has, but at least one.

  The scores are not brought together: the threshold is found by bisection of
  the numbers' bits, each time with a count in each kernel. Of equal scores,
  those in the first kernels count.

  Args:
    scores: Of each kernel, 0 or more, any shape.
    kept: How many count in all, a scalar int32.

  Returns:
    An int32 `[kernels]` with the sum `kept`, or as many as there are kernels.
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
  """Returns how many of each kernel are so, or 1."""
  found = [chunks.count(x, lambda part: compare(part, value)) for x in bits]
  return tf.maximum(tf.stack(found), 1)


def rounded(wanted: tf.Tensor, sizes: np.ndarray, kept: tf.Tensor) -> tf.Tensor:
  """Returns whole numbers close to some that sum up to `kept`.

  Args:
    wanted: For each kernel, `[kernels]`, float64.
    sizes: Of the kernels; no number is above.
    kept: The sum, a scalar int32.

  Returns:
    An int32 `[kernels]` with the sum `kept`, each at least 1 and, unless that
    changes it, less than one away from what is wanted.
  """
  ends = tf.cast(tf.round(tf.cumsum(wanted)), tf.int32)
  counts = ends - tf.concat([[0], ends[:-1]], 0)
  counts = tf.clip_by_value(counts, 1, sizes.astype(np.int32))
  # The largest can spare what the smallest were given.
  order = tf.argsort(counts, direction="DESCENDING", stable=True)
  ordered = tf.gather(counts, order)
  surplus = tf.reduce_sum(counts) - tf.maximum(kept, len(sizes))
  spare = ordered - 1
  before = tf.cumsum(spare, exclusive=True)
  ordered -= tf.clip_by_value(surplus - before, 0, spare)
  return tf.gather(ordered, tf.argsort(order))
