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
"""Training in phases that resume after the program was killed."""

import csv
import dataclasses
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from typing import TypeAlias

import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tf_ganprune import callbacks
from tf_ganprune.experiments import (
  run_directory,
)
from tf_ganprune.saving import backups


@dataclasses.dataclass(frozen=True)
class Phase:
  """A part of a run's training, which is saved as one GAN.

  Attributes:
    name: The name of the phase, and of its files.
    epochs: The number of epochs to train.
    begin: A function that returns the compiled GAN to begin with.
    earlier_epochs: The number of epochs of that GAN in earlier phases.
    callbacks: A function that returns callbacks, beside those that every phase
      has.
  """

  name: str
  epochs: int
  begin: Callable[[], tgp.PrunedGAN]
  earlier_epochs: int = 0
  callbacks: Callable[[], list] = list


# A phase with the folder in which it is trained.
Part: TypeAlias = tuple[run_directory.RunDirectory, Phase]


def train(
  run: run_directory.RunDirectory,
  phase: Phase,
  data: tf.data.Dataset,
  monitor: Callable[[os.PathLike, str], list] = lambda folder, log_dir: [],
) -> tgp.PrunedGAN:
  """Trains a phase, or the rest of it, and saves the GAN.

  The state after each epoch is kept until the GAN is saved, so that a killed
  program resumes after the last finished epoch, with the data in the same order
  as without a break.

  Args:
    run: The folder of the run.
    phase: The phase to train.
    data: Batches as `fit` takes them, made anew when the program begins.
    monitor: A function of a folder for files and one for TensorBoard that
      returns callbacks which show the progress of training.

  Returns:
    The trained GAN.

  Raises:
    SystemExit: If the file of the trained GAN is damaged.
    ValueError: If the state after the last epoch is damaged.
  """
  file = f"{phase.name}.keras"
  if (run / file).exists():
    print(f"Phase {phase.name!r}: already trained, read from {run / file}.")
    _pass_over(data, phase.epochs)
    return run.load(file)
  gan = phase.begin()
  _announce(run, phase)
  gan.fit(
    data,
    epochs=phase.epochs,
    callbacks=_callbacks(run, phase, monitor),
    verbose=1 if sys.stdout.isatty() else 2,
  )
  run.save(gan, file)
  shutil.rmtree(_checkpoints(run, phase), ignore_errors=True)
  return gan


def history(
  run: run_directory.RunDirectory, phase: Phase, steps_per_epoch: int
) -> dict[str, list[float]]:
  """Returns the values that a phase logged, one an epoch.

  Args:
    run: The folder of the run.
    phase: The phase, which is trained.
    steps_per_epoch: The number of train steps in an epoch.

  Returns:
    Lists by name: `step`, counted from the beginning of the first phase, and
    logged values such as `d_loss`.
  """
  with open(run / f"{phase.name}.csv", newline="") as file:
    # An epoch that was cut off after its line was written has a second line.
    reader = csv.DictReader(file)
    rows = {int(row["epoch"]): row for row in reader}
  epochs = sorted(rows)
  begun = phase.earlier_epochs + 1
  columns: dict[str, list[float]] = {
    "step": [(begun + epoch) * steps_per_epoch for epoch in epochs]
  }
  for name in reader.fieldnames or ():
    cells = [_number(rows[epoch][name]) for epoch in epochs]
    values = [x for x in cells if x is not None]
    if _may_be_curve(name) and len(values) == len(cells):
      columns[name] = values
  return columns


def _may_be_curve(column: str) -> bool:
  # Keras has a column of validation for each, which stays empty.
  return column not in ("epoch", "step") and not column.startswith("val_")


def _number(text: str | None) -> float | None:
  """Returns the number in a cell; None if there is none."""
  try:
    return None if text is None else float(text)
  except ValueError:
    return None


def joined(
  parts: Sequence[Part],
  steps_per_epoch: int,
) -> dict[str, list[float]]:
  """Joins the logged values of phases, for names that all phases logged.

  Args:
    parts: The phases in their order, each with its folder.
    steps_per_epoch: The number of train steps in an epoch.

  Returns:
    Lists by name, as from `history`.
  """
  found = [history(run, phase, steps_per_epoch) for run, phase in parts]
  names = [x for x in found[0] if all(x in columns for columns in found)]
  return {
    name: [x for columns in found for x in columns[name]] for name in names
  }


def ramp(
  sparsity: float, end_step: int, frequency: int
) -> tfmot.sparsity.keras.PruningSchedule:
  """Returns TF-MOT's polynomial schedule from no zeros to a share of zeros.

  Args:
    sparsity: The share of zeros at the end.
    end_step: The step of the last pruning; the first is at step 0.
    frequency: The number of steps between prunings.
  """
  return tfmot.sparsity.keras.PolynomialDecay(
    0.0, sparsity, 0, end_step, frequency=frequency
  )


def _pass_over(data, epochs):
  """Advances a data set's shuffling as if some epochs had been trained."""
  if not epochs:
    return
  iter(data)  # Keras begins an epoch that it does not use
  for _ in data:  # the first epoch fills a cache
    pass
  for _ in range(epochs - 1):
    iter(data)


def _checkpoints(run, phase):
  return run / f"checkpoints/{phase.name}"


def _announce(run, phase):
  epochs = _finished_epochs(run, phase)
  if epochs:
    print(
      f"Phase {phase.name!r}: resumes after epoch {epochs} of {phase.epochs}."
    )
  else:
    print(f"Phase {phase.name!r}: {phase.epochs} epochs.")


def _finished_epochs(run, phase) -> int:
  checkpoint = backups.latest(_checkpoints(run, phase) / "chief")
  if not checkpoint:
    return 0
  epoch = "ckpt_saved_epoch/.ATTRIBUTES/VARIABLE_VALUE"
  try:
    return int(tf.train.load_variable(checkpoint, epoch)) + 1
  except tf.errors.OpError:
    return 0  # the callback raises the error for it


def _callbacks(run, phase, monitor):
  logs = str(run / "logs" / phase.name)
  return [
    *phase.callbacks(),
    tgp.PruningSummaries(logs),
    *monitor(run / "samples" / phase.name, logs),
    tgp.keras.callbacks.CSVLogger(run / f"{phase.name}.csv", append=True),
    callbacks.BackupAndRestore(
      _checkpoints(run, phase), delete_checkpoint=False
    ),
  ]
