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
"""A GAN whose generator loses channels, and learns from the one that it was."""

import dataclasses
import functools
import os
import time

import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  comparing,
  digits_job,
  distilling,
  run_directory,
  slim_settings,
  training,
)

_SAMPLES = 256
_DISCRIMINATORS = {
  "kept": "kept whole",
  "new": "a new one",
  "shrunk": "left with half of its channels",
  "matched": "left with the generator's share of its weights",
}


class SlimJob:
  """Cuts the channels of the main job's generator, and compares.

  The dense GAN, the pruned one and the slim one begin with the same networks,
  and their generators are updated equally often. The slim one's is whole for
  some of these updates, which have as many latents as those after its cut.

  Example:
    `SlimJob("runs/slim", slim_settings.Settings(), main).run()`
  """

  def __init__(
    self,
    output_dir: str | os.PathLike,
    settings: slim_settings.Settings,
    main: digits_job.DigitsJob,
    whole_dir: str | os.PathLike | None = None,
    flag: str = "slim_dir",
  ):
    """Opens the folder.

    Args:
      output_dir: Where everything goes.
      settings: How.
      main: The main job, finished or not, which is opened.
      whole_dir: Where the whole generator is trained on, which jobs can share
        that cut it differently, one after the other; by default `output_dir`.
      flag: The one that says where, for messages.

    Raises:
      ValueError: If the folder or the settings will not do.
    """
    slim_settings.check(settings)
    self.settings = settings
    self.main = main
    self._check_widths()
    self._all_settings = main.all_settings() | {
      name: list(value) if isinstance(value, tuple) else value
      for name, value in dataclasses.asdict(settings).items()
    }
    self.run_directory = run_directory.RunDirectory(
      output_dir, self._all_settings, flag
    )
    self._whole_directory = self.run_directory
    if whole_dir is not None:
      self._whole_directory = run_directory.RunDirectory(
        whole_dir, main.all_settings() | self._whole_settings(), flag
      )
    main.open()
    self.seconds = {}

  def _check_widths(self) -> None:
    """Raises before anything is trained if no widths are small enough."""
    network = self.main.networks()["generator"]
    settings = self.settings
    tgp.prune_channels(network, macs=settings.macs, round_to=settings.round_to)

  def run(self) -> tgp.report.Comparison:
    """Does everything, and returns what was found."""
    evaluator, notes = self.main.evaluator()
    gans = self._timed("main job", self.main.train)
    gans["slim"] = self._timed("slim", self.train)
    histories = self.main.histories()
    histories["slim"] = {
      "together": histories["dense"]["together"],
      "alone": self._history(self._phases()),
    }
    return comparing.Comparing(
      self.run_directory,
      title=f"{self.main.settings.dataset}: a dense, a pruned and a slim DCGAN",
      settings=self._all_settings,
      eval_images=self.main.settings.eval_images,
      targets=self.settings.slim_targets,
      seed=self.main.settings.seed,
      seconds=self.seconds,
      steps_per_epoch=self.main.steps_per_epoch,
      discriminators={
        "pruned": self.main.discriminator,
        "slim": _DISCRIMINATORS[self.settings.discriminator],
      },
    ).run(gans, evaluator, histories, [*notes, *self._notes()])

  def train(self) -> tgp.GAN:
    """Cuts and trains what is not yet; returns the slim GAN.

    The main job's phases that are `needed` must be there.
    """
    for directory, phase in self._phases():
      gan = self._trained(directory, phase)
    return gan

  def train_whole(self) -> tgp.GAN:
    """Trains the GAN that is cut, if it is not yet, and returns it.

    The main job's first phase must be there.
    """
    if not self.settings.whole_epochs:
      return self._dense()
    return self._trained(*self._phases()[0])

  def _trained(self, directory, phase) -> tgp.GAN:
    tgp.keras.utils.set_random_seed(self.main.settings.seed)
    return training.train(directory, phase, self.main.train_images)

  @property
  def needed(self) -> tuple[str, ...]:
    """The phases of the main job that it begins with."""
    learns = self.settings.distillation and self.settings.teacher == "trained"
    return ("begin", "dense") if learns else ("begin",)

  def _whole_settings(self) -> dict[str, int]:
    """Returns what decides how the whole generator is trained on."""
    names = ("whole_epochs", "generator_batch_size")
    return {name: getattr(self.settings, name) for name in names}

  def _phases(self) -> list[tuple[run_directory.RunDirectory, training.Phase]]:
    """Returns the phases that have epochs, each with its folder."""
    found, earlier = [], self.main.settings.epochs
    for cut, (name, epochs) in enumerate(slim_settings.epochs(self.settings)):
      begin = functools.partial(self.cut, cut) if cut else self._whole
      directory = self.run_directory if cut else self._whole_directory
      if epochs:
        phase = training.Phase(name, epochs, begin, earlier)
        found.append((directory, phase))
      earlier += epochs
    return found

  def _whole(self) -> tgp.GAN:
    """Returns the main job's GAN, to train on with more latents."""
    return training.changed(
      self.main.run_directory.load("begin.keras"),
      generator_batch_size=self.settings.generator_batch_size,
    )

  def _dense(self) -> tgp.GAN:
    """Returns the GAN that is cut first."""
    if self.settings.whole_epochs:
      return self._whole_directory.load("whole.keras")
    return self.main.run_directory.load("begin.keras")

  def cut(self, number: int) -> tgp.GAN:
    """Returns the GAN that a cut makes of the one before, not trained yet.

    Args:
      number: Of the cut, from 1.
    """
    dense = self._dense()
    before = dense
    if number > 1:
      before = self.run_directory.load(f"cut_{number - 1}.keras")
    share = self.settings.macs ** (number / self.settings.cuts)
    whole = tgp.profile(dense.ema_generator).macs
    now = tgp.profile(before.ema_generator).macs
    # The cut before may have gone further than it had to.
    share = min(1.0, share * whole / now)
    generator = self.smaller(before.ema_generator, share)
    return self._gan(dense, before, generator, number)

  def smaller(self, network, share: float) -> tgp.keras.Model:
    """Returns a network without the channels that the settings tell to cut.

    Args:
      network: The main job's generator, or one that was cut before.
      share: Of its MACs, to keep.
    """
    settings, main = self.settings, self.main.settings
    latents = tf.random.stateless_normal(
      [_SAMPLES, main.latent_dim], [main.seed, 1]
    )
    return tgp.prune_channels(
      network,
      macs=share,
      importance=settings.importance,
      allocation=settings.allocation,
      round_to=settings.round_to,
      data=latents,
      seed=main.seed,
    )

  def _gan(self, dense, before, generator, number) -> tgp.GAN:
    main = self.main.settings
    teacher, judge = self._teacher(dense, before, number)
    discriminator = self._opponent(
      before.discriminator, number, generator, dense.ema_generator
    )
    gan = tgp.GAN(
      discriminator,
      generator,
      latent_dim=main.latent_dim,
      ema_decay=main.ema_decay,
      r1_weight=main.r1_weight,
      generator_batch_size=self.settings.generator_batch_size,
      teacher=teacher if self.settings.distillation else None,
      distillation=distilling.losses(
        judge,
        self.settings.distillation,
        self.settings.weights,
        *self._fade(number),
      ),
    )
    goes_on = discriminator is before.discriminator
    self.main.compile(
      gan,
      self.settings.slim_learning_rate,
      before.d_optimizer if goes_on else None,
      t_optimizer=self._teachers_optimizer(before, number),
    )
    if self._teacher_learns:
      average = before.ema_teacher if number > 1 else dense.ema_generator
      gan.ema_teacher.set_weights(average.get_weights())
    return gan

  def _fade(self, number: int) -> tuple[float, int]:
    """Returns to which share what is learnt after a cut fades, and when."""
    if number < self.settings.cuts:
      return 1.0, 1
    (*_, (_, epochs)) = slim_settings.epochs(self.settings)
    return self.settings.fade_to, epochs * self.main.steps_per_epoch

  def _teacher(self, dense, before, number: int):
    """Returns from whom to learn, and whose features show how well."""
    if self.settings.teacher == "trained":
      trained = self.main.run_directory.load("dense.keras")
      return trained.ema_generator, trained.discriminator
    if not self._teacher_learns:
      return dense.ema_generator, before.discriminator
    teacher = before.teacher if number > 1 else dense.generator
    return teacher, before.discriminator

  @property
  def _teacher_learns(self) -> bool:
    is_online = self.settings.teacher == "online"
    return is_online and bool(self.settings.distillation)

  def _teachers_optimizer(self, before, number: int):
    """Returns the optimizer with which the dense generator goes on, if any."""
    if not self._teacher_learns:
      return None
    return before.t_optimizer if number > 1 else before.g_optimizer

  def _opponent(self, discriminator, number: int, generator=None, whole=None):
    """Returns the discriminator: the teacher's, a new one, or a smaller one."""
    if self.settings.discriminator == "new" and number == 1:
      return tgp.keras.models.clone_model(discriminator)
    if self.settings.discriminator == "shrunk" and number == self.settings.cuts:
      return self._shrunk(discriminator)
    if (
      self.settings.discriminator == "matched" and number == self.settings.cuts
    ):
      return tgp.match_capacity(
        discriminator, generator, whole, importance="l2"
      )
    return discriminator

  def _shrunk(self, discriminator):
    return tgp.prune_channels(
      discriminator, channels=0.5, allocation="uniform", importance="l2"
    )

  def _history(self, phases) -> dict[str, list[float]]:
    found = [
      training.history(directory, phase, self.main.steps_per_epoch)
      for directory, phase in phases
    ]
    return {
      name: [x for columns in found for x in columns[name]] for name in found[0]
    }

  def _notes(self) -> list[str]:
    settings = self.settings
    learnt = " and ".join(settings.distillation) or "nothing"
    if settings.fade_to < 1 and settings.distillation:
      learnt += f", less and less, {settings.fade_to:.0%} of it in the end"
    times = "once" if settings.cuts == 1 else f"{settings.cuts} times"
    teacher = slim_settings.TEACHERS[settings.teacher]
    whole = ""
    if settings.whole_epochs:
      whole = f" trained on whole for {settings.whole_epochs} epochs, then"
    return [
      f"The slim generator{whole} was cut {times}, down to"
      f" {settings.macs:.4g} of the MACs, and learnt from the dense one,"
      f" {teacher}: {learnt}. Its discriminator was"
      f" {settings.discriminator}. After the main job's first phase its updates"
      f" had {settings.generator_batch_size} latents each, those of the others"
      f" {self.main.settings.batch_size}.",
    ]

  def _timed(self, name, function):
    begun = time.time()
    result = function()
    self.seconds[name] = round(time.time() - begun, 1)
    return result
