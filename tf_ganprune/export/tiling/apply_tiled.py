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
"""Applies a network of a fixed size to pictures of any size."""

import os
from collections.abc import Iterator

import numpy as np

from tf_ganprune import arguments, array_types
from tf_ganprune.export.tiling import seams, tile_runner
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import progress


def apply_tiled(
  path_or_model: str | os.PathLike | keras.Model,
  image: array_types.Array,
  overlap: int | None = None,
) -> np.ndarray:
  """Runs a network of a fixed size on pictures of any size, tile by tile.

  Tiles overlap, and pass into each other around the middle of what they share;
  a network's own border, as of its padding, is not used inside of a picture.
  Where tiles share twice the distance that the network sees, the result is that
  of the whole picture. A picture smaller than a tile, or no multiple of what
  the network halves, is continued by its reflection, which is cut off again.

  A norm over the picture, as instance normalization, is one over each tile:
  there no overlap gives the result of the whole picture. Flat tiles become
  more contrasted than they would be, and wide overlaps hide the change.

  Beside the pictures and the result, memory is used for one row of tiles.

  Example:
    >>> network = tgp.networks.u_net_generator((64, 64, 3), 8, num_downs=3)
    >>> tgp.apply_tiled(network, np.zeros((100, 150, 3), "float32")).shape
    (100, 150, 3)

  Args:
    path_or_model: The path of a `.tflite` file, or a Keras network. It takes
      and gives one picture of a fixed size; what it gives may be larger by a
      whole factor, as in super-resolution.
    image: `[height, width, channels]`, or several `[n, height, width,
      channels]`, with values as the network or file takes them: `uint8` for a
      file of bytes, else floats.
    overlap: How many pixels, of the picture, two tiles share at least. By
      default twice the distance that a Keras network of known layers sees, but
      no more than half a tile; half a tile for others, and for files, which do
      not say how far their networks see.

  Returns:
    The pictures made, `[height, width, channels]` or `[n, height, width,
    channels]`; `uint8` if the file gives bytes, else float32.

  Raises:
    ValueError: If the network or the file does not turn one picture of a fixed
      size into one, or the file does not run; if the picture has other
      channels or another type than it takes; or if `overlap` is not a whole
      number from 0 to below the tile.
  """
  runner = tile_runner.of(path_or_model)
  pictures = _checked(image, runner)
  tile = min(runner.shape[:2])
  if overlap is None:
    overlap = _overlap(runner)
  arguments.whole("overlap", overlap, 0)
  if overlap >= tile:
    raise ValueError(
      f"`overlap` must be smaller than the tile, {runner.shape[0]}x"
      f"{runner.shape[1]}; got {overlap}."
    )
  sides = [
    seams.place(size, tile, overlap, runner.field.multiple, runner.field.radius)
    for size, tile in zip(pictures.shape[1:3], runner.shape[:2], strict=True)
  ]
  height, width = (x * runner.factor for x in pictures.shape[1:3])
  made = np.empty(
    (len(pictures), height, width, runner.channels), runner.out_dtype
  )
  count = len(pictures) * len(sides[0].starts) * len(sides[1].starts)
  for _ in progress.shown(_runs(runner, pictures, made, sides), "tiles", count):
    pass
  return made if np.ndim(image) == 4 else made[0]


def _checked(image, runner) -> np.ndarray:
  """Returns pictures `[n, height, width, channels]`."""
  pictures = np.asarray(image)
  if pictures.ndim == 3:
    pictures = pictures[None]
  if pictures.ndim != 4 or 0 in pictures.shape:
    raise ValueError(
      "`image` must be [height, width, channels] or [n, height, width,"
      f" channels]; got the shape {np.shape(image)}."
    )
  if pictures.shape[-1] != runner.shape[-1]:
    raise ValueError(
      f"`image` has {pictures.shape[-1]} channels, and the network takes"
      f" {runner.shape[-1]}."
    )
  if runner.dtype.kind == "f" and pictures.dtype.kind == "f":
    return pictures
  if runner.dtype != pictures.dtype:
    raise ValueError(
      f"`image` is {pictures.dtype}, and the network takes {runner.dtype}; map"
      " it to the values that it was trained on, such as `image / 127.5 - 1`"
      " for bytes and a range of [-1, 1], or export a file with"
      " `input_range='uint8'`."
      if runner.dtype.kind == "f"
      else f"`image` is {pictures.dtype}, and the file takes {runner.dtype},"
      " values from 0 to 255 as pictures have them."
    )
  return pictures


def _overlap(runner) -> int:
  tile, field = min(runner.shape[:2]), runner.field
  half = tile // 2
  wanted = half if field.radius is None else min(half, 2 * field.radius)
  return min(wanted, max(0, tile - field.multiple))


def _runs(runner, pictures, made, sides) -> Iterator[None]:
  """Runs all tiles, and writes the rows of pixels that are done."""
  for picture, out in zip(pictures, made, strict=True):
    yield from _of_picture(runner, picture, out, *sides)


def _of_picture(runner, picture, out, rows, columns) -> Iterator[None]:
  factor = runner.factor
  band = np.zeros(
    (rows.tile * factor, columns.size * factor, runner.channels), np.float32
  )
  for i, top in enumerate(rows.starts):
    for j, left in enumerate(columns.starts):
      tile = _tile(picture, top, left, runner)
      weights = np.multiply.outer(
        rows.weights(i, factor), columns.weights(j, factor)
      )
      at = slice(left * factor, (left + columns.tile) * factor)
      band[:, at] += runner.run(tile) * weights[..., None]
      yield
    following = [*rows.starts[i + 1 : i + 2], rows.size][0]
    done = (following - top) * factor
    _write(out[top * factor :][:done], band)
    band[: len(band) - done] = band[done:].copy()
    band[len(band) - done :] = 0.0


def _tile(picture, top, left, runner) -> np.ndarray:
  """Returns a tile of a picture, which its reflection continues."""
  height, width, _ = runner.shape
  rows = _reflected(top, height, picture.shape[0])
  columns = _reflected(left, width, picture.shape[1])
  return picture[np.ix_(rows, columns)].astype(runner.dtype)


def _reflected(start, count, size) -> np.ndarray:
  """Returns numbers of pixels, reflected at both ends of a side."""
  if size == 1:
    return np.zeros(count, int)
  numbers = np.arange(start, start + count) % (2 * size - 2)
  return np.where(numbers < size, numbers, 2 * size - 2 - numbers)


def _write(out, band) -> None:
  values = band[: out.shape[0], : out.shape[1]]
  if out.dtype.kind in "ui":
    limits = np.iinfo(out.dtype)
    values = np.clip(np.round(values), limits.min, limits.max)
  out[...] = values
