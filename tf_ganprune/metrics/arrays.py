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
"""Checks features and images for the metrics, and splits work into blocks."""

from collections.abc import Iterator

import numpy as np

from tf_ganprune import array_types
from tf_ganprune import value_range as value_ranges

# A block of this many float64 distances takes 32 MB.
_BLOCK = 2**22


def check_matrix(
  values: array_types.Array,
  name: str,
  least: int = 2,
  keep_float32: bool = False,
) -> np.ndarray:
  """Checks features or logits, and returns them as a float64 matrix.

  Args:
    values: Features or logits, `[n, d]`, as anything that numpy can read.
    name: The name of the argument, for the message.
    least: The least number of rows.
    keep_float32: Whether float32 stays what it is, as large sets do.

  Raises:
    ValueError: If they are not numeric, not 2-D, too few, or not finite.
  """
  try:
    matrix = np.asarray(values)
    if not keep_float32 or matrix.dtype != np.float32:
      matrix = matrix.astype(np.float64, copy=False)
  except (TypeError, ValueError) as error:
    raise ValueError(
      f"`{name}` must be an array of real numbers, [n, d]; got"
      f" {type(values).__name__} ({error})."
    ) from error
  if matrix.ndim != 2 or not matrix.shape[1]:
    raise ValueError(
      f"`{name}` must have the shape [n, d], one row an image; got"
      f" {list(matrix.shape)}. Flatten the features of each image into a row."
    )
  if len(matrix) < least:
    raise ValueError(
      f"`{name}` has {len(matrix)} rows, and this metric needs at least"
      f" {least}. Pass more images."
    )
  _check_finite(matrix, name)
  return matrix


def _check_finite(values: np.ndarray, name: str) -> None:
  bad = values.size - np.count_nonzero(np.isfinite(values))
  if bad:
    raise ValueError(
      f"`{name}` holds {bad} values that are NaN or infinite, out of"
      f" {values.size}. Check that the network that made them has not diverged."
    )


def check_features(
  real: array_types.Array,
  generated: array_types.Array,
  least: int = 2,
  keep_float32: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
  """Checks two sets of features, and returns them as float64 matrices.

  Args:
    real: Features of real images, `[n, d]`.
    generated: Features of generated images, `[m, d]`.
    least: The least number of rows of each.
    keep_float32: As in `check_matrix`.

  Raises:
    ValueError: If one is not as in `check_matrix`, or the widths differ.
  """
  real = check_matrix(real, "real", least, keep_float32)
  generated = check_matrix(generated, "generated", least, keep_float32)
  if real.shape[1] != generated.shape[1]:
    raise ValueError(
      f"`real` has {real.shape[1]} features and `generated` has"
      f" {generated.shape[1]}. Compute both with the same network."
    )
  return real, generated


def check_images(
  images: array_types.Array,
  name: str,
  least: int = 1,
  value_range: tuple[float, float] | None = None,
) -> np.ndarray:
  """Checks images, and returns them in [-1, 1] as float32.

  Args:
    images: `[n, height, width, channels]`, floats in [-1, 1].
    name: The name of the argument, for the message.
    least: The least number of images.
    value_range: The values that mean black and white, for images that are not
      in [-1, 1]; these may be whole numbers.

  Raises:
    ValueError: If shape, type, number or range of the images is wrong.
  """
  images = np.asarray(images)
  if images.ndim != 4 or not all(images.shape[1:]):
    raise ValueError(
      f"`{name}` must have the shape [n, height, width, channels]; got"
      f" {list(images.shape)}."
    )
  said = value_ranges.checked(value_range)
  if said is None and not np.issubdtype(images.dtype, np.floating):
    raise ValueError(
      f"`{name}` must be floats in [-1, 1]; got {images.dtype}. Scale 8-bit"
      " images with `images / 127.5 - 1`, or pass `value_range=(0, 255)`."
    )
  if len(images) < least:
    raise ValueError(
      f"`{name}` holds {len(images)} images; pass at least {least}."
    )
  _check_finite(images, name)
  _check_range(images, name, said)
  return images.astype(np.float32) if said is None else said.to_standard(images)


def _check_range(images, name: str, said) -> None:
  low, high = value_ranges.STANDARD if said is None else (said.low, said.high)
  # Resizing and half precision may overshoot by a rounding error.
  slack = 5e-4 * (high - low)
  if images.min() < low - slack or images.max() > high + slack:
    raise ValueError(
      f"`{name}` must lie in [{low:g}, {high:g}]; its values run from"
      f" {images.min():g} to {images.max():g}. Scale 8-bit images with"
      " `images / 127.5 - 1`, or pass `value_range=(black, white)`."
    )


def row_blocks(rows: int, columns: int) -> Iterator[slice]:
  """Yields slices of rows whose results fit into 32 MB.

  Args:
    rows: The number of all rows.
    columns: The number of float64 results for each row.
  """
  step = max(1, _BLOCK // max(1, columns))
  for start in range(0, rows, step):
    yield slice(start, min(start + step, rows))


def check_same_shape(images: np.ndarray, references: np.ndarray) -> None:
  """Checks that there is one reference for each image, of its shape.

  Args:
    images: `[n, height, width, channels]`.
    references: What they are compared with.

  Raises:
    ValueError: If the shapes differ.
  """
  if images.shape != references.shape:
    raise ValueError(
      f"`images` have the shape {list(images.shape)} and `references`"
      f" {list(references.shape)}; pass one reference for each image, of its"
      " size."
    )
