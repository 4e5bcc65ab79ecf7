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
"""A pruning schedule whose sparsity a callback sets during training."""

from typing import TypeAlias

import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tf_ganprune.keras_compat import keras

_PruningSchedule: TypeAlias = tfmot.sparsity.keras.PruningSchedule


@keras.utils.register_keras_serializable(package="tf_ganprune")
class AdaptiveSparsity(_PruningSchedule):
  """A schedule whose sparsity a callback sets, as `tgp.AdaptivePruning` does.

  Nothing is pruned until a callback calls `set`: `tgp.AdaptivePruning`,
  `tgp.LotteryTicket`, or one of your own with a true attribute `sets_sparsity`.

  Example:
    `tgp.prune_low_magnitude(generator, AdaptiveSparsity())`
  """

  def __init__(self, sparsity: float = 0.0):
    """Sets the sparsity at the start of training.

    Args:
      sparsity: The share of zeros that the network has now.

    Raises:
      ValueError: If `sparsity` is not in [0, 1).
    """
    if not isinstance(sparsity, (int, float)) or not 0 <= sparsity < 1:
      raise ValueError(f"`sparsity` must be in [0, 1); got {sparsity!r}.")
    self._sparsity = tf.Variable(sparsity, trainable=False, dtype=tf.float32)
    self._is_due = tf.Variable(False, trainable=False)

  @property
  def sparsity(self) -> float:
    """The share of zeros that was set last."""
    # A variable of several replicas is no number, but can be read.
    return round(float(self._sparsity.numpy()), 6)

  @property
  def variables(self) -> list[tf.Variable]:
    """The schedule's variables: the sparsity, and whether pruning is due."""
    return [self._sparsity, self._is_due]

  def set(self, sparsity: float) -> None:
    """Makes the next updates prune to a share of zeros, until `rest`.

    Args:
      sparsity: The share of zeros, in [0, 1).
    """
    self._sparsity.assign(sparsity)
    self._is_due.assign(True)

  def rest(self, sparsity: float | None = None) -> None:
    """Stops pruning until `set` is called again.

    Args:
      sparsity: The share of zeros that the network has now, if it has changed.
    """
    self._is_due.assign(False)
    if sparsity is not None:
      self._sparsity.assign(sparsity)

  def __call__(self, step):
    """Returns whether to prune now, and the share of zeros.

    Args:
      step: The number of an optimizer update; ignored.
    """
    del step
    return tf.identity(self._is_due), tf.identity(self._sparsity)

  def get_config(self) -> dict:
    """Returns the argument of the constructor."""
    return {"sparsity": self.sparsity}
