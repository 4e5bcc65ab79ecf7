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
"""The base of tasks whose GANs make images, with data and metrics."""

import dataclasses
import os
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune import array_types
from tf_ganprune.experiments import (
  class_section,
  evaluation,
  fields,
  image_data,
  run_directory,
  task,
)
from tf_ganprune.experiments import settings as settings_

_SHOWN = 64


@dataclasses.dataclass(frozen=True)
class Settings(settings_.Settings):
  """Settings of all tasks of images.

  Example:
    `Settings(image_size=32, eval_images=1000)`
  """

  train_split: str = fields.field("train", "Images to train on.", fields.text())
  test_split: str = fields.field("test", "Held-out images.", fields.text())
  image_size: int | None = fields.field(
    None,
    "Height and width to resize images to; by default they are not resized.",
    fields.whole(8, 1024, optional=True),
  )
  feature_model: str | None = fields.field(
    None,
    "A saved Keras network for the features of the metrics, such as"
    " InceptionV3; by default a classifier is trained.",
    fields.text(optional=True),
  )
  eval_images: int = fields.field(
    4000, "Generated images to measure.", fields.whole(10, 100_000)
  )


class ImageTask(task.Task):
  """A task of images; a family adds `name`, `networks` and `gan`.

  Example:
    `class MyTask(image_task.ImageTask): ...`

  Attributes:
    data: The images.
  """

  settings: Settings

  def __init__(self, settings: Settings):
    """Loads the images.

    Args:
      settings: The settings, each within its limits.

    Raises:
      ValueError: If there are no such images, or neither labels nor a network
        to measure images with.
    """
    super().__init__(settings)
    self.data = image_data.ImageData(settings)
    self._feature_model = evaluation.given_feature_model(
      settings.feature_model, self.data.test[1]
    )

  def train_data(self) -> tf.data.Dataset:
    """Returns the batches of images to train on."""
    return self.data.train_images

  def real_images(self) -> tuple[np.ndarray, np.ndarray | None]:
    """Returns training images and their labels.

    Without a `feature_model` they are all images, to train a classifier on;
    else at most `eval_images`.
    """
    most = self.settings.eval_images if self._feature_model else None
    return self.data.real(most)

  def examples(self) -> np.ndarray | list[np.ndarray] | None:
    """Returns training images in [-1, 1], `[n, height, width, channels]`."""
    return self.real_images()[0]

  def evaluator(self, run: run_directory.RunDirectory) -> tgp.metrics.Evaluator:
    """Returns the evaluator, with a classifier that is trained if need be."""
    network = self._feature_model or evaluation.trained_classifier(
      run, self.settings.seed, self.real_images
    )
    images, labels = self.data.test
    self._evaluator = tgp.metrics.Evaluator(network, images, labels=labels)
    return self._evaluator

  def notes(self, evaluator: tgp.metrics.Evaluator) -> list[str]:
    """Returns notes on the real images' distance and the classifier."""
    images, _ = self.real_images()
    some = images[: self.settings.eval_images]
    real = evaluator.evaluate(some)["frechet_distance"]
    notes = [
      *evaluator.notes,
      f"Real training images have a Fréchet distance of {real:.4g} from the"
      " held-out ones, which is about the best that a GAN can reach.",
    ]
    held_out, labels = self.data.test
    if not self._feature_model and labels is not None:
      accuracy = evaluation.accuracy(evaluator, held_out, labels)
      notes.append(
        f"The classifier is right for {accuracy:.1%} of the held-out images."
      )
    return notes

  def images(self, gan: tgp.PrunedGAN, n: int) -> array_types.Array:
    """Returns images of a GAN in [-1, 1], `[n, height, width, channels]`.

    Args:
      gan: The GAN.
      n: How many.
    """
    return tgp.standard_images(gan, gan.generate(n, seed=self.settings.seed))

  def measure(
    self, gan: tgp.PrunedGAN, evaluator: tgp.metrics.Evaluator
  ) -> dict[str, float]:
    """Returns the metrics of `eval_images` generated images, by name."""
    return evaluator.evaluate(self.images(gan, self.settings.eval_images))

  def remarks(
    self,
    name: str,
    measures: dict[str, float],
    evaluator: tgp.metrics.Evaluator,
  ) -> list[str]:
    """Returns a warning if a GAN makes few kinds of images, in a list."""
    n = self.settings.eval_images
    sentence = evaluator.collapse(measures, n, f"of {name}")
    return [sentence] if sentence else []

  def show(self, gans: Mapping[str, tgp.PrunedGAN]) -> dict:
    """Returns a picture with each GAN's images of the same latents.

    With a classifier of the data set's classes there is a section on these.
    """
    images = {name: self.images(gan, _SHOWN) for name, gan in gans.items()}
    shown = {"samples_png": tgp.report.comparison_grid(images)}
    return shown | ({"sections": [self._classes(gans)]} if self._tells else {})

  @property
  def _tells(self) -> bool:
    """Whether the evaluator's network tells the data set's classes apart."""
    return self._feature_model is None and not self.data.too_few()

  # Whether `labelled` returns classes that were asked for.
  _is_asked = False

  def _classes(self, gans) -> tgp.report.PictureRows:
    """Returns the section on what each class has lost."""
    strips, scores = {}, {}
    for name, gan in gans.items():
      images, labels = self.labelled(gan)
      strips[name] = self.strips(gan, images, labels)
      scores[name] = self._evaluator.by_class(
        images, labels, value_range=(-1, 1), allow_missing=True
      )
    names, is_asked = self.data.class_names, self._is_asked
    return class_section.section(strips, scores, names, is_asked)

  def labelled(self, gan) -> tuple[np.ndarray, np.ndarray]:
    """Returns generated images in [-1, 1], and the classes that they are of.

    By default those that the evaluator's classifier finds.

    Args:
      gan: The GAN.
    """
    images = np.asarray(self.images(gan, self.settings.eval_images))
    return images, self._evaluator.logits(images).argmax(1)

  def strips(self, gan, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Returns some images of each class side by side, a row a class.

    Args:
      gan: The GAN.
      images: What `labelled` returned, `[n, height, width, channels]`.
      labels: Their labels.
    """
    del gan
    classes = np.unique(self.data.test_labels)
    rows = [class_section.strip(images[labels == one]) for one in classes]
    return np.stack(rows)

  def monitor(
    self, folder: str | os.PathLike, log_dir: str
  ) -> list[tgp.keras.callbacks.Callback]:
    """Returns the callback that draws images during training, in a list."""
    return [tgp.GANMonitor(folder, log_dir=log_dir)]

  def explain(
    self,
    base: tgp.PrunedGAN,
    gan: tgp.PrunedGAN,
    evaluator: tgp.metrics.Evaluator,
  ) -> tgp.interpretation.Explanation | None:
    """Explains how a GAN's generator differs from the base's."""
    return tgp.explain(
      base,
      gan,
      evaluator if evaluator.num_classes else None,
      num_latents=self.settings.eval_images,
      seed=self.settings.seed,
    )

  # At the end, since in annotations after it the name would mean this variable.
  Settings = Settings
