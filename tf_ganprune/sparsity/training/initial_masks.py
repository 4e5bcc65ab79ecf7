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
"""The first masks of dynamic sparse training."""

from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune.sparsity.masks import applying, kth_largest, patterns
from tf_ganprune.sparsity.schedules import dynamic
from tf_ganprune.sparsity.training import joint, rewiring
from tf_ganprune.sparsity.wrapping import scoring, wrapper


def start(layers: Sequence[wrapper.PruneLowMagnitude]) -> None:
  """Draws and applies the first masks of layers with a dynamic schedule.

  Layers that have masks already, or are frozen, are left as they are. Call it
  outside of a graph.

  Args:
    layers: Pruned layers of one network.

  Raises:
    ValueError: If a layer needs gradients and has no slots for them.
  """
  new = [one for one in layers if one.is_dynamic() and not one.has_begun]
  for unit in joint.units([one for one in new if one.layer.trainable]):
    _start(unit)


def _start(unit) -> None:
  entries = [(layer, entry) for layer in unit for entry in layer.entries()]
  for layer in unit:
    if layer.pruning_schedule.needs_gradients and not layer.slots:
      raise ValueError(
        f"Layer {layer.layer.name!r} was wrapped by TF-MOT's"
        " prune_low_magnitude, which keeps no gradients for"
        f" {type(layer.pruning_schedule).__name__}; wrap it with"
        " tgp.prune_low_magnitude."
      )
    layer.has_begun = True
  # Above 0, a threshold says that there is a mask: it was loaded.
  if any(entry.threshold.numpy() > 0 for _, entry in entries):
    return
  counts = num_alive(unit, entries[0][0].pruning_schedule.sparsity)
  for (layer, entry), count in zip(entries, counts, strict=True):
    rewiring.begin(entry, _drawn(layer.pruning_schedule, entry, count))
    applying.apply_mask(entry.weight, entry.mask)


def _drawn(schedule: dynamic.DynamicSparsity, entry: scoring.Entry, count):
  scores = schedule.random(entry.mask.shape, entry.place, 0)
  return kth_largest.highest(scores, count)[0]


def num_alive(unit: Sequence[wrapper.PruneLowMagnitude], sparsity) -> list:
  """Returns how many weights of each kernel stay at a sparsity.

  Args:
    unit: The layers of one joint allocation, or a single layer.
    sparsity: The share of zeros.

  Returns:
    A list with a scalar int32 for each kernel that is not frozen.
  """
  weights = [entry.mask for layer in unit for entry in layer.entries()]
  sizes = [weight.shape.num_elements() for weight in weights]
  if not unit[0].allocation.is_joint:
    return [patterns.num_kept(size, sparsity) for size in sizes]
  kept = joint.num_kept(sizes, [sparsity] * len(sizes))
  shapes = [tf.zeros(weight.shape) for weight in weights]
  return tf.unstack(unit[0].allocation.counts(shapes, kept))
