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
"""The program of a sweep over any task: its flags, and what it does."""

import itertools
import sys

from absl import flags

from tf_ganprune import files
from tf_ganprune.experiments import (
  fields,
  programs,
  ray_engine,
  strategies,
  sweep_charts,
  sweep_job,
  sweep_summary,
)
from tf_ganprune.experiments import settings as settings_
from tf_ganprune.experiments import task as tasks

# The program that has flags defined here is the one whose `--help` lists them.
flags.disclaim_key_flags()

# Short enough for many runs, in place of the task's.
DEFAULTS = {"epochs": 13, "prune_epochs": 13}
_NOT_HERE = {
  "output_dir": "use --sweep_dir",
  "final_sparsity": "use --sparsities",
  "importance": "use --strategies",
  "allocation": "use --strategies",
  "phases": "use --strategies",
  "decay_from": "rates stay",
  "decay_to": "rates stay",
  "seed": "use --seeds",
  "targets": "files are for the CPU",
}


def define_flags(task: type[tasks.Task]) -> None:
  """Defines the flags of a sweep beside those of the task's own program.

  Args:
    task: The family's class.
  """
  programs.define_flags(task)
  programs.define_folder("sweep_dir", "runs/sweep")
  if "strategies" in flags.FLAGS:
    return
  known = strategies.STRATEGIES
  flags.DEFINE_list(
    "strategies",
    list(known),
    "Which, of "
    + ", ".join(f"{name} ({x.title})" for name, x in known.items())
    + "; dense and random are always there.",
  )
  flags.DEFINE_list("sparsities", ["0.8", "0.9"], "Zeros' shares.")
  flags.DEFINE_list("seeds", ["0", "1", "2"], "Of everything random.")
  flags.DEFINE_enum(
    "engine",
    "here",
    ["here", "ray"],
    "Where runs are trained: in this process, or as trials of Ray Tune, on the"
    " cluster of RAY_ADDRESS or else on this machine. Several processes may"
    " share one --sweep_dir.",
  )
  flags.DEFINE_integer(
    "cpus", 1, "Of a run, where --engine is ray.", lower_bound=1
  )


def set_defaults(task: type[tasks.Task]) -> None:
  """Makes the task's flags default to what many runs can have.

  Args:
    task: The family's class.
  """
  for name, value in (DEFAULTS | dict(task.sweep_defaults)).items():
    flags.FLAGS.set_default(name, value)


def settings(task: type[tasks.Task]) -> settings_.Settings:
  """Returns the settings that the flags ask for.

  Args:
    task: The family's class.

  Raises:
    ValueError: If a flag of the task's program has no meaning here.
  """
  phases = {
    name: "use --strategies"
    for name in fields.flat(task.Settings)
    if name.startswith(("slim_", "zeros_"))
  }
  for name, remedy in (_NOT_HERE | phases | dict(task.not_in_sweeps)).items():
    if name in flags.FLAGS and flags.FLAGS[name].present:
      raise ValueError(f"--{name} is the main job's; {remedy}.")
  return fields.from_flags(task.Settings)


def plan() -> list[sweep_job.Run]:
  """Returns the runs that the flags ask for.

  Raises:
    ValueError: If a flag will not do.
  """
  names, known = flags.FLAGS.strategies, strategies.STRATEGIES
  unknown = [name for name in names if name not in known]
  if unknown or not names:
    raise ValueError(
      f"--strategies must be some of {', '.join(known)}; got"
      f" {', '.join(unknown) or 'none'}."
    )
  sparsities = _numbers("sparsities", float)
  if not sparsities or not all(0 < x < 1 for x in sparsities):
    raise ValueError(
      f"--sparsities must be between 0 and 1; got {flags.FLAGS.sparsities}."
    )
  return sweep_job.grid(names, sparsities, seeds())


def seeds() -> list[int]:
  """Returns the seeds that the flags ask for.

  Raises:
    ValueError: If there is none, or one is negative.
  """
  found = _numbers("seeds", int)
  if not found or min(found) < 0:
    raise ValueError(f"--seeds must be 0 or more; got {flags.FLAGS.seeds}.")
  return found


def _numbers(name: str, kind: type) -> list:
  found = []
  for text in flags.FLAGS[name].value:
    try:
      found.append(kind(text))
    except ValueError:
      raise ValueError(f"--{name} must be numbers; got {text!r}.") from None
  return found


def run(task: type[tasks.Task], argv: list[str]) -> None:
  """Runs the grid that the flags ask for, and writes what it comes to.

  Args:
    task: The family's class.
    argv: The program and what is left beside its flags.

  Raises:
    SystemExit: If it cannot be done, with a sentence.
  """
  programs.check_arguments(argv)
  try:
    runs, folder = plan(), flags.FLAGS.sweep_dir
    job = sweep_job.SweepJob(folder, task, settings(task))
    report = _reporter(len(runs), task.score)
    if flags.FLAGS.engine == "ray":
      ray_engine.measure_all(job, runs, report, flags.FLAGS.cpus)
    else:
      for each, line in job.measure_all(runs):
        report(each, line)
  except (ImportError, ValueError) as error:
    sys.exit(f"sweep: {error}")
  print(write(job, task))


def _reporter(num_runs: int, score: str):
  """Returns a function that prints a run's line, with how many have ended."""
  numbers = itertools.count(1)

  def report(run, line):
    result = line["error"] or f"{line[score]:.4g}"
    print(f"{next(numbers)} of {num_runs}: {run.name}: {result}", flush=True)

  return report


def write(job: sweep_job.SweepJob, task: type[tasks.Task]) -> str:
  """Writes charts and a table of all runs in a sweep's folder.

  Args:
    job: The sweep.
    task: The family's class.

  Returns:
    The table.
  """
  rows = sweep_summary.summarize(job.found().values(), task.score)
  with job.locked("charts"):
    sweep_charts.draw(rows, job.path, task.score_title)
    text = sweep_summary.table(rows, task.score_title)
    files.write(job.path / "table.md", (text + "\n").encode())
  return text
