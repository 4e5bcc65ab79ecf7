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
"""Compares the layers of a dense and a pruned network."""

import dataclasses

from tf_ganprune import compression, sparsity
from tf_ganprune.graphs import signatures
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import report as sparsity_report
from tf_ganprune.sparsity.wrapping import prunable

_GONE = "not in the pruned network"
_NEW = "only in the pruned network"


@dataclasses.dataclass(frozen=True)
class LayerChange:
  """The weights and channels of a layer, dense and pruned.

  Example:
    >>> LayerChange("conv", 1000, 250, channels=32, channels_left=16).share
    0.25

  Attributes:
    name: The layer's name, as in `tgp.sparsity_report`.
    weights: The number of nonzero weights in the dense network.
    weights_left: The number of nonzero weights in the pruned network.
    channels: The number of output channels or units in the dense network, None
      for layers without such a number.
    channels_left: The number of output channels or units in the pruned network.
    note: A remark if only one of the networks has the layer.
  """

  name: str
  weights: int
  weights_left: int
  channels: int | None = None
  channels_left: int | None = None
  note: str = ""

  @property
  def share(self) -> float | None:
    """The share of its nonzero weights that is left, None if it had none."""
    return self.weights_left / self.weights if self.weights else None

  @property
  def is_narrower(self) -> bool:
    """Whether the pruned network's layer has another number of channels."""
    counts = self.channels, self.channels_left
    return None not in counts and counts[0] != counts[1]


def changes(dense: keras.Model, pruned: keras.Model) -> tuple[LayerChange, ...]:
  """Compares the layers of two networks by their names.

  Args:
    dense: A built network.
    pruned: The pruned network, with wrappers or without.

  Returns:
    A record for each layer with kernels, in the order of the dense network;
    layers that only the pruned one has come last.
  """
  dense, pruned = _plain(dense), _plain(pruned)
  ours, theirs = _weights(dense), _weights(pruned)
  before, after = _channels(dense), _channels(pruned)
  return tuple(
    LayerChange(
      name,
      ours.get(name, 0),
      theirs.get(name, 0),
      before.get(name),
      after.get(name),
      _NEW if name not in ours else "" if name in theirs else _GONE,
    )
    for name in dict.fromkeys([*ours, *theirs])
  )


def _plain(network) -> keras.Model:
  """Returns a network without wrappers of clustered or rounded weights."""
  if not signatures.is_graph(network) or not compression.is_compressed(network):
    return network
  return compression.strip_weights(sparsity.strip_pruning(network))


def _weights(network) -> dict[str, int]:
  """Returns the number of nonzero weights by the layers' names."""
  return {
    # Weights of a network's own go by its name, which a copy changes.
    "(network)" if name == network.name else name: round(size * (1 - zeros))
    for name, zeros, size, _ in sparsity_report.sparsity_report(network).layers
  }


def _channels(network) -> dict[str, int]:
  found = {}
  for path, layer in prunable.leaves(network):
    for attribute in ("filters", "units"):
      if isinstance(count := getattr(layer, attribute, None), int):
        found[path] = count
  return found
