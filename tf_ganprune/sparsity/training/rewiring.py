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
"""Drops and grows weights of a kernel, in dynamic sparse training."""

import numpy as np
import tensorflow as tf

from tf_ganprune.sparsity.masks import kth_largest
from tf_ganprune.sparsity.schedules import dynamic
from tf_ganprune.sparsity.training import graph_conditionals
from tf_ganprune.sparsity.wrapping import scoring

_LOWEST = float(np.finfo(np.float32).tiny)
_HIGHEST = float(np.finfo(np.float32).max)


def turn(schedule: dynamic.DynamicSparsity, entry: scoring.Entry) -> None:
  """Drops weights of a kernel and grows as many: a mask update.

  Args:
    schedule: The schedule, whose `fraction` sets how many, and whose `growth`
      chooses the weights that grow.
    entry: The kernel, on one replica.
  """
  alive = num_alive(entry)
  share = schedule.fraction(entry.step) * tf.cast(alive, tf.float64)
  dropped = tf.minimum(tf.cast(tf.round(share), tf.int32), alive - 1)
  rewire(schedule, entry, alive - dropped, alive)


def clear_slot(schedule: dynamic.DynamicSparsity, entry: scoring.Entry) -> None:
  """Sets the slot of gradients to zero if the next update will add to it.

  Until then the gradients of the last mask update remain, for `set_density`.

  Args:
    schedule: The schedule, whose `gathers_at` says which updates add gradients.
    entry: The kernel, on one replica, after an update.
  """
  if entry.slot is None:
    return

  def forget():
    entry.slot.assign(tf.zeros_like(entry.slot))

  graph_conditionals.run(schedule.gathers_at(entry.step), forget)


def num_alive(entry: scoring.Entry) -> tf.Tensor:
  """Returns the number of a kernel's weights with mask 1, a scalar int32."""
  # Whole numbers: a float32 sum is not exact above 2^24.
  return tf.math.count_nonzero(entry.mask, dtype=tf.int32)


def rewire(
  schedule: dynamic.DynamicSparsity,
  entry: scoring.Entry,
  kept: tf.Tensor,
  total: tf.Tensor,
) -> None:
  """Keeps the largest weights of a kernel, drops the others, grows some.

  Weights that are not kept are set to 0, whether grown or not, and the
  optimizer's slots of them to their first values. A weight that was just
  dropped may be grown again.

  Args:
    schedule: The schedule, whose `growth` chooses the weights that grow.
    entry: The kernel, on one replica.
    kept: The number of weights to keep, a scalar int32 from 1 to the number of
      those with mask 1.
    total: The number of weights with mask 1 afterwards, a scalar int32 of at
      least `kept`.
  """
  weight = tf.cast(entry.weight, entry.mask.dtype)
  mask, lowest = kth_largest.highest(_sizes(weight, entry), kept)
  is_kept = mask > 0
  growth = tf.cast(schedule.growth(entry), tf.float32)
  # Kept weights come first; then those whose gradient is not finite.
  growth = tf.where(growth < _HIGHEST, growth, _HIGHEST)
  mask, _ = kth_largest.highest(tf.where(is_kept, np.inf, growth), total)
  begin(entry, mask, lowest)
  entry.weight.assign(tf.where(is_kept, weight, 0.0))
  for slot, start in entry.moments:
    slot.assign(tf.where(is_kept, slot, tf.cast(start, slot.dtype)))


def begin(entry: scoring.Entry, mask, lowest=_LOWEST) -> None:
  """Sets the mask of a kernel, and a threshold above 0, the sign of a mask.

  Args:
    entry: The kernel.
    mask: The mask, of the kernel's shape.
    lowest: The lowest magnitude that was kept.
  """
  entry.mask.assign(tf.cast(mask, entry.mask.dtype))
  scoring.assign_threshold(entry, lowest)


def _sizes(weight, entry) -> tf.Tensor:
  """Returns magnitudes: above 0 where the mask is 1, 0 where it is 0."""
  sizes = tf.cast(tf.abs(weight), tf.float32)
  # Written so that NaN stays NaN.
  above = tf.where(sizes < _LOWEST, _LOWEST, sizes)
  return tf.where(tf.convert_to_tensor(entry.mask) > 0, above, 0.0)
