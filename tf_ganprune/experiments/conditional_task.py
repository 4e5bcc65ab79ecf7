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
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  adversarial_task,
  class_section,
  fields,
)
from tf_ganprune.networks import conditional


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

  settings: Settings
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
    self.num_classes = self.data.num_classes
    if few := self.data.too_few():
      raise ValueError(
        f"--test_split {settings.test_split!r} holds {few[1]} images of"
        f" {few[0]!r}, and scores by class need at least"
        f" {class_section.LEAST}; use another split."
      )

  def train_data(self) -> tf.data.Dataset:
    """Returns batches of images and labels; see the base."""
    return self.data.labelled_images

  def examples(self) -> np.ndarray | list[np.ndarray]:
    """Returns training images, and labels if the discriminator takes them."""
    images, labels = self.real_images()
    is_alone = self.settings.auxiliary_weight
    return images if is_alone else [images, np.asarray(labels)]

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

  def labelled(self, gan) -> tuple[np.ndarray, np.ndarray]:
    """Returns images of even classes, and the labels asked for; see the base.

    Args:
      gan: The GAN.
    """
    n = self.settings.eval_images
    labels = np.arange(n) % self.num_classes
    images = gan.generate(n, labels, seed=self.settings.seed)
    return np.asarray(tgp.standard_images(gan, images)), labels

  def measure(
    self, gan: tgp.PrunedGAN, evaluator: tgp.metrics.Evaluator
  ) -> dict[str, float]:
    """Returns the metrics, those of classes among them; see the base."""
    images, labels = self.labelled(gan)
    return evaluator.evaluate(images, labels=labels)

  def file_evaluator(self, name, evaluator):
    """Returns what measures which share of a file's images is as asked."""
    del name

    def share(images, given):
      found = evaluator.logits(images).argmax(1)
      return {"label_accuracy": np.mean(found == given["labels"])}

    return tgp.metrics.OutputEvaluator(share)

  def show(self, gans: Mapping[str, tgp.PrunedGAN]) -> dict:
    """Returns the base's pictures, and titles for scores of classes."""
    score = tgp.report.Score
    return super().show(gans) | {
      "scores": [
        score(
          "label_accuracy", "Images of the asked class", "higher", share=True
        ),
        score(
          "intra_class_frechet_distance", "Fréchet distance in classes", "lower"
        ),
      ],
    }

  _is_asked = True

  @property
  def _tells(self) -> bool:
    """Always: images are asked for by their class."""
    return True

  def strips(self, gan, images, labels) -> np.ndarray:
    """Returns a row of images of each class, of the same latents in each.

    Args:
      gan: The GAN.
      images: Not used.
      labels: As well.
    """
    del images, labels
    drawn = gan.input_source.draw_rows(
      class_section.IN_A_ROW, self.settings.seed
    )
    images = gan(drawn, training=False)
    images = np.asarray(tgp.standard_images(gan, images))
    strips = images.reshape(
      self.num_classes, class_section.IN_A_ROW, *images.shape[1:]
    )
    return np.concatenate([*strips.swapaxes(0, 1)], axis=2)

  # At the end, since in annotations after it the name would mean this variable.
  Settings = Settings


# The defaults of the job.
BEST = Settings(**adversarial_task.recipe(slim_macs=0.25))
