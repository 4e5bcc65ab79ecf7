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
"""The task of inpainting, which fills holes in images."""

import dataclasses

import numpy as np
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune import array_types
from tf_ganprune.experiments import (
  fields,
  pix2pix_task,
  run_directory,
  translation_task,
)


@dataclasses.dataclass(frozen=True)
class Settings(pix2pix_task.Settings):
  """Settings of the experiment with holes.

  Example:
    `Settings(image_size=32, epochs=1)`
  """

  dataset: str = fields.field(
    "photographs", "A data set of images.", fields.text()
  )


class Inpainting(pix2pix_task.Pix2Pix):
  """The task of `examples.inpainting`: images with holes, and their masks.

  Example:
    `Experiment(Inpainting, Settings(epochs=1), "runs/holes").run()`
  """

  settings: Settings
  name = "inpainting"
  title = "inpainting GAN"
  score = "perceptual_distance"

  def pairs(self, split: str) -> tuple[array_types.Arrays, np.ndarray]:
    """Returns images with holes and their masks, and whole images."""
    settings = self.settings
    images, _ = tgp.data.load_arrays(
      settings.dataset,
      split,
      image_size=settings.image_size,
      data_dir=settings.data_dir,
    )
    return tgp.data.holed(images, seed=settings.seed)

  def train_data(self) -> tf.data.Dataset:
    """Returns shuffled batches, with new holes in each epoch."""
    settings, (_, images) = self.settings, self.train
    return tgp.data.with_holes(images, settings.batch_size, seed=settings.seed)

  def networks(self) -> dict[str, tgp.keras.Model]:
    """Returns a U-Net that keeps what is outside of the hole, and its judge."""
    settings, shape = self.settings, self.train[1].shape[1:]
    generator = tgp.networks.inpainting_generator(
      shape, settings.width, pix2pix_task.halvings(shape)
    )
    discriminator = tgp.networks.patch_discriminator(
      shape, [shape, (*shape[:2], 1)], settings.discriminator_width
    )
    return {"discriminator": discriminator, "generator": generator}

  def evaluator(
    self, run: run_directory.RunDirectory
  ) -> tgp.metrics.PairEvaluator:
    """Returns the evaluator, which measures the holes as well."""
    (_, masks), targets = self.test
    return tgp.metrics.PairEvaluator(self.features(run), targets, masks)

  def shown_inputs(self) -> np.ndarray:
    """Returns the images with holes."""
    (images, _), _ = self.test
    return images

  # At the end, since in annotations after it the name would mean this variable.
  Settings = Settings


# The defaults of the job.
BEST = Settings(
  **translation_task.recipe(batch_size=16, epochs=6, prune_epochs=4)
)
