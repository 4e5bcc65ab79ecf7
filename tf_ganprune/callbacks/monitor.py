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
"""A callback that writes grids of a GAN's images while it trains."""

import os

import tensorflow as tf

from tf_ganprune import files, pictures
from tf_ganprune.callbacks import drawing, keras3_refusal
from tf_ganprune.inputs import choosing
from tf_ganprune.keras_compat import keras


class GANMonitor(keras3_refusal.RefusesKeras3, keras.callbacks.Callback):
  """Writes a grid of images after each epoch, from the same inputs.

  With a generator that takes labels, such as that of a tgp.ConditionalGAN, the
  grid has a row for each class, and each of its columns is of one latent.

  It takes a tgp.GAN, and any other model that has a method
  `generate(n, seed=...)` or a `generator`, or whose `generator=` is passed.

  Example:
    `gan.fit(images, callbacks=[tgp.GANMonitor("samples")])`
  """

  def __init__(
    self,
    directory: str | os.PathLike,
    num_images: int = 64,
    seed: int = 0,
    log_dir: str | None = None,
    generator: keras.Model | None = None,
    latent_dim: int | None = None,
    inputs: choosing.Given | None = None,
    value_range: tuple[float, float] | None = None,
  ):
    """Creates the directory, and sets the source of images.

    Args:
      directory: The folder for `epoch_0001.png` and so on.
      num_images: The number of images of a grid; with labels the largest, as
        all rows are equally long.
      seed: The seed of the generator's inputs.
      log_dir: A folder for TensorBoard's event files; if set, grids are written
        there as well.
      generator: The network that makes the images. It is needed for a model
        that has neither `generate(n, seed=...)` nor a network with a name such
        as `generator` or `generator_G`.
      latent_dim: The length of the latents; by default the model's
        `latent_dim`, or that of the generator's input.
      inputs: The generator's inputs: an object of `tgp.inputs`; an array, or a
        list or dict of arrays, whose first rows are taken; or a function of
        `(n, seed)` that returns them. By default those of the model, or
        latents; needed if the generator takes an image, for example.
      value_range: The generator's values that mean black and white; by default
        they follow from its outputs, such as (0, 1) if it ends in a sigmoid.

    Raises:
      ValueError: If the directory cannot be written, or an argument has a wrong
        type or value.
    """
    super().__init__()
    self._drawing = drawing.Drawing(generator, latent_dim, inputs, value_range)
    self.directory = files.make_directory(directory)
    self.num_images = num_images
    self.seed = seed
    self._writer = tf.summary.create_file_writer(log_dir) if log_dir else None

  def on_train_begin(self, logs: dict | None = None) -> None:
    """Raises unless images of 1 or 3 channels can be generated."""
    self._drawing.begin("GANMonitor", self.model)
    channels = self._drawing.channels()
    if channels not in (1, 3, None):
      raise ValueError(
        "GANMonitor needs images of 1 or 3 channels, and the generator's have"
        f" {channels}; leave the callback out."
      )

  def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
    """Writes one grid; values outside of [-1, 1] are clipped."""
    self._drawing.ensure_begun("GANMonitor", self.model)
    images, columns = self._drawing.by_class(self.num_images, self.seed)
    grid = pictures.image_grid(images, columns)
    pictures.write_png(self.directory / f"epoch_{epoch + 1:04d}.png", grid)
    if self._writer:
      with self._writer.as_default():
        tf.summary.image("samples", grid[tf.newaxis], step=epoch + 1)
      self._writer.flush()
