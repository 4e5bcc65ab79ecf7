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
from collections.abc import Iterable

import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune import files
from tf_ganprune.experiments import (
  digits_job,
  exporting,
  run_directory,
  strategies,
  training,
)
from tf_ganprune.gan import divergence

RESULTS = "runs.jsonl"
_FLAG = "sweep_dir"  # of the program


class _ImpossibleError(ValueError):
  """A strategy cannot do what a plan says."""


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


class SweepJob:
  """Runs of one folder, which all have the same settings but for the seed.

  One line of `runs.jsonl` is written for each run that has ended; those that
  are there are not trained again.

  Example:
    `SweepJob("runs/sweep", digits_job.Settings()).measure(Run("erk", 0.8, 0))`
  """

  def __init__(self, output_dir: str | os.PathLike, settings):
    """Opens the folder.

    Args:
      output_dir: Where everything goes.
      settings: `digits_job.Settings`, whose seed is the classifier's alone.

    Raises:
      ValueError: If the folder or the settings will not do.
    """
    self._settings = settings
    self._first = digits_job.DigitsJob(output_dir, settings, _FLAG).open()
    self._path = self._first.run_directory / RESULTS
    self._evaluator = None

  @property
  def path(self):
    """The folder."""
    return self._first.run_directory.path

  def found(self) -> dict[Run, dict]:
    """Returns the lines that are there, by run."""
    if not self._path.exists():
      return {}
    lines = self._path.read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return {Run(x["strategy"], x["sparsity"], x["seed"]): x for x in found}

  def measure(self, run: Run) -> dict:
    """Trains and measures a run if that is not known yet.

    Args:
      run: The run.

    Returns:
      Its line: strategy, sparsity and seed; `error`, None or why it failed;
      else `frechet_distance` and the evaluator's other numbers; `zeros`, the
      share of the dense generator's prunable weights that are zero or gone;
      `macs`, multiplications with the others; `gzip_bytes` of the file for the
      CPU; and `updates` of the generator. And the `machine`, whose rounding is
      a little different from others', and `seconds` there.
    """
    found = self.found()
    if run not in found:
      line = self._line(run)
      lines = [*found.values(), line]
      text = "".join(json.dumps(x) + "\n" for x in lines)
      files.write(self._path, text.encode())
      found[run] = line
    return found[run]

  def _line(self, run: Run) -> dict:
    begun = time.time()
    try:
      line = {"error": None} | self._measured(run)
    except _FAILURES as e:
      line = {"error": str(e).splitlines()[0]}
    tgp.keras.backend.clear_session()
    where = {"machine": exporting.machine()}
    seconds = {"seconds": round(time.time() - begun, 1)}
    return dataclasses.asdict(run) | line | where | seconds

  def _measured(self, run: Run) -> dict:
    main = self._main(run.seed)
    main.train(("begin",))
    phase = self._phase(run, main)
    tgp.keras.utils.set_random_seed(run.seed)
    directory = run_directory.RunDirectory(
      self.path / run.name,
      main.all_settings() | dataclasses.asdict(run),
      _FLAG,
    )
    gan = training.train(directory, phase, main.train_images)
    images = gan.generate(self._settings.eval_images, seed=run.seed)
    images = tgp.standard_images(gan, images)
    return {
      **{k: float(v) for k, v in self.evaluator().evaluate(images).items()},
      **_size(
        exporting.exported_network(gan),
        tgp.sparsity_report(main.networks()["generator"]).size,
        directory / "generator.tflite",
      ),
      "updates": (phase.earlier_epochs + phase.epochs) * main.steps_per_epoch,
    }

  def evaluator(self) -> tgp.metrics.Evaluator:
    """Returns the one that measures all runs."""
    if self._evaluator is None:
      self._evaluator, _ = self._first.evaluator()
    return self._evaluator

  def _main(self, seed: int) -> digits_job.DigitsJob:
    """Returns the job that trains the dense GAN for a while, opened."""
    # New for each run: its images come in the same order whatever ran before.
    settings = dataclasses.replace(self._settings, seed=seed)
    folder = self.path / f"seed_{seed}"
    return digits_job.DigitsJob(folder, settings, _FLAG).open()

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
      main.real_images()[0],
      self._settings.batch_size,
    )
    return training.Phase(
      "train",
      epochs,
      lambda: _made(strategy, main, plan),
      earlier,
      lambda: strategy.callbacks(plan),
    )


def _made(strategy, main, plan) -> tgp.GAN:
  """Returns the GAN to train.

  Raises:
    _ImpossibleError: If the strategy cannot prune as the plan says.
  """
  gan = _unpruned(strategy, main)
  try:
    return strategy.make(gan, plan)
  except ValueError as error:
    raise _ImpossibleError(str(error)) from error


def _unpruned(strategy, main) -> tgp.GAN:
  if strategy.from_start:
    return main.begin()
  return main.run_directory.load("begin.keras")


def _size(network, dense_size: int, path) -> dict:
  """Returns what is left of a network, and what its file takes."""
  report = tgp.sparsity_report(network)
  zeros = {layer.name: layer.sparsity for layer in report.layers}
  profile = tgp.profile(network)
  exported = tgp.export_tflite(network, path, target="cpu")
  return {
    "zeros": 1 - (1 - report.overall) * report.size / dense_size,
    "macs": round(
      sum(x.macs * (1 - zeros.get(x.name, 0.0)) for x in profile.layers)
    ),
    "gzip_bytes": exported.gzip_bytes,
  }
