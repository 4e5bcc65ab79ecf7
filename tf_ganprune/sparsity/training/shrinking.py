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
"""Shrinks the weights that will be pruned, as a regularization says."""

import functools
import json
from collections.abc import Sequence, Set

import tensorflow as tf

from tf_ganprune import replicas
from tf_ganprune.sparsity.masks import group_sums
from tf_ganprune.sparsity.training import (
  graph_conditionals,
  joint,
  mask_updates,
)
from tf_ganprune.sparsity.wrapping import serialization, wrapper


def advance(
  layers: Sequence[wrapper.PruneLowMagnitude],
  updates: tf.Tensor,
  updated: Set | None = None,
) -> None:
  """Shrinks the weights that will be pruned, after an optimizer's update.

  Call it before the update is counted, that is before `advancing.advance`.

  Args:
    layers: The pruning wrappers of one network.
    updates: The number of updates made, 0 or 1, a scalar.
    updated: As in `ownership.advance`.
  """
  for units in _by_rule(layers, updated):
    owners, entries, to_be_pruned = zip(*units, strict=True)
    first = (entries[0][0].weight, entries, to_be_pruned)
    made = tf.cast(updates, tf.int64)
    replicas.update([first], _update_of(owners), made)


def _by_rule(layers, updated) -> list[list[tuple[list, list, list]]]:
  """Returns the kernels to shrink, by regularization and then by unit."""
  found = {}
  for unit in joint.units(layers):
    kernels = [
      (layer, entry, layer.going_of(entry.place))
      for layer in unit
      if layer.regularization is not None and layer.is_updated(updated)
      for entry in layer.entries(updated=updated)
    ]
    if kernels:
      rule = serialization.serialize(kernels[0][0].regularization)
      key = json.dumps(rule, sort_keys=True, default=repr)
      found.setdefault(key, []).append(tuple(zip(*kernels, strict=True)))
  return list(found.values())


def _update_of(owners):
  """Returns a function that shrinks the kernels of some units, in order."""
  rule = owners[0][0].regularization

  def update(_, entries, to_be_pruned, updates):
    units = list(zip(owners, entries, to_be_pruned, strict=True))
    kernels = [kernel for unit in units for kernel in zip(*unit, strict=True)]
    steps = updates + tf.stack([entry.step for _, entry, _ in kernels])
    are_active = (updates > 0) & rule.is_active(steps)
    are_turns = are_active & rule.is_turn(steps)

    def choose():
      turns = tf.split(are_turns, [len(unit[0]) for unit in units])
      for turn, unit in zip(turns, units, strict=True):
        graph_conditionals.run(
          tf.reduce_any(turn), functools.partial(_choose, *unit)
        )

    def shrink():
      strengths = tf.where(are_active, rule.strength(steps), 0.0)
      for strength, kernel in zip(tf.unstack(strengths), kernels, strict=True):
        _shrink(rule, *kernel, strength)

    graph_conditionals.run(tf.reduce_any(are_turns), choose)
    graph_conditionals.run(tf.reduce_any(are_active), shrink)

  return update


def _choose(owners, entries, to_be_pruned) -> None:
  """Marks the weights that would be pruned at the final sparsity now."""
  final = owners[0].regularization.final_sparsity
  if owners[0].allocation.is_joint:
    found = joint.new_masks(owners, entries, [final] * len(entries))
  else:
    found = [
      mask_updates.new_mask(owner, entry, final)
      for owner, entry in zip(owners, entries, strict=True)
    ]
  for owner, (goes, sizes), (mask, _) in zip(
    owners, to_be_pruned, found, strict=True
  ):
    goes.assign(1.0 - tf.cast(mask, goes.dtype))
    sizes.assign(group_sums.of(owner.block_size)(goes))


def _shrink(rule, owner, entry, to_be_pruned, strength) -> None:
  weight = tf.cast(entry.weight, entry.mask.dtype)
  goes, sizes = (tf.cast(x, weight.dtype) for x in to_be_pruned)

  def group_mean(values):
    sums = group_sums.of(owner.block_size)(values * goes)
    return tf.math.divide_no_nan(sums, sizes)

  found = rule.shrinkage(weight, tf.cast(strength, weight.dtype), group_mean)
  # Faster than `tf.where`; the amount for a weight that stays may be NaN.
  taken = tf.math.multiply_no_nan(found, goes)
  entry.weight.assign_sub(tf.cast(taken, entry.weight.dtype))
