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
"""Whether an optimizer made an update, or only looked as if."""

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from tf_ganprune import replicas
from tf_ganprune.keras_compat import keras


class State(NamedTuple):
  """What an optimizer had counted at a moment.

  Attributes:
    iterations: Its updates, a scalar; None where it counts none, as those of
      TF 1.
    loss_scale: By which it scales its loss; 0 where it does not.
  """

  iterations: tf.Tensor | None
  loss_scale: tf.Tensor


def state(optimizer) -> State:
  """Returns what `made_since` compares with.

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
  was not finite, as an iteration. What tells it is that its own counter is 0
  and that the scale was halved, down to 1, at each.

  Args:
    optimizer: As of `state`; one that counts none has made one.
    before: What `state` returned then.

  Returns:
    A scalar int64; where some of several were skipped, with those.
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
  """Returns whether an optimizer will make an update, or skip it.

  Args:
    optimizer: A Keras optimizer.
    gradients: All that it will be given, of this replica; None among them.

  Returns:
    True where it skips none, else a scalar, the same on each replica.
  """
  return are_finite(gradients) if _is_dynamic(optimizer) else True


def are_finite(gradients: Sequence) -> tf.Tensor:
  """Returns whether all gradients are finite, on all replicas, a scalar.

  Args:
    gradients: Tensors or `tf.IndexedSlices`; None among them.
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
