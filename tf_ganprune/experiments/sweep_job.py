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
"""Trains a GAN with each strategy, sparsity and seed, and measures it."""

import dataclasses
import json
import os
import time
from collections.abc import Iterable, Iterator

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
  """A strategy cannot do what a plan says."""


# What a line has beside a task's measures.
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
  """One training of the grid.

  Attributes:
    strategy: A name of `strategies.STRATEGIES`.
    sparsity: Share of zeros at the end; 0 for the dense GAN.
    seed: Of everything random.

  Example:
    `Run("magnitude", 0.8, 0).name`
  """

  strategy: str
  sparsity: float
  seed: int

  @property
  def name(self) -> str:
    """Of its folder."""
    return f"{self.strategy}_{self.sparsity:g}_seed_{self.seed}"


def grid(
  names: Iterable[str], sparsities: Iterable[float], seeds: Iterable[int]
) -> list[Run]:
  """Returns the runs of a grid, seed by seed, the dense ones first.

  Args:
    names: Of strategies; the dense GAN and random pruning are always there.
    sparsities: Shares of zeros.
    seeds: Of everything random.
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
  """What another process needs to open a sweep.

  Example:
    `Description("/runs/sweep", DCGAN, DCGAN.Settings()).open()`

  Attributes:
    output_dir: The folder.
    task: What the family says.
    settings: Of the task.
  """

  output_dir: str
  task: type[tasks.Task]
  settings: settings_.Settings

  def open(self) -> "SweepJob":
    """Returns the sweep."""
    return SweepJob(self.output_dir, self.task, self.settings)


class SweepJob:
  """Runs of one folder, which all have the same settings but for the seed.

  One line of `runs.jsonl` is written for each run that has ended; those that
  are there are not trained again. Several processes may share the folder: each
  run is trained by one of them, and by another if that is killed.

  Example:
    `SweepJob("runs/sweep", DCGAN, DCGAN.Settings()).measure(
    Run("erk", 0.8, 0))`
  """

  def __init__(
    self, output_dir: str | os.PathLike, task: type[tasks.Task], settings
  ):
    """Opens the folder.

    Args:
      output_dir: Where everything goes.
      task: What the family says.
      settings: Of the task; the seed is the evaluator's alone.

    Raises:
      ValueError: If the folder or the settings will not do.
    """
    self._task, self._settings = task, settings
    self._first = experiment.Experiment(task, settings, output_dir, _FLAG)
    self._first.open(shared=True)
    self._path = self._first.run_directory / RESULTS
    self._evaluator = None

  @property
  def path(self):
    """The folder."""
    return self._first.run_directory.path

  @property
  def description(self) -> Description:
    """What another process needs to open it."""
    folder = str(self.path.resolve())
    return Description(folder, self._task, self._settings)

  def found(self) -> dict[Run, dict]:
    """Returns the lines that are there, by run."""
    if not self._path.exists():
      return {}
    lines = self._path.read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return {Run(x["strategy"], x["sparsity"], x["seed"]): x for x in found}

  def locked(self, name: str, wait: bool = True):
    """Returns a context in which no other process of the sweep has the lock.

    Args:
      name: Of the lock, such as that of a run.
      wait: As of `locks.held`.
    """
    return locks.held(self.path / "locks" / f"{name}.lock", wait)

  def measure_all(self, runs: Iterable[Run]) -> Iterator[tuple[Run, dict]]:
    """Measures runs, and gives each with its line as it ends.

    Those that other processes are at come last; they are waited for, and taken
    over where the process is killed.

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
      yield run, self.measure(run)

  def measure(self, run: Run, wait: bool = True) -> dict | None:
    """Trains and measures a run if that is not known yet.

    Args:
      run: The run.
      wait: Whether to wait for another process that is at it.

    Returns:
      Its line: strategy, sparsity and seed; `error`, None or why it failed;
      else the task's measures; `zeros`, the share of the dense networks'
      prunable weights that are zero or gone; `macs`, multiplications with the
      others; `gzip_bytes` of the files for the CPU; and `updates` of the
      networks. And the `machine`, whose rounding is a little different from
      others', and `seconds` there. None if another process is at it, and is not
      waited for.
    """
    with self.locked(run.name, wait) as is_held:
      found = self.found()
      if run not in found and is_held:
        self._add(self._line(run))
        found = self.found()
    return found.get(run)

  def _add(self, line: dict) -> None:
    """Writes a line below those that are there."""
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
        f" {', '.join(sorted(clash))}, which a sweep's lines have for something"
        " else; call them otherwise."
      )
    if main.task.score not in measures:
      raise ValueError(
        f"The task {main.task.name!r} compares by {main.task.score!r}, and its"
        f" `measure` returns {', '.join(measures) or 'nothing'}; set `score`."
      )
    return {
      **{name: float(value) for name, value in measures.items()},
      **sweep_size.of(main.task, gan, self._dense_size(main), directory),
      "updates": (phase.earlier_epochs + phase.epochs) * main.steps_per_epoch,
    }

  def evaluator(self):
    """Returns what measures all runs."""
    if self._evaluator is None:
      with self.locked("evaluator"):
        self._evaluator = self._first.evaluator()
    return self._evaluator

  def _main(self, seed: int) -> experiment.Experiment:
    """Returns the experiment that trained the dense GAN for a while."""
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
    """Returns the number of prunable weights of new networks that ship."""
    return exporting.sparsity_of(main.task.exported(main.begin())).size


def _made(strategy, main, plan):
  """Returns the GAN to train."""
  gan = main.begin() if strategy.from_start else main.load("begin")
  return _possible(strategy.make, gan, plan)


def _possible(function, *arguments):
  """Returns what a strategy's function does.

  Raises:
    _ImpossibleError: If the strategy cannot prune as the plan says.
  """
  try:
    return function(*arguments)
  except ValueError as error:
    raise _ImpossibleError(str(error)) from error
