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
"""Draws a report's explanations of the changes that pruning made."""

import dataclasses

import numpy as np

from tf_ganprune import interpretation
from tf_ganprune.interpretation import pairs
from tf_ganprune.report import charts, side_by_side
from tf_ganprune.report import comparison as comparison_lib


@dataclasses.dataclass(frozen=True, eq=False)
class Changes:
  """The pictures and charts of one explanation.

  Example:
    >>> for one in drawn(comparison):
    ...   print(one.name, one.explanation)

  Attributes:
    name: The name of the network.
    explanation: The explanation from `tgp.explain`.
    pictures: A picture of the pairs of images that differ most, uint8
      `[height, width, 3]`.
    walks: A picture of images along the latent directions that lost most, one
      row each, or None.
    directions: A chart of how much images change along the directions, as
      <svg>, or None.
    classes: A chart of how often classes are drawn, as <svg>, or None.
  """

  name: str
  explanation: interpretation.Explanation
  pictures: np.ndarray
  walks: np.ndarray | None
  directions: str | None
  classes: str | None


def drawn(comparison: comparison_lib.Comparison) -> list[Changes]:
  """Draws the explanations of a comparison.

  Args:
    comparison: The comparison; its first network is the one before pruning.

  Raises:
    ValueError: If images are not in [-1, 1], or have not 1 or 3 channels.
    ImportError: If matplotlib is not installed.
  """
  names = [contestant.name for contestant in comparison.contestants]
  return [
    _drawn({names[0]: 0, name: names.index(name)}, found)
    for name, found in comparison.explanations.items()
  ]


def _drawn(networks: dict[str, int], found) -> Changes:
  """Draws one explanation.

  Args:
    networks: The names of both networks, with their places in the comparison.
    found: The explanation.
  """
  base, name = networks
  return Changes(
    name,
    found,
    _panels(base, name, found.image_pairs),
    _walks(base, name, found),
    _directions(networks, found),
    _classes(networks, found),
  )


def _panels(
  base: str, name: str, images: pairs.Pairs, columns: int | None = None
) -> np.ndarray:
  """Returns a picture of both networks' images and of their differences."""
  # Black if both agree, white if one is black and the other white.
  apart = np.clip(np.abs(images.dense - images.pruned) - 1.0, -1.0, 1.0)
  panels = {base: images.dense, name: images.pruned, "difference": apart}
  return side_by_side.comparison_grid(panels, columns)


def _walks(base, name, found) -> np.ndarray | None:
  walks = [direction.walk for direction in found.directions]
  if not walks:
    return None
  parts = [
    np.concatenate([getattr(walk, part) for walk in walks])
    for part in ("dense", "pruned")
  ]
  latents = [walk.latents for walk in walks]
  images = pairs.Pairs(latents, *parts)
  return _panels(base, name, images, len(walks[0].dense))


def _directions(networks, found) -> str | None:
  if not found.directions:
    return None
  base, name = networks
  return charts.paired_bars(
    f"Change along latent directions: {name}",
    {
      base: [one.dense for one in found.directions],
      name: [one.pruned for one in found.directions],
    },
    [str(i) for i, _ in enumerate(found.directions, 1)],
    "latent direction, the one that lost most first",
    "mean square of a pixel's change",
    networks,
  )


def _classes(networks, found) -> str | None:
  if not found.classes:
    return None
  base, name = networks
  percent = len(found.differences) / 100
  return charts.paired_bars(
    f"Classes that are drawn: {name}",
    {
      base: [one.dense / percent for one in found.classes],
      name: [one.pruned / percent for one in found.classes],
    },
    [str(one.label) for one in found.classes],
    "class",
    "images (%)",
    networks,
  )
