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
"""Shrinks weights that are to go, before they are pruned."""

from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune import replicas
from tf_ganprune.sparsity import joint, maskupdates, wrapper


def advance(
  layers: Sequence[wrapper.PruneLowMagnitude], updates: tf.Tensor
) -> None:
  """Shrinks what is to go of layers, after an update and before it is counted.

  Args:
    layers: One of `joint.units`.
    updates: How many updates were made, 0 or 1, a scalar.
  """
  owners, entries, going = [], [], []
  for layer in layers:
    if layer.regularization is not None and layer.layer.trainable:
      of_one = layer.entries()
      owners += [layer] * len(of_one)
      entries += of_one
      going += [layer.going[entry.place] for entry in of_one]
  if entries:
    made = tf.cast(updates, tf.int64)
    first = (entries[0].weight, entries, going)
    replicas.update([first], _update_of(owners), made)


def _update_of(owners):
  """Returns a function that shrinks the kernels of some layers, in order."""
  rule = owners[0].regularization

  def update(_, entries, going, updates):
    steps = updates + tf.stack([tf.cast(x.step, tf.int64) for x in entries])
    are_active = (updates > 0) & rule.is_active(steps)
    strengths = tf.where(are_active, rule.strength(steps), 0.0)

    def choose():
      _choose(owners, entries, going)
      return tf.constant(True)

    def shrink():
      tf.cond(tf.reduce_any(rule.is_turn(steps)), choose, _no)
      for i, strength in enumerate(tf.unstack(strengths)):
        block_size = tuple(owners[i].block_size)
        _shrink(rule, entries[i], going[i], strength, block_size)
      return tf.constant(True)

    tf.cond(tf.reduce_any(are_active), shrink, _no)

  return update


def _no():
  return tf.constant(False)


def _choose(owners, entries, going) -> None:
  """Marks what would go, if the final sparsity were that of now."""
  final = owners[0].regularization.final_sparsity
  if owners[0].allocation.is_joint:
    found = joint.new_masks(owners, entries, [final] * len(entries))
  else:
    found = [
      maskupdates.new_mask(owner, entry, final)
      for owner, entry in zip(owners, entries, strict=True)
    ]
  for variable, (mask, _) in zip(going, found, strict=True):
    variable.assign(1.0 - tf.cast(mask, variable.dtype))


def _shrink(rule, entry, going, strength, block_size) -> None:
  weight = tf.cast(entry.weight, entry.mask.dtype)
  goes = tf.cast(going, weight.dtype)

  def group_mean(values):
    return _group_mean(values, goes, block_size)

  shrunk = rule.shrink(weight, tf.cast(strength, weight.dtype), group_mean)
  entry.weight.assign(tf.where((goes > 0) & (strength > 0), shrunk, weight))


def _group_mean(values, goes, block_size) -> tf.Tensor:
  """Returns means over blocks, or over indices of the last axis, of what goes.

  Args:
    values: Of any shape.
    goes: 1 where a weight counts, else 0.
    block_size: Rows and columns; `(1, 1)` for no blocks.
  """
  columns = values.shape[-1]
  rows = values.shape.num_elements() // columns
  height, width = (rows, 1) if block_size == (1, 1) else block_size
  below, beside = -rows % height, -columns % width

  def sums(matrix):
    padded = tf.pad(
      tf.reshape(matrix, [rows, columns]), [[0, below], [0, beside]]
    )
    blocks = [(rows + below) // height, height, (columns + beside) // width]
    return tf.reduce_sum(
      tf.reshape(padded, [*blocks, width]), [1, 3], keepdims=True
    )

  means = tf.math.divide_no_nan(sums(values * goes), sums(goes))
  shape = [means.shape[0], height, means.shape[2], width]
  full = tf.reshape(
    tf.broadcast_to(means, shape), [rows + below, columns + beside]
  )
  return tf.reshape(full[:rows, :columns], values.shape)
