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
"""What an importance is: scores that say which weights go first."""

import tensorflow as tf

from tf_ganprune import registries


class Importance:
  """How much each weight of a kernel matters; the lowest scores go first.

  A new one derives from this, is registered with
  `keras.utils.register_keras_serializable()`, and says what a weight's score
  is. If that depends on gradients, it says too what an update adds to a slot,
  a variable of the kernel's shape that is kept for it. Whatever the scores, a
  weight that was pruned stays pruned: that is seen to elsewhere.

  Attributes:
    kind: The name that `importance=` takes.
    needs_gradients: Whether it has a slot, which gathers from gradients.
    is_signed: Whether scores may be negative. They are then shifted, so that
      the lowest of those that are compared is 0.
    gathers_once: Whether the slot stays as it is after the first mask update.
    zero_is_lowest: Whether a weight that is 0 has the score 0, and no score is
      below that, so that pruned weights stay so by themselves.

  Example:
    >>> class Squared(tgp.importance.Importance):
    ...   def scores(self, weight, slot):
    ...     return tf.square(weight)
  """

  kind = ""
  needs_gradients = False
  is_signed = False
  gathers_once = False
  zero_is_lowest = False

  def accumulate(
    self, slot: tf.Tensor, weight: tf.Tensor, gradient: tf.Tensor
  ) -> tf.Tensor:
    """Returns what the slot is after an update.

    Args:
      slot: What it was; zeros at first. float32, of the kernel's shape.
      weight: The kernel, before the update.
      gradient: Of the loss, at these weights; dense, summed over replicas.
    """
    raise NotImplementedError

  def scores(self, weight: tf.Tensor, slot: tf.Tensor | None) -> tf.Tensor:
    """Returns a score for each weight.

    Args:
      weight: A kernel of any shape.
      slot: What was gathered, of the same shape; None without gradients.

    Returns:
      Scores of the kernel's shape; 0 or more, unless `is_signed`.
    """
    raise NotImplementedError

  def after(self, slot: tf.Tensor) -> tf.Tensor:
    """Returns what the slot is after a mask update; by default as it was."""
    return slot

  def at(self, place: int) -> "Importance":
    """Returns what scores one of several kernels; by default this object.

    Args:
      place: Which layer of a network, or which kernel of a layer it is.
    """
    del place
    return self

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return {}


IMPORTANCES = registries.ClassRegistry(
  Importance,
  "`importance` must be one of {names}, or an object derived from"
  " `tf_ganprune.importance.Importance`",
)


def get(importance: str | Importance) -> Importance:
  """Returns a new importance of that name, or the object itself.

  Args:
    importance: A name from `IMPORTANCES`, or an object derived from
      `Importance`.

  Raises:
    ValueError: If it is neither.
  """
  return IMPORTANCES.make(importance)
