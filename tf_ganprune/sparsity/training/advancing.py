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
"""Mask updates after an optimizer's update, and the masking of weights."""

import functools
from collections.abc import Sequence, Set

import tensorflow as tf

from tf_ganprune import replicas
from tf_ganprune.sparsity.masks import applying
from tf_ganprune.sparsity.training import (
  graph_conditionals,
  joint,
  mask_updates,
  rewiring,
)
from tf_ganprune.sparsity.wrapping import wrapper


def advance(
  layers: Sequence[wrapper.PruneLowMagnitude],
  updates: tf.Tensor,
  is_masked: bool = False,
  optimizers: Sequence | None = None,
  updated: Set | None = None,
) -> None:
  """Counts optimizer updates of layers, then prunes as their schedules say.

  Pruned weights are zero when it returns, whatever the optimizer set them to.
  The step of a layer that was not updated does not change, and neither do its
  masks. If one of the layers of a joint allocation is due for a mask update, so
  are the others.

  Args:
    layers: The pruning wrappers of one network.
    updates: The number of updates made, 0 or 1, a scalar.
    is_masked: As in `ownership.advance`.
    optimizers: As in `ownership.advance`.
    updated: As in `ownership.advance`.

  Raises:
    ValueError: As `ownership.advance` does.
  """
  owners, entries = [], []
  for unit in joint.mask_groups(layers):
    found = _entries(unit, updates, optimizers, updated)
    if found:
      owners.append([owner for owner, _ in found])
      entries.append([entry for _, entry in found])
  if entries:
    made = tf.cast(updates, tf.int64)
    first = (entries[0][0].mask, entries)
    replicas.update([first], _update_of(owners), made, is_masked)


def _entries(unit, updates, optimizers, updated) -> list[tuple]:
  """Counts the updates of layers; returns pairs of a wrapper and an entry."""
  found = []
  for layer in unit:
    if layer.count(updates, updated):
      mask_updates.check_begun(layer)
      entries = layer.entries(optimizers, updated)
      found += [(layer, entry) for entry in entries]
  return found


def _update_of(owners):
  """Returns a function that updates and applies the masks of some units."""

  def update(_, entries, updates, is_masked):
    units = list(zip(owners, entries, strict=True))

    def turn():
      for unit in units:
        is_due = _is_due(_steps([unit]))
        graph_conditionals.run(is_due, functools.partial(joint.update, *unit))
      if is_masked:
        _apply(units)

    graph_conditionals.run((updates > 0) & _is_due(_steps(units)), turn)
    if not is_masked:
      _apply(units)
    _clear_slots(units)

  return update


def _steps(units) -> list[tuple]:
  """Returns pairs of a layer and its step, each layer of the units once."""
  found = {}
  for unit in units:
    for layer, entry in zip(*unit, strict=True):
      found[id(layer)] = layer, entry.step
  return list(found.values())


def _is_due(steps) -> tf.Tensor:
  """Returns whether a mask update is due for any layer, a boolean scalar.

  Layers with equal schedules are asked in one call, with a vector of steps.
  """
  alike = {}
  for layer, step in steps:
    alike.setdefault(mask_updates.schedule_key(layer), []).append((layer, step))
  dues = []
  for (layer, step), *others in alike.values():
    if others:
      step = tf.stack([step, *(step for _, step in others)])
    is_due = mask_updates.is_due(layer, tf.convert_to_tensor(step))
    dues.append(tf.reduce_any(is_due) if others else is_due)
  return functools.reduce(tf.logical_or, dues)


def _apply(units) -> None:
  for _, entries in units:
    for entry in entries:
      applying.apply_mask(entry.weight, entry.mask)


def _clear_slots(units) -> None:
  for unit in units:
    for layer, entry in zip(*unit, strict=True):
      if layer.is_dynamic():
        rewiring.clear_slot(layer.pruning_schedule, entry)
