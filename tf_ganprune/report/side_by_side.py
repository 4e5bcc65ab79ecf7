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
"""Puts the pictures of several networks side by side, under their names."""

from collections.abc import Mapping

import numpy as np

from tf_ganprune import pictures
from tf_ganprune.report import optional_imports

_WHITE = 255
_CAPTION_HEIGHT = 40
_DPI = 100


def _caption(text: str, width: int) -> np.ndarray:
  """Draws text on a white strip, uint8 `[40, width, 3]`."""
  figure_lib = optional_imports.need("matplotlib.figure")
  agg = optional_imports.need("matplotlib.backends.backend_agg")
  figure = figure_lib.Figure((width / _DPI, _CAPTION_HEIGHT / _DPI), dpi=_DPI)
  canvas = agg.FigureCanvasAgg(figure)
  # A long name is made to fit: a letter is about 0.6 of its size wide.
  points = min(16, 72 / _DPI * width / (0.6 * max(1, len(text))))
  figure.text(
    0.5, 0.5, text, ha="center", va="center", size=points, parse_math=False
  )
  canvas.draw()
  strip = np.asarray(canvas.buffer_rgba())[..., :3]
  return strip[:_CAPTION_HEIGHT, :width]


def enlargement(shape: tuple[int, ...]) -> int:
  """Returns the factor that enlarges images of `shape` to about 64 pixels."""
  return max(1, round(64 / max(shape[1:3], default=64)))


def comparison_grid(
  images: Mapping[str, np.ndarray],
  columns: int | None = None,
  gap: int = 2,
  zoom: int | None = None,
  value_range: tuple[float, float] | None = None,
) -> np.ndarray:
  """Puts one grid of images for each network side by side, under their names.

  Args:
    images: The images in [-1, 1] of each network by its name,
      `[n, height, width, channels]`, all of one shape.
    columns: The number of images in a row of each grid.
    gap: The number of white pixels between images.
    zoom: How often each pixel is repeated; by default small images are
      enlarged to about 64 pixels.
    value_range: The values that mean black and white, in place of (-1, 1).

  Returns:
    A picture, uint8 `[height, width, 3]`.

  Raises:
    ValueError: If there are no images, their shapes differ, or `image_grid`
      refuses them.
  """
  shapes = {name: np.shape(array) for name, array in images.items()}
  if len(set(shapes.values())) != 1:
    raise ValueError(
      f"`images` must be some arrays of one shape; got the shapes {shapes}."
    )
  if zoom is None:
    zoom = enlargement(next(iter(shapes.values())))
  panels = []
  for name, array in images.items():
    grid = pictures.image_grid(array, columns, gap, zoom, value_range)
    grid = np.broadcast_to(grid, (*grid.shape[:2], 3))
    panels.append(np.vstack([_caption(name, grid.shape[1]), grid]))
  space = np.full((len(panels[0]), 8 * gap + 8, 3), _WHITE, np.uint8)
  row = [part for panel in panels for part in (panel, space)]
  return np.hstack(row[:-1])
