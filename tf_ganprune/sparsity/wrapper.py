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
"""A layer whose weights are pruned: TF-MOT's wrapper, with an owner."""

import weakref

import tensorflow as tf
from tensorflow_model_optimization.python.core.sparsity.keras import (
  pruning_wrapper,
)

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import importance, masks, schedules

TFMOTWrapper = pruning_wrapper.PruneLowMagnitude


def apply_masks(layer: TFMOTWrapper) -> None:
  """Sets weights whose mask is 0 to 0, in a wrapper of TF-MOT's or ours."""
  for weight, mask, _ in layer.pruning_vars:
    weight.assign(tf.cast(weight, mask.dtype) * mask)


@keras.utils.register_keras_serializable(package="tf_ganprune")
class PruneLowMagnitude(TFMOTWrapper):
  """Prunes a layer's weights when whoever owns it says that they were updated.

  Without an owner it does as TF-MOT's wrapper does: each forward call with
  `training=True` is a step. With one, a forward call changes nothing, and
  `advance` counts the owner's optimizer updates.

  Example:
    `layer = PruneLowMagnitude(keras.layers.Dense(8), ConstantSparsity(0.5, 0))`
  """

  _owner = None

  # A method, since Keras saves whatever an attribute or property leads to.
  def owner(self):
    """Returns who counts this layer's updates; None if nobody does any more."""
    return self._owner() if self._owner is not None else None

  def claim(self, owner) -> None:
    """Makes `owner` the one who counts; only a weak reference is kept."""
    if self.owner() is owner:
      return
    self._owner = weakref.ref(owner)
    # TF-MOT's callback does this: -1 says that no training has begun.
    self.pruning_step.assign(tf.maximum(self.pruning_step, 0))

  def release(self) -> None:
    """Lets forward calls count again, as TF-MOT's wrapper does."""
    self._owner = None

  def build(self, input_shape):
    """Creates a mask, a threshold and the step; see TF-MOT's wrapper."""
    super().build(input_shape)
    if self.sparsity_m_by_n:
      self._check_m_by_n()

  def _check_m_by_n(self):
    for weight in self.prunable_weights:
      if weight.shape.rank not in (2, 4):
        raise ValueError(
          f"`sparsity_m_by_n` needs kernels of rank 2 or 4, and that of layer"
          f" {self.layer.name!r} has rank {weight.shape.rank}. Leave the layer"
          " out with `pruning_policy`."
        )

  def call(self, inputs, training=None, **kwargs):
    """Calls the layer; counts a step only where there is no owner."""
    if self.owner() is None:
      return super().call(inputs, training=training, **kwargs)
    if self.layer._expects_training_arg:
      kwargs["training"] = training
    return self.layer.call(inputs, **kwargs)

  def advance(self, updates: tf.Tensor) -> None:
    """Counts optimizer updates, then prunes as the schedule says.

    Call it right after the optimizer changed the weights. Pruned weights are
    zero when it returns, whatever the optimizer made of them.

    Args:
      updates: How many updates were made: 1, or 0 for a step that the
        optimizer skipped. A scalar.
    """
    self.pruning_step.assign_add(tf.cast(updates, tf.int64))
    due = tf.logical_and(tf.cast(updates, tf.int64) > 0, self._is_due())
    tf.cond(due, self._update_masks, lambda: tf.constant(False))
    apply_masks(self)

  def _is_due(self) -> tf.Tensor:
    if not self.sparsity_m_by_n:
      return self.pruning_schedule(self.pruning_step)[0]
    # TF-MOT chooses an m by n pattern once, at the first step.
    begin_step = getattr(self.pruning_schedule, "begin_step", 0)
    return tf.equal(self.pruning_step, max(1, begin_step))

  def _update_masks(self) -> tf.Tensor:
    sparsity = self.pruning_schedule(self.pruning_step)[1]
    for weight, mask, threshold in self.pruning_vars:
      scores = importance.magnitude(tf.cast(weight, mask.dtype))
      new_mask, new_threshold = self._mask(scores, sparsity)
      mask.assign(new_mask)
      threshold.assign(new_threshold)
    return tf.constant(True)

  def _mask(self, scores, sparsity):
    if self.sparsity_m_by_n:
      mask = masks.m_by_n(scores, *self.sparsity_m_by_n)
      return mask, tf.reduce_min(tf.where(mask > 0, scores, scores.dtype.max))
    if tuple(self.block_size) == (1, 1):
      return masks.unstructured(scores, sparsity)
    return masks.block(
      scores, sparsity, tuple(self.block_size), self.block_pooling_type
    )

  def get_config(self):
    """Returns the arguments, TF-MOT's forgotten `sparsity_m_by_n` included."""
    config = super().get_config()
    config["pruning_schedule"] = schedules.serialize(self.pruning_schedule)
    config["sparsity_m_by_n"] = self.sparsity_m_by_n
    return config

  @classmethod
  def from_config(cls, config):
    """Builds the wrapper; a schedule of one's own must be registered."""
    config = dict(config)
    config["pruning_schedule"] = schedules.deserialize(
      config["pruning_schedule"]
    )
    config["layer"] = keras.layers.deserialize(config["layer"])
    return cls(**config)
