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
"""Counts the elements that meet a condition in chunks, fast under XLA.

XLA writes the operand of a sum to memory first; that of a chunk is small, and
stays in the processor's caches.
"""

from collections.abc import Callable

import tensorflow as tf

_SIZE = 2**16


def count(values: tf.Tensor, holds: Callable[[tf.Tensor], tf.Tensor]):
  """Returns the number of values for which a condition holds, a scalar int32.

  Args:
    values: Of any type, `[n]`.
    holds: The condition: maps a part of the values to as many booleans.
  """
  whole = values.shape[0] // _SIZE
  if not whole:  # a loop that never turns takes time, too
    return _sum(holds(values))

  def add(i, total):
    return i + 1, total + _sum(holds(_chunk(values, i)))

  _, total = tf.while_loop(lambda i, _: i < whole, add, (0, 0))
  return total + _sum(holds(values[whole * _SIZE :]))


def place(
  values: tf.Tensor, holds: Callable[[tf.Tensor], tf.Tensor], number: tf.Tensor
):
  """Returns the index of the n-th value for which a condition holds, an int32.

  Args:
    values: Of any type, `[n]`.
    holds: The condition, as in `count`.
    number: n, from 1; it holds for at least that many values.
  """
  start, before = _chunk_of(values, holds, number)
  window = min(_SIZE, values.shape[0])
  first = tf.minimum(start, values.shape[0] - window)
  places = first + tf.range(window)
  held = holds(tf.slice(values, [first], [window])) & (places >= start)
  seen = before + tf.cumsum(tf.cast(held, tf.int32))
  return first + _sum(seen < number)


def _chunk_of(values, holds, number) -> tuple[tf.Tensor, tf.Tensor]:
  """Returns the start of the n-th hit's chunk, and the count of hits before."""
  whole = values.shape[0] // _SIZE

  def look(i, seen, start, before):
    seen += _sum(holds(_chunk(values, i)))
    is_later = seen < number
    start = tf.where(is_later, (i + 1) * _SIZE, start)
    return i + 1, seen, start, tf.where(is_later, seen, before)

  found = tf.while_loop(lambda i, *_: i < whole, look, (0, 0, 0, 0))
  return found[2:]


def _chunk(values, i) -> tf.Tensor:
  # XLA compiles it even where there is no whole chunk.
  return tf.slice(values, [i * _SIZE], [min(_SIZE, values.shape[0])])


def _sum(flags) -> tf.Tensor:
  return tf.reduce_sum(tf.cast(flags, tf.int32))
