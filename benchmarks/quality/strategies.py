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
"""Measures what each pruning strategy is worth, with the runs of a sweep.

  python -m benchmarks.quality.strategies --sweep_dir=runs/sweep

Every strategy of `examples.sweep` leaves 80 and 90 % zeros with each seed; the
best three and random pruning leave other shares as well. The program can be
killed and goes on; `--notrain` takes what is there. The runs are written as
JSON, and the charts of the sweep go to `docs/results/strategies`.
"""

import collections
import os
import pathlib
from collections.abc import Iterable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from absl import app, flags, logging  # noqa: E402

from benchmarks import result_files, verdicts  # noqa: E402
from tf_ganprune import files, markdown_table  # noqa: E402
from tf_ganprune.experiments import (  # noqa: E402
  dcgan_task,
  fields,
  strategies,
  sweep_charts,
  sweep_job,
  sweep_program,
  sweep_summary,
)

sweep_program.define_flags(dcgan_task.DCGAN)
_TRAIN = flags.DEFINE_bool("train", True, "What is missing.")
_CHARTS = flags.DEFINE_string(
  "charts_dir", "docs/results/strategies", "Of pictures."
)
SHARES, MORE_SHARES = (0.8, 0.9), (0.5, 0.67, 0.74, 0.95)
_BEST = 3
_ROW = ("strategy", "sparsity", "seed")


def first_runs(seeds: Iterable[int]) -> list[sweep_job.Run]:
  """Returns the runs of all strategies, one sparsity after the other.

  Args:
    seeds: Of everything random.
  """
  names = strategies.STRATEGIES
  runs = [sweep_job.grid(names, [share], seeds) for share in SHARES]
  return list(dict.fromkeys(run for some in runs for run in some))


def more_runs(rows, seeds: Iterable[int]) -> list[sweep_job.Run]:
  """Returns the runs of the best and of the control.

  Args:
    rows: Of `sweep_summary.summarize`.
    seeds: Of everything random.
  """
  return sweep_job.grid(best(rows), MORE_SHARES, seeds)


def best(rows: list[sweep_summary.Row]) -> list[str]:
  """Returns the strategies with the lowest means at the first share."""
  pruned = [
    row
    for row in rows
    if row.means
    and row.sparsity == SHARES[0]
    and row.strategy != strategies.CONTROL
  ]
  return [x.strategy for x in sorted(pruned, key=lambda x: x.distance)][:_BEST]


def table(rows: list[sweep_summary.Row]) -> str:
  """Returns a line a strategy in Markdown, the best first."""
  lines = []
  for name in strategies.STRATEGIES:
    found = {x.sparsity: x for x in rows if x.strategy == name and x.means}
    if found:
      lines.append((_rank(found), [name, *_cells(name, found, rows)]))
  header = ["strategy", "", "all weights"]
  header += [f"{share:.0%} zeros" for share in SHARES]
  header += ["matches dense", "beats random"]
  return markdown_table.text(header, [cells for _, cells in sorted(lines)])


def _rank(found: dict) -> tuple[int, float]:
  """Puts dense ones first, and those last that have not run."""
  if 0.0 in found:
    return 0, found[0.0].distance
  if SHARES[0] in found:
    return 1, found[SHARES[0]].distance
  return 2, next(iter(found.values())).distance


def _cells(name, found, rows) -> list[str]:
  cells = [strategies.STRATEGIES[name].title]
  for share in (0.0, *SHARES):
    cells.append(_distance(found[share]) if share in found else "")
  for verdict in (sweep_summary.matches_dense, sweep_summary.beats_control):
    said = {x: verdict(found[x], rows) for x in SHARES if x in found}
    cells.append("; ".join(f"{k:.0%}: {x}" for k, x in said.items() if x))
  return cells


def _distance(row: sweep_summary.Row) -> str:
  few = f" ({len(row.seeds)} seeds)" if len(row.seeds) == 2 else ""
  return row.text + few


def curve(rows: list[sweep_summary.Row]) -> str:
  """Returns those with runs at as many shares as the best, in Markdown."""
  first = [*best(rows), strategies.CONTROL][0]
  shares = sorted({x.sparsity for x in rows if x.strategy == first})
  found = sorted(
    (row for row in rows if row.means and row.sparsity == SHARES[0]),
    key=lambda row: row.distance,
  )
  at = {name: _shares(name, rows) for name in strategies.STRATEGIES}
  names = [x.strategy for x in found if at[x.strategy].issuperset(shares)]
  lines = []
  for name in names:
    found = {x.sparsity: x for x in rows if x.strategy == name and x.means}
    cells = [_distance(found[x]) if x in found else "" for x in shares]
    lines.append([name, *cells])
  return markdown_table.text(["strategy", *(f"{x:.0%}" for x in shares)], lines)


def _shares(name: str, rows: list[sweep_summary.Row]) -> set[float]:
  """Returns the shares at which a strategy was measured."""
  return {row.sparsity for row in rows if row.strategy == name and row.means}


def machines(lines: list[dict]) -> str:
  """Returns a sentence with where runs were trained, and how many."""
  names = [line.get("machine", "an unknown machine") for line in lines]
  counts = collections.Counter(names)
  each = [f"{number} on {name}" for name, number in counts.most_common()]
  return f"Runs: {'; '.join(each)}."


def main(argv):
  """Trains, prints and writes."""
  del argv
  logging.set_verbosity(logging.WARNING)
  settings = sweep_program.settings(dcgan_task.DCGAN)
  file = result_files.opened(
    "strategies", {"settings": fields.values(settings)}
  )
  job = sweep_job.SweepJob(flags.FLAGS.sweep_dir, dcgan_task.DCGAN, settings)
  seeds = sweep_program.seeds()
  if _TRAIN.value:
    _measure(job, first_runs(seeds))
    rows = sweep_summary.summarize(job.found().values())
    _measure(job, more_runs(rows, seeds))
  found = [_kept(line) for line in job.found().values()]
  lines = file.add({"runs": found}, rows=_ROW)["runs"]
  rows = sweep_summary.summarize(lines)
  sweep_charts.draw(rows, files.make_directory(pathlib.Path(_CHARTS.value)))
  print(verdicts.text(file.machines(), _text))


def _text(record: dict) -> str:
  """Returns what a machine's record has, in Markdown."""
  rows = sweep_summary.summarize(record["runs"])
  return "\n\n".join([table(rows), curve(rows), machines(record["runs"])])


def _kept(line: dict) -> dict:
  """Returns a line without its seconds, which other programs may have had."""
  return {key: value for key, value in line.items() if key != "seconds"}


def _measure(job, runs) -> None:
  for number, (run, _) in enumerate(job.measure_all(runs), 1):
    print(f"{number} of {len(runs)}: {run.name}", flush=True)


if __name__ == "__main__":
  sweep_program.set_defaults(dcgan_task.DCGAN)
  app.run(main)
