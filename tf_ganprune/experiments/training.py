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
"""Training in phases, each of which can be killed and goes on where it was."""

import csv
import dataclasses
import os
import shutil
import sys
from collections.abc import Callable, Sequence

import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune import callbacks
from tf_ganprune.experiments import (
  run_directory,
)
from tf_ganprune.saving import backups


@dataclasses.dataclass(frozen=True)
class Phase:
  """A part of a run's training.

  Attributes:
    name: Of the phase, and of its files.
    epochs: How long it takes.
    begin: Makes the compiled GAN that it begins with.
    earlier_epochs: How long that GAN was trained in the phases before.
    callbacks: Makes others than those that every phase has.
  """

  name: str
  epochs: int
  begin: Callable
  earlier_epochs: int = 0
  callbacks: Callable[[], list] = list


def train(
  run: run_directory.RunDirectory,
  phase: Phase,
  data: tf.data.Dataset,
  monitor: Callable[[os.PathLike, str], list] = lambda folder, log_dir: [],
):
  """Trains a phase, or what is left of it, and saves the GAN.

  The state after each epoch is kept until the whole GAN is saved, so that a
  killed program goes on from the last finished epoch, with the data in the
  order that they would have had.

  Args:
    run: Where the files go.
    phase: What to train.
    data: Batches as `fit` takes them, made anew when the program begins.
    monitor: Makes callbacks that show how training goes, of a folder for files
      and one for TensorBoard.

  Returns:
    The trained GAN.

  Raises:
    SystemExit: If the file of the GAN is damaged.
    ValueError: If the state is.
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
  """Returns what a phase logged: columns `step`, and those like `d_loss`.

  Steps are counted from the beginning of the first phase.
  """
  with open(run / f"{phase.name}.csv", newline="") as file:
    # An epoch that was cut off after its line was written has a second line.
    reader = csv.DictReader(file)
    rows = {int(row["epoch"]): row for row in reader}
  epochs = sorted(rows)
  begun = phase.earlier_epochs + 1
  columns = {"step": [(begun + epoch) * steps_per_epoch for epoch in epochs]}
  for name in reader.fieldnames:
    values = [_number(rows[epoch][name]) for epoch in epochs]
    if _may_be_curve(name) and None not in values:
      columns[name] = values
  return columns


def _may_be_curve(column: str) -> bool:
  # Keras has a column of validation for each, which stays empty.
  return column not in ("epoch", "step") and not column.startswith("val_")


def _number(text: str | None) -> float | None:
  """Returns the number in a cell, None where it was not logged."""
  try:
    return float(text)
  except (TypeError, ValueError):
    return None


def joined(
  parts: Sequence[tuple[run_directory.RunDirectory, Phase]],
  steps_per_epoch: int,
) -> dict[str, list[float]]:
  """Returns the columns that phases have in common, one after the other.

  Args:
    parts: Each with its folder.
    steps_per_epoch: Of all.
  """
  found = [history(run, phase, steps_per_epoch) for run, phase in parts]
  names = [x for x in found[0] if all(x in columns for columns in found)]
  return {
    name: [x for columns in found for x in columns[name]] for name in names
  }


def ramp(sparsity: float, end_step: int, frequency: int):
  """Returns TF-MOT's schedule from no zeros to a share of them.

  Args:
    sparsity: The share.
    end_step: The last pruning; the first is at once.
    frequency: Steps between prunings.
  """
  from tensorflow_model_optimization import sparsity as sparsity_  # noqa: PLC0415

  return sparsity_.keras.PolynomialDecay(
    0.0, sparsity, 0, end_step, frequency=frequency
  )


def _pass_over(data, epochs):
  """Lets the next phase have the order of data that it would have had."""
  if not epochs:
    return
  iter(data)  # Keras begins one that it does not use
  for _ in data:  # a cache keeps what is read first
    pass
  for _ in range(epochs - 1):
    iter(data)


def _checkpoints(run, phase):
  return run / f"checkpoints/{phase.name}"


def _announce(run, phase):
  epochs = _finished_epochs(run, phase)
  if epochs:
    print(
      f"Phase {phase.name!r}: goes on from epoch {epochs} of {phase.epochs},"
      " the last that was finished."
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
    return 0  # the callback says what is wrong with it


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
