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

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  distilling,
  handover,
  training,
  zeros_settings,
)

# What the page says of the pruned networks' discriminator.
_DISCRIMINATORS = {"kept": "kept whole", "new": "a new one"}


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

  @classmethod
  def plan(cls, settings):
    """Returns what of the settings decides how this one is trained.

    Args:
      settings: Of an experiment; what all contestants share is left out.
    """
    del settings

  def check(self) -> None:
    """Raises a ValueError if the settings will not do."""

  def parts(self) -> list:
    """Returns its phases after the common one, each with its folder.

    The GAN of the last one is what is compared.
    """
    raise NotImplementedError

  def discriminator(self, gan) -> str:
    """Returns what became of the discriminator, for the page, if anything.

    Args:
      gan: The GAN of the last phase.
    """
    del gan
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
    return [experiment.part("dense", experiment.begun)]


class Pruned(Contestant):
  """Trains on while more and more weights become zero.

  Example:
    `Pruned(experiment).check()`
  """

  adjective = "pruned"

  @classmethod
  def plan(cls, settings):
    """Returns the settings of the phase."""
    return settings.zeros

  @property
  def needed(self) -> tuple[str, ...]:
    """The contestants that must have been trained before."""
    return ("dense",) if self.settings.distillation else ()

  @property
  def settings(self) -> zeros_settings.Settings:
    """How it learns."""
    return self.experiment.settings.zeros

  def check(self) -> None:
    """Raises a ValueError if nothing would be pruned, or settings clash."""
    zeros_settings.check(self.settings)
    self._schedule()

  def parts(self) -> list:
    """Returns the one phase; see the base."""
    return [self.experiment.part("pruned", self._begin)]

  def _begin(self):
    gan = self.experiment.begun()
    if not self.settings.distillation:
      return gan.replaced(**self._wrapped(gan.networks, gan))
    return self._taught(gan)

  def _wrapped(self, networks, gan) -> dict:
    """Returns the networks that get zeros, wrapped."""
    task, settings = self.experiment.task, self.experiment.settings
    return handover.wrapped(
      networks,
      self._schedule(),
      task.pruned_names() or gan.exported,
      task.policies(),
      importance=settings.importance,
      allocation=settings.allocation,
    )

  def _taught(self, gan):
    """Returns a GAN whose networks learn from those that trained on densely."""
    networks, new = handover.networks(gan), {}
    if self.settings.discriminator == "new":
      clone = tgp.keras.models.clone_model
      new = {name: clone(networks[name]) for name in gan.discriminators}
    new |= self._wrapped(networks | new, gan)
    rate = self.settings.learning_rate
    return gan.replaced(
      {} if rate is None else handover.renewed(gan, gan.exported, rate),
      **new,
      **self._lessons(gan.exported),
    )

  def _lessons(self, names) -> dict:
    """Returns what a GAN takes to learn from the dense one."""
    settings, dense = self.settings, self.experiment.load("dense")
    steps = self.experiment.settings.prune_epochs
    steps *= self.experiment.steps_per_epoch
    taught = {
      name: (dense.averaged(name), handover.judge_of(dense, name))
      for name in names
    }
    return distilling.lessons(taught, settings, settings.fade_to, steps)

  def _schedule(self):
    """Prunes at first, and lets the rest of the steps recover."""
    settings, end = self.experiment.settings, self.settings.end
    steps = settings.prune_epochs * self.experiment.steps_per_epoch
    turns = int(end * steps) // settings.frequency
    if turns < 1:
      raise ValueError(
        f"--frequency {settings.frequency} leaves no pruning in"
        f" {int(end * steps)} of the {steps} steps of --prune_epochs"
        f" {settings.prune_epochs}; lower the one or raise the other."
      )
    return training.ramp(
      settings.final_sparsity, turns * settings.frequency, settings.frequency
    )

  def notes(self) -> list[str]:
    """Says what it learnt, if anything."""
    settings = self.settings
    if not settings.distillation:
      return []
    return [
      "The networks of the pruned GAN that ship learnt from those of the dense"
      f" one, at the end of its training: {settings.learnt}. The dense ones had"
      " no teacher."
    ]

  def discriminator(self, gan) -> str:
    """Returns what became of it; see the base."""
    experiment = self.experiment
    names = set(experiment.task.pruned_names() or gan.exported)
    if not gan.discriminators:
      return ""
    if not names & set(gan.discriminators):
      return _DISCRIMINATORS[self.settings.discriminator]
    only = "" if names & set(gan.exported) else ", and its generator kept"
    return (
      f"pruned to {experiment.settings.final_sparsity:.1%} zeros, step by step"
      f" with its own updates{only}"
    )
