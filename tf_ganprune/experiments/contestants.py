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
"""The ways on from a common beginning, which an experiment compares."""

from tf_ganprune.experiments import handover, training


class Contestant:
  """One of the ways; a new one is derived from this.

  Example:
    `Dense(experiment).parts()`

  Attributes:
    adjective: In the page's heading.
    needed: The contestants that must have been trained before.
  """

  adjective = ""
  needed: tuple[str, ...] = ()

  def __init__(self, experiment):
    """Keeps the experiment, which need not be opened yet."""
    self.experiment = experiment

  def check(self) -> None:
    """Raises a ValueError if the settings will not do."""

  def parts(self) -> list:
    """Returns its phases after the common one, each with its folder.

    The GAN of the last one is what is compared.
    """
    raise NotImplementedError

  @property
  def discriminator(self) -> str:
    """What became of the discriminator, for the page, if anything."""
    return ""

  def notes(self) -> list[str]:
    """Returns what the reader should know."""
    return []


class Dense(Contestant):
  """Trains on as before.

  Example:
    `Dense(experiment).parts()`
  """

  adjective = "dense"

  def parts(self) -> list:
    """Returns the one phase; see the base."""
    experiment = self.experiment
    return [experiment.part("dense", lambda: experiment.load("begin"))]


class Pruned(Contestant):
  """Trains on while more and more weights become zero.

  Example:
    `Pruned(experiment).check()`
  """

  adjective = "pruned"

  def check(self) -> None:
    """Raises a ValueError if nothing would be pruned."""
    self._schedule()

  def parts(self) -> list:
    """Returns the one phase; see the base."""
    return [self.experiment.part("pruned", self._begin)]

  def _begin(self):
    experiment = self.experiment
    task, settings = experiment.task, experiment.settings
    gan = experiment.load("begin")
    return handover.pruned(
      gan,
      self._schedule(),
      task.pruned_names() or gan.exported,
      task.policies(),
      importance=settings.importance,
      allocation=settings.allocation,
    )

  def _schedule(self):
    """Prunes over the first 70 % of the steps, and lets the rest recover."""
    settings = self.experiment.settings
    steps = settings.prune_epochs * self.experiment.steps_per_epoch
    turns = int(0.7 * steps) // settings.frequency
    if turns < 1:
      raise ValueError(
        f"--frequency {settings.frequency} leaves no pruning in"
        f" {int(0.7 * steps)} of the {steps} steps of --prune_epochs"
        f" {settings.prune_epochs}; lower the one or raise the other."
      )
    return training.ramp(
      settings.final_sparsity, turns * settings.frequency, settings.frequency
    )

  @property
  def discriminator(self) -> str:
    """See the base."""
    experiment = self.experiment
    names = experiment.task.pruned_names()
    if names is None or "discriminator" not in names:
      return "kept whole"
    only = ", and its generator kept" if len(names) == 1 else ""
    return (
      f"pruned to {experiment.settings.final_sparsity:.1%} zeros, step by step"
      f" with its own updates{only}"
    )
