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
"""Reads and sets the density of networks in dynamic sparse training."""

from collections.abc import Sequence

from tf_ganprune.sparsity.training import initial_masks, joint, rewiring
from tf_ganprune.sparsity.wrapping import wrapper


def density(layers: Sequence[wrapper.PruneLowMagnitude]) -> float:
  """Returns the share of the pruned layers' weights with mask 1, in (0, 1].

  Args:
    layers: Pruned layers, not all of them frozen.
  """
  entries = [entry for layer in layers for entry in layer.entries()]
  size = sum(entry.mask.shape.num_elements() for entry in entries)
  return sum(int(rewiring.num_alive(entry)) for entry in entries) / size


def set_density(
  layers: Sequence[wrapper.PruneLowMagnitude], value: float, optimizer
) -> None:
  """Sets the density of layers by dropping or growing weights.

  The smallest weights are dropped, and the schedule chooses the weights that
  grow: for `tgp.RigL`, by the gradients of its last mask update. The
  optimizer's slots are reset as at a mask update. Call it outside of a graph.

  Args:
    layers: Pruned layers of one network, with a `DynamicSparsity` schedule.
    value: The share of weights that are not pruned, in (0, 1].
    optimizer: The network's optimizer.
  """
  for unit in joint.units([one for one in layers if one.layer.trainable]):
    entries = [
      (layer.pruning_schedule, entry)
      for layer in unit
      for entry in layer.entries([optimizer])
    ]
    counts = initial_masks.num_alive(unit, 1.0 - value)
    for (schedule, entry), count in zip(entries, counts, strict=True):
      now = rewiring.num_alive(entry)
      rewiring.rewire(schedule, entry, min(now, count), count)
