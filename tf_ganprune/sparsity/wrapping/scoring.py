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
"""Scores of pruned weights by their importance, and mask updates."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from tf_ganprune.sparsity import importance

# The lowest score of a weight that is not pruned, above that of those that are.
_LOWEST = float(np.finfo(np.float32).tiny)


class Entry(NamedTuple):
  """A pruned weight with its mask and other variables.

  Attributes:
    weight: The weight.
    mask: The mask, of the weight's shape: 0 where it is pruned, else 1.
    threshold: The lowest score that was kept, a scalar; 0 before the first mask
      update.
    slot: The importance's slot, of the weight's shape; None without gradients.
    place: The index of the weight among its layer's pruned weights.
    step: The number of updates that the layer has had, a scalar.
    moments: The optimizers' slots of the weight: pairs of a variable and its
      initial value.
  """

  weight: tf.Variable
  mask: tf.Variable
  threshold: tf.Variable
  slot: Any
  place: int
  step: tf.Variable
  moments: tuple = ()


def scores(
  rule: importance.Importance, entry: Entry, lowest: tf.Tensor | None = None
) -> tf.Tensor:
  """Returns a weight's scores, with the lowest, 0, where it is pruned.

  Args:
    rule: The importance.
    entry: The weight.
    lowest: The number to subtract from scores that may be negative; by default
      the lowest score of this weight.

  Returns:
    Scores of 0 or more, of the weight's shape.
  """
  found = _found(rule, entry)
  if rule.zero_is_lowest:
    return found
  found, is_alive = tf.cast(found, tf.float32), _is_alive(entry)
  if rule.is_signed:
    found -= _lowest(found, is_alive) if lowest is None else lowest
  # Written so that NaN, of either sign, stays NaN.
  above = tf.where(found < _LOWEST, _LOWEST, found)
  return tf.abs(tf.where(is_alive, above, 0.0))


def comparable(
  rules: Sequence[importance.Importance], entries: Sequence[Entry]
) -> list[tf.Tensor]:
  """Returns scores of several weights that can be compared with one another.

  Scores that may be negative are shifted by the same number for all weights.

  Args:
    rules: The importance of each weight, all of one class.
    entries: The weights.
  """
  lowest = None
  if rules[0].is_signed:
    lows = [
      _lowest(tf.cast(_found(rule, entry), tf.float32), _is_alive(entry))
      for rule, entry in zip(rules, entries, strict=True)
    ]
    lowest = tf.reduce_min(tf.stack(lows))
  return [
    scores(rule, entry, lowest)
    for rule, entry in zip(rules, entries, strict=True)
  ]


def assign(
  rule: importance.Importance, entry: Entry, mask, lowest_kept
) -> None:
  """Assigns a weight's new mask and threshold, and updates its slot.

  Args:
    rule: The importance.
    entry: The weight.
    mask: The new mask, of the weight's shape.
    lowest_kept: The lowest score that was kept, a scalar.
  """
  entry.mask.assign(tf.cast(mask, entry.mask.dtype))
  if rule.zero_is_lowest:
    entry.threshold.assign(tf.cast(lowest_kept, entry.threshold.dtype))
  else:
    assign_threshold(entry, lowest_kept)
  if entry.slot is not None:
    entry.slot.assign(rule.after(tf.convert_to_tensor(entry.slot)))


def assign_threshold(entry: Entry, lowest_kept) -> None:
  """Sets a weight's threshold above 0, the sign that it had a mask update.

  Args:
    entry: The weight.
    lowest_kept: The lowest score that was kept.
  """
  dtype = entry.threshold.dtype
  tiny = 2.0**-14 if dtype == tf.float16 else _LOWEST
  threshold = tf.cast(lowest_kept, dtype)
  entry.threshold.assign(tf.maximum(threshold, tf.cast(tiny, dtype)))


def _is_alive(entry) -> tf.Tensor:
  return tf.convert_to_tensor(entry.mask) > 0


def _found(rule, entry) -> tf.Tensor:
  weight = tf.cast(entry.weight, entry.mask.dtype)
  slot = entry.slot
  return rule.scores(weight, None if slot is None else tf.identity(slot))


def _lowest(found, is_alive) -> tf.Tensor:
  return tf.reduce_min(tf.where(is_alive, found, found.dtype.max))
