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
"""Checks the arguments of functions that make networks."""

from tf_ganprune import arguments


def positive(**values: int) -> None:
  """Raises unless all values are whole numbers of at least 1.

  Args:
    **values: The values by the arguments' names.

  Raises:
    ValueError: If one is not; the message names the argument.
  """
  for name, value in values.items():
    arguments.whole(name, value, 1)


def sides(image_shape: tuple[int, int, int]) -> tuple[int, int]:
  """Checks an image shape, and returns its height and width.

  Args:
    image_shape: `(height, width, channels)`.

  Raises:
    ValueError: If it is not three positive integers.
  """
  if len(image_shape) != 3:
    raise ValueError(
      "`image_shape` must be (height, width, channels); got"
      f" {tuple(image_shape)!r}."
    )
  height, width, channels = image_shape
  positive(height=height, width=width, channels=channels)
  return height, width


def halved(
  image_shape: tuple[int, int, int], halvings: int, advice: str = ""
) -> tuple[int, int]:
  """Returns an image's height and width after halving them several times.

  Args:
    image_shape: `(height, width, channels)`.
    halvings: The number of times.
    advice: Other advice than to resize the images, which ends the message.

  Raises:
    ValueError: If a side is odd before one of the halvings.
  """
  height, width = sides(image_shape)
  unit = 2**halvings
  if height % unit or width % unit:
    raise ValueError(
      f"`image_shape` {tuple(image_shape)} cannot be halved {halvings} times;"
      f" resize the images to {_next(height, unit)}x{_next(width, unit)}, the"
      f" next multiples of {unit}{advice}."
    )
  return height // unit, width // unit


def _next(side: int, unit: int) -> int:
  return -(-side // unit) * unit
