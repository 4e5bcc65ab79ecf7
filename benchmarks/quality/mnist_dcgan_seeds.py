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
"""Runs the main job with several seeds: mean and spread of each network.

  python -m benchmarks.quality.mnist_dcgan_seeds --runs_dir=runs/seeds

prints a table, in the README's form, and writes it as JSON.
Runs that are finished are only read. Beside them stands a control: the dense
networks with the teacher and the new discriminator that the pruned ones have,
which is the main job at 0 % zeros.
"""

import json
import pathlib
import subprocess
import sys

from absl import app, flags

from benchmarks import result_files, verdicts
from tf_ganprune import markdown_table
from tf_ganprune.experiments import spread

_RUNS_DIR = flags.DEFINE_string("runs_dir", "runs/seeds", "Of the runs.")
_SEEDS = flags.DEFINE_integer("num_seeds", 3, "How many seeds.", 2)
_TIMES = flags.DEFINE_bool(
  "times", True, "Of files; leave them out if something else ran meanwhile."
)
_CONTROL = "dense, taught"
_CONTROL_FLAGS = (
  "--phases=dense",
  "--phases=pruned",
  "--final_sparsity=0",
  "--targets=cpu",
)
_QUALITY = {
  "frechet_distance": "Fréchet distance ↓",
  "kernel_distance": "Kernel distance ↓",
  "inception_score": "Inception Score ↑",
  "precision": "Precision ↑",
  "recall": "Recall ↑",
}


def read(folder: pathlib.Path, seed: int) -> dict:
  """Returns what a seed's job and its control found, and runs what is missing.

  Args:
    folder: Of all runs.
    seed: Of everything random.

  Raises:
    ValueError: If the control's dense networks are not those of the job.
  """
  found = _found(folder / f"seed_{seed}", seed)
  control = _found(folder / f"taught_{seed}", seed, *_CONTROL_FLAGS)
  dense, again = (x["contestants"]["dense"] for x in (found, control))
  if dense["metrics"] != again["metrics"]:
    raise ValueError(
      f"The dense networks of seed {seed} and of its control differ; make both"
      " on one machine."
    )
  found["contestants"][_CONTROL] = control["contestants"]["pruned"]
  return found


def _found(run: pathlib.Path, seed: int, *more: str) -> dict:
  if not (run / "metrics.json").exists():
    command = [sys.executable, "-m", "examples.mnist_dcgan", *more]
    subprocess.run(
      [*command, f"--output_dir={run}", f"--seed={seed}"], check=True
    )
  return json.loads((run / "metrics.json").read_text(encoding="utf-8"))


def summarize(runs: list[dict], times: bool = True) -> dict:
  """Returns mean and standard deviation of every number, by network.

  Args:
    runs: What each seed's job found.
    times: Whether the files' milliseconds are among the numbers.
  """
  return {
    name: {
      row: spread.over_seeds([values[row] for values in of_runs])
      for row in of_runs[0]
    }
    for name in runs[0]["contestants"]
    for of_runs in [[_numbers(run["contestants"][name], times) for run in runs]]
  }


def _numbers(contestant: dict, times: bool) -> dict[str, float]:
  numbers = {
    title: contestant["metrics"][name] for name, title in _QUALITY.items()
  }
  numbers["Zeros, %"] = 100 * contestant["zeros"]
  numbers["MACs, thousand"] = contestant["macs"] / 1e3
  for file in contestant["files"]:
    target = f"`{file['target']}`"
    numbers[f"{target}, kB"] = file["num_bytes"] / 1e3
    numbers[f"{target} gzipped, kB"] = file["gzip_bytes"] / 1e3
    if times and file["median_ms"] is not None:
      numbers[f"{target}, ms"] = file["median_ms"]
  return numbers


def table(summary: dict) -> str:
  """Returns the summary in Markdown."""
  names = list(summary)
  lines = []
  for row in summary[names[0]]:
    spreads = [summary[name].get(row) for name in names]
    cells = ["" if x is None else spread.text(x) for x in spreads]
    lines.append([row, *cells])
  return markdown_table.text(["", *names], lines)


def main(argv):
  """Runs, prints and writes."""
  del argv
  folder = pathlib.Path(_RUNS_DIR.value)
  runs = [read(folder, seed) for seed in range(_SEEDS.value)]
  summary = summarize(runs, _TIMES.value)
  settings = {k: v for k, v in runs[-1]["settings"].items() if k != "seed"}
  seeds = [run["settings"]["seed"] for run in runs]
  file = result_files.opened(
    "mnist_dcgan_seeds",
    {"settings": settings | {"seeds": seeds}},
    machine=runs[0]["machine"],
    is_timed=False,
  )
  file.add(
    {
      "steps_per_epoch": runs[0]["steps_per_epoch"],
      "seconds": [run["seconds"] for run in runs] if _TIMES.value else None,
      "notes": [run["notes"] for run in runs],
      "summary": summary,
    }
  )
  print(verdicts.text(file.machines(), lambda record: table(record["summary"])))


if __name__ == "__main__":
  app.run(main)
