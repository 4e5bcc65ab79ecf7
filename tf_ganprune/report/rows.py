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
"""Makes the rows of a comparison's table, for the page and the terminal."""

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any

from tf_ganprune.report import comparison as comparison_lib

NOT_AVAILABLE = "n/a"


@dataclasses.dataclass(frozen=True)
class Cell:
  """A value as text, with its ratio to the base's value.

  Example:
    `Cell("231.4 kB", ratio=0.26)`

  Attributes:
    text: The value with its unit.
    ratio: The value divided by the base's, or None if a ratio has no meaning.
    best: Whether no other value of the row is better, and one is worse.
  """

  text: str
  ratio: float | None = None
  best: bool = False

  @property
  def ratio_text(self) -> str:
    """The ratio as text, such as "×0.26", or the empty text."""
    return "" if self.ratio is None else f"×{self.ratio:.2f}"


@dataclasses.dataclass(frozen=True)
class Row:
  """A line of the table.

  Example:
    `Row("Quality", "Recall", "higher is better", [Cell("0.71")])`

  Attributes:
    section: The heading that the row is under.
    label: The title of the measure.
    hint: The better direction, such as "lower is better", or the empty text.
    cells: One cell for each contestant.
  """

  section: str
  label: str
  hint: str
  cells: list[Cell]


def format_bytes(num_bytes: int) -> str:
  """Returns a size as text in B, kB or MB, in powers of 1000."""
  if num_bytes < 1000:
    return f"{num_bytes} B"
  if num_bytes < 999_950:
    return f"{num_bytes / 1e3:.1f} kB"
  return f"{num_bytes / 1e6:.2f} MB"


def format_percent(share: float) -> str:
  """Returns a share as text in percent, with one decimal."""
  return f"{share:.1%}".replace("%", " %")


def format_ms(value: float) -> str:
  """Returns milliseconds in words, with three digits."""
  return f"{value:.3g} ms" if value < 100 else f"{value:,.0f} ms"


def _ratio(value: float | None, base: float | None) -> float | None:
  # Ratios of negative numbers would mislead.
  if value is None or not base or value < 0 or base < 0:
    return None
  ratio = value / base
  return ratio if math.isfinite(ratio) else None


def _row(
  section: str,
  label: str,
  values: Sequence[float | None],
  text: Callable[[Any], str],
  hint: str = "",
  ratios: bool = True,
  best: Sequence[bool] = (),
) -> Row:
  """Makes a row, with ratios to the first value in the others' cells."""
  best = best or [False] * len(values)
  cells = [
    Cell(
      NOT_AVAILABLE if value is None else text(value),
      _ratio(value, values[0]) if ratios and i else None,
      best[i],
    )
    for i, value in enumerate(values)
  ]
  return Row(section, label, hint, cells)


def _quality_rows(comparison: comparison_lib.Comparison) -> list[Row]:
  rows = []
  for score in comparison.all_scores:
    values = [c.metrics.get(score.name) for c in comparison.contestants]
    rows.append(_score_row("Quality", score, values))
  return rows


def _score_row(section: str, score, values) -> Row:
  """Returns a row of a measure of quality."""
  look = (score.text, score.hint, score.ratio, score.best(values))
  return _row(section, score.title, values, *look)


def _network_rows(comparison: comparison_lib.Comparison) -> list[Row]:
  contestants = comparison.contestants
  parameters = [c.parameters for c in contestants]
  zeros = [c.zeros for c in contestants]
  macs = [c.macs for c in contestants]
  section = "Network"
  counted = [_row(section, "MACs", macs, lambda n: f"{n:,}")]
  return [
    *(counted if any(macs) else []),
    _row(section, "Parameters", parameters, lambda n: f"{n:,}"),
    _row(section, "Zeros", zeros, format_percent, ratios=False),
  ]


def _file_rows(comparison: comparison_lib.Comparison, target: str) -> list[Row]:
  files = [c.file(target) for c in comparison.contestants]

  def values(attribute):
    return [getattr(file, attribute, None) for file in files]

  section = f"File for {target}"
  scores = [getattr(file, "scores", {}) for file in files]
  return [
    _row(section, "Size", values("num_bytes"), format_bytes),
    _row(section, "Size, gzipped", values("gzip_bytes"), format_bytes),
    _row(section, "One run, median", values("median_ms"), format_ms),
    _row(
      section,
      "Largest difference from Keras",
      values("max_abs_error"),
      lambda error: f"{error:.1e}",
      ratios=False,
    ),
    *(
      _score_row(section, score, [one.get(score.name) for one in scores])
      for score in comparison.all_scores
      if any(score.name in one for one in scores)
    ),
  ]


def make_rows(comparison: comparison_lib.Comparison) -> list[Row]:
  """Makes the rows of a comparison's table.

  Args:
    comparison: The comparison to show.

  Returns:
    The rows of quality, network and files, in this order. Values that were not
    measured are "n/a"; the ratios are to the first contestant.
  """
  rows = _quality_rows(comparison) + _network_rows(comparison)
  for target in comparison.targets:
    rows += _file_rows(comparison, target)
  return rows
