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
import shutil
import sys
from collections.abc import Callable

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
  begin: Callable[[], tgp.GAN]
  earlier_epochs: int = 0
  callbacks: Callable[[], list] = list


def train(
  run: run_directory.RunDirectory, phase: Phase, images: tf.data.Dataset
) -> tgp.GAN:
  """Trains a phase, or what is left of it, and saves the GAN.

  The state after each epoch is kept until the whole GAN is saved, so that a
  killed program goes on from the last finished epoch, with the images in the
  order that they would have had.

  Args:
    run: Where the files go.
    phase: What to train.
    images: Batches of real images, made anew when the program begins.

  Returns:
    The trained GAN.

  Raises:
    SystemExit: If the file of the GAN is damaged.
    ValueError: If the state is.
  """
  file = f"{phase.name}.keras"
  if (run / file).exists():
    print(f"Phase {phase.name!r}: already trained, read from {run / file}.")
    _pass_over(images, phase.epochs)
    return run.load(file)
  gan = phase.begin()
  _announce(run, phase)
  gan.fit(
    images,
    epochs=phase.epochs,
    callbacks=_callbacks(run, phase),
    verbose=1 if sys.stdout.isatty() else 2,
  )
  run.save(gan, file)
  shutil.rmtree(_checkpoints(run, phase), ignore_errors=True)
  return gan


def history(
  run: run_directory.RunDirectory, phase: Phase, steps_per_epoch: int
) -> dict[str, list[float]]:
  """Returns a phase's losses: columns `step`, `d_loss` and `g_loss`.

  Steps are counted from the beginning of the first phase.
  """
  with open(run / f"{phase.name}.csv", newline="") as file:
    # An epoch that was cut off after its line was written has a second line.
    rows = {int(row["epoch"]): row for row in csv.DictReader(file)}
  epochs = sorted(rows)
  begun = phase.earlier_epochs + 1
  columns = {"step": [(begun + epoch) * steps_per_epoch for epoch in epochs]}
  for name in ("d_loss", "g_loss"):
    columns[name] = [float(rows[epoch][name]) for epoch in epochs]
  return columns


def pruned(
  gan: tgp.GAN,
  schedule,
  networks: tuple[str, ...],
  policies: dict | None = None,
) -> tgp.GAN:
  """Returns a GAN that trains on where `gan` is, and prunes networks.

  Args:
    gan: A compiled GAN, which is used up.
    schedule: The pruning schedule; its step 0 is now.
    networks: Which to prune, of `'generator'` and `'discriminator'`.
    policies: The pruning policy of a network, if it has one.
  """
  policies = policies or {}
  return changed(
    gan,
    **{
      name: tgp.prune_low_magnitude(
        getattr(gan, name), schedule, pruning_policy=policies.get(name)
      )
      for name in networks
    },
  )


def changed(gan: tgp.GAN, **arguments) -> tgp.GAN:
  """Returns a GAN that trains on where `gan` is, with other arguments.

  Weights, optimizers and the moving average go over; `gan` is used up.

  Args:
    gan: A compiled GAN.
    **arguments: Of its constructor, in place of what it has.
  """
  networks = {
    name: getattr(gan, name) for name in ("generator", "discriminator")
  }
  another = type(gan)(**gan.get_config() | networks | arguments)
  if gan.ema_generator is not None:
    another.ema_generator.set_weights(gan.ema_generator.get_weights())
  another.compile(gan.d_optimizer, gan.g_optimizer, loss=gan.loss_name)
  return another


def _pass_over(images, epochs):
  """Lets the next phase have the order of images that it would have had."""
  if not epochs:
    return
  iter(images)  # Keras begins one that it does not use
  for _ in images:  # a cache keeps what is read first
    pass
  for _ in range(epochs - 1):
    iter(images)


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


def _callbacks(run, phase):
  logs = str(run / "logs" / phase.name)
  return [
    *phase.callbacks(),
    tgp.PruningSummaries(logs),
    tgp.GANMonitor(run / "samples" / phase.name, log_dir=logs),
    tgp.keras.callbacks.CSVLogger(run / f"{phase.name}.csv", append=True),
    callbacks.BackupAndRestore(
      _checkpoints(run, phase), delete_checkpoint=False
    ),
  ]
