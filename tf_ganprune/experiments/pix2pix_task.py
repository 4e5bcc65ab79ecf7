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
"""The task of pix2pix, which learns from pairs of images."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune import array_types
from tf_ganprune.experiments import fields, translation_task

_MOST_HALVINGS = 5


@dataclasses.dataclass(frozen=True)
class Settings(translation_task.Settings):
  """Settings of pix2pix's experiment.

  Example:
    `Settings(dataset="openmoji", data_dir="node_modules")`
  """

  dataset: str = fields.field(
    "photographs",
    "A data set of pairs, openmoji or emoji_styles; of single images, such as"
    " photographs, the pairs are grey and coloured ones.",
    fields.text(),
  )
  lambda_l1: float = fields.field(
    100.0, "The weight of the distance from the target.", fields.WEIGHT
  )


class Pix2Pix(translation_task.TranslationTask):
  """The task of `examples.pix2pix`: a U-Net, and pairs of images.

  Example:
    `Experiment(Pix2Pix, Settings(epochs=1), "runs/pairs").run()`

  Attributes:
    train: Inputs and targets to train on, `[n, height, width, channels]`.
    test: Held-out ones.
  """

  settings: Settings
  name = "pix2pix"
  title = "pix2pix"

  def __init__(self, settings: Settings):
    """Loads the pairs.

    Args:
      settings: The settings, each within its limits.

    Raises:
      ValueError: If there are no such pairs.
    """
    super().__init__(settings)
    print(f"Data: {settings.dataset}.")
    self.train = self.pairs(settings.train_split)
    inputs, targets = self.pairs(settings.test_split)
    most = settings.eval_images
    self.test = tf.nest.map_structure(lambda x: x[:most], (inputs, targets))

  def pairs(self, split: str) -> tuple[array_types.Arrays, np.ndarray]:
    """Returns inputs and targets of a split, in order.

    Args:
      split: The name of the split.
    """
    settings = self.settings
    return tgp.data.load_pair_arrays(
      settings.dataset, split, settings.data_dir, settings.image_size
    )

  def train_data(self) -> tf.data.Dataset:
    """Returns shuffled batches of pairs."""
    settings = self.settings
    return tgp.data.batches(
      self.train, settings.batch_size, seed=settings.seed, drop_remainder=True
    )

  def networks(self) -> dict[str, tgp.keras.Model]:
    """Returns a U-Net and a discriminator of patches."""
    settings, (inputs, targets) = self.settings, self.train
    shape, made = np.asarray(inputs).shape[1:], targets.shape[1:]
    generator = tgp.networks.u_net_generator(
      shape, settings.width, halvings(shape), output_channels=made[-1]
    )
    discriminator = tgp.networks.patch_discriminator(
      made, shape, settings.discriminator_width
    )
    return {"discriminator": discriminator, "generator": generator}

  def gan(self, networks: Mapping[str, tgp.keras.Model]) -> tgp.Pix2Pix:
    """Returns a new compiled GAN; see the base."""
    settings = self.settings
    inputs, _ = self.train
    gan = tgp.Pix2Pix(
      networks["discriminator"],
      networks["generator"],
      settings.lambda_l1,
      tgp.inputs.Examples(inputs, value_range=(-1.0, 1.0)),
      ema_decay=settings.ema_decay,
    )
    gan.compile(
      self.adam(settings.d_learning_rate),
      self.adam(settings.g_learning_rate),
      settings.loss,
    )
    return gan

  def held_out(self) -> tuple[array_types.Arrays, np.ndarray]:
    """Returns held-out inputs and their targets."""
    return self.test

  def real(self) -> np.ndarray:
    """Returns the training targets."""
    return self.train[1]

  def given(self, name: str) -> array_types.Arrays:
    """Returns training inputs of the generator."""
    del name
    return self.train[0]

  def notes(self, evaluator: tgp.metrics.PairEvaluator) -> list[str]:
    """Returns a note on how good it is to return the input as it is."""
    copied = _like(self.shown_inputs(), evaluator.targets)
    found = evaluator.evaluate(copied)
    return [
      "The input as it is has a perceptual distance of"
      f" {found['perceptual_distance']:.4g} from the truth, a structural"
      f" similarity of {found['ssim']:.4g} and {found['psnr']:.4g} dB."
    ]

  # At the end, since in annotations after it the name would mean this variable.
  Settings = Settings


def halvings(shape: tuple[int, ...]) -> int:
  """Returns how often a U-Net halves images: as often as it can, up to 5."""
  count = 0
  while count < _MOST_HALVINGS and not min(shape[:2]) % 2 ** (count + 1):
    count += 1
  return count


def _like(images: np.ndarray, others: np.ndarray) -> np.ndarray:
  """Returns images with as many channels as others."""
  return np.broadcast_to(images, others.shape)


# The defaults of the job.
BEST = Settings(
  **translation_task.recipe(batch_size=16, epochs=6, prune_epochs=4)
)
