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
"""Formats a comparison's table as text, for the terminal."""

from tf_ganprune.report import comparison as comparison_lib
from tf_ganprune.report import rows

_RATIO = 8  # Characters of a ratio with the spaces before it.


def _texts(row: rows.Row) -> list[str]:
  """Returns the texts of a row's cells, with room for the others' ratios."""
  first, *others = row.cells
  return [
    first.text,
    *(f"{c.text}  {c.ratio_text:>{_RATIO - 2}}" for c in others),
  ]


def _label(row: rows.Row) -> str:
  arrow = {"lower is better": " ↓", "higher is better": " ↑"}.get(row.hint, "")
  return f"  {row.label}{arrow}"


def _line(cells: list[str], widths: list[int]) -> str:
  first = cells[0].ljust(widths[0])
  others = [c.rjust(w) for c, w in zip(cells[1:], widths[1:], strict=True)]
  return "  ".join([first, *others]).rstrip()


def format_table(comparison: comparison_lib.Comparison) -> str:
  """Formats the table of a comparison as text.

  Args:
    comparison: The comparison to show.

  Returns:
    The lines of the table, without a line break at the end. ↓ and ↑ mean that
    lower or higher is better; ×0.26 is the value divided by that of the first
    contestant.
  """
  table = rows.make_rows(comparison)
  first, *others = (contestant.name for contestant in comparison.contestants)
  heading = ["", first, *(name + " " * _RATIO for name in others)]
  lines = [[_label(row), *_texts(row)] for row in table]
  widths = [
    max(map(len, column)) for column in zip(heading, *lines, strict=True)
  ]
  text = [_line(heading, widths), "─" * (sum(widths) + 2 * len(widths) - 2)]
  section = None
  for row, line in zip(table, lines, strict=True):
    if row.section != section:
      section = row.section
      text.append(section)
    text.append(_line(line, widths))
  return "\n".join(text)
