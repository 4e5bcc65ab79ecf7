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
"""Mask updates of kernels that share what a network keeps."""

from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune import replicas
from tf_ganprune.sparsity import masks, scoring, wrapper


def units(
  layers: Sequence[wrapper.PruneLowMagnitude],
) -> list[list[wrapper.PruneLowMagnitude]]:
  """Splits layers into those that are advanced together, and single ones.

  Args:
    layers: Pruned layers of one network.
  """
  found = {}
  for layer in layers:
    found.setdefault(layer.group or id(layer), []).append(layer)
  return list(found.values())


def advance(
  layers: Sequence[wrapper.PruneLowMagnitude],
  updates: tf.Tensor,
  is_masked: bool = False,
) -> None:
  """Counts optimizer updates of layers, then prunes them together.

  As `PruneLowMagnitude.advance`. A mask update is due for all of them when it
  is for one; frozen ones do not take part.

  Args:
    layers: One of `units`, with an allocation that is joint.
    updates: How many updates were made, a scalar.
    is_masked: Whether pruned weights are zero already.
  """
  owners, entries = [], []
  for layer in layers:
    if layer.count(updates):
      of_one = layer.entries()
      owners += [layer] * len(of_one)
      entries += of_one
  if entries:
    update = _update_of(owners)
    made = tf.cast(updates, tf.int64)
    replicas.update([(entries[0].mask, entries)], update, made, is_masked)


def _update_of(owners):
  """Returns a function that updates the kernels of some layers, in order."""

  def update(_, entries, updates, is_masked):
    turns = [
      layer.pruning_schedule(entry.step)
      for layer, entry in zip(owners, entries, strict=True)
    ]
    due = tf.reduce_any(tf.stack([turn[0] for turn in turns]))

    def update_masks():
      _update_masks(owners, entries, [turn[1] for turn in turns])
      if is_masked:
        _apply(entries)
      return tf.constant(True)

    no = lambda: tf.constant(False)  # noqa: E731
    tf.cond(tf.logical_and(updates > 0, due), update_masks, no)
    if not is_masked:
      _apply(entries)

  return update


def _apply(entries) -> None:
  for entry in entries:
    wrapper.apply_mask(entry.weight, entry.mask)


def _update_masks(owners, entries, sparsities) -> None:
  new = new_masks(owners, entries, sparsities)
  for layer, entry, of_one in zip(owners, entries, new, strict=True):
    scoring.assign(layer.importance.at(entry.place), entry, *of_one)


def new_masks(
  owners: Sequence[wrapper.PruneLowMagnitude],
  entries: Sequence[scoring.Entry],
  sparsities: Sequence,
) -> list[tuple[tf.Tensor, tf.Tensor]]:
  """Returns the masks that some kernels would have now, and the lowest kept.

  Args:
    owners: Of each kernel, its wrapper, with an allocation that is joint.
    entries: The kernels.
    sparsities: Of each, what the schedule says.
  """
  rules = [
    layer.importance.at(entry.place)
    for layer, entry in zip(owners, entries, strict=True)
  ]
  scores = scoring.comparable(rules, entries)
  kept = num_kept([x.shape.num_elements() for x in scores], sparsities)
  shares = [layer.allocation for layer in owners]
  counts = shares[0].among(shares).counts(scores, kept)
  return [masks.highest(one, counts[i]) for i, one in enumerate(scores)]


def num_kept(sizes, sparsities) -> tf.Tensor:
  """Returns how many weights stay in all, at least one of each kernel.

  Args:
    sizes: Of the kernels.
    sparsities: The share of zeros that each is to have.
  """
  kept = [
    size * (1.0 - tf.cast(sparsity, tf.float64))
    for size, sparsity in zip(sizes, sparsities, strict=True)
  ]
  return tf.maximum(tf.cast(tf.round(tf.add_n(kept)), tf.int32), len(sizes))
