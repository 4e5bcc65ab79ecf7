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
"""The task of a conditional GAN, which makes images of a class."""

import dataclasses
import types
from collections.abc import Mapping

import numpy as np

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  adversarial_task,
  class_section,
  evaluation,
  fields,
)
from tf_ganprune.networks import conditional

_IN_A_ROW = 8


@dataclasses.dataclass(frozen=True)
class Settings(adversarial_task.Settings):
  """Settings of the conditional GAN's experiment.

  Example:
    `Settings(width=16, epochs=1)`
  """

  generator_conditioning: str = fields.field(
    "batch_norm",
    "How the generator is told the class.",
    fields.one_of(sorted(conditional.GENERATOR_CONDITIONINGS)),
  )
  discriminator_conditioning: str = fields.field(
    "projection",
    "How the discriminator is told the class.",
    fields.one_of(sorted(conditional.DISCRIMINATOR_CONDITIONINGS)),
  )
  auxiliary_weight: float = fields.field(
    0.0,
    "Of the classes' cross entropy; --discriminator_conditioning=auxiliary"
    " needs one.",
    fields.WEIGHT,
  )


class Conditional(adversarial_task.AdversarialTask):
  """The task of `examples.conditional_gan`: images of an asked class.

  Example:
    `Experiment(Conditional, Settings(epochs=1), "runs/labels").run()`

  Attributes:
    num_classes: How many classes the data set has.
  """

  Settings = Settings
  name = "conditional_gan"
  title = "conditional GAN"
  sweep_defaults = types.MappingProxyType({"width": 16})

  def __init__(self, settings: Settings):
    """Loads the images, and refuses what has no labels.

    Args:
      settings: Each by itself is within its limits.

    Raises:
      ValueError: If the data set has no labels, or the settings do not go
        together.
    """
    super().__init__(settings)
    labels = self.data.test[1]
    if labels is None:
      raise ValueError(
        f"The data set --dataset {settings.dataset!r} has no labels, and a"
        " conditional GAN is told one with each image."
      )
    is_auxiliary = settings.discriminator_conditioning == "auxiliary"
    if is_auxiliary != bool(settings.auxiliary_weight):
      raise ValueError(
        "--discriminator_conditioning=auxiliary and --auxiliary_weight above 0"
        " need each other; got"
        f" {settings.discriminator_conditioning!r} and"
        f" {settings.auxiliary_weight:g}."
      )
    self.num_classes = int(labels.max()) + 1

  def train_data(self):
    """Returns batches of images and labels; see the base."""
    return self.data.labelled_images

  def examples(self) -> np.ndarray | list[np.ndarray]:
    """Returns training images, and labels if the discriminator takes them."""
    images, labels = self.real_images()
    return images if self.settings.auxiliary_weight else [images, labels]

  def networks(self) -> dict[str, tgp.keras.Model]:
    """Returns new networks, by the names that the GAN has for them."""
    shape, settings = self.data.image_shape, self.settings
    return {
      "generator": tgp.networks.conditional_generator(
        shape,
        settings.latent_dim,
        self.num_classes,
        settings.generator_conditioning,
        settings.width,
      ),
      "discriminator": tgp.networks.conditional_discriminator(
        shape,
        self.num_classes,
        settings.discriminator_conditioning,
        settings.width,
        settings.translation,
      ),
    }

  def gan(self, networks: Mapping[str, tgp.keras.Model]) -> tgp.ConditionalGAN:
    """Returns a compiled GAN.

    Args:
      networks: By name.
    """
    settings = self.settings
    gan = tgp.ConditionalGAN(
      **networks,
      latent_dim=settings.latent_dim,
      num_classes=self.num_classes,
      auxiliary_weight=settings.auxiliary_weight,
      ema_decay=settings.ema_decay,
      r1_weight=settings.r1_weight,
    )
    return self.compiled(gan)

  def evaluator(self, run) -> tgp.metrics.Evaluator:
    """Returns an evaluator that knows the real images' labels; see the base.

    Args:
      run: The folder of the run.
    """
    network = self._feature_model or evaluation.trained_classifier(
      run, self.settings.seed, self.real_images
    )
    images, labels = self.data.test
    self._evaluator = tgp.metrics.Evaluator(network, images, labels=labels)
    return self._evaluator

  def _asked(self, gan) -> tuple[np.ndarray, np.ndarray]:
    """Returns images of even classes, in [-1, 1], and the labels asked for."""
    n = self.settings.eval_images
    labels = np.arange(n) % self.num_classes
    images = gan.generate(n, labels, seed=self.settings.seed)
    return np.asarray(tgp.standard_images(gan, images)), labels

  def measure(self, gan, evaluator) -> dict[str, float]:
    """Returns the metrics, those of classes among them; see the base."""
    images, labels = self._asked(gan)
    return evaluator.evaluate(images, labels=labels)

  def show(self, gans) -> dict:
    """Returns a row of images for each class, and its scores; see the base."""
    images = {name: self._rows(gan) for name, gan in gans.items()}
    scores = {
      name: self._evaluator.by_class(*self._asked(gan))
      for name, gan in gans.items()
    }
    score = tgp.report.Score
    return super().show(gans) | {
      "sections": [class_section.section(images, scores)],
      "scores": [
        score("label_accuracy", "Images of the asked class", "higher"),
        score(
          "intra_class_frechet_distance", "Fréchet distance in classes", "lower"
        ),
      ],
    }

  def _rows(self, gan) -> np.ndarray:
    """Returns a strip of images of each class, of the same latents."""
    drawn = gan.input_source.draw_rows(_IN_A_ROW, self.settings.seed)
    images = gan(drawn, training=False)
    images = np.asarray(tgp.standard_images(gan, images))
    strips = images.reshape(self.num_classes, _IN_A_ROW, *images.shape[1:])
    return np.concatenate([*strips.swapaxes(0, 1)], axis=2)


# The defaults of the job.
BEST = Settings(**adversarial_task.recipe(slim_macs=0.25))
