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
"""Grids of what a GAN draws while it trains."""

import numpy as np
import tensorflow as tf

from tf_ganprune import files, pictures, signatures
from tf_ganprune.gan import checks
from tf_ganprune.keras_compat import keras


class GANMonitor(keras.callbacks.Callback):
  """Draws the same latents' images after each epoch.

  Example:
    `gan.fit(images, callbacks=[tgp.GANMonitor("samples")])`
  """

  def __init__(
    self,
    directory: str,
    num_images: int = 64,
    seed: int = 0,
    log_dir: str | None = None,
  ):
    """Creates the directory.

    Args:
      directory: Where `epoch_0001.png` and so on go.
      num_images: How many images a grid shows.
      seed: Of the latents.
      log_dir: If set, the grids go to TensorBoard's event files there as well.

    Raises:
      ValueError: If the directory cannot be written.
    """
    super().__init__()
    self.directory = files.make_directory(directory)
    self.num_images = num_images
    self.seed = seed
    self._writer = tf.summary.create_file_writer(log_dir) if log_dir else None

  def on_train_begin(self, logs=None):
    """Refuses images that cannot be drawn."""
    channels = signatures.shapes(self.model.generator)[1][-1]
    if channels not in (1, 3):
      raise ValueError(
        f"GANMonitor draws images of 1 or 3 channels, and the generator's have"
        f" {channels}; leave the callback out."
      )

  def on_epoch_end(self, epoch, logs=None):
    """Writes one grid; what is outside the range of pixels is clipped."""
    images = self.model.generate(self.num_images, seed=self.seed).numpy()
    if checks.range_of(self.model.generator) == (0.0, 1.0):
      images = 2.0 * images - 1.0
    grid = pictures.image_grid(np.clip(images, -1.0, 1.0))
    pictures.write_png(self.directory / f"epoch_{epoch + 1:04d}.png", grid)
    if self._writer:
      with self._writer.as_default():
        tf.summary.image("samples", grid[tf.newaxis], step=epoch + 1)
      self._writer.flush()
