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
"""Notices the first loss that is not a number, inside compiled steps too."""

import numpy as np
import tensorflow as tf

# Updates that float16 loses one after the other before training stops.
MAX_STUCK = 10


class DivergenceError(ValueError):
  """Training cannot go on; the message says where it went wrong."""


def check_weights(model) -> None:
  """Raises if a weight of a model is not finite.

  Args:
    model: Any model; one read of its weights.

  Raises:
    DivergenceError: With the weight's name.
  """
  for weight in model.weights:
    if weight.dtype.is_floating and not np.isfinite(weight.numpy()).all():
      raise DivergenceError(
        f"Training diverged: {weight.name!r} of {model.name!r} is not finite,"
        " though no loss told so. Go on from the last checkpoint, with a lower"
        " learning rate, gradient clipping or another loss."
      )


def _record(value) -> tf.Variable:
  return tf.Variable(
    value,
    dtype=tf.int64,
    trainable=False,
    name="diverged",
    synchronization=tf.VariableSynchronization.ON_READ,
    aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA,
  )


class Watch:
  """Remembers the first update whose loss was NaN or infinite.

  XLA has no assertions and several steps may run in one call, so the graph
  writes down what it sees, and `check` reads it after each call.

  Example:
    `watch = Watch(["generator"]); watch.observe("generator", loss, 1, True)`
  """

  def __init__(self, names):
    """Creates the record.

    Args:
      names: Of the networks.
    """
    self._names = list(names)
    # Each replica writes the same, since the losses are summed.
    self._first = _record([0, 0])
    self._stuck = {name: _record(0) for name in self._names}
    self._refused = _record(0)
    self._reason = ""

  def refuse(self, bad, reason: str) -> None:
    """Notes that a batch will not do.

    Args:
      bad: Whether it is so, a scalar.
      reason: What to say then.
    """
    self._reason = reason
    self._refused.assign(tf.maximum(self._refused, tf.cast(bad, tf.int64)))

  def observe(self, name: str, loss, step, counts) -> None:
    """Writes a loss down if it is the first that is not finite.

    Args:
      name: Of the network.
      loss: A scalar.
      step: The number of the update.
      counts: Whether the loss matters; False where the update was skipped.
    """
    context = tf.distribute.get_replica_context()
    if context is not None and context.num_replicas_in_sync > 1:
      loss = context.all_reduce(tf.distribute.ReduceOp.SUM, loss)
    first = tf.equal(self._first[0], 0)
    bad = first & ~tf.math.is_finite(loss) & counts
    entry = tf.stack([tf.cast(step, tf.int64), self._names.index(name)])
    self._first.assign(tf.where(bad, entry, self._first))

  def count_stuck(self, name: str, stuck) -> None:
    """Counts the updates in a row that were skipped at the smallest scale.

    Args:
      name: Of the network.
      stuck: Whether this one was, a scalar.
    """
    count = self._stuck[name]
    # Where it was too often once, later updates do not hide it.
    goes_on = tf.cast(stuck, tf.bool) | (count >= MAX_STUCK)
    count.assign(tf.where(goes_on, count + 1, 0))

  def check(self) -> None:
    """Raises if a batch would not do, or training cannot go on.

    Raises:
      ValueError: With the reason.
      DivergenceError: With the network and the step.
    """
    if tf.convert_to_tensor(self._refused).numpy():
      self._refused.assign(0)
      raise ValueError(self._reason)
    for name, count in self._stuck.items():
      if tf.convert_to_tensor(count).numpy() >= MAX_STUCK:
        count.assign(0)
        raise DivergenceError(
          f"Training does not go on: {MAX_STUCK} updates of the {name} in a row"
          " were skipped, since its float16 gradients were not finite at loss"
          " scale 1, the smallest there is. Use mixed_bfloat16 or float32, at"
          " least in the layers that overflow, or a smaller loss."
        )
    step, index = tf.convert_to_tensor(self._first).numpy()
    if not step:
      return
    self._first.assign([0, 0])
    raise DivergenceError(
      f"Training diverged: at its update {step}, the loss of the"
      f" {self._names[index]} was not a finite number. Its weights are lost; go"
      " on from the last checkpoint, with a lower learning rate, gradient"
      " clipping or another loss."
    )
