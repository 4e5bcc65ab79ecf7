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
"""What the stages of compression come to: means, spreads, and a table."""

import dataclasses

from benchmarks import verdicts
from tf_ganprune import markdown_table
from tf_ganprune.compression import stages
from tf_ganprune.experiments import (
  spread,
)

_SMALLER, _WORSE = 35, 1.1


def summarize(found: dict[int, list[stages.Stage]]) -> list[dict]:
  """Returns a row for each stage.

  Args:
    found: The stages, by seed.
  """
  rows = []
  for several in zip(*found.values(), strict=True):
    row = {"name": several[0].name}
    for field in dataclasses.fields(stages.Stage)[1:]:
      row[field.name] = spread.over_seeds(
        [getattr(one, field.name) for one in several]
      )
    rows.append(row)
  return rows


def goals(rows: list[dict]) -> dict[str, bool]:
  """Returns whether the last stage is small enough, and good enough."""
  last = rows[-1]
  return {
    f"{_SMALLER} times": _times_smaller(last, rows) >= _SMALLER,
    f"{_WORSE}": _share(last, rows) <= _WORSE,
  }


def _times_smaller(row: dict, rows: list[dict]) -> float:
  return rows[0]["num_bytes"]["mean"] / row["gzip_bytes"]["mean"]


def _share(row: dict, rows: list[dict]) -> float:
  """Returns a row's distance, as a share of that of the dense GAN."""
  dense = rows[0]["frechet_distance"]["mean"]
  return row["frechet_distance"]["mean"] / dense


def table(rows: list[dict]) -> str:
  """Returns the rows in Markdown, each compared with the dense one."""
  header = (
    "stage",
    "zeros",
    "values of a kernel",
    "bytes",
    "gzipped",
    "times smaller",
    "Fréchet distance",
    "of dense",
    "goals",
  )
  return markdown_table.text(header, [_line(row, rows) for row in rows])


def _line(row: dict, rows: list[dict]) -> list:
  goals_ = ""
  if row is rows[-1]:
    words = {name: verdicts.word(met) for name, met in goals(rows).items()}
    goals_ = ", ".join(f"{name}: {word}" for name, word in words.items())
  return [
    row["name"],
    f"{row['sparsity']['mean']:.1%}",
    f"{row['number_of_clusters']['mean']:,.0f}",
    f"{row['num_bytes']['mean']:,.0f}",
    f"{row['gzip_bytes']['mean']:,.0f}",
    f"{_times_smaller(row, rows):.1f}",
    spread.text(row["frechet_distance"]),
    f"{_share(row, rows):.2f}",
    goals_,
  ]
