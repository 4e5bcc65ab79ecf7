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
"""The parts of an experiment that its contestants use, as types.

The modules of `Experiment`, `Task` and `Settings` import those of contestants,
which cannot import them in turn.
"""

from collections.abc import Callable
from typing import Protocol

import tf_ganprune as tgp
from tf_ganprune import array_types
from tf_ganprune.experiments import run_directory as run_directory_
from tf_ganprune.experiments import slim_settings, training, zeros_settings


class Settings(Protocol):
  """Settings of an experiment, as in `settings.Settings`.

  Example:
    `Slim.plan(settings)`
  """

  @property
  def batch_size(self) -> int:
    """The number of real examples in an update."""

  @property
  def epochs(self) -> int:
    """The number of epochs that all contestants share."""

  @property
  def prune_epochs(self) -> int:
    """The number of epochs after those."""

  @property
  def final_sparsity(self) -> float:
    """The share of zeros at the end."""

  @property
  def frequency(self) -> int:
    """The number of steps between prunings."""

  @property
  def importance(self) -> str:
    """The name of the importance by which weights are chosen."""

  @property
  def allocation(self) -> str:
    """The name of the allocation by which layers share the zeros."""

  @property
  def seed(self) -> int:
    """The seed of all random numbers."""

  @property
  def zeros(self) -> zeros_settings.Settings:
    """The settings of the phase with zeros."""

  @property
  def slim(self) -> slim_settings.Settings:
    """The settings of the phase with fewer channels."""


class InputTask(Protocol):
  """A task that can draw inputs, as in `task.Task`.

  Example:
    `handover.inputs(task, gan, "generator", 8, 0)`
  """

  def inputs(self, name: str, n: int, seed: int) -> array_types.Arrays | None:
    """Draws inputs for an exported network; None to let the GAN draw them."""


class Task(InputTask, Protocol):
  """A task as contestants use it, as in `task.Task`.

  Example:
    `experiment.task.pruned_names()`
  """

  def restore(self, gan: tgp.PrunedGAN) -> None:
    """Gives a loaded GAN the parts that its file does not have."""

  def later_arguments(self) -> dict:
    """Returns arguments of the GAN that change after the common epochs."""

  def pruned_names(self) -> tuple[str, ...] | None:
    """Returns the names of the networks to prune; None for all exported."""

  def policies(self) -> dict[str, object]:
    """Returns pruning policies by the names of networks."""


class Experiment(Protocol):
  """An experiment as contestants use it, as in `experiment.Experiment`.

  Example:
    `Dense(experiment).parts()`
  """

  @property
  def settings(self) -> Settings:
    """The settings that decide the results."""

  @property
  def task(self) -> Task:
    """The task of the family."""

  @property
  def run_directory(self) -> run_directory_.RunDirectory | None:
    """The folder of the run; None before it is opened."""

  @property
  def steps_per_epoch(self) -> int:
    """The number of batches in an epoch."""

  def begin(self) -> tgp.PrunedGAN:
    """Returns a new GAN of the task, compiled."""

  def begun(self) -> tgp.PrunedGAN:
    """Returns the GAN after the common epochs, ready to train on."""

  def load(self, name: str) -> tgp.PrunedGAN:
    """Loads a trained GAN, `'begin'` or a contestant's."""

  def part(
    self,
    name: str,
    begin: Callable[[], tgp.PrunedGAN],
    epochs: int | None = None,
    earlier_epochs: int | None = None,
  ) -> training.Part:
    """Returns the folder of the run, and a phase of training."""

  def train_phase(
    self, directory: run_directory_.RunDirectory, phase: training.Phase
  ) -> tgp.PrunedGAN:
    """Trains a phase, or the rest of it, and returns its GAN."""
