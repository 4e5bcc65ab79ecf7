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
"""The table of distances with one layer pruned, and its chart."""

import dataclasses
import math
import os
import pathlib
from typing import NamedTuple

import numpy as np

from tf_ganprune import files
from tf_ganprune.metrics import score_choice
from tf_ganprune.report import charts


class LayerDistance(NamedTuple):
  """The distance of a network's images with one layer pruned.

  Attributes:
    layer: The path of the layer, with the networks around it, as in
      'block/conv'.
    size: The number of weights of the layer that can be pruned.
    sparsity: The share of these weights that was set to 0.
    distance: The Fréchet distance of the images, or the value of the table's
      score; NaN if they were not finite.
  """

  layer: str
  size: int
  sparsity: float
  distance: float


@dataclasses.dataclass(frozen=True)
class SensitivityTable:
  """The result of `tgp.sensitivity`, which `str()` shows as a table.

  Attributes:
    dense: The Fréchet distance of the network as it is, or the value of another
      score.
    rows: The distance for each layer and sparsity, layer by layer, by rising
      sparsity.
    score: The name of the score.

  Example:
    `SensitivityTable(2.4, (LayerDistance("dense", 1000, 0.9, 3.1),))`
  """

  dense: float
  rows: tuple[LayerDistance, ...]
  score: str = score_choice.DISTANCE

  @property
  def increases(self) -> dict[str, tuple[tuple[float, float], ...]]:
    """The increase of the distance at each sparsity, by layer.

    Of a score that is better if higher it is the loss.
    """
    found = {}
    sign = score_choice.sign(self.score)
    for row in self.rows:
      pair = (row.sparsity, sign * (row.distance - self.dense))
      found[row.layer] = (*found.get(row.layer, ()), pair)
    return found

  @property
  def title(self) -> str:
    """The title of the score, such as 'Fréchet distance'."""
    return score_choice.title(self.score)

  def as_dict(self) -> dict:
    """Returns the table as a dict that JSON can hold, for `from_dict`."""
    rows = [row._asdict() for row in self.rows]
    for row in rows:
      if not math.isfinite(row["distance"]):
        row["distance"] = None
    return {"dense": self.dense, "rows": rows, "score": self.score}

  @classmethod
  def from_dict(cls, content: dict) -> "SensitivityTable":
    """Makes the table again from the dict that `as_dict` returned.

    Args:
      content: The dict.

    Raises:
      ValueError: If `content` is no such dict.
    """
    try:
      rows = [LayerDistance(**row) for row in content["rows"]]
      numbers = [math.nan if r.distance is None else r.distance for r in rows]
      rows = [
        row._replace(distance=float(number))
        for row, number in zip(rows, numbers, strict=True)
      ]
      score = str(content.get("score", score_choice.DISTANCE))
      return cls(float(content["dense"]), tuple(rows), score)
    except (KeyError, TypeError, ValueError) as error:
      raise ValueError(
        "`content` must be a dict that `SensitivityTable.as_dict` returned"
        f" ({type(error).__name__}: {error})."
      ) from None

  def chart(self, path: str | os.PathLike) -> pathlib.Path:
    """Draws the distance over the sparsity of each layer, and writes the chart.

    Args:
      path: The path of the picture, which ends in `.svg` or `.png`.

    Returns:
      The path of the picture.

    Raises:
      ValueError: If the path ends otherwise, or cannot be written to.
      ImportError: If matplotlib is not installed.
    """
    path = files.check(path)
    if path.suffix not in (".svg", ".png"):
      raise ValueError(
        f"`path` {str(path)!r} must end in '.svg' or '.png', for a chart."
      )
    picture = charts.sensitivity_chart(self, path.suffix[1:])
    if isinstance(picture, str):
      picture = picture.encode("utf-8")
    return files.write(path, picture)

  def __str__(self) -> str:
    sparsities = sorted({row.sparsity for row in self.rows})
    cells = {(row.layer, row.sparsity): row.distance for row in self.rows}
    sizes = {row.layer: row.size for row in self.rows}
    width = max(len("layer"), *map(len, sizes))
    heads = "".join(f"  {_percent(x):>8}" for x in sparsities)
    lines = [f"{'layer':<{width}}  {'weights':>10}{heads}"]
    for layer, size in sizes.items():
      found = [cells.get((layer, x), np.nan) for x in sparsities]
      texts = "".join(f"  {x:>8.4g}" for x in found)
      lines.append(f"{layer:<{width}}  {size:>10,}{texts}")
    lines.append(f"{self.title} with nothing pruned: {self.dense:.4g}")
    return "\n".join(lines)


def _percent(share: float) -> str:
  return f"{100 * share:.4g}%"
