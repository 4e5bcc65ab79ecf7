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
"""Dependencies between channels: ties between axes of tensors and weights."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph


class Axis:
  """The channels of an axis of tensors or weights, one for each index.

  Several axes can have the same channels, and an axis can have a channel many
  times: after a `Flatten` of 7x7 pixels, 49 times.

  Attributes:
    channels: The numbers of the channels, int64 `[length]`.

  Example:
    `Axis(np.arange(8))`
  """

  def __init__(self, channels: np.ndarray):
    self.channels = np.asarray(channels, np.int64)

  def __len__(self) -> int:
    return len(self.channels)


class Space:
  """Collects the channels of a network, their ties, and those that must stay.

  Example:
    >>> space = Space()
    >>> a, b = space.new(4), space.new(4)
    >>> space.tie(a, b)
    >>> space.units().tolist()
    [0, 1, 2, 3, 0, 1, 2, 3]
  """

  def __init__(self):
    self._size = 0
    self._ties: list[tuple[np.ndarray, np.ndarray]] = []
    self._fixed: list[tuple[np.ndarray, str]] = []

  def new(self, length: int) -> Axis:
    """Returns an axis of new channels without ties."""
    self._size += length
    return Axis(np.arange(self._size - length, self._size))

  def tie(self, a: Axis, b: Axis) -> None:
    """Ties the channels at the same index of two axes.

    Tied channels are removed together or kept together.

    Args:
      a: An axis.
      b: An axis of the same length; or one of length 1, which is broadcast and
        therefore stays.
    """
    if len(a) == len(b):
      self.tie_channels(a.channels, b.channels)
      return
    for axis in (a, b):
      if len(axis) == 1:
        self.fix(axis, "it is one channel, which is broadcast to others")

  def tie_channels(self, a: np.ndarray, b: np.ndarray) -> None:
    """Ties channels by their numbers, in two arrays that are broadcast."""
    a, b = np.broadcast_arrays(a, b)
    self._ties.append((a.ravel(), b.ravel()))

  def fix(self, axis: Axis, reason: str) -> None:
    """Keeps all channels of an axis.

    Args:
      axis: The axis.
      reason: The reason, a clause about the channels or their layer.
    """
    self._fixed.append((axis.channels, reason))

  def units(self) -> np.ndarray:
    """Returns the number of each channel's unit, int `[channels]`.

    A unit is a set of channels that are tied, directly or through others, so
    that they are removed together or kept together.
    """
    if not self._ties:
      return np.arange(self._size)
    rows = np.concatenate([a for a, _ in self._ties])
    columns = np.concatenate([b for _, b in self._ties])
    ties = sparse.coo_matrix(
      (np.ones(len(rows), bool), (rows, columns)), (self._size, self._size)
    )
    return csgraph.connected_components(ties, directed=False)[1]

  def fixed(self) -> Sequence[tuple[np.ndarray, str]]:
    """Returns pairs of the numbers of channels that stay, and the reason."""
    return self._fixed
