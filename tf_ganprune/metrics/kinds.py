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
"""Finds generated images of another size or value range than real ones."""

import numpy as np

# The range cannot be told from images of one value.
_LEAST_SPREAD = 0.02
# Of a hundred values one is darker than this, if black is -1.
_SHARE, _DARK = 0.01, -0.1
# Rounding and resizing leave values of [0, 1] a little below 0.
_SLACK = 0.02


class Kind:
  """The shape and the darkest values of real images, to compare others with.

  Example:
    >>> sentences = Kind(real_images).differences(Kind(images))

  Attributes:
    shape: `(height, width, channels)`.
    low: The lowest value.
    high: The highest value.
    num_values: The number of values.
    num_dark: The number of those that only images with black at -1 have.
  """

  def __init__(self, images: np.ndarray):
    """Stores the shape and the darkest values of images.

    Args:
      images: `[n, height, width, channels]`, in [-1, 1], n at least 1.
    """
    self.shape = tuple(images.shape[1:])
    self.low, self.high = np.inf, -np.inf
    self.num_values = self.num_dark = 0
    self.add(images)

  def add(self, images: np.ndarray) -> None:
    """Adds further images of the same shape.

    Args:
      images: As of the constructor.
    """
    self.low = min(self.low, float(images.min()))
    self.high = max(self.high, float(images.max()))
    self.num_values += images.size
    self.num_dark += int(np.count_nonzero(images < _DARK))

  @property
  def _is_dark(self) -> bool:
    """Whether the percentile of the darkest values is that of black at -1."""
    return self.num_dark > _SHARE * (self.num_values - 1)

  def differences(
    self, images: "np.ndarray | Kind", is_said: bool = False
  ) -> list[str]:
    """Returns sentences on a size or a value range unlike the real images'.

    Images without values below 0 may be bright ones in [-1, 1] or any in
    [0, 1], so that they are not refused.

    Args:
      images: `[n, height, width, channels]`, in [-1, 1], or their kind.
      is_said: Whether the user gave a `value_range` for them.
    """
    other = images if isinstance(images, Kind) else Kind(images)
    found = []
    if other.shape != self.shape:
      ours, theirs = ("x".join(map(str, s)) for s in (other.shape, self.shape))
      found.append(
        f"Images of {ours} are measured against real images of {theirs}, and"
        " scaling alone changes the metrics; scale the real images before."
      )
    sentence = None if is_said else self._of_values(other)
    return [*found, sentence] if sentence else found

  def _of_values(self, other: "Kind") -> str | None:
    if min(self.high - self.low, other.high - other.low) < _LEAST_SPREAD:
      return None
    if other.low >= -_SLACK and self._is_dark:
      return (
        f"`images` lie in [{other.low:.3g}, {other.high:.3g}] and the real"
        f" images go down to {self.low:.3g}, as if `images` were in [0, 1] and"
        " the real ones in [-1, 1]; pass `value_range=(0, 1)` to `evaluate` if"
        " they are, or (-1, 1) if they are not."
      )
    if self.low >= -_SLACK and other._is_dark:
      return (
        f"The real images have no values below 0 and `images` go down to"
        f" {other.low:.3g}, as if the real ones were in [0, 1] and `images` in"
        " [-1, 1]; pass `value_range=(0, 1)` to `Evaluator` if they are, or"
        " (-1, 1) to `evaluate` if they are not."
      )
    return None
