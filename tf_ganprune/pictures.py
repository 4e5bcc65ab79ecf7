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
"""Grids of images, and PNG files of them."""

import math
import os
import pathlib

import numpy as np
import tensorflow as tf

from tf_ganprune import files
from tf_ganprune import value_range as value_ranges

_WHITE = 255
_TOLERANCE = 1e-5


def _to_pixels(images: np.ndarray, value_range) -> np.ndarray:
  images = np.asarray(images, np.float32)
  if images.ndim != 4 or not len(images) or images.shape[-1] not in (1, 3):
    raise ValueError(
      "`images` must be of shape [n, height, width, channels], with n > 0 and 1"
      f" or 3 channels; got {list(images.shape)}."
    )
  said = value_ranges.checked(value_range or value_ranges.STANDARD)
  slack = _TOLERANCE * (said.high - said.low) / 2
  # Written so that NaN fails too.
  if not ((images >= said.low - slack) & (images <= said.high + slack)).all():
    raise ValueError(
      f"`images` must lie in [{said.low:g}, {said.high:g}]; got values from"
      f" {images.min():.4g} to {images.max():.4g}. For images of other values,"
      " pass `value_range=(black, white)`."
    )
  pixels = np.round((said.to_standard(images) + 1) * 127.5)
  return pixels.astype(np.uint8)


def image_grid(
  images: np.ndarray,
  columns: int | None = None,
  gap: int = 2,
  zoom: int = 1,
  value_range: tuple[float, float] | None = None,
) -> np.ndarray:
  """Lays out images in a grid, row by row, on a white background.

  Args:
    images: In [-1, 1], `[n, height, width, channels]`, 1 or 3 channels.
    columns: The number of images in a row; by default the grid is about square.
    gap: The number of white pixels between images.
    zoom: The number of times each pixel is repeated, in both directions.
    value_range: The values that mean black and white, in place of (-1, 1).

  Returns:
    The grid, uint8 `[height, width, channels]`.

  Raises:
    ValueError: If the images are of another shape or outside their range, or
      there is less than one column or zoom.
  """
  pixels = _to_pixels(images, value_range)
  pixels = pixels.repeat(zoom, axis=1).repeat(zoom, axis=2)
  n, height, width, channels = pixels.shape
  if columns is None:
    columns = math.ceil(math.sqrt(n))
  if columns < 1 or zoom < 1 or gap < 0:
    raise ValueError(
      "`columns` and `zoom` must be at least 1 and `gap` at least 0; got"
      f" {columns}, {zoom} and {gap}."
    )
  rows = math.ceil(n / columns)
  size = (rows * (height + gap) - gap, columns * (width + gap) - gap, channels)
  grid = np.full(size, _WHITE, np.uint8)
  for i, image in enumerate(pixels):
    top = i // columns * (height + gap)
    left = i % columns * (width + gap)
    grid[top : top + height, left : left + width] = image
  return grid


def encode_png(array: np.ndarray) -> bytes:
  """Encodes uint8 pixels, `[height, width, channels]`, as a PNG."""
  if array.dtype != np.uint8 or array.ndim != 3:
    raise ValueError(
      "`array` must be uint8, of shape [height, width, channels]; got"
      f" {array.dtype.name}, {list(array.shape)}."
    )
  return tf.io.encode_png(array).numpy()


def write_png(path: str | os.PathLike, array: np.ndarray) -> pathlib.Path:
  """Writes pixels as a PNG file, whole or not at all.

  Args:
    path: The file's path; missing folders are created.
    array: uint8, `[height, width, channels]`.

  Returns:
    The path.

  Raises:
    ValueError: If the array is of another type or shape, or the folder cannot
      be written to.
    OSError: If writing fails, for example on a full disk.
  """
  content = encode_png(array)
  files.make_directory(pathlib.Path(path).parent)
  return files.write(path, content)
