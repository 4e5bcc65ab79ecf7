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
"""Places tiles along one side of a picture, and weights them at their seams."""

import dataclasses
import math

import numpy as np


@dataclasses.dataclass(frozen=True)
class Side:
  """The tiles along one side of a picture.

  Weights of all tiles add up to 1 at each pixel. Between two tiles they pass
  from one to the other around the middle of the overlap, and are 0 where a
  tile's own border may be seen.

  Example:
    >>> place(100, tile=64, overlap=32, multiple=4, radius=10).starts
    (0, 32, 36)

  Attributes:
    size: The side in pixels, enlarged to what tiles can cover.
    tile: The size of a tile.
    starts: The first pixel of each tile.
    radius: How many pixels away a network sees; None for all of a picture.
  """

  size: int
  tile: int
  starts: tuple[int, ...]
  radius: int | None

  def weights(self, number: int, factor: int = 1) -> np.ndarray:
    """Returns a tile's weights, float32 `[tile * factor]`.

    Args:
      number: The number of the tile, from 0.
      factor: How many pixels a network makes of one.
    """
    pixels = np.arange(self.tile * factor, dtype=np.float64) + 0.5
    x = pixels / factor + self.starts[number]
    rise, fall = self._passed(number, x), self._passed(number + 1, x)
    return (rise - fall).astype(np.float32)

  def _passed(self, number, x) -> np.ndarray:
    """Returns the share that tiles from a number on have at places."""
    if number == 0:
      return np.ones_like(x)
    if number == len(self.starts):
      return np.zeros_like(x)
    middle, half = self._middle(number), self._half(number)
    if not half:
      return (x > middle).astype(np.float64)
    return np.clip((x - middle + half) / (2 * half), 0.0, 1.0)

  def _middle(self, number) -> float:
    return (self.starts[number - 1] + self.tile + self.starts[number]) / 2

  def _half(self, number) -> float:
    """Returns half the width of the passage from one tile to the next."""
    shared = self.starts[number - 1] + self.tile - self.starts[number]
    fits = self.radius is not None and shared >= 2 * self.radius
    return shared / 2 - self.radius if fits else shared / 4


def place(
  size: int, tile: int, overlap: int, multiple: int, radius: int | None
) -> Side:
  """Places tiles along one side of a picture.

  Args:
    size: The side in pixels.
    tile: The size of a tile, a multiple of `multiple`.
    overlap: How many pixels two tiles share at least, below `tile`.
    multiple: What the places of tiles are multiples of.
    radius: How many pixels away the network sees; None for all of a picture.

  Raises:
    ValueError: If no step of that multiple leaves that overlap.
  """
  step = (tile - overlap) // multiple * multiple
  if not step:
    raise ValueError(
      f"`overlap` is {overlap} of {tile} pixels, and this network's tiles lie"
      f" at multiples of {multiple}; it can be {tile - multiple} at most."
    )
  size = max(tile, math.ceil(size / multiple) * multiple)
  return Side(size, tile, (*range(0, size - tile, step), size - tile), radius)
