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
"""The task of CycleGAN, which translates images without pairs."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  evaluation,
  fields,
  run_directory,
  translation_task,
  unpaired_data,
)

_G, _F = "generator_G", "generator_F"


@dataclasses.dataclass(frozen=True)
class Settings(translation_task.Settings):
  """Settings of CycleGAN's experiment.

  Example:
    `Settings(dataset="emoji_styles", target_dataset=None)`
  """

  target_dataset: str | None = fields.field(
    "optdigits",
    "The data set of y; none for a --dataset of both, such as emoji_styles or"
    " TFDS's cycle_gan/horse2zebra.",
    fields.text(optional=True),
  )
  image_size: int | None = fields.like(
    translation_task.Settings, "image_size", 28
  )
  num_blocks: int = fields.field(
    3, "Residual blocks of the generators.", fields.whole(1, 64)
  )
  discriminator: str = fields.field(
    "patch",
    "The discriminators: patch, which judge patches, or dcgan, which judge"
    " whole images, as small ones want.",
    fields.one_of(["dcgan", "patch"]),
  )
  lambda_cycle: float = fields.field(
    10.0, "The weight of the cycle loss.", fields.WEIGHT
  )
  lambda_identity: float = fields.field(
    0.0, "The weight of the identity loss, times that.", fields.WEIGHT
  )
  pool_size: int = fields.field(
    50, "Earlier images that discriminators are shown.", fields.whole(0, 10_000)
  )


class CycleGAN(translation_task.TranslationTask):
  """The task of `examples.cycle_gan`: two domains of images, without pairs.

  Where held-out images of both domains belong together they are judged by
  these; where the domains have the same labels, by the label that a classifier
  of y finds; else by the Fréchet distance to images of y.

  Example:
    `Experiment(CycleGAN, Settings(epochs=1), "runs/domains").run()`

  Attributes:
    data: The images of both domains.
  """

  settings: Settings
  name = "cycle_gan"
  title = "CycleGAN"
  translator = _G

  def __init__(self, settings: Settings):
    """Loads the images of both domains.

    Args:
      settings: The settings, each within its limits.

    Raises:
      ValueError: If there are no such images, or nothing to judge them by.
    """
    super().__init__(settings)
    self.data = unpaired_data.UnpairedData(settings)
    if not self.data.is_paired:
      self.score, self.score_title = "frechet_distance", "Fréchet distance"

  def train_data(self) -> tf.data.Dataset:
    """Returns batches of images of x and of y."""
    return self.data.train

  def networks(self) -> dict[str, tgp.keras.Model]:
    """Returns ResNets and discriminators of patches."""
    shapes = self.data.shapes
    return {
      _G: self._generator(shapes[0], shapes[1], _G),
      _F: self._generator(shapes[1], shapes[0], _F),
      "discriminator_X": self._judge(shapes[0], "discriminator_X"),
      "discriminator_Y": self._judge(shapes[1], "discriminator_Y"),
    }

  def _generator(self, taken, made, name: str) -> tgp.keras.Model:
    settings = self.settings
    return tgp.networks.resnet_generator(
      taken,
      settings.width,
      settings.num_blocks,
      output_channels=made[-1],
      name=name,
    )

  def _judge(self, shape, name: str) -> tgp.keras.Model:
    width = self.settings.discriminator_width
    if self.settings.discriminator == "dcgan":
      return tgp.networks.dcgan_discriminator(shape, width, name=name)
    return tgp.networks.patch_discriminator(shape, width=width, name=name)

  def gan(self, networks: Mapping[str, tgp.keras.Model]) -> tgp.CycleGAN:
    """Returns a new compiled GAN; see the base."""
    settings, (x, y) = self.settings, self.data.some
    shapes = self.data.shapes
    gan = tgp.CycleGAN(
      **networks,
      lambda_cycle=settings.lambda_cycle,
      lambda_identity=settings.lambda_identity if shapes[0] == shapes[1] else 0,
      pool_size=settings.pool_size,
      ema_decay=settings.ema_decay,
      inputs={_G: tgp.inputs.Examples(x), _F: tgp.inputs.Examples(y)},
    )
    g_rate, d_rate = settings.g_learning_rate, settings.d_learning_rate
    gan.compile(
      self.adam(g_rate),
      self.adam(g_rate),
      self.adam(d_rate),
      self.adam(d_rate),
      settings.loss,
    )
    return gan

  def held_out(self) -> tuple[np.ndarray, np.ndarray | None]:
    """Returns held-out images of x, and what they are in y if that is known."""
    x, y = self.data.test
    most = self.settings.eval_images
    return x[:most], y[:most] if self.data.is_paired else None

  def real(self) -> np.ndarray:
    """Returns training images of y."""
    return self.data.some[1]

  def given(self, name: str) -> np.ndarray:
    """Returns training images of the domain that a generator takes."""
    return self.data.some[0 if name == _G else 1]

  def train_features(self) -> tgp.keras.Model:
    """Trains a classifier of y, or without labels a network of rotations."""
    labels = self.data.labels_of_y
    if labels is None:
      return super().train_features()
    images, labels = labels
    return tgp.metrics.train_classifier(
      images, labels, int(labels.max()) + 1, seed=self.settings.seed
    )

  def evaluator(self, run: run_directory.RunDirectory) -> Any:
    """Returns the evaluator of pairs, or of the domain of y."""
    if self.data.is_paired:
      return super().evaluator(run)
    _, y = self.data.test
    labels = self.data.test_labels
    return tgp.metrics.Evaluator(
      self.features(run), y, labels=None if labels is None else labels[1]
    )

  def measure(self, gan: tgp.PrunedGAN, evaluator) -> dict[str, float]:
    """Returns the scores of translated images, by name."""
    return self._scores(self.translated(gan, self.held_out()[0]), evaluator)

  def _scores(self, images, evaluator) -> dict[str, float]:
    if self.data.is_paired or self.data.test_labels is None:
      return evaluator.evaluate(images)
    labels = self.data.test_labels[0][: len(images)]
    return evaluator.evaluate(images, labels=labels)

  def file_evaluator(self, name: str, evaluator):
    """Returns what measures the files from x to y as `measure` does it."""
    if name != _G:
      return None
    return tgp.metrics.OutputEvaluator(
      lambda made, _: _numbers(self._scores(made, evaluator)),
      self.held_out()[0],
    )

  def notes(self, evaluator) -> list[str]:
    """Returns notes on images of x as they are, and on the classifier."""
    x, _ = self.held_out()
    if self.data.shapes[0] != self.data.shapes[1]:
      return []
    found = self._scores(x, evaluator)
    texts = [f"{k} {v:.4g}" for k, v in _numbers(found).items()]
    notes = [f"Images of x as they are: {', '.join(texts)}."]
    labels = self.data.test_labels
    if not self.data.is_paired and labels is not None:
      right = evaluation.accuracy(evaluator, self.data.test[1], labels[1])
      notes.append(
        f"The classifier of y is right for {right:.1%} of held-out images of y."
      )
    return notes

  # At the end, since in annotations after it the name would mean this variable.
  Settings = Settings


def _numbers(scores: Mapping[str, float]) -> dict[str, float]:
  return {k: float(v) for k, v in scores.items() if np.isfinite(v)}


# The defaults of the job.
BEST = Settings(
  **translation_task.recipe(
    batch_size=16,
    epochs=12,
    prune_epochs=6,
    discriminator="dcgan",
    d_learning_rate=1e-3,
  )
)
