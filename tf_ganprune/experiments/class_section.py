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
"""The section "Classes" of a page: the classes that pruning hurt most."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

import tf_ganprune as tgp

_CAPTION = (
  "A row for each class, the one that lost most first: its Fréchet distance,"
  " {share}, and recall, of"
)
_ASKED = "the share of its images that a classifier gives this class"
_FOUND = "the share of all images that a classifier gives this class"
IN_A_ROW = 8
LEAST = 4  # images of a class, for its scores


def section(
  images: Mapping[str, np.ndarray],
  scores: Mapping[str, Sequence],
  names: Sequence[str] = (),
  is_asked: bool = True,
) -> tgp.report.PictureRows:
  """Returns rows of pictures of each class, sorted by what was lost.

  Args:
    images: By the GANs' names a strip of pictures of each class,
      `[classes, height, width, channels]`; the first GAN is the base.
    scores: By the GANs' names the scores of each class, as
      `tgp.metrics.Evaluator.by_class` returns them.
    names: The classes' names; by default their numbers.
    is_asked: Whether classes are those that were asked for, not those that a
      classifier finds, of which its accuracy would say nothing.
  """
  base, *others = images
  order = sorted(
    range(len(scores[base])), key=lambda i: -_lost(scores, base, others, i)
  )
  caption = _CAPTION.format(share=_ASKED if is_asked else _FOUND)
  labels = [
    f"{class_name(names, scores[base][i].label)}: {_text(scores, i, is_asked)}"
    for i in order
  ]
  return tgp.report.PictureRows(
    "Classes",
    {name: strips[order] for name, strips in images.items()},
    labels,
    caption=f"{caption} {', '.join(images)}.",
  )


def strip(images: np.ndarray, count: int = IN_A_ROW) -> np.ndarray:
  """Returns images side by side, `[height, count * width, channels]`.

  Args:
    images: `[n, height, width, channels]` in [-1, 1]; places of images that
      are missing stay white.
    count: How many.
  """
  few = images[:count]
  blank = np.ones((count - len(few), *images.shape[1:]), images.dtype)
  return np.concatenate([*few, *blank], axis=1)


def class_name(names: Sequence[str], label: int) -> str:
  """Returns what a class is called, which is its number if it has no name."""
  name = names[label] if names else str(label)
  return f"class {name}" if name.isdecimal() else name


def _lost(scores, base: str, others, i: int) -> float:
  """Returns by how much a class's distance grew, at most."""
  before = scores[base][i].frechet_distance
  after = max((scores[x][i].frechet_distance for x in others), default=0)
  return after if math.isinf(after) else after - before


def _text(scores, i: int, is_asked: bool) -> str:
  """Returns the three scores of a class, of all GANs."""
  rows = [each[i] for each in scores.values()]
  distances = " → ".join(_distance(x.frechet_distance) for x in rows)
  recalls = " → ".join(f"{x.recall:.0%}" for x in rows)
  if is_asked:
    found = [x.accuracy for x in rows if x.accuracy is not None]
  else:
    totals = [sum(x.num_images for x in each) for each in scores.values()]
    found = [x.num_images / n for x, n in zip(rows, totals, strict=True)]
  shares = " → ".join(f"{x:.0%}" for x in found)
  parts = [f"distance {distances}", shares and f"share {shares}"]
  return ", ".join([*filter(None, parts), f"recall {recalls}"])


def _distance(value: float) -> str:
  return "none drawn" if math.isinf(value) else f"{value:.3g}"
