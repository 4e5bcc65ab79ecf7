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
"""Mask updates of the kernels of a joint allocation."""

from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune.sparsity.masks import kth_largest
from tf_ganprune.sparsity.training import mask_updates
from tf_ganprune.sparsity.wrapping import scoring, wrapper


def units(
  layers: Sequence[wrapper.PruneLowMagnitude],
) -> list[list[wrapper.PruneLowMagnitude]]:
  """Splits layers into the groups of joint allocations, and single layers.

  Args:
    layers: Pruned layers of one network.
  """
  found = {}
  for layer in layers:
    found.setdefault(layer.group or id(layer), []).append(layer)
  return list(found.values())


def mask_groups(
  layers: Sequence[wrapper.PruneLowMagnitude],
) -> list[list[wrapper.PruneLowMagnitude]]:
  """Splits layers into groups whose masks change together, and single layers.

  Args:
    layers: Pruned layers of one network.
  """
  found = []
  for unit in units(layers):
    found += [unit] if _is_joint(unit[0]) else [[layer] for layer in unit]
  return found


def _is_joint(layer) -> bool:
  return layer.allocation.is_joint and not layer.is_dynamic()


def update(
  owners: Sequence[wrapper.PruneLowMagnitude], entries: Sequence[scoring.Entry]
) -> None:
  """Updates the masks of the kernels of one group of `mask_groups`.

  Args:
    owners: The wrapper of each kernel.
    entries: The kernels.
  """
  pairs = list(zip(owners, entries, strict=True))
  if _is_joint(owners[0]):
    turns = [layer.pruning_schedule(entry.step) for layer, entry in pairs]
    _update_masks(owners, entries, [turn[1] for turn in turns])
    return
  for layer, entry in pairs:
    mask_updates.update(layer, entry)


def _update_masks(owners, entries, sparsities) -> None:
  new = new_masks(owners, entries, sparsities)
  for layer, entry, of_one in zip(owners, entries, new, strict=True):
    scoring.assign(layer.importance.at(entry.place), entry, *of_one)


def new_masks(
  owners: Sequence[wrapper.PruneLowMagnitude],
  entries: Sequence[scoring.Entry],
  sparsities: Sequence,
) -> list[tuple[tf.Tensor, tf.Tensor]]:
  """Returns the masks of kernels at given sparsities, without assigning them.

  Args:
    owners: The wrapper of each kernel, with a joint allocation.
    entries: The kernels.
    sparsities: The share of zeros that each kernel's schedule asks for.

  Returns:
    For each kernel its mask and the lowest score that is kept, a scalar.

  Raises:
    tf.errors.InvalidArgumentError: If the allocation returns impossible counts.
  """
  rules = [
    layer.importance.at(entry.place)
    for layer, entry in zip(owners, entries, strict=True)
  ]
  scores = scoring.comparable(rules, entries)
  kept = num_kept([x.shape.num_elements() for x in scores], sparsities)
  shares = [layer.allocation for layer in owners]
  share = shares[0].among(shares)
  counts = share.counts(scores, kept)
  _check_counts(share, counts, scores, kept)
  return [kth_largest.highest(one, counts[i]) for i, one in enumerate(scores)]


def _check_counts(share, counts, scores, kept) -> None:
  """Raises, also in a graph, unless an allocation's counts are possible."""
  sizes = tf.stack([tf.size(x) for x in scores])
  said = (
    f"`allocation`: `{type(share).__name__}.counts` must return numbers from 1"
    " to each kernel's size that add up to `kept`."
  )
  tf.debugging.assert_positive(counts, said)
  tf.debugging.assert_less_equal(counts, sizes, said)
  tf.debugging.assert_equal(tf.reduce_sum(counts), kept, said)


def num_kept(sizes, sparsities) -> tf.Tensor:
  """Returns how many weights several kernels keep together, a scalar int32.

  It is at least the number of kernels.

  Args:
    sizes: The kernels' sizes.
    sparsities: The share of zeros that each kernel is to have.
  """
  kept = [
    size * (1.0 - tf.cast(sparsity, tf.float64))
    for size, sparsity in zip(sizes, sparsities, strict=True)
  ]
  return tf.maximum(tf.cast(tf.round(tf.add_n(kept)), tf.int32), len(sizes))
