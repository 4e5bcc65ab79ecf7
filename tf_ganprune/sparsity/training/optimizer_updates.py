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
"""Counts an optimizer's updates without those that its loss scale skips."""

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from tf_ganprune import replicas
from tf_ganprune.keras_compat import keras


class State(NamedTuple):
  """An optimizer's counters at one moment.

  Attributes:
    iterations: The number of its updates, a scalar; None for an optimizer that
      counts none, as those of TF 1.
    loss_scale: The factor of its loss; 0 without a dynamic loss scale.
  """

  iterations: tf.Tensor | None
  loss_scale: tf.Tensor


def state(optimizer) -> State:
  """Returns an optimizer's counters, for `made_since` to compare with.

  Args:
    optimizer: An optimizer of Keras, or of `tf.compat.v1.train`.
  """
  if not hasattr(optimizer, "iterations"):
    return State(None, tf.constant(0.0))
  scale = _scale(optimizer) if _is_dynamic(optimizer) else tf.constant(0.0)
  return State(tf.identity(optimizer.iterations), tf.identity(scale))


def made_since(optimizer, before: State) -> tf.Tensor:
  """Returns how many updates an optimizer made, 0 if it skipped them all.

  Keras's `LossScaleOptimizer` counts a step that it skips, because a gradient
  was not finite, as an iteration. A skipped step is recognized by its
  `dynamic_counter` of 0 and by the loss scale, which was halved (down to 1).

  Args:
    optimizer: As in `state`. An optimizer without a counter has made 1.
    before: The result of `state` before the updates.

  Returns:
    A scalar int64. If only some of several updates were skipped, these are
    counted as well.
  """
  if before.iterations is None:
    return tf.constant(1, tf.int64)
  made = tf.cast(optimizer.iterations - before.iterations, tf.int64)
  if not _is_dynamic(optimizer):
    return made
  halved = before.loss_scale * tf.pow(0.5, tf.cast(made, tf.float32))
  is_halved = _scale(optimizer) <= tf.maximum(halved, 1.0)
  skipped = tf.equal(optimizer.dynamic_counter, 0) & is_halved
  return tf.where(skipped, tf.zeros_like(made), made)


def will_be_made(optimizer, gradients: Sequence):
  """Returns whether an optimizer will make an update rather than skip it.

  Args:
    optimizer: A Keras optimizer.
    gradients: All gradients that it will be given on this replica; some may be
      None.

  Returns:
    True for an optimizer that never skips, else a boolean scalar, the same on
    each replica.
  """
  return are_finite(gradients) if _is_dynamic(optimizer) else True


def are_finite(gradients: Sequence) -> tf.Tensor:
  """Returns whether all gradients on all replicas are finite, a boolean scalar.

  Args:
    gradients: Tensors, `tf.IndexedSlices`, or None.
  """
  values = [getattr(x, "values", x) for x in gradients if x is not None]
  bad = [~tf.reduce_all(tf.math.is_finite(x)) for x in values]
  found = tf.reduce_sum(tf.cast(tf.stack(bad), tf.float32))
  return tf.equal(replicas.summed(found), 0.0)


def _is_dynamic(optimizer) -> bool:
  # This class is the base of all of Keras's optimizers that scale a loss.
  scales = isinstance(optimizer, keras.mixed_precision.LossScaleOptimizer)
  return scales and optimizer.dynamic


def _scale(optimizer) -> tf.Tensor:
  return tf.convert_to_tensor(optimizer.loss_scale, tf.float32)
