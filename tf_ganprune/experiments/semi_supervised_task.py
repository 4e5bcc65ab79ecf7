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
"""The task of a semi-supervised GAN, whose classifier needs few labels."""

import dataclasses
import types
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  adversarial_task,
  few_labels,
  fields,
  image_task,
  mistakes_section,
  run_directory,
  zeros_settings,
)
from tf_ganprune.experiments import slim_settings as slim_settings_
from tf_ganprune.gan import unlabelled

_ALONE = "labels_alone.keras"
_SHIFTED_ALONE = "labels_alone_shifted.keras"
_SHIFT = 0.125  # of `DiffAugment`'s translation, which consistency uses
_SHOWN = 64


@dataclasses.dataclass(frozen=True)
class Settings(image_task.Settings):
  """Settings of the semi-supervised GAN's experiment.

  Example:
    `Settings(num_labels=100, epochs=1)`
  """

  num_labels: int = fields.field(
    100, "Images that keep their label, evenly.", fields.whole(2, 1_000_000)
  )
  labelled_batch_size: int = fields.field(
    16,
    "Labelled images in each batch, beside --batch_size of all images.",
    fields.whole(1, 65_536),
  )
  latent_dim: int = fields.like(adversarial_task.Settings, "latent_dim")
  width: int = fields.like(adversarial_task.Settings, "width")
  supervised_weight: float = fields.field(
    1.0, "Of the labelled images' cross entropy.", fields.WEIGHT
  )
  consistency_weight: float = fields.field(
    1.0,
    "Of the difference between the logits of an image and of the same image,"
    " shifted.",
    fields.WEIGHT,
  )
  d_learning_rate: float = fields.like(
    adversarial_task.Settings, "d_learning_rate", 1e-3
  )
  g_learning_rate: float = fields.like(
    adversarial_task.Settings, "g_learning_rate", 1e-3
  )
  ema_decay: float = fields.like(adversarial_task.Settings, "ema_decay")


class Measured(tgp.metrics.ClassifierEvaluator):
  """Held-out images, and how many the labels alone put right.

  Example:
    `Measured(images, labels, 0.7, 0.8).evaluate_network(gan.discriminator)`

  Attributes:
    alone: The accuracy of the same network, trained on the labels alone.
    alone_shifted: As well, on images that are shifted at random.
  """

  def __init__(
    self,
    images: np.ndarray,
    labels: np.ndarray,
    alone: float,
    alone_shifted: float,
  ):
    """Sets the images.

    Args:
      images: `[n, height, width, channels]`.
      labels: `[n]`.
      alone: The accuracy of the network with the labels alone.
      alone_shifted: As well, on images that are shifted at random.
    """
    super().__init__(images, labels)
    self.alone, self.alone_shifted = alone, alone_shifted


class SemiSupervised(image_task.ImageTask):
  """The task of `examples.semi_supervised_gan`, which exports a classifier.

  Example:
    `Experiment(SemiSupervised, Settings(epochs=1), "runs/few").run()`

  Attributes:
    train_images: All that are trained on.
    labels: Their labels, -1 where they are not told.
    num_classes: How many classes there are.
  """

  settings: Settings
  name = "semi_supervised_gan"
  title = "semi-supervised GAN"
  score = "error"
  score_title = "test error (%)"
  sweep_defaults = types.MappingProxyType({"width": 16})

  def __init__(self, settings: Settings):
    """Loads the images, and takes the labels of most away.

    Args:
      settings: Each by itself is within its limits.

    Raises:
      ValueError: If there are no labels, or fewer than classes or than asked.
    """
    super().__init__(settings)
    self.train_images, labels = self.data.real()
    if labels is None or self.data.test[1] is None:
      raise ValueError(
        f"The data set --dataset {settings.dataset!r} has no labels, and the"
        " classifier learns some."
      )
    self.num_classes = self.data.num_classes
    self.labels = few_labels.some(labels, settings.num_labels, settings.seed)

  def train_data(self) -> tf.data.Dataset:
    """Returns batches of images and labels; see the base.

    Every batch has images of all kinds, and labelled ones, which come again and
    again (Salimans et al. 2016 train on as many of either in an update).
    """
    size, labelled = self.settings.batch_size, self.settings.labelled_batch_size
    everything = self._shuffled(slice(None)).batch(size, drop_remainder=True)
    pairs = tf.data.Dataset.zip(everything, self._labelled(labelled))
    return pairs.map(few_labels.joined)

  def _labelled(self, batch_size: int) -> tf.data.Dataset:
    """Returns batches of labelled images, again and again."""
    known = self._shuffled(self.labels != unlabelled.NONE)
    return known.repeat().batch(batch_size)

  def _shuffled(self, which) -> tf.data.Dataset:
    """Returns pairs of image and label, in a new order each time."""
    images, labels = self.train_images[which], self.labels[which]
    data = tf.data.Dataset.from_tensor_slices((images, labels))
    return data.shuffle(len(labels), seed=self.settings.seed)

  def networks(self) -> dict[str, tgp.keras.Model]:
    """Returns new networks, by the names that the GAN has for them."""
    shape, settings = self.data.image_shape, self.settings
    return {
      "discriminator": self._classifier(),
      "generator": tgp.networks.dcgan_generator(
        shape, settings.latent_dim, settings.width
      ),
    }

  def _classifier(self, translation: float = 0.0) -> tgp.keras.Model:
    """Returns a new classifier; in training it shifts images if asked to."""
    shape, width = self.data.image_shape, self.settings.width
    return tgp.networks.dcgan_classifier(
      shape, self.num_classes, width, translation
    )

  def gan(
    self, networks: Mapping[str, tgp.keras.Model]
  ) -> tgp.SemiSupervisedGAN:
    """Returns a compiled GAN.

    Args:
      networks: By name.
    """
    settings = self.settings
    gan = tgp.SemiSupervisedGAN(
      **networks,
      latent_dim=settings.latent_dim,
      num_classes=self.num_classes,
      supervised_weight=settings.supervised_weight,
      ema_decay=settings.ema_decay,
      **self._regularizers(),
    )
    adam = tgp.keras.optimizers.Adam
    gan.compile(
      adam(settings.d_learning_rate, 0.5), adam(settings.g_learning_rate, 0.5)
    )
    return gan

  def _regularizers(self) -> dict:
    """Returns the GAN's argument for consistency, if that has a weight."""
    weight = self.settings.consistency_weight
    if not weight:
      return {}
    kind = tgp.regularizers.Consistency(weight, policies=["translation"])
    return {"regularizers": [kind]}

  def evaluator(  # type: ignore[override]  # a classifier is measured
    self, run: run_directory.RunDirectory
  ) -> Measured:
    """Returns held-out images, and what the labels alone reach; see the base.

    Args:
      run: The folder.
    """
    images, labels = self.data.test[0], self.data.test_labels
    alone = self._alone(run, _ALONE, 0.0)
    shifted = self._alone(run, _SHIFTED_ALONE, _SHIFT)
    known = tgp.metrics.ClassifierEvaluator(images, labels)
    found = [known.evaluate_network(x) for x in (alone, shifted)]
    return Measured(images, labels, *(x["accuracy"] for x in found))

  def _alone(self, run, file: str, translation: float) -> tgp.keras.Model:
    """Returns the control of a run's file, which is trained if need be."""
    if (run / file).exists():
      return run.load(file)
    print(f"Control: {file}, the same network, trained on the labels alone.")
    settings = self.settings
    alone = self._classifier(translation)
    few_labels.train(
      alone,
      self._labelled(settings.batch_size),
      (settings.epochs + settings.prune_epochs) * len(self.train_data()),
      tgp.keras.optimizers.Adam(settings.d_learning_rate, 0.5),
    )
    run.save(alone, file)
    return alone

  def measure(  # type: ignore[override]  # as in `evaluator`
    self, gan: tgp.PrunedGAN, evaluator: Measured
  ) -> dict[str, float]:
    """Returns accuracy and error on held-out images, in percent.

    With them comes `gain`, the points of accuracy above what the same network
    reaches on the labels alone.
    """
    network = gan.averaged("discriminator")
    found = evaluator.evaluate_network(network)
    percent = {name: 100 * share for name, share in found.items()}
    return percent | {"gain": percent["accuracy"] - 100 * evaluator.alone}

  def file_evaluator(self, name: str, evaluator: Measured):
    """Returns what measures a file's accuracy on held-out images."""
    del name

    def percent(logits, given):
      del given
      return {"accuracy": 100 * evaluator.evaluate(logits)["accuracy"]}

    return tgp.metrics.OutputEvaluator(percent, evaluator.inputs)

  def notes(  # type: ignore[override]  # as in `evaluator`
    self, evaluator: Measured
  ) -> list[str]:
    """Says what the labels alone reach; see the base."""
    return [
      f"{self.settings.num_labels} of {len(self.train_images)} images have a"
      " label. The same network, trained on those alone in as many updates,"
      f" puts {evaluator.alone:.1%} of held-out images right, and"
      f" {evaluator.alone_shifted:.1%} if they are shifted at random meanwhile."
    ]

  def show(self, gans: Mapping[str, tgp.PrunedGAN]) -> dict:
    """Returns what the generators draw, and the scores; see the base."""
    images = {name: self.images_of(gan) for name, gan in gans.items()}
    held_out, labels = self.data.test[0], self.data.test_labels
    found = {
      name: np.argmax(gan.classify(held_out), 1) for name, gan in gans.items()
    }
    score = tgp.report.Score
    return {
      "samples_png": tgp.report.comparison_grid(images),
      "sections": [
        mistakes_section.section(held_out, labels, found, self.data.class_names)
      ],
      "scores": [
        score("accuracy", "Held-out images put right", "higher", "%"),
        score("error", "Test error", "lower", "%"),
        score("gain", "Points above the labels alone", "higher"),
      ],
    }

  def images_of(self, gan: tgp.PrunedGAN) -> np.ndarray:
    """Returns images of a GAN's generator in [-1, 1]."""
    return np.asarray(gan.generate(_SHOWN, seed=self.settings.seed))

  def inputs(self, name: str, n: int, seed: int) -> np.ndarray:
    """Returns images, which the classifier takes; see the base."""
    del name
    order = np.random.default_rng(seed).permutation(len(self.train_images))
    return self.train_images[order[:n]]

  def examples(self) -> None:
    """Returns None: `balanced` is left out, as the discriminator ships."""
    return None

  def remarks(
    self, name: str, measures: dict[str, float], evaluator: object
  ) -> list[str]:
    """Returns nothing; see the base."""
    del name, measures, evaluator
    return []

  def explain(
    self, base: tgp.PrunedGAN, gan: tgp.PrunedGAN, evaluator: object
  ) -> None:
    """Returns None: what ships draws no images."""
    del base, gan, evaluator

  # At the end, since in annotations after it the name would mean this variable.
  Settings = Settings


# The defaults of the job.
BEST = Settings(
  epochs=16,
  prune_epochs=12,
  phases=("dense", "pruned", "slim"),
  allocation="lamp",
  frequency=25,
  zeros=zeros_settings.Settings(distillation=(), weights=()),
  slim=slim_settings_.Settings(
    macs=0.25,
    whole_epochs=0,
    generator_batch_size=None,
    distillation=(),
    weights=(),
    discriminator="kept",
    slim_learning_rate=1e-3,
  ),
)
