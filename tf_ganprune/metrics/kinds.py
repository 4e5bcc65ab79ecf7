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
_SHARE, _DARK = 1, -0.1
# Rounding and resizing leave values of [0, 1] a little below 0.
_SLACK = 0.02


class Kind:
  """The shape and the darkest values of real images, to compare others with.

  Example:
    >>> sentences = Kind(real_images).differences(images)

  Attributes:
    shape: `(height, width, channels)`.
    low: The lowest value.
  """

  def __init__(self, images: np.ndarray):
    """Stores the shape and the darkest values of images.

    Args:
      images: `[n, height, width, channels]`, in [-1, 1].
    """
    self.shape = images.shape[1:]
    self.low, self._dark = _darkness(images)
    self._spread = images.max() - images.min()

  def differences(self, images: np.ndarray, is_said: bool = False) -> list[str]:
    """Returns sentences on a size or a value range unlike the real images'.

    Images without values below 0 may be bright ones in [-1, 1] or any in
    [0, 1], so that they are not refused.

    Args:
      images: `[n, height, width, channels]`, in [-1, 1].
      is_said: Whether the user gave a `value_range` for them.
    """
    found = []
    if images.shape[1:] != self.shape:
      ours, theirs = (
        "x".join(map(str, s)) for s in (images.shape[1:], self.shape)
      )
      found.append(
        f"Images of {ours} are measured against real images of {theirs}, and"
        " scaling alone changes the metrics; scale the real images before."
      )
    sentence = None if is_said else self._of_values(images)
    return [*found, sentence] if sentence else found

  def _of_values(self, images) -> str | None:
    low, dark = _darkness(images)
    spread = images.max() - images.min()
    if min(self._spread, spread) < _LEAST_SPREAD:
      return None
    if low >= -_SLACK and self._dark < _DARK:
      return (
        f"`images` lie in [{low:.3g}, {images.max():.3g}] and the real images"
        f" go down to {self.low:.3g}, as if `images` were in [0, 1] and the"
        " real ones in [-1, 1]; pass `value_range=(0, 1)` to `evaluate` if they"
        " are, or (-1, 1) if they are not."
      )
    if self.low >= -_SLACK and dark < _DARK:
      return (
        f"The real images have no values below 0 and `images` go down to"
        f" {low:.3g}, as if the real ones were in [0, 1] and `images` in"
        " [-1, 1]; pass `value_range=(0, 1)` to `Evaluator` if they are, or"
        " (-1, 1) to `evaluate` if they are not."
      )
    return None


def _darkness(images) -> tuple[float, float]:
  return float(images.min()), float(np.percentile(images, _SHARE))
