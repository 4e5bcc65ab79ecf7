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
"""Flags and the main function of a program that runs a sweep over a task."""

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

# `--help` of a program lists the flags that it lets this module define.
flags.disclaim_key_flags()

# Defaults with which many runs are feasible, in place of the task's.
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
  """Defines the flags of a sweep, and those of the task's own program.

  Args:
    task: The class of the family's task.
  """
  programs.define_flags(task)
  programs.define_folder("sweep_dir", "runs/sweep")
  if "strategies" in flags.FLAGS:
    return
  known = strategies.STRATEGIES
  flags.DEFINE_list(
    "strategies",
    list(known),
    "The strategies to compare, of "
    + ", ".join(f"{name} ({x.title})" for name, x in known.items())
    + "; dense and random are always added.",
  )
  flags.DEFINE_list("sparsities", ["0.8", "0.9"], "The shares of zeros.")
  flags.DEFINE_list("seeds", ["0", "1", "2"], "The seeds of runs.")
  flags.DEFINE_enum(
    "engine",
    "here",
    ["here", "ray"],
    "The engine that trains runs: here is this process; ray is Ray Tune, on the"
    " cluster of RAY_ADDRESS or else on this machine. Several processes may"
    " share one --sweep_dir.",
  )
  flags.DEFINE_integer(
    "cpus", 1, "The CPUs of a run, with --engine=ray.", lower_bound=1
  )


def set_defaults(task: type[tasks.Task]) -> None:
  """Sets the defaults of the task's flags to values for many short runs.

  Args:
    task: The class of the family's task.
  """
  for name, value in (DEFAULTS | dict(task.sweep_defaults)).items():
    flags.FLAGS.set_default(name, value)


def settings(task: type[tasks.Task]) -> settings_.Settings:
  """Returns the settings that the flags describe.

  Args:
    task: The class of the family's task.

  Raises:
    ValueError: If a flag of the task's program is given that a sweep does not
      use.
  """
  phases = {
    name: "use --strategies"
    for name in fields.flat(task.Settings)
    if name.startswith(("slim_", "zeros_"))
  }
  for name, remedy in (_NOT_HERE | phases | dict(task.not_in_sweeps)).items():
    if name in flags.FLAGS and flags.FLAGS[name].present:
      raise ValueError(f"--{name} has no use in a sweep; {remedy}.")
  return fields.from_flags(task.Settings)


def plan() -> list[sweep_job.Run]:
  """Returns the runs that the flags describe.

  Raises:
    ValueError: If a strategy is unknown, or a sparsity or seed out of range.
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
  """Returns the seeds of --seeds.

  Raises:
    ValueError: If there are none, or one is negative.
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
  """Runs the sweep that the flags describe, and writes charts and a table.

  Args:
    task: The class of the family's task.
    argv: The program's name, and the arguments beside its flags.

  Raises:
    SystemExit: If a flag or the folder does not fit, with a sentence.
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
  """Returns a function that prints a run's score and the number of runs."""
  numbers = itertools.count(1)

  def report(run, line):
    result = line["error"] or f"{line[score]:.4g}"
    print(f"{next(numbers)} of {num_runs}: {run.name}: {result}", flush=True)

  return report


def write(job: sweep_job.SweepJob, task: type[tasks.Task]) -> str:
  """Writes charts and a table of all runs in a sweep's folder.

  Args:
    job: The sweep.
    task: The class of the family's task.

  Returns:
    The table in Markdown.
  """
  rows = sweep_summary.summarize(job.found().values(), task.score)
  with job.locked("charts"):
    sweep_charts.draw(rows, job.path, task.score_title)
    text = sweep_summary.table(rows, task.score_title)
    files.write(job.path / "table.md", (text + "\n").encode())
  return text
