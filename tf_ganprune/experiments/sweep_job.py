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
"""Trains and measures the GANs of a sweep over strategies and seeds."""

import contextlib
import dataclasses
import json
import os
import pathlib
import time
from collections.abc import Iterable, Iterator
from typing import Any

import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune import files
from tf_ganprune.experiments import (
  experiment,
  exporting,
  locks,
  run_directory,
  strategies,
  sweep_size,
  training,
)
from tf_ganprune.experiments import settings as settings_
from tf_ganprune.experiments import task as tasks
from tf_ganprune.gan import divergence
from tf_ganprune.report import machine

RESULTS = "runs.jsonl"
_FLAG = "sweep_dir"  # of the program


class _ImpossibleError(ValueError):
  """A strategy cannot prune as its plan asks for."""


# The names in a line beside those of a task's measures.
_TAKEN = {
  *("strategy", "sparsity", "seed", "error", "machine", "seconds"),
  *("zeros", "macs", "gzip_bytes", "updates"),
}
_FAILURES = (
  _ImpossibleError,
  divergence.DivergenceError,
  tf.errors.InvalidArgumentError,
)


@dataclasses.dataclass(frozen=True)
class Run:
  """One training of a sweep: a strategy, a sparsity and a seed.

  Attributes:
    strategy: A name of `strategies.STRATEGIES`.
    sparsity: The share of zeros at the end; 0 for the dense GAN.
    seed: The seed of all random numbers.

  Example:
    `Run("magnitude", 0.8, 0).name`
  """

  strategy: str
  sparsity: float
  seed: int

  @property
  def name(self) -> str:
    """The name of the run's folder."""
    return f"{self.strategy}_{self.sparsity:g}_seed_{self.seed}"


def grid(
  names: Iterable[str], sparsities: Iterable[float], seeds: Iterable[int]
) -> list[Run]:
  """Returns the runs of a grid, seed by seed, the dense ones first.

  Args:
    names: Names of strategies; dense training and random pruning are added.
    sparsities: The shares of zeros.
    seeds: The seeds of all random numbers.
  """
  names = dict.fromkeys([strategies.BASE, strategies.CONTROL, *names])
  return [
    Run(name, sparsity, seed)
    for seed in seeds
    for name in names
    for sparsity in _shares(name, sparsities)
  ]


def _shares(name: str, sparsities) -> Iterable[float]:
  return [0.0] if strategies.STRATEGIES[name].is_dense else sparsities


@dataclasses.dataclass(frozen=True)
class Description:
  """A sweep's folder, task and settings, with which a process can open it.

  Example:
    `Description("/runs/sweep", DCGAN, DCGAN.Settings()).open()`

  Attributes:
    output_dir: The folder of the sweep.
    task: The class of the family's task.
    settings: The settings of the task.
  """

  output_dir: str
  task: type[tasks.Task]
  settings: settings_.Settings

  def open(self) -> "SweepJob":
    """Opens the sweep, and returns it."""
    return SweepJob(self.output_dir, self.task, self.settings)


class SweepJob:
  """Trains and measures the runs of a sweep in one folder.

  All runs have the same settings but for the seed. One line of `runs.jsonl` is
  written for each run that has ended, and such runs are not trained again.
  Several processes may share the folder: each run is trained by one of them,
  and by another if that is killed.

  Example:
    `SweepJob("runs/sweep", DCGAN, DCGAN.Settings()).measure(
    Run("erk", 0.8, 0))`
  """

  def __init__(
    self,
    output_dir: str | os.PathLike,
    task: type[tasks.Task],
    settings: settings_.Settings,
  ):
    """Opens the folder.

    Args:
      output_dir: The folder of the sweep.
      task: The class of the family's task.
      settings: The settings of the task; their seed is used for the evaluator
        alone.

    Raises:
      ValueError: If a setting is out of its limits, or the folder holds a
        sweep with other settings.
    """
    self._task, self._settings = task, settings
    self._first = experiment.Experiment(task, settings, output_dir, _FLAG)
    self._first.open(shared=True)
    self._directory = run_directory.opened(self._first.run_directory)
    self._path = self._directory / RESULTS
    self._evaluator = None

  @property
  def path(self) -> pathlib.Path:
    """The folder of the sweep."""
    return self._directory.path

  @property
  def description(self) -> Description:
    """The sweep's folder, task and settings, for another process."""
    folder = str(self.path.resolve())
    return Description(folder, self._task, self._settings)

  def found(self) -> dict[Run, dict]:
    """Reads the lines that have been written, by run."""
    if not self._path.exists():
      return {}
    lines = self._path.read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return {Run(x["strategy"], x["sparsity"], x["seed"]): x for x in found}

  def locked(
    self, name: str, wait: bool = True
  ) -> contextlib.AbstractContextManager[bool]:
    """Returns a context manager that holds a lock of the sweep.

    Args:
      name: The name of the lock, such as that of a run.
      wait: As in `locks.held`.
    """
    return locks.held(self.path / "locks" / f"{name}.lock", wait)

  def measure_all(self, runs: Iterable[Run]) -> Iterator[tuple[Run, dict]]:
    """Trains and measures runs, and yields each with its line as it ends.

    Runs that other processes are training come last: they are waited for, and
    trained here if the other process is killed.

    Args:
      runs: The runs.
    """
    left = []
    for run in runs:
      line = self.measure(run, wait=False)
      if line is None:
        left.append(run)
      else:
        yield run, line
    for run in left:
      if (line := self.measure(run)) is not None:  # it waits
        yield run, line

  def measure(self, run: Run, wait: bool = True) -> dict | None:
    """Trains and measures a run, unless its line has been written.

    Args:
      run: The run.
      wait: Whether to wait for another process that is training it.

    Returns:
      The line of the run: `strategy`, `sparsity` and `seed`; `error`, the
      reason why it failed, or None; without an error, the task's measures,
      `zeros`, the share of the dense networks' prunable weights that are zero
      or removed, `macs`, the number of multiplications with the other weights,
      `gzip_bytes`, the gzipped size of the files for the CPU, and `updates`,
      the number of train steps; then the `machine`, since rounding differs
      between machines, and the `seconds` there. None if another process is
      training it, and `wait` is False.
    """
    with self.locked(run.name, wait) as is_held:
      found = self.found()
      if run not in found and is_held:
        self._add(self._line(run))
        found = self.found()
    return found.get(run)

  def _add(self, line: dict) -> None:
    """Appends a line to the file of results."""
    with self.locked("results"):
      before = self._path.read_text("utf-8") if self._path.exists() else ""
      text = before + json.dumps(line) + "\n"
      files.write(self._path, text.encode())

  def _line(self, run: Run) -> dict:
    begun = time.time()
    try:
      line = {"error": None} | self._measured(run)
    except _FAILURES as e:
      line = {"error": str(e).splitlines()[0]}
    tgp.keras.backend.clear_session()
    where = {"machine": machine.text()}
    seconds = {"seconds": round(time.time() - begun, 1)}
    return dataclasses.asdict(run) | line | where | seconds

  def _measured(self, run: Run) -> dict:
    main = self._main(run.seed)
    phase = self._phase(run, main)
    directory = run_directory.RunDirectory(
      self.path / run.name,
      main.all_settings() | dataclasses.asdict(run),
      _FLAG,
    )
    gan = main.train_phase(directory, phase)
    measures = main.task.measure(gan, self.evaluator())
    if clash := _TAKEN & set(measures):
      raise ValueError(
        f"The task {main.task.name!r} has measures called"
        f" {', '.join(sorted(clash))}, which are names of other things in a"
        " sweep's lines; rename these measures."
      )
    if main.task.score not in measures:
      raise ValueError(
        f"The task {main.task.name!r} compares by {main.task.score!r}, and its"
        f" `measure` returns {', '.join(measures) or 'nothing'}; set `score`."
      )
    return {
      **{name: float(value) for name, value in measures.items()},
      **sweep_size.measure(main.task, gan, self._dense_size(main), directory),
      "updates": (phase.earlier_epochs + phase.epochs) * main.steps_per_epoch,
    }

  def evaluator(self) -> Any:
    """Returns the evaluator of all runs."""
    if self._evaluator is None:
      with self.locked("evaluator"):
        self._evaluator = self._first.evaluator()
    return self._evaluator

  def _main(self, seed: int) -> experiment.Experiment:
    """Returns the experiment that has trained the GAN of a seed's beginning."""
    # New for each run: its data come in the same order whatever ran before.
    settings = dataclasses.replace(self._settings, seed=seed)
    folder = f"seed_{seed}"
    main = experiment.Experiment(
      self._task, settings, self.path / folder, _FLAG
    )
    with self.locked(folder):
      main.open().train(("begin",))
    return main

  def _phase(self, run: Run, main) -> training.Phase:
    strategy = strategies.STRATEGIES[run.strategy]
    first, then = self._settings.epochs, self._settings.prune_epochs
    earlier = 0 if strategy.from_start else first
    epochs = first + then - earlier
    plan = strategies.Plan(
      run.sparsity,
      epochs,
      main.steps_per_epoch,
      self._settings.frequency,
      run.seed,
      self.evaluator(),
      main.task.examples(),
      self._settings.batch_size,
    )
    return training.Phase(
      "train",
      epochs,
      lambda: _made(strategy, main, plan),
      earlier,
      lambda: _possible(strategy.callbacks, plan),
    )

  def _dense_size(self, main) -> int:
    """Returns the number of prunable weights of dense exported networks."""
    return exporting.sparsity_of(main.task.exported(main.begin())).size


def _made(strategy, main, plan):
  """Returns the GAN that a strategy trains, pruned as planned."""
  gan = main.begin() if strategy.from_start else main.load("begin")
  return _possible(strategy.make, gan, plan)


def _possible(function, *arguments):
  """Calls a strategy's function, and returns its result.

  Raises:
    _ImpossibleError: If the strategy cannot prune as the plan asks for.
  """
  try:
    return function(*arguments)
  except ValueError as error:
    raise _ImpossibleError(str(error)) from error
