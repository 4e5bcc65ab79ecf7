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
  fields,
  image_task,
  zeros_settings,
)
from tf_ganprune.experiments import slim_settings as slim_settings_
from tf_ganprune.gan import unlabelled

_ALONE = "labels_alone.keras"
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
  latent_dim: int = fields.like(adversarial_task.Settings, "latent_dim")
  width: int = fields.like(adversarial_task.Settings, "width")
  supervised_weight: float = fields.field(
    1.0, "Of the labelled images' cross entropy.", fields.WEIGHT
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
    `Measured(images, labels, alone=0.7).evaluate_network(gan.discriminator)`

  Attributes:
    alone: The accuracy of the same network, trained on the labels alone.
  """

  def __init__(self, images: np.ndarray, labels: np.ndarray, alone: float):
    """Sets the images.

    Args:
      images: `[n, height, width, channels]`.
      labels: `[n]`.
      alone: The accuracy of the network with the labels alone.
    """
    super().__init__(images, labels)
    self.alone = alone


class SemiSupervised(image_task.ImageTask):
  """The task of `examples.semi_supervised_gan`, which exports a classifier.

  Example:
    `Experiment(SemiSupervised, Settings(epochs=1), "runs/few").run()`

  Attributes:
    images: All that are trained on.
    labels: Their labels, -1 where they are not told.
    num_classes: How many classes there are.
  """

  Settings = Settings
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
    self.images, labels = self.data.real()
    if labels is None:
      raise ValueError(
        f"The data set --dataset {settings.dataset!r} has no labels, and the"
        " classifier learns some."
      )
    self.num_classes = int(labels.max()) + 1
    self.labels = _few(labels, settings.num_labels, settings.seed)

  def train_data(self) -> tf.data.Dataset:
    """Returns batches of images and labels; see the base."""
    settings, n = self.settings, len(self.images)
    data = tf.data.Dataset.from_tensor_slices((self.images, self.labels))
    data = data.shuffle(n, seed=settings.seed)
    return data.batch(settings.batch_size, drop_remainder=True)

  def networks(self) -> dict[str, tgp.keras.Model]:
    """Returns new networks, by the names that the GAN has for them."""
    shape, settings = self.data.image_shape, self.settings
    return {
      "discriminator": tgp.networks.dcgan_classifier(
        shape, self.num_classes, settings.width
      ),
      "generator": tgp.networks.dcgan_generator(
        shape, settings.latent_dim, settings.width
      ),
    }

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
    )
    adam = tgp.keras.optimizers.Adam
    gan.compile(
      adam(settings.d_learning_rate, 0.5), adam(settings.g_learning_rate, 0.5)
    )
    return gan

  def evaluator(self, run) -> Measured:
    """Returns held-out images, and what the labels alone reach; see the base.

    Args:
      run: The folder.
    """
    if (run / _ALONE).exists():
      alone = run.load(_ALONE)
    else:
      print("Control: the same network, trained on the labels alone.")
      alone = self._trained_alone()
      run.save(alone, _ALONE)
    images, labels = self.data.test
    return Measured(images, labels, _accuracy(alone, images, labels))

  def _trained_alone(self) -> tgp.keras.Model:
    """Returns the classifier after as many updates, of labelled images only."""
    settings = self.settings
    known = self.labels != unlabelled.NONE
    data = tf.data.Dataset.from_tensor_slices(
      (self.images[known], self.labels[known])
    )
    data = data.shuffle(int(known.sum()), seed=settings.seed).repeat()
    classifier = self.networks()["discriminator"]
    loss = tgp.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    classifier.compile(
      tgp.keras.optimizers.Adam(settings.d_learning_rate, 0.5), loss
    )
    epochs = settings.epochs + settings.prune_epochs
    steps = epochs * (len(self.images) // settings.batch_size)
    batches = data.batch(settings.batch_size).take(steps)
    classifier.fit(batches, verbose=0)
    return classifier

  def measure(self, gan, evaluator: Measured) -> dict[str, float]:
    """Returns accuracy and error on held-out images, in percent."""
    network = gan.averaged("discriminator")
    found = evaluator.evaluate_network(network)
    return {name: 100 * share for name, share in found.items()}

  def notes(self, evaluator: Measured) -> list[str]:
    """Says what the labels alone reach; see the base."""
    return [
      f"{self.settings.num_labels} of {len(self.images)} images have a label."
      " The same network, trained on those alone in as many updates, puts"
      f" {evaluator.alone:.1%} of held-out images right."
    ]

  def show(self, gans) -> dict:
    """Returns what the generators draw, and the scores; see the base."""
    images = {name: self.images_of(gan) for name, gan in gans.items()}
    score = tgp.report.Score
    return {
      "samples_png": tgp.report.comparison_grid(images),
      "scores": [
        score("accuracy", "Held-out images put right", "higher", "%"),
        score("error", "Test error", "lower", "%"),
      ],
    }

  def images_of(self, gan) -> np.ndarray:
    """Returns images of a GAN's generator in [-1, 1]."""
    return np.asarray(gan.generate(_SHOWN, seed=self.settings.seed))

  def inputs(self, name: str, n: int, seed: int) -> np.ndarray:
    """Returns images, which the classifier takes; see the base."""
    del name
    order = np.random.default_rng(seed).permutation(len(self.images))
    return self.images[order[:n]]

  def examples(self):
    """Returns None: `balanced` is left out, as the discriminator ships."""
    return None

  def remarks(self, name: str, measures: dict, evaluator) -> list[str]:
    """Returns nothing; see the base."""
    del name, measures, evaluator
    return []

  def explain(self, base, gan, evaluator) -> None:
    """Returns None: what ships draws no images."""
    del base, gan, evaluator


def _accuracy(network, images, labels) -> float:
  logits = network.predict(images, batch_size=256, verbose=0)
  return float(np.mean(logits.argmax(1) == labels))


def _few(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
  """Returns labels of which evenly many of each class are left, else -1.

  Args:
    labels: `[n]`.
    count: How many are left.
    seed: Of the choice.

  Raises:
    ValueError: If there are fewer, or fewer are left than there are classes.
  """
  classes = np.unique(labels)
  if not len(classes) <= count <= len(labels):
    raise ValueError(
      f"--num_labels must be from {len(classes)}, one for each class, to"
      f" {len(labels)}; got {count}."
    )
  order = np.random.default_rng(seed).permutation(len(labels))
  rank = np.empty(len(labels), int)  # within its class
  for one in classes:
    places = order[labels[order] == one]
    rank[places] = np.arange(len(places))
  kept = np.lexsort((order, rank))[:count]
  found = np.full(len(labels), unlabelled.NONE)
  found[kept] = labels[kept]
  return found


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
  ),
)
