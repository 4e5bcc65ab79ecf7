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
"""The main job: two GANs from one beginning, one of them pruned, compared."""

import dataclasses
import os
import time

import numpy as np

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  comparing,
  digits_data,
  evaluation,
  generators,
  limits,
  run_directory,
  training,
)


@dataclasses.dataclass(frozen=True)
class Settings:
  """What decides the results; the flags of `mnist_dcgan` say what they mean."""

  dataset: str = "mnist_5k"
  data_dir: str | None = None
  train_split: str = "train"
  test_split: str = "test"
  image_size: int | None = None
  generator: str = "dcgan"
  latent_dim: int = 64
  width: int = 32
  translation: float = 0.1
  batch_size: int = 32
  loss: str = "hinge"
  r1_weight: float = 0.0
  d_learning_rate: float = 2e-3
  g_learning_rate: float = 2e-3
  ema_decay: float = 0.998
  epochs: int = 26
  prune_epochs: int = 20
  prune: str = "generator"
  final_sparsity: float = 0.8
  frequency: int = 50
  feature_model: str | None = None
  eval_images: int = 4000
  targets: tuple[str, ...] = (
    "cpu",
    "cpu-fp16",
    "cpu-dynamic",
    "cpu-int8",
    "cpu-small",
    "gpu",
  )
  seed: int = 0

  @classmethod
  def from_flags(cls, flags) -> "Settings":
    """Takes every field from the flag of its name."""
    values = {f.name: getattr(flags, f.name) for f in dataclasses.fields(cls)}
    return cls(**values | {"targets": tuple(values["targets"])})

  @property
  def pruned_networks(self) -> tuple[str, ...]:
    """The names of the networks that are pruned."""
    both = ("generator", "discriminator")
    return both if self.prune == "both" else (self.prune,)


class DigitsJob:
  """The job; what can be refused is refused by the constructor.

  Example:
    `DigitsJob("runs/digits", Settings(epochs=1)).open().run()`
  """

  def __init__(
    self,
    output_dir: str | os.PathLike,
    settings: Settings,
    flag: str = "output_dir",
  ):
    """Checks everything and loads the data; `open` makes the folder.

    Args:
      output_dir: Where everything goes.
      settings: How.
      flag: The one that says where, for messages.

    Raises:
      ValueError: If the data or the settings will not do.
    """
    limits.check(settings)
    tgp.keras.utils.set_random_seed(settings.seed)
    self.settings = settings
    self._data = digits_data.DigitsData(settings)
    self._schedule()
    self._feature_model = evaluation.given_feature_model(
      settings.feature_model, self._data.test[1]
    )
    self._output_dir = output_dir
    self._flag = flag
    self.seconds = {}

  def open(self) -> "DigitsJob":
    """Makes the folder, or finds what is there, and returns the job.

    Raises:
      ValueError: If the folder will not do.
    """
    self.run_directory = run_directory.RunDirectory(
      self._output_dir, self.all_settings(), self._flag
    )
    return self

  def all_settings(self) -> dict:
    """Returns the settings as JSON has them."""
    settings = dataclasses.asdict(self.settings)
    return settings | {"targets": [*self.settings.targets]}

  def run(self) -> tgp.report.Comparison:
    """Does everything, and returns what was found."""
    if self.run_directory.resumed:
      print(f"Going on with the run in {self.run_directory.path}.")
    evaluator, notes = self._timed("classifier", self.evaluator)
    gans = self._timed("training", self.train)
    settings = self.settings
    return comparing.Comparing(
      self.run_directory,
      title=f"{settings.dataset}: a dense and a pruned {self._kind.title}",
      settings=dataclasses.asdict(settings),
      eval_images=settings.eval_images,
      targets=settings.targets,
      seed=settings.seed,
      seconds=self.seconds,
      steps_per_epoch=self.steps_per_epoch,
      discriminators={"pruned": self.discriminator},
    ).run(gans, evaluator, self.histories(), notes)

  @property
  def discriminator(self) -> str:
    """What became of the pruned GAN's discriminator, for the page."""
    if "discriminator" not in self.settings.pruned_networks:
      return "kept whole"
    only = "" if self.settings.prune == "both" else ", and its generator kept"
    return (
      f"pruned to {self.settings.final_sparsity:.1%} zeros, step by step with"
      f" its own updates{only}"
    )

  @property
  def train_images(self):
    """Batches of the images to train on."""
    return self._data.train_images

  @property
  def steps_per_epoch(self) -> int:
    """How many there are."""
    return self._data.steps_per_epoch

  def networks(self) -> dict[str, tgp.keras.Model]:
    """Returns new networks, by the names that `tgp.GAN` has for them."""
    shape, settings = self._data.image_shape, self.settings
    return {
      "generator": self._kind.make(shape, settings.latent_dim, settings.width),
      "discriminator": tgp.networks.dcgan_discriminator(
        shape, settings.width, settings.translation
      ),
    }

  @property
  def _kind(self) -> generators.Kind:
    return generators.GENERATORS[self.settings.generator]

  def _schedule(self):
    """Prunes over the first 70 % of the steps, and lets the rest recover."""
    from tensorflow_model_optimization import sparsity  # noqa: PLC0415

    settings = self.settings
    steps = settings.prune_epochs * self.steps_per_epoch
    turns = int(0.7 * steps) // settings.frequency
    if turns < 1:
      raise ValueError(
        f"--frequency {settings.frequency} leaves no pruning in"
        f" {int(0.7 * steps)} of the {steps} steps of --prune_epochs"
        f" {settings.prune_epochs}; lower the one or raise the other."
      )
    return sparsity.keras.PolynomialDecay(
      initial_sparsity=0.0,
      final_sparsity=settings.final_sparsity,
      begin_step=0,
      end_step=turns * settings.frequency,
      frequency=settings.frequency,
    )

  def begin(
    self, generator: tgp.keras.Model | None = None, **kwargs
  ) -> tgp.GAN:
    """Returns a new GAN, compiled.

    Args:
      generator: Takes the place of the new generator.
      **kwargs: As of `tgp.GAN`.
    """
    settings = self.settings
    networks = self.networks()
    if generator is not None:
      networks["generator"] = generator
    gan = tgp.GAN(
      **networks,
      latent_dim=settings.latent_dim,
      ema_decay=settings.ema_decay,
      r1_weight=settings.r1_weight,
      **kwargs,
    )
    self.compile(gan)
    return gan

  def compile(
    self,
    gan: tgp.GAN,
    g_learning_rate=None,
    d_optimizer=None,
    t_optimizer=None,
  ) -> None:
    """Compiles a GAN as the settings say.

    Args:
      gan: The GAN.
      g_learning_rate: In place of that of the settings; a number, or one of
        Keras's schedules.
      d_optimizer: One that goes on, in place of a new one.
      t_optimizer: A teacher's, if that learns.
    """
    settings = self.settings
    adam = tgp.keras.optimizers.Adam
    if g_learning_rate is None:
      g_learning_rate = settings.g_learning_rate
    rates = (settings.d_learning_rate, g_learning_rate)
    d_adam, g_adam = (adam(rate, beta_1=0.0, beta_2=0.99) for rate in rates)
    gan.compile(
      d_optimizer or d_adam, g_adam, settings.loss, t_optimizer=t_optimizer
    )

  def _phases(self) -> dict[str, training.Phase]:
    def load():
      return self.run_directory.load("begin.keras")

    def load_pruned():
      networks = self.settings.pruned_networks
      policies = {"generator": self._kind.policy()}
      return training.pruned(load(), self._schedule(), networks, policies)

    first, then = self.settings.epochs, self.settings.prune_epochs
    return {
      "begin": training.Phase("begin", first, self.begin),
      "dense": training.Phase("dense", then, load, first),
      "pruned": training.Phase("pruned", then, load_pruned, first),
    }

  def train(
    self, names: tuple[str, ...] = ("dense", "pruned")
  ) -> dict[str, tgp.GAN]:
    """Trains what is not yet.

    Args:
      names: Of the GANs to return: `'begin'`, `'dense'` and `'pruned'`.
    """
    gans = {}
    for name, phase in self._phases().items():
      if name == "begin" or name in names:
        tgp.keras.utils.set_random_seed(self.settings.seed)
        gans[name] = training.train(
          self.run_directory, phase, self.train_images
        )
    return {name: gans[name] for name in names}

  def evaluator(self) -> tuple[tgp.metrics.Evaluator, list[str]]:
    """Returns what measures images, and notes on it."""
    images, labels = self.real_images()
    network = self._feature_model or evaluation.trained_classifier(
      self.run_directory, images, labels, self.settings.seed
    )
    evaluator = tgp.metrics.Evaluator(network, self._data.test[0])
    some = images[: self.settings.eval_images]
    real = evaluator.evaluate(some)["frechet_distance"]
    notes = [
      *evaluator.notes,
      f"Real training images have a Fréchet distance of {real:.4g} from the"
      " held-out ones: about the best that can be reached.",
    ]
    if not self._feature_model:
      accuracy = evaluation.accuracy(network, *self._data.test)
      notes.append(f"The classifier puts {accuracy:.1%} of them right.")
    return evaluator, notes

  def real_images(self) -> tuple[np.ndarray, np.ndarray]:
    """Returns images and labels.

    They are what a classifier learns, or no more than what is compared.
    """
    most = self.settings.eval_images if self._feature_model else None
    return self._data.real(most)

  def histories(self) -> dict[str, dict[str, dict]]:
    """Returns the losses of each GAN, phase by phase."""
    found = {
      name: training.history(self.run_directory, phase, self.steps_per_epoch)
      for name, phase in self._phases().items()
    }
    return {
      name: {"together": found["begin"], "alone": found[name]}
      for name in ("dense", "pruned")
    }

  def _timed(self, name, function):
    begun = time.time()
    result = function()
    self.seconds[name] = round(time.time() - begun, 1)
    return result
