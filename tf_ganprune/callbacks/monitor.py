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

import tensorflow as tf

from tf_ganprune import files, pictures
from tf_ganprune.callbacks import drawing, of_one_keras
from tf_ganprune.inputs import choosing
from tf_ganprune.keras_compat import keras


class GANMonitor(of_one_keras.OfOneKeras, keras.callbacks.Callback):
  """Draws the same latents' images after each epoch.

  Of a tgp.GAN, and of any model with a `train_step` of its own that has a
  `generate(n, seed=...)` or a `generator`, or is told what draws.

  Example:
    `gan.fit(images, callbacks=[tgp.GANMonitor("samples")])`
  """

  def __init__(
    self,
    directory: str,
    num_images: int = 64,
    seed: int = 0,
    log_dir: str | None = None,
    generator: keras.Model | None = None,
    latent_dim: int | None = None,
    inputs: choosing.Given | None = None,
    value_range: tuple[float, float] | None = None,
  ):
    """Creates the directory.

    Args:
      directory: Where `epoch_0001.png` and so on go.
      num_images: How many images a grid shows.
      seed: Of the latents.
      log_dir: If set, the grids go to TensorBoard's event files there as well.
      generator: What makes the images, for a model of another class than
        tgp.GAN that has no `generate(n, seed=...)` and whose generator has no
        name that says so, such as `generator` or `generator_G`.
      latent_dim: Length of the latents; by default what the model, or the
        generator's input, says.
      inputs: What the generator is given: an object of `tgp.inputs`; an array,
        or a list or dict of arrays, whose first rows are taken; or a function
        of `(n, seed)` that returns them. By default what the model, or the
        generator's input, says; needed if that is an image, for example.
      value_range: Values of its images that mean black and white; by default
        what bounds its outputs says it, such as (0, 1) if it ends in a sigmoid.

    Raises:
      ValueError: If the directory cannot be written, or an argument is none
        of that.
    """
    super().__init__()
    self._drawing = drawing.Drawing(generator, latent_dim, inputs, value_range)
    self.directory = files.make_directory(directory)
    self.num_images = num_images
    self.seed = seed
    self._writer = tf.summary.create_file_writer(log_dir) if log_dir else None

  def on_train_begin(self, logs: dict | None = None) -> None:
    """Refuses what cannot be drawn."""
    self._drawing.begin("GANMonitor", self.model)
    channels = self._drawing.channels()
    if channels not in (1, 3, None):
      raise ValueError(
        f"GANMonitor draws images of 1 or 3 channels, and the generator's have"
        f" {channels}; leave the callback out."
      )

  def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
    """Writes one grid; what is outside the range of pixels is clipped."""
    self._drawing.ensure_begun("GANMonitor", self.model)
    images = self._drawing(self.num_images, self.seed)
    grid = pictures.image_grid(images)
    pictures.write_png(self.directory / f"epoch_{epoch + 1:04d}.png", grid)
    if self._writer:
      with self._writer.as_default():
        tf.summary.image("samples", grid[tf.newaxis], step=epoch + 1)
      self._writer.flush()
