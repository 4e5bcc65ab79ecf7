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
"""Chooses the units that stay, so that their cost is within a budget."""

import dataclasses
import itertools
from collections.abc import Callable, Sequence

import numpy as np

from tf_ganprune.channels import groups as groups_
from tf_ganprune.keras_compat import keras

Cost = Callable[[np.ndarray], float]
# Costs that are measured on finished networks, by the name of the budget. Each
# maps the whole network to a function that maps a smaller one to a fraction of
# the whole one's cost. `tf_ganprune.export` adds its own.
MEASURES: dict[
  str, Callable[[keras.Model], Callable[[keras.Model], float]]
] = {}
_CLOSE = 0.995
_TRIES = 400
# Below this share of a budget chunks are exchanged; the most trials of that.
_WASTEFUL = 0.98
_EXCHANGES = 64


class RemovalOrder:
  """The order in which chunks of units are removed from a network.

  Example:
    >>> choice = RemovalOrder(groups, values, num_units, round_to=8)
    >>> kept = choice.fit(costs.macs, 0.25 * costs.macs(everything))
  """

  def __init__(
    self,
    groups: Sequence[groups_.Group],
    values: np.ndarray,
    num_units: int,
    round_to: int = 1,
  ):
    """Sorts the units into chunks, in the order of removal.

    Args:
      groups: The groups of units that can be removed.
      values: The values of units, `[units]`; the lowest are removed first.
      num_units: The number of units.
      round_to: Each group keeps a multiple of this number of units, or all.
    """
    self._num_units = num_units
    chunks = [
      c for g in enumerate(groups) for c in _chunks(*g, values, round_to)
    ]
    self._chunks = sorted(chunks, key=lambda chunk: (chunk.value, -chunk.first))

  def kept(self, num_gone: int) -> np.ndarray:
    """Returns the units left without the first chunks, bool `[units]`."""
    kept = np.ones(self._num_units, bool)
    if num_gone:
      gone = [chunk.units for chunk in self._chunks[:num_gone]]
      kept[np.concatenate(gone)] = False
    return kept

  def least(self) -> np.ndarray:
    """Returns the units left without all removable chunks, bool `[units]`."""
    return self.kept(len(self._chunks))

  def fit(self, cost: Cost, target: float, fill: bool = True) -> np.ndarray:
    """Returns the most valuable units that cost no more than a target.

    Args:
      cost: A function from kept units, bool `[units]`, to their cost, which
        falls as units are removed.
      target: The highest cost; not below `cost(least())`.
      fill: Whether to put back later chunks that fit where the next one in
        order does not, and to exchange chunks if much of the target is unused.
        It takes many calls of `cost`.

    Returns:
      The units to keep, bool `[units]`.
    """
    low, high = 0, len(self._chunks)
    while low < high:
      middle = (low + high) // 2
      if cost(self.kept(middle)) <= target:
        high = middle
      else:
        low = middle + 1
    kept = self.kept(low)
    if not fill:
      return kept
    kept = _filled(kept, self._chunks[:low][::-1], cost, target)
    return self._exchanged(kept, cost, target)

  def _exchanged(self, kept, cost, target) -> np.ndarray:
    """Returns kept units after exchanges of chunks that use more of the target.

    It stops when the cost is close to the target, or no exchange raises it.
    """
    most, before = cost(kept), -1.0
    while before < most < _WASTEFUL * target:
      before, now = most, kept
      for gone, back in itertools.islice(self._exchanges(now), _EXCHANGES):
        other = self._after(now, gone, back, cost, target)
        if cost(other) > most:
          kept, most = other, cost(other)
        if most >= _WASTEFUL * target:
          break
    return kept

  def _exchanges(self, kept):
    """Yields pairs of one or two chunks to remove, and a chunk to put back.

    Chunks to remove are the last kept ones of their groups, the least valuable
    first; a chunk to put back is the first removed one of its group, the most
    valuable first.
    """
    ends, following = {}, {}
    for chunk in sorted(self._chunks, key=lambda chunk: chunk.first):
      if kept[chunk.units].all():
        ends[chunk.group] = [chunk, *ends.get(chunk.group, ())][:2]
      else:
        following.setdefault(chunk.group, chunk)
    lowest = sorted(ends.values(), key=lambda end: end[0].value)
    highest = sorted(following.values(), key=lambda chunk: -chunk.value)
    for gone, back in itertools.product(_ones_and_twos(lowest), highest):
      if back.group not in {chunk.group for chunk in gone}:
        yield gone, back

  def _after(self, kept, gone, back, cost, target) -> np.ndarray:
    """Returns kept units after an exchange, with chunks that fit then."""
    kept = kept.copy()
    kept[np.concatenate([chunk.units for chunk in gone])] = False
    kept = _filled(kept, [back], cost, target)
    others = [chunk for chunk in self._chunks[::-1] if chunk not in gone]
    return _filled(kept, others, cost, target)


def _ones_and_twos(ends):
  """Yields lists of one or two chunks that could be removed.

  These are the last chunk of a group, its last two, or the last of two groups.

  Args:
    ends: For each group, the last kept chunk, and the one before it.
  """
  yield from (end[:1] for end in ends)
  yield from (end for end in ends if len(end) == 2)
  for one, other in itertools.combinations(ends, 2):
    yield [one[0], other[0]]


def _filled(kept, chunks, cost, target) -> np.ndarray:
  """Returns kept units together with those chunks, in order, that fit."""
  candidates = [chunk for chunk in chunks if not kept[chunk.units].any()]
  for chunk in candidates[:_TRIES]:
    if cost(kept) >= _CLOSE * target:
      break
    more = kept.copy()
    more[chunk.units] = True
    # The last of a group may be short, and fit where one before it does not.
    if kept[chunk.before].all() and cost(more) <= target:
      kept = more
  return kept


@dataclasses.dataclass(frozen=True, eq=False)
class _Chunk:
  """Units of a group that are removed at once.

  Attributes:
    group: The index of the group.
    value: The mean value of the units.
    first: The rank of the first unit in its group, by value.
    units: The numbers of the units.
    before: The units of the chunk before, which must be kept with this one.
  """

  group: int
  value: float
  first: int
  units: np.ndarray
  before: np.ndarray


def _chunks(number: int, group: groups_.Group, values, round_to: int):
  """Yields a group's chunks without the first, which always stays."""
  order = group.units[np.argsort(-values[group.units], kind="stable")]
  for first in range(round_to, len(order), round_to):
    units = order[first : first + round_to]
    before = order[first - round_to : first]
    yield _Chunk(number, float(values[units].mean()), first, units, before)
