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
"""The GANs that an experiment trains from one beginning, and compares."""

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  distilling,
  handover,
  protocols,
  training,
  zeros_settings,
)

# The ends of the remark "Its discriminator was ...".
_DISCRIMINATORS = {"kept": "kept whole", "new": "a new one"}


class Contestant:
  """The base of the GANs that an experiment compares.

  A new one is derived from it.

  Example:
    `Dense(experiment).parts()`

  Attributes:
    adjective: The adjective for it in the page's title.
    needed: Names of the contestants that must have been trained before.
  """

  adjective = ""

  def __init__(self, experiment: protocols.Experiment):
    """Creates the contestant of an experiment, which need not be opened yet."""
    self.experiment = experiment

  @property
  def needed(self) -> tuple[str, ...]:
    """Names of the contestants that must have been trained before."""
    return ()

  @classmethod
  def plan(cls, settings: protocols.Settings) -> object:
    """Returns the settings that decide how this contestant is trained.

    Settings that all contestants share are left out.

    Args:
      settings: The settings of an experiment.
    """
    del settings
    return None

  def check(self) -> None:
    """Raises a ValueError if settings contradict each other."""

  def parts(self) -> list[training.Part]:
    """Returns its phases after the common one, as pairs of folder and phase.

    The GAN of the last phase is compared.
    """
    raise NotImplementedError

  def discriminator(self, gan: tgp.PrunedGAN) -> str:
    """Returns the end of the page's remark "Its discriminator was ...".

    The empty text stands for no remark.

    Args:
      gan: The GAN of the last phase.
    """
    del gan
    return ""

  def notes(self) -> list[str]:
    """Returns notes for the page, one sentence or more each."""
    return []


class Dense(Contestant):
  """The dense GAN, which trains as before.

  Example:
    `Dense(experiment).parts()`
  """

  adjective = "dense"

  def parts(self) -> list[training.Part]:
    """Returns its only phase with its folder, in a list."""
    experiment = self.experiment
    return [experiment.part("dense", experiment.begun)]


class Pruned(Contestant):
  """The pruned GAN, which trains while more and more weights become zero.

  Example:
    `Pruned(experiment).check()`
  """

  adjective = "pruned"

  @classmethod
  def plan(cls, settings: protocols.Settings) -> tuple:
    """Returns the settings that decide what is pruned, when and how."""
    shares = (settings.final_sparsity, settings.allocation)
    return settings.zeros, settings.importance, settings.frequency, *shares

  @property
  def needed(self) -> tuple[str, ...]:
    """Names of the contestants that must have been trained before."""
    return ("dense",) if self.settings.distillation else ()

  @property
  def settings(self) -> zeros_settings.Settings:
    """The settings of the phase."""
    return self.experiment.settings.zeros

  def check(self) -> None:
    """Raises a ValueError if nothing would be pruned, or settings clash."""
    zeros_settings.check(self.settings)
    self._schedule()

  def parts(self) -> list[training.Part]:
    """Returns its only phase with its folder, in a list."""
    return [self.experiment.part("pruned", self._begin)]

  def _begin(self) -> tgp.PrunedGAN:
    gan = self.experiment.begun()
    if not self.settings.distillation:
      return gan.replaced(**self._wrapped(gan.networks, gan))
    return self._taught(gan)

  def _wrapped(self, networks, gan) -> dict:
    """Returns the networks to prune, with pruning wrappers, by name."""
    task, settings = self.experiment.task, self.experiment.settings
    return handover.wrapped(
      networks,
      self._schedule(),
      task.pruned_names() or gan.exported,
      task.policies(),
      importance=settings.importance,
      allocation=settings.allocation,
    )

  def _taught(self, gan: tgp.PrunedGAN) -> tgp.PrunedGAN:
    """Returns a GAN whose networks learn from those of the dense GAN."""
    networks, new = handover.networks(gan), {}
    if self.settings.discriminator == "new":
      clone = tgp.keras.models.clone_model
      others = set(gan.discriminators) - set(gan.exported)
      new = {name: clone(networks[name]) for name in others}
    new |= self._wrapped(networks | new, gan)
    rate = self.settings.learning_rate
    return gan.replaced(
      {} if rate is None else handover.renewed(gan, gan.exported, rate),
      **new,
      **self._lessons(gan.exported),
    )

  def _lessons(self, names) -> dict:
    """Returns the GAN's arguments for learning from the dense GAN."""
    settings, dense = self.settings, self.experiment.load("dense")
    steps = self.experiment.settings.prune_epochs
    steps *= self.experiment.steps_per_epoch
    taught = {
      name: (dense.averaged(name), handover.judge_of(dense, name))
      for name in names
    }
    return distilling.lessons(taught, settings, settings.fade_to, steps)

  def _schedule(self):
    """Returns a schedule that prunes at first, and lets the GAN recover."""
    settings, end = self.experiment.settings, self.settings.end
    steps = settings.prune_epochs * self.experiment.steps_per_epoch
    turns = int(end * steps) // settings.frequency
    if turns < 1:
      raise ValueError(
        f"--frequency {settings.frequency} leaves no pruning in"
        f" {int(end * steps)} of the {steps} steps of --prune_epochs"
        f" {settings.prune_epochs}; lower --frequency or raise --prune_epochs."
      )
    return training.ramp(
      settings.final_sparsity, turns * settings.frequency, settings.frequency
    )

  def notes(self) -> list[str]:
    """Returns a note on the distillation, if there is one, in a list."""
    settings = self.settings
    if not settings.distillation:
      return []
    return [
      "The exported networks of the pruned GAN learnt from those of the dense"
      f" one, at the end of its training: {settings.learnt}. The dense ones had"
      " no teacher."
    ]

  def discriminator(self, gan: tgp.PrunedGAN) -> str:
    """Returns the end of the remark "Its discriminator was ..."."""
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
