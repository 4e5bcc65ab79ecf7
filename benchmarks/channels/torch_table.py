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
"""The table of the comparison with Torch-Pruning, and what it comes to."""

from benchmarks import verdicts
from tf_ganprune import markdown_table

OURS, THEIRS = "ours", "Torch-Pruning"
SEEDS = (0, 1, 2)
_HEADER = (
  "generator",
  "tool",
  "parameters left",
  "%",
  "MACs left",
  "%",
  "layers left whole",
  "seconds",
)


def rows(results: dict) -> list[list]:
  """Returns the table's rows."""
  found = []
  for name, result in results.items():
    before = result["before"]
    found.append([name, "before", *_counts(before, before), "", ""])
    for tool in (OURS, THEIRS):
      if tool in result:
        found += _rows(name, tool, result[tool], before)
  return found


def _rows(name: str, tool: str, result: dict, before: dict) -> list[list]:
  seconds, rows = result["timing"], []
  for outcome in result["outcomes"]:
    is_all = len(outcome["seeds"]) == len(SEEDS)
    seeds = "" if is_all else f", seeds {outcome['seeds']}"
    rows.append(
      [
        name,
        tool + seeds,
        *_counts(outcome, before),
        ", ".join(outcome["whole"]) or "none",
        f"{seconds['median']:.2f} ± {seconds['half_width']:.2f}",
      ]
    )
  return rows


def _counts(left: dict, before: dict) -> list[str]:
  if left["macs"] is None:
    return [*_count(left, before, "params"), "does not run", ""]
  return [*_count(left, before, "params"), *_count(left, before, "macs")]


def _count(left: dict, before: dict, key: str) -> list[str]:
  return [f"{left[key]:,}", f"{100 * left[key] / before[key]:.1f}"]


def goals(record: dict) -> dict[str, bool]:
  """Returns whether nothing that Torch-Pruning shrinks is left whole here."""
  return {"nothing left whole": not _left_whole(record["results"])}


def _left_whole(results: dict) -> dict[str, list[str]]:
  found = {x: y["shrunk by Torch-Pruning only"] for x, y in results.items()}
  return {name: sides for name, sides in found.items() if sides}


def conclusion(results: dict) -> str:
  """Returns whether anything that Torch-Pruning shrinks is left whole here."""
  left = _left_whole(results)
  named = "".join(f" {name}: {', '.join(x)}." for name, x in left.items())
  return (
    "Nothing that Torch-Pruning shrinks is left whole here:"
    f" {verdicts.word(not left)}.{named}"
  )


def text(results: dict) -> str:
  """Returns results in Markdown.

  Args:
    results: Of `torch_pruning.compare`, by case.
  """
  return markdown_table.text(_HEADER, rows(results))


def table(record: dict) -> str:
  """Returns what a machine's record has, in Markdown, and the goal below."""
  return f"{text(record['results'])}\n\n{conclusion(record['results'])}"
