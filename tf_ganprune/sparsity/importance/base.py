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
"""The base class of importances, and their registry."""

import tensorflow as tf

from tf_ganprune import registries


class Importance:
  """Scores the weights of a kernel; the lowest scores are pruned first.

  To add an importance, derive a class from this one, register it with
  `keras.utils.register_keras_serializable()`, and implement `scores`. If the
  scores depend on gradients, set `needs_gradients` and implement `accumulate`
  as well: the wrapper then keeps a slot, a variable of the kernel's shape, and
  `accumulate` returns its new value at each update. A pruned weight stays
  pruned whatever its score: the wrapper gives pruned weights the lowest.

  Attributes:
    kind: The name that `importance=` takes.
    needs_gradients: Whether it has a slot, to which gradients are added.
    is_signed: Whether scores may be negative. They are then shifted, so that
      the lowest of the scores that are compared is 0.
    gathers_once: Whether the slot stays as it is after the first mask update.
    zero_is_lowest: Whether a weight of 0 has the score 0, and no score is
      negative, so that pruned weights have the lowest score anyway.

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
    """Returns the slot's value after an update.

    Args:
      slot: The slot's value before it; zeros at first. float32, of the kernel's
        shape.
      weight: The kernel, before the update.
      gradient: The loss's gradient at these weights, dense, summed over
        replicas.
    """
    raise NotImplementedError

  def scores(self, weight: tf.Tensor, slot: tf.Tensor | None) -> tf.Tensor:
    """Returns a score for each weight of a kernel.

    Args:
      weight: A kernel of any shape.
      slot: The slot's value, of the same shape; None without gradients.

    Returns:
      Scores of the kernel's shape; 0 or more, unless `is_signed`.
    """
    raise NotImplementedError

  def after(self, slot: tf.Tensor) -> tf.Tensor:
    """Returns the slot's value after a mask update; by default the same."""
    return slot

  def at(self, place: int) -> "Importance":
    """Returns the importance for one layer or kernel; by default this object.

    Args:
      place: The index of the layer in the network, or of the kernel in its
        layer.
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
  """Returns a new importance of a name, or the given importance itself.

  Args:
    importance: A name from `IMPORTANCES`, or an object derived from
      `Importance`.

  Raises:
    ValueError: If it is neither.
  """
  return IMPORTANCES.make(importance)
