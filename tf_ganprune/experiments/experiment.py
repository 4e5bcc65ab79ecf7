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
"""The experiment that trains GANs from one beginning, and compares them."""

import copy
import os
import time
from collections.abc import Callable
from typing import Any

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  comparing,
  fields,
  known_contestants,
  rate_decay,
  run_directory,
  training,
)
from tf_ganprune.experiments import settings as settings_
from tf_ganprune.experiments import task as tasks

_BEGIN = "begin"


class Experiment:
  """Trains GANs from one beginning equally long, compares and exports them.

  The constructor checks all settings before anything is written. A run that was
  killed resumes when it is started again.

  Example:
    `Experiment(dcgan_task.DCGAN, dcgan_task.Settings(), "runs/digits").run()`

  Attributes:
    task: The task of the family.
    settings: The settings that decide the results.
    train_data: The batches, in the same order in each process.
    steps_per_epoch: The number of batches in an epoch.
    run_directory: The folder of the run; None before `open`.
    seconds: The seconds that each part of `run` took, by name.
  """

  def __init__(
    self,
    task: type[tasks.Task],
    settings: settings_.Settings | None = None,
    output_dir: str | os.PathLike | None = None,
    flag: str = "output_dir",
  ):
    """Checks the settings and loads the data; `open` makes the folder.

    Args:
      task: The class of the family's task.
      settings: An object of `task.Settings`; by default all of its defaults.
      output_dir: The folder of the run; by default `runs/` and the task's name.
      flag: The flag with the folder, for messages.

    Raises:
      ValueError: If the task lacks a method or attribute, there are no data, or
        a setting is out of its limits.
    """
    tasks.check(task)
    settings = task.Settings() if settings is None else settings
    if not isinstance(settings, task.Settings):
      raise ValueError(
        f"`settings` must be those of the task {task.name!r}, a"
        f" {task.Settings.__name__}; got {settings!r}."
      )
    fields.check(settings)
    tgp.keras.utils.set_random_seed(settings.seed)
    self.task = task(settings)
    self.train_data = self.task.train_data()
    self.steps_per_epoch = int(self.train_data.cardinality())
    if self.steps_per_epoch < 1:
      raise ValueError(
        f"`train_data` of the task {task.name!r} must return a data set with a"
        " known number of batches, at least 1; its cardinality is"
        f" {self.steps_per_epoch}."
      )
    self._base = self
    self._set(settings, output_dir or f"runs/{task.name}", flag)

  def _set(self, settings, output_dir, flag) -> None:
    self.settings = settings
    self._output_dir, self._flag = output_dir, flag
    self.seconds: dict[str, float] = {}
    self.run_directory: run_directory.RunDirectory | None = None
    self.contestants = {
      name: known_contestants.contestant(name, self.owner(name))
      for name in known_contestants.in_order(settings.phases)
    }
    for contestant in self.contestants.values():
      contestant.check()

  def extended(
    self,
    settings: settings_.Settings,
    output_dir: str | os.PathLike,
    flag: str = "output_dir",
  ) -> "Experiment":
    """Returns an experiment that compares more GANs, in a folder of its own.

    GANs of this experiment stay in its folder, and are trained if missing.

    Args:
      settings: Settings with other `phases`, `targets`, `slim` or `zeros`, or
        with another share of zeros, importance, allocation or frequency.
      output_dir: The folder of the other GANs, and of the page.
      flag: The flag with the folder, for messages.

    Raises:
      ValueError: If a setting is out of its limits, or another one differs.
    """
    fields.check(settings)
    known_contestants.check_same_beginning(settings, self.settings)
    other = copy.copy(self)
    other._base = self
    other._set(settings, output_dir, flag)
    return other

  def open(self, shared: bool = False) -> "Experiment":
    """Makes the folder, or opens that of a run, and returns the experiment.

    Args:
      shared: Whether other processes may be writing to the folder.

    Raises:
      ValueError: If the folder cannot be written to, or holds a run with other
        settings.
    """
    self.run_directory = run_directory.RunDirectory(
      self._output_dir, self.all_settings(), self._flag, shared
    )
    if self._base is not self:
      self._base.open()
    return self

  def all_settings(self) -> dict:
    """Returns the task's name and the settings that play a part, for JSON."""
    return {"task": self.task.name} | self.shown_settings()

  def shown_settings(self) -> dict:
    """Returns the settings by their flags, without those of absent phases."""
    found = fields.values(self.settings)
    if "slim" in self.settings.phases:
      return found
    slim = fields.values(self.settings.slim, "slim_")
    return {k: v for k, v in found.items() if k not in slim}

  def run(self) -> tgp.report.Comparison:
    """Trains, measures, exports and reports; returns the comparison."""
    if self.run_directory is None:
      self.open()
    directory = run_directory.opened(self.run_directory)
    if directory.resumed:
      print(f"Resuming the run in {directory.path}.")
    evaluator = self._timed("evaluator", self.evaluator)
    gans = self._timed("training", self.train)
    notes = [note for x in self.contestants.values() for note in x.notes()]
    return comparing.Comparing(
      directory,
      self.task,
      title=f"{self.settings.dataset}: {self._names()} {self.task.title}",
      settings=self.shown_settings(),
      targets=self.settings.targets,
      seconds=self.seconds,
      steps_per_epoch=self.steps_per_epoch,
      discriminators={
        name: x.discriminator(gans[name])
        for name, x in self.contestants.items()
      },
    ).run(gans, evaluator, self.histories(), notes)

  def _names(self) -> str:
    """Returns the GANs in words, such as 'a dense and a pruned'."""
    *first, last = [f"a {x.adjective}" for x in self.contestants.values()]
    return f"{', '.join(first)} and {last}" if first else last

  def evaluator(self) -> Any:
    """Returns the evaluator of the task, which is of its own kind."""
    directory = run_directory.opened(self._base.run_directory)
    return self.task.evaluator(directory)

  def begin(self) -> tgp.PrunedGAN:
    """Returns a new GAN of the task, compiled."""
    return self.task.gan(self.task.networks())

  def begun(self) -> tgp.PrunedGAN:
    """Returns the GAN after the common epochs, ready to train on."""
    gan, changed = self.load(_BEGIN), self.task.later_arguments()
    return gan.replaced(**changed) if changed else gan

  def part(
    self,
    name: str,
    begin: Callable[[], tgp.PrunedGAN],
    epochs: int | None = None,
    earlier_epochs: int | None = None,
  ) -> training.Part:
    """Returns the folder of the run, and a phase of training.

    Args:
      name: The name of the phase, and of its files.
      begin: A function that returns the compiled GAN to begin with.
      epochs: The number of epochs; by default `prune_epochs` of the settings.
      earlier_epochs: The number of epochs that GAN was trained for before; by
        default `epochs` of the settings.
    """
    settings = self.settings
    then = settings.prune_epochs if epochs is None else epochs
    earlier = settings.epochs if earlier_epochs is None else earlier_epochs
    callbacks: Callable[[], list] = list
    if name in known_contestants.CONTESTANTS and settings.decay_to < 1:
      course = (then, settings.decay_from, settings.decay_to)
      callbacks = lambda: [rate_decay.RateDecay(*course)]  # noqa: E731
    phase = training.Phase(name, then, begin, earlier, callbacks)
    return run_directory.opened(self.run_directory), phase

  def owner(self, name: str) -> "Experiment":
    """Returns the experiment in whose folder a GAN is trained.

    Args:
      name: `'begin'`, or the name of a contestant.
    """
    ours, base = self.settings, self._base.settings
    is_base = name == _BEGIN or (
      name in base.phases and known_contestants.are_same(name, ours, base)
    )
    return self._base if is_base else self

  def load(self, name: str) -> tgp.PrunedGAN:
    """Loads a trained GAN.

    Args:
      name: `'begin'`, or the name of a contestant.
    """
    directory, phase = self._parts(name)[-1]
    gan = directory.load(f"{phase.name}.keras")
    self.task.restore(gan)
    return gan

  def _parts(self, name: str) -> list[training.Part]:
    owner = self.owner(name)
    if name == _BEGIN:
      return [owner.part(_BEGIN, owner.begin, owner.settings.epochs, 0)]
    return known_contestants.contestant(name, owner).parts()

  def train(
    self, names: tuple[str, ...] | None = None
  ) -> dict[str, tgp.PrunedGAN]:
    """Trains the GANs that are not trained yet, and returns GANs by name.

    Args:
      names: The names of the GANs to return: `'begin'` and contestants; by
        default the contestants of the settings.
    """
    names = tuple(self.contestants) if names is None else names
    others = [name for name in names if name != _BEGIN]
    needed = [x for name in others for x in self._needed(name)]
    gans = {}
    for name in [_BEGIN, *known_contestants.in_order([*needed, *others])]:
      for directory, phase in self._parts(name):
        gans[name] = self.train_phase(directory, phase)
    return {name: gans[name] for name in names}

  def _needed(self, name) -> tuple[str, ...]:
    return known_contestants.contestant(name, self.owner(name)).needed

  def train_phase(
    self, directory: run_directory.RunDirectory, phase: training.Phase
  ) -> tgp.PrunedGAN:
    """Trains a phase, or the rest of it, and returns its GAN.

    Args:
      directory: The folder of its files.
      phase: The phase to train.
    """
    tgp.keras.utils.set_random_seed(self.settings.seed)
    gan = training.train(directory, phase, self.train_data, self.task.monitor)
    self.task.restore(gan)
    return gan

  def histories(self) -> dict[str, dict[str, dict]]:
    """Returns the values that were logged, by GAN: `together` and `alone`."""
    ((directory, begin),) = self._parts(_BEGIN)
    together = training.history(directory, begin, self.steps_per_epoch)
    return {
      name: {
        "together": together,
        "alone": training.joined(self._parts(name), self.steps_per_epoch),
      }
      for name in self.contestants
    }

  def _timed(self, name, function):
    begun = time.time()
    result = function()
    self.seconds[name] = round(time.time() - begun, 1)
    return result
