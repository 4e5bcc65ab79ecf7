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
"""Keras callbacks: step updates, pruning summaries, sample grids."""

import os

import numpy as np
import tensorflow as tf

from tf_ganprune import files, gan, pictures
from tf_ganprune.gan import checks
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import ownership, wrapper


class UpdatePruningStep(keras.callbacks.Callback):
  """Prunes any Keras model at the end of each batch of `fit`.

  A step is a batch; pruned weights are zero after each. It works inside the
  compiled train step. A GAN of this package counts its own updates and needs
  no callback; there this one does nothing.

  Example:
    `classifier.fit(x, y, callbacks=[tgp.UpdatePruningStep()])`
  """

  def __init__(self):
    super().__init__()
    self._train_step = None
    self._previous_owners = []

  def on_train_begin(self, logs=None):
    """Takes over the counting of the model's pruned layers."""
    if isinstance(self.model, gan.PrunedGAN):
      return
    interrupted = getattr(self.model.train_step, "callback", None)
    if interrupted:
      interrupted.on_train_end()
    self._previous_owners = [
      (layer, ownership.adopt(layer).owner())
      for layer in ownership.pruned_layers(self.model)
    ]
    layers = ownership.claim(self.model, owner=self)
    self._train_step = train_step = self.model.train_step

    def train_and_prune(data):
      logs = train_step(data)
      ownership.advance(layers)
      return logs

    # Keeps the owner alive for as long as this function counts for it.
    train_and_prune.callback = self
    self.model.train_step = train_and_prune
    self.model.make_train_function(force=True)

  def on_train_end(self, logs=None):
    """Gives the layers back, sparse whatever Keras did at the end."""
    if self._train_step is None:
      return
    for layer, previous in self._previous_owners:
      wrapper.apply_masks(layer)
      layer.release()
      if previous is not None:
        layer.claim(previous)
    self.model.train_step, self._train_step = self._train_step, None
    self.model.train_function = None


class PruningSummaries(keras.callbacks.TensorBoard):
  """TensorBoard, with each pruned layer's sparsity and threshold.

  They are logged at the layer's own step, which is the number of updates of
  its weights. Losses are logged as Keras does it.

  Example:
    `gan.fit(images, callbacks=[tgp.PruningSummaries("logs")])`
  """

  def __init__(self, log_dir: str, update_freq="epoch", **kwargs):
    """Takes the arguments of `keras.callbacks.TensorBoard`.

    Args:
      log_dir: Where the event files go.
      update_freq: `'batch'`, `'epoch'` or a number of batches, for the losses.
      **kwargs: As of `keras.callbacks.TensorBoard`.

    Raises:
      ValueError: If `log_dir` is not a path.
    """
    if not log_dir or not isinstance(log_dir, str | os.PathLike):
      raise ValueError(f"`log_dir` must be a path; got {log_dir!r}.")
    super().__init__(
      log_dir=os.fspath(log_dir), update_freq=update_freq, **kwargs
    )
    self._pruning_writer = None

  def on_train_begin(self, logs=None):
    """Opens the event file, and logs where pruning stands."""
    super().on_train_begin(logs)
    self._pruning_writer = tf.summary.create_file_writer(
      os.path.join(self.log_dir, "pruning")
    )
    self._log_pruning()

  def on_epoch_end(self, epoch, logs=None):
    """Logs the losses and the pruned layers."""
    super().on_epoch_end(epoch, logs)
    self._log_pruning()

  def on_train_end(self, logs=None):
    """Closes the event files."""
    super().on_train_end(logs)
    self._pruning_writer.close()

  def _log_pruning(self):
    with self._pruning_writer.as_default():
      for path, layer in ownership.by_path(self.model).items():
        self._log_layer(path, layer, step=int(layer.pruning_step))
    self._pruning_writer.flush()

  def _log_layer(self, path, layer, step):
    for weight, mask, threshold in layer.pruning_vars:
      name = f"{path}/{weight.name.rpartition('/')[2].partition(':')[0]}"
      sparsity = 1.0 - np.mean(mask.numpy(), dtype=np.float64)
      tf.summary.scalar(f"{name}/sparsity", sparsity, step=step)
      tf.summary.scalar(f"{name}/threshold", threshold, step=step)


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
    channels = self.model.generator.output_shape[-1]
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
