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

import functools
import json
from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune import replicas
from tf_ganprune.sparsity import joint, maskupdates, registered, seldom, wrapper


def advance(
  layers: Sequence[wrapper.PruneLowMagnitude], updates: tf.Tensor
) -> None:
  """Shrinks what is to go of layers, after an update and before it is counted.

  Args:
    layers: Of one network.
    updates: How many updates were made, 0 or 1, a scalar.
  """
  for units in _by_rule(layers):
    owners, entries, going = zip(*units, strict=True)
    first = (entries[0][0].weight, entries, going)
    made = tf.cast(updates, tf.int64)
    replicas.update([first], _update_of(owners), made)


def _by_rule(layers) -> list[list[tuple[list, list, list]]]:
  """Returns the kernels that are shrunk: by equal rules, and by units."""
  found = {}
  for unit in joint.units(layers):
    kernels = [
      (layer, entry, layer.going[entry.place])
      for layer in unit
      if layer.regularization is not None and layer.layer.trainable
      for entry in layer.entries()
    ]
    if kernels:
      rule = registered.serialize(kernels[0][0].regularization)
      key = json.dumps(rule, sort_keys=True, default=repr)
      found.setdefault(key, []).append(tuple(zip(*kernels, strict=True)))
  return list(found.values())


def _update_of(owners):
  """Returns a function that shrinks the kernels of some units, in order."""
  rule = owners[0][0].regularization

  def update(_, entries, going, updates):
    units = list(zip(owners, entries, going, strict=True))
    kernels = [kernel for unit in units for kernel in zip(*unit, strict=True)]
    steps = updates + tf.stack([entry.step for _, entry, _ in kernels])
    are_active = (updates > 0) & rule.is_active(steps)
    are_turns = are_active & rule.is_turn(steps)

    def choose():
      turns = tf.split(are_turns, [len(unit[0]) for unit in units])
      for turn, unit in zip(turns, units, strict=True):
        seldom.run(tf.reduce_any(turn), functools.partial(_choose, *unit))

    def shrink():
      strengths = tf.where(are_active, rule.strength(steps), 0.0)
      for strength, kernel in zip(tf.unstack(strengths), kernels, strict=True):
        _shrink(rule, *kernel, strength)

    seldom.run(tf.reduce_any(are_turns), choose)
    seldom.run(tf.reduce_any(are_active), shrink)

  return update


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


def _shrink(rule, owner, entry, going, strength) -> None:
  weight = tf.cast(entry.weight, entry.mask.dtype)
  goes = tf.cast(going, weight.dtype)

  def group_mean(values):
    return _group_mean(values, goes, tuple(owner.block_size))

  found = rule.shrinkage(weight, tf.cast(strength, weight.dtype), group_mean)
  # Faster than `tf.where`; what is found for a weight that stays may be NaN.
  taken = tf.math.multiply_no_nan(found, goes)
  entry.weight.assign_sub(tf.cast(taken, entry.weight.dtype))


def _group_mean(values, goes, block_size) -> tf.Tensor:
  """Returns means over blocks, or over indices of the last axis, of what goes.

  Args:
    values: Of any shape.
    goes: 1 where a weight counts, else 0.
    block_size: Rows and columns; `(1, 1)` for no blocks.

  Returns:
    A tensor of the values' rank, which broadcasts against them.
  """
  sums = _column_sums if block_size == (1, 1) else _block_sums(block_size)
  return tf.math.divide_no_nan(sums(values * goes), sums(goes))


def _column_sums(values) -> tf.Tensor:
  axes = list(range(values.shape.rank - 1))
  return tf.reduce_sum(values, axes, keepdims=True)


def _block_sums(block_size):
  """Returns a function that gives each number of a matrix its block's sum."""
  height, width = block_size

  def sums(values):
    columns = values.shape[-1]
    rows = values.shape.num_elements() // columns
    below, beside = -rows % height, -columns % width
    matrix = tf.reshape(values, [rows, columns])
    padded = tf.pad(matrix, [[0, below], [0, beside]])
    blocks = [(rows + below) // height, height, (columns + beside) // width]
    found = tf.reshape(padded, [*blocks, width])
    found = tf.reduce_sum(found, [1, 3], keepdims=True)
    found = tf.broadcast_to(found, [*blocks, width])
    full = tf.reshape(found, [rows + below, columns + beside])
    return tf.reshape(full[:rows, :columns], values.shape)

  return sums
