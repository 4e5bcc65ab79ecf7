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
"""A TensorBoard callback with the sparsity of pruned layers."""

import os
from typing import Any

import numpy as np
import tensorflow as tf

from tf_ganprune.callbacks import keras3_refusal
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.wrapping import wrapped_layers


class PruningSummaries(
  keras3_refusal.RefusesKeras3, keras.callbacks.TensorBoard
):
  """Keras's TensorBoard, with each pruned layer's sparsity and threshold.

  They are logged at the layer's pruning step, the number of updates of its
  weights. Losses are logged as Keras does it.

  Example:
    `gan.fit(images, callbacks=[tgp.PruningSummaries("logs")])`
  """

  def __init__(
    self, log_dir: str, update_freq: str | int = "epoch", **kwargs: Any
  ):
    """Sets the arguments of `keras.callbacks.TensorBoard`.

    Args:
      log_dir: The folder for event files.
      update_freq: `'batch'`, `'epoch'` or a number of batches, for the losses.
      **kwargs: As in `keras.callbacks.TensorBoard`.

    Raises:
      ValueError: If `log_dir` is not a path.
    """
    if not log_dir or not isinstance(log_dir, str | os.PathLike):
      raise ValueError(f"`log_dir` must be a path; got {log_dir!r}.")
    super().__init__(
      log_dir=os.fspath(log_dir), update_freq=update_freq, **kwargs
    )
    self._pruning_writer: Any = None

  def on_train_begin(self, logs: dict | None = None) -> None:
    """Opens the event file, and logs the sparsity before training."""
    super().on_train_begin(logs)
    self._pruning_writer = tf.summary.create_file_writer(
      os.path.join(self.log_dir, "pruning")
    )
    self._log_pruning()

  def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
    """Logs the losses, and the sparsity of pruned layers."""
    super().on_epoch_end(epoch, logs)
    self._log_pruning()

  def on_train_end(self, logs: dict | None = None) -> None:
    """Closes the event files."""
    super().on_train_end(logs)
    self._pruning_writer.close()

  def _log_pruning(self):
    with self._pruning_writer.as_default():
      for path, layer in wrapped_layers.by_path(self.model).items():
        self._log_layer(path, layer, step=layer.pruning_step.numpy())
    self._pruning_writer.flush()

  def _log_layer(self, path, layer, step):
    for weight, mask, threshold in layer.pruning_vars:
      name = f"{path}/{weight.name.rpartition('/')[2].partition(':')[0]}"
      sparsity = 1.0 - np.mean(mask.numpy(), dtype=np.float64)
      tf.summary.scalar(f"{name}/sparsity", sparsity, step=step)
      tf.summary.scalar(f"{name}/threshold", threshold, step=step)
