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
"""Converts decoded images of any size and type to one shape, in [-1, 1]."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tf_ganprune import arguments

_MIN_SIZE = 4


def check_image_size(
  image_size: int | Sequence[int] | None,
) -> tuple[int, int] | None:
  """Checks `image_size`, and returns it as (height, width) or None.

  Args:
    image_size: The pixels of both sides, or (height, width), or None.

  Raises:
    ValueError: If it is none of these, or a side is under 4 pixels.
  """
  if image_size is None:
    return None
  if arguments.is_whole(image_size):
    sides: Any = (image_size, image_size)
  else:
    sides = image_size
  valid = isinstance(sides, Sequence) and len(sides) == 2
  if valid and all(
    arguments.is_whole(side) and side >= _MIN_SIZE for side in sides
  ):
    return int(sides[0]), int(sides[1])
  raise ValueError(
    "`image_size` must be a whole number of pixels, or a pair (height, width),"
    f" each at least {_MIN_SIZE}; got {image_size!r}."
  )


def value_range_of(
  dtype: np.dtype, value_range: tuple[float, float] | None, name: str
) -> tuple[float, float]:
  """Returns the pixel values that mean black and white.

  Args:
    dtype: The type of the stored pixels.
    value_range: The values that the user gives, or None.
    name: The name of the data set, for the message.

  Raises:
    ValueError: If the range is empty, or the user gives none and the pixels
      are not uint8 or uint16.
  """
  if value_range is not None:
    low, high = value_range
    if not low < high:
      raise ValueError(
        "`value_range` must be (lowest, highest) with lowest < highest; got"
        f" {value_range!r}."
      )
    return float(low), float(high)
  if dtype in (np.uint8, np.uint16):
    return 0.0, float(np.iinfo(dtype).max)
  raise ValueError(
    f"The images of {name!r} are stored as {np.dtype(dtype).name}, which does"
    " not tell which values are black and white: pass `value_range`, such as"
    " (0, 1) or (0, 255)."
  )


def crop_to_aspect(image: tf.Tensor, height: int, width: int) -> tf.Tensor:
  """Crops the largest centred part that has the target's aspect ratio.

  Args:
    image: `[h, w, channels]`, of any size.
    height: The height of the target; only `height / width` matters.
    width: The width of the target.

  Returns:
    The part, `[h', w', channels]`, with `h' = h` or `w' = w`.
  """
  shape = tf.shape(image)
  sides = tf.cast(shape[:2], tf.float64)
  target = tf.constant([height, width], tf.float64)
  cropped = tf.cast(tf.round(target * tf.reduce_min(sides / target)), tf.int32)
  # At least one line of pixels must remain of a very thin image.
  cropped = tf.clip_by_value(cropped, 1, shape[:2])
  start = (shape[:2] - cropped) // 2
  stop = start + cropped
  return image[start[0] : stop[0], start[1] : stop[1], :]


def _to_levels(image: tf.Tensor, value_range: tuple[float, float]) -> tf.Tensor:
  """Maps `value_range` to [0, 255], float32, and checks pixels against it."""
  low, high = value_range
  image = tf.cast(image, tf.float32)
  inside = tf.reduce_all((image >= low) & (image <= high))
  check = tf.debugging.Assert(
    inside,
    [f"An image has pixels outside the value range [{low}, {high}]."],
  )
  with tf.control_dependencies([check]):
    return (image - low) * (255.0 / (high - low))


def check_channels(found: int, channels: int | None, name: str) -> None:
  """Raises unless images of `found` channels can be converted to `channels`.

  Args:
    found: The channels of the images.
    channels: The channels to convert to, or None.
    name: The name of the data set, for the message.

  Raises:
    ValueError: If they cannot.
  """
  if channels in (None, found) or {found, channels} == {1, 3}:
    return
  raise ValueError(
    f"`channels` must be {found}, as the images of {name!r} have, or convert 3"
    f" to 1 or 1 to 3; got {channels!r}."
  )


def _to_channels(image: tf.Tensor, channels: int | None) -> tf.Tensor:
  if channels in (None, image.shape[-1]):
    return image
  if channels == 1:
    return tf.image.rgb_to_grayscale(image)
  return tf.image.grayscale_to_rgb(image)


def to_pixels(
  image: tf.Tensor,
  size: tuple[int, int] | None,
  channels: int | None,
  value_range: tuple[float, float],
) -> tf.Tensor:
  """Converts an image to its final shape, as 8-bit pixels.

  It is cropped to the aspect ratio of `size` around its centre, then resized
  with an antialiased bilinear filter and rounded to whole grey levels.

  Args:
    image: `[h, w, c]`, of any numeric type.
    size: (height, width), or None to keep the image's own.
    channels: 1 for grey, 3 for colour, or None to keep the image's own.
    value_range: The pixel values that mean black and white.

  Returns:
    uint8, `[height, width, channels]`.

  Raises:
    tf.errors.InvalidArgumentError: When run, if a pixel is outside
      `value_range`.
  """
  levels = _to_channels(_to_levels(image, value_range), channels)
  if size is not None and tuple(image.shape[:2]) != size:
    levels = tf.image.resize(
      crop_to_aspect(levels, *size), size, method="bilinear", antialias=True
    )
  levels = tf.clip_by_value(tf.round(levels), 0.0, 255.0)
  return tf.cast(levels, tf.uint8)


def scale(pixels: tf.Tensor) -> tf.Tensor:
  """Maps uint8 pixels to float32 in [-1, 1]: 0 to -1 and 255 to 1, exactly."""
  return tf.cast(pixels, tf.float32) / 127.5 - 1.0
