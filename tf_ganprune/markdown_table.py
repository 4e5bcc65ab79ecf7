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
"""Tables in Markdown."""

from collections.abc import Iterable


def text(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
  """Returns a table in Markdown, without a line break at its end.

  Args:
    header: A title for each column.
    rows: A cell for each column, of any type; floats are shown with three
      digits.

  Example:
    >>> print(text(["size", "seconds"], [["small", 0.12345]]))
    | size | seconds |
    |---|---|
    | small | 0.123 |
  """
  titles = list(header)
  lines = [titles, *([_cell(x) for x in row] for row in rows)]
  head, *body = (f"| {' | '.join(line)} |" for line in lines)
  return "\n".join([head, "|---" * len(titles) + "|", *body])


def _cell(value: object) -> str:
  if isinstance(value, float):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
  return str(value)
