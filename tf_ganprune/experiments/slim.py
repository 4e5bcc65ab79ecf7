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
"""The contestant whose networks lose channels and learn from the whole ones."""

import functools

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  contestants,
  distilling,
  handover,
  protocols,
  slim_settings,
  training,
)
from tf_ganprune.experiments import run_directory as run_directory_

_SAMPLES = 256
_DISCRIMINATORS = {
  "kept": "kept whole",
  "new": "a new one",
  "shrunk": "left with half of its channels",
  "matched": "left with the generator's share of its weights",
}


class Slim(contestants.Contestant):
  """A GAN whose exported networks lose channels.

  It begins where the other contestants do, and is updated equally often. For
  some of these updates its networks are whole, with as many latents in an
  update as after the cut.

  Example:
    `Slim(experiment).parts()`

  Attributes:
    settings: The settings of the phase.
    run_directory: The folder in which it is trained.
  """

  adjective = "slim"

  def __init__(
    self,
    experiment: protocols.Experiment,
    settings: slim_settings.Settings | None = None,
    directory: run_directory_.RunDirectory | None = None,
    whole_directory: run_directory_.RunDirectory | None = None,
  ):
    """Creates the contestant of an experiment.

    Args:
      experiment: The experiment, which need not be opened yet.
      settings: The settings of the phase; by default the experiment's.
      directory: The folder in which it is trained; by default the experiment's.
      whole_directory: The folder in which the whole networks are trained
        further; several contestants that cut them differently can share it, one
        after the other.
    """
    super().__init__(experiment)
    settings = settings or experiment.settings.slim
    self.settings = settings.resolved(experiment.settings.prune_epochs)
    self._directory, self._whole_directory = directory, whole_directory

  @classmethod
  def plan(cls, settings: protocols.Settings) -> slim_settings.Settings:
    """Returns the settings of the phase, with numbers for all epochs."""
    return settings.slim.resolved(settings.prune_epochs)

  @property
  def run_directory(self) -> run_directory_.RunDirectory:
    """The folder in which it is trained."""
    ours = self._directory or self.experiment.run_directory
    return run_directory_.opened(ours)

  @property
  def needed(self) -> tuple[str, ...]:
    """Names of the contestants that must have been trained before."""
    learns = self.settings.distillation and self.settings.teacher == "trained"
    return ("dense",) if learns else ()

  def check(self) -> None:
    """Raises a ValueError if settings clash, or no widths are small enough."""
    settings = self.settings
    slim_settings.check(settings)
    gan = self.experiment.begin()
    for name in gan.exported:
      network = handover.networks(gan)[name]
      tgp.prune_channels(
        network, macs=settings.macs, round_to=settings.round_to
      )

  def parts(self) -> list[training.Part]:
    """Returns the phases that have epochs, as pairs of folder and phase."""
    found, earlier = [], self.experiment.settings.epochs
    for cut, (name, epochs) in enumerate(self.settings.epochs()):
      begin = functools.partial(self.cut, cut) if cut else self._whole
      directory = self.run_directory
      if not cut:
        directory = self._whole_directory or directory
      if epochs:
        _, phase = self.experiment.part(name, begin, epochs, earlier)
        found.append((directory, phase))
      earlier += epochs
    return found

  def train(self) -> tgp.PrunedGAN:
    """Trains the phases that are not trained yet; returns the slim GAN.

    The experiment's beginning and `needed` contestants must have been trained.
    """
    for directory, phase in self.parts():
      gan = self.experiment.train_phase(directory, phase)
    return gan

  def train_whole(self) -> tgp.PrunedGAN:
    """Trains the whole GAN before the first cut, if need be, and returns it.

    The experiment's beginning must have been trained.
    """
    if not self.settings.whole_epochs:
      return self._dense()
    return self.experiment.train_phase(*self.parts()[0])

  def _more(self) -> dict:
    """Returns arguments of the GAN after the beginning, such as its latents."""
    size = self.settings.generator_batch_size
    more = {} if size is None else {"generator_batch_size": size}
    return self.experiment.task.later_arguments() | more

  def _whole(self) -> tgp.PrunedGAN:
    """Returns the GAN of the beginning, to train further with more latents."""
    return self.experiment.load("begin").replaced(**self._more())

  def _dense(self) -> tgp.PrunedGAN:
    """Returns the GAN that the first cut is made of."""
    if self.settings.whole_epochs:
      directory = self._whole_directory or self.run_directory
      return self._loaded(directory, "whole.keras")
    return self.experiment.load("begin")

  def _loaded(
    self, directory: run_directory_.RunDirectory, file: str
  ) -> tgp.PrunedGAN:
    gan = directory.load(file)
    self.experiment.task.restore(gan)
    return gan

  def cut(self, number: int) -> tgp.PrunedGAN:
    """Cuts channels of the GAN before, and returns the untrained result.

    Args:
      number: The number of the cut, from 1.
    """
    dense = self._dense()
    before = dense
    if number > 1:
      before = self._loaded(self.run_directory, f"cut_{number - 1}.keras")
    share = self.settings.macs ** (number / self.settings.cuts)
    smaller = {}
    for name in dense.exported:
      whole = tgp.profile(dense.averaged(name)).macs
      network = before.averaged(name)
      # The cut before may have removed more than it had to.
      left = min(1.0, share * whole / tgp.profile(network).macs)
      smaller[name] = self.smaller(name, network, left, dense)
    return self._gan(dense, before, smaller, number)

  def smaller(
    self,
    name: str,
    network: tgp.keras.Model,
    share: float,
    gan: tgp.PrunedGAN,
  ) -> tgp.keras.Model:
    """Returns a network with fewer channels, chosen by the settings.

    Args:
      name: The name of the network.
      network: The whole network, or one that was cut before.
      share: The fraction of its MACs to keep.
      gan: The GAN that draws inputs for it, if the task does not.
    """
    settings, seed = self.settings, self.experiment.settings.seed
    batch = handover.inputs(self.experiment.task, gan, name, _SAMPLES, seed)
    return tgp.prune_channels(
      network,
      macs=share,
      importance=settings.importance,
      allocation=settings.allocation,
      round_to=settings.round_to,
      data=None if batch is None else [batch],
      seed=seed,
    )

  def _gan(self, dense, before, smaller, number: int) -> tgp.PrunedGAN:
    opponents = self._opponents(dense, before, smaller, number)
    rate = self.settings.slim_learning_rate
    optimizers = handover.renewed(before, smaller, rate)
    averages = {}
    if self._teacher_learns and number == 1:
      for name in smaller:
        optimizers[f"teacher_{name}"] = before.optimizers[name]
        averages[name] = before.averaged(name).get_weights()
    gan = before.replaced(
      optimizers,
      **smaller,
      **opponents,
      **self._more(),
      **self._lessons(dense, before, smaller, number),
    )
    for name, weights in averages.items():
      gan.averaged(gan.teacher_of(name)).set_weights(weights)
    return gan

  def _lessons(self, dense, before, smaller, number: int) -> dict:
    """Returns the GAN's arguments for learning from the whole networks."""
    if not self.settings.distillation:
      return {}
    taught = {x: self._teacher(dense, before, number, x) for x in smaller}
    found = distilling.lessons(taught, self.settings, *self._fade(number))
    # In families with teachers by name, students of teachers that learn do not
    # compete anyway.
    if before.sole_student and not self.settings.competes:
      found["adversarial_weight"] = 0.0
    return found

  def _fade(self, number: int) -> tuple[float, int]:
    """Returns the share that distillation weights fade to, and the updates."""
    if number < self.settings.cuts:
      return 1.0, 1
    (*_, (_, epochs)) = self.settings.epochs()
    return self.settings.fade_to, epochs * self.experiment.steps_per_epoch

  def _teacher(self, dense, before, number: int, name: str) -> tuple:
    """Returns a network's teacher, and the discriminator for its features."""
    judge = handover.judge_of(before, name)
    if self.settings.teacher == "trained":
      trained = self.experiment.load("dense")
      judge = handover.judge_of(trained, name)
      return trained.averaged(name), judge
    if not self._teacher_learns:
      return dense.averaged(name), judge
    if number > 1:
      return before.networks[before.teacher_of(name)], judge
    return handover.networks(dense)[name], judge

  @property
  def _teacher_learns(self) -> bool:
    is_online = self.settings.teacher == "online"
    return is_online and bool(self.settings.distillation)

  def _opponents(self, dense, before, smaller, number: int) -> dict:
    """Returns the discriminators by name: kept, new, or smaller."""
    (first, *_) = smaller
    whole = dense.averaged(first)
    live = handover.networks(before)
    return {
      name: self._opponent(live[name], number, smaller[first], whole)
      for name in before.discriminators
      if name not in smaller
    }

  def _opponent(self, discriminator, number: int, generator=None, whole=None):
    kind, is_last = self.settings.discriminator, number == self.settings.cuts
    if kind == "new" and number == 1:
      return tgp.keras.models.clone_model(discriminator)
    if kind == "shrunk" and is_last:
      return tgp.prune_channels(
        discriminator, channels=0.5, allocation="uniform", importance="l2"
      )
    if kind == "matched" and is_last:
      return tgp.match_capacity(
        discriminator, generator, whole, importance="l2"
      )
    return discriminator

  def discriminator(self, gan: tgp.PrunedGAN) -> str:
    """Returns the end of the remark "Its discriminator was ..."."""
    found = _DISCRIMINATORS[self.settings.discriminator]
    return found if gan.discriminators else ""

  def notes(self) -> list[str]:
    """Returns a note on the cuts, the teacher and the latents, in a list."""
    settings = self.settings
    times = "once" if settings.cuts == 1 else f"{settings.cuts} times"
    teacher = slim_settings.TEACHERS[settings.teacher]
    whole = ""
    if settings.whole_epochs:
      whole = f" trained on whole for {settings.whole_epochs} epochs, then"
    note = (
      f"The slim generator{whole} was cut {times}, down to"
      f" {settings.macs:.4g} of the MACs, and learnt from the dense one,"
      f" {teacher}: {settings.learnt}. Its discriminator was"
      f" {settings.discriminator}."
    )
    if settings.generator_batch_size:
      note += (
        " After the common epochs its updates had"
        f" {settings.generator_batch_size} latents each, and"
        f" {self.experiment.settings.batch_size} real examples."
      )
    return [note]
