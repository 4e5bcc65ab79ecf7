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
"""Pictures of translated images, a row for each, for pages and files."""

from collections.abc import Mapping

import numpy as np

import tf_ganprune as tgp

_ROWS = 12


def shown(columns: Mapping[str, np.ndarray]) -> dict:
  """Returns a picture and a section, with a row for each of some images.

  Args:
    columns: Images by the columns' titles, `[n, height, width, channels]` in
      [-1, 1], in the same order in all columns.

  Returns:
    The arguments `samples_png` and `sections` of `tgp.report.Comparison`.
  """
  some = {title: _spread(images) for title, images in columns.items()}
  section = tgp.report.PictureRows(
    "Held-out images",
    some,
    caption="One row for each image: what was given, what was made of it, and"
    " the truth where there is one.",
  )
  colored = {title: _colored(images) for title, images in some.items()}
  grid = tgp.report.comparison_grid(colored, columns=1)
  return {"samples_png": grid, "sections": [section]}


def _spread(images: np.ndarray) -> np.ndarray:
  """Returns images from all over a set, the same places for each column."""
  count = min(_ROWS, len(images))
  return np.asarray(images)[np.linspace(0, len(images) - 1, count).astype(int)]


def _colored(images: np.ndarray) -> np.ndarray:
  return np.repeat(images, 3, -1) if images.shape[-1] == 1 else images
