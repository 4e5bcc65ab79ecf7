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
"""Summarizes a sweep's runs by means over seeds, and compares strategies."""

import dataclasses
from collections.abc import Callable, Iterable

from tf_ganprune import markdown_table
from tf_ganprune.experiments import spread, strategies

# The measures of a row, beside the score by which rows are compared.
MEASURES = ("zeros", "gzip_bytes", "macs")
_SCORE = ("frechet_distance", "Fréchet distance")


@dataclasses.dataclass(frozen=True)
class Row:
  """Means and deviations of the runs of one strategy and sparsity.

  Attributes:
    strategy: The name of the strategy.
    sparsity: The share of zeros that was asked for.
    seeds: The seeds of the runs that ended.
    diverged: The seeds of the runs that failed.
    means: The means of the measures, by name; empty if no run ended.
    stdevs: The standard deviations of the measures, by name; None for a single
      run.
    score: The name of the measure by which rows are compared; lower is better.

  Example:
    `Row("erk", 0.8, (0,), (), {"frechet_distance": 2.5}, {...})`
  """

  strategy: str
  sparsity: float
  seeds: tuple[int, ...]
  diverged: tuple[int, ...]
  means: dict[str, float]
  stdevs: dict[str, float | None]
  score: str = _SCORE[0]

  @property
  def distance(self) -> float:
    """The mean score."""
    return self.means[self.score]

  @property
  def spread(self) -> float | None:
    """The standard deviation of the score over the seeds."""
    return self.stdevs[self.score]

  @property
  def text(self) -> str:
    """The mean score and its deviation as text."""
    return spread.text({"mean": self.distance, "stdev": self.spread})


def summarize(lines: Iterable[dict], score: str = _SCORE[0]) -> list[Row]:
  """Groups a sweep's lines to a row for each strategy and sparsity.

  Args:
    lines: Lines as `sweep_job.SweepJob.measure` returns them.
    score: The name of the measure by which rows are compared.

  Returns:
    The rows, in the order of the first lines.
  """
  groups: dict[tuple[str, float], list[dict]] = {}
  for line in lines:
    groups.setdefault((line["strategy"], line["sparsity"]), []).append(line)
  return [_row(*key, group, score) for key, group in groups.items()]


def _row(strategy, sparsity, lines, score) -> Row:
  ended = [x for x in lines if x["error"] is None]
  values = {key: [x[key] for x in ended] for key in (score, *MEASURES) if ended}
  spreads = {key: spread.over_seeds(x) for key, x in values.items()}
  return Row(
    strategy,
    sparsity,
    tuple(x["seed"] for x in ended),
    tuple(x["seed"] for x in lines if x["error"] is not None),
    {key: x["mean"] for key, x in spreads.items()},
    {key: x["stdev"] for key, x in spreads.items()},
    score,
  )


def beats_control(row: Row, rows: list[Row]) -> str:
  """Tells whether a strategy is better than random pruning.

  Args:
    row: The row of the strategy.
    rows: All rows.

  Returns:
    'yes' if its mean is lower by more than the larger of both deviations, else
    'no'; 'one seed' if there is no deviation, and an empty text if there is no
    random pruning to compare with.
  """
  others = [
    x
    for x in rows
    if (x.strategy, x.sparsity) == (strategies.CONTROL, row.sparsity)
  ]
  if row in others or not others or not (row.means and others[0].means):
    return ""
  if row.spread is None or others[0].spread is None:
    return "one seed"
  margin = max(row.spread, others[0].spread)
  return "yes" if others[0].distance - row.distance > margin else "no"


def matches_dense(row: Row, rows: list[Row]) -> str:
  """Tells whether a strategy is as good as the dense GAN.

  Args:
    row: The row of the strategy.
    rows: All rows.

  Returns:
    'yes' if its mean is at most the dense mean plus the dense deviation, else
    'no'; 'one seed' if there is no deviation, and an empty text if there is no
    dense GAN to compare with.
  """
  dense = [x for x in rows if x.strategy == strategies.BASE and x.means]
  if row in dense or not dense or not row.means:
    return ""
  if dense[0].spread is None:
    return "one seed"
  bound = dense[0].distance + dense[0].spread
  return "yes" if row.distance <= bound else "no"


def table(rows: list[Row], title: str = _SCORE[1]) -> str:
  """Returns a table of the rows in Markdown, the best first at each sparsity.

  Args:
    rows: The rows that `summarize` returned.
    title: The title of the score's column.
  """
  header = (
    "zeros",
    "strategy",
    title,
    "matches dense",
    "beats random",
    "gzip, kB",
    "MACs",
  )
  ended = [x for x in rows if x.means]
  ended.sort(key=lambda x: (x.sparsity, x.distance))
  found = markdown_table.text(header, [_line(row, rows) for row in ended])
  return "\n".join([found, *_diverged(rows)])


def _line(row: Row, rows: list[Row]) -> list[str]:
  return [
    f"{row.means['zeros']:.1%}",
    row.strategy,
    row.text,
    matches_dense(row, rows),
    beats_control(row, rows),
    f"{row.means['gzip_bytes'] / 1000:.1f}",
    f"{row.means['macs']:,.0f}",
  ]


def _diverged(rows) -> list[str]:
  lost = [
    f"{row.strategy} at {row.sparsity:g}, seed {seed}"
    for row in rows
    for seed in row.diverged
  ]
  if not lost:
    return []
  return ["", f"Failed (see `error` in their lines): {'; '.join(lost)}."]


def pareto(rows: Iterable[Row], cost: Callable[[dict], float]) -> list[Row]:
  """Returns the Pareto front of rows: no other is as small and as good.

  Args:
    rows: Rows of runs that have ended.
    cost: A function of a row's `means` that returns its cost.

  Returns:
    The rows of the front, by rising cost.
  """
  front, best = [], float("inf")
  for row in sorted(rows, key=lambda x: (cost(x.means), x.distance)):
    if row.distance < best:
      front.append(row)
      best = row.distance
  return front
