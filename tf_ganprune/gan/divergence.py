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
"""Detects the first loss that is NaN or infinite, in compiled steps too."""

import numpy as np
import tensorflow as tf

# Updates in a row that may be skipped for float16 before training stops.
MAX_STUCK = 10


class DivergenceError(ValueError):
  """Training diverged; the message names the network and the step."""


def check_weights(model) -> None:
  """Raises if a weight of a model is not finite.

  Args:
    model: Any model; all of its weights are read once.

  Raises:
    DivergenceError: If a weight is not finite; the message names it.
  """
  for weight in model.weights:
    if weight.dtype.is_floating and not np.isfinite(weight.numpy()).all():
      raise DivergenceError(
        f"Training diverged: {weight.name!r} of {model.name!r} is not finite,"
        " though all losses were. Resume from the last checkpoint, with a lower"
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
  """Records the first update whose loss is NaN or infinite.

  XLA has no assertions and several steps may run in one call, so the graph
  records bad losses in variables, and `check` reads them after each call.

  Example:
    `watch = Watch(["generator"]); watch.observe("generator", loss, 1, True)`
  """

  def __init__(self, names):
    """Creates the variables of the record.

    Args:
      names: The names of the networks.
    """
    self._names = list(names)
    # Each replica writes the same, since the losses are summed.
    self._first = _record([0, 0])
    self._stuck = {name: _record(0) for name in self._names}
    self._refused = _record(0)
    self._reason = ""

  def refuse(self, bad, reason: str) -> None:
    """Records whether a batch is to be refused.

    Args:
      bad: Whether to refuse it, a scalar.
      reason: The message of the error that `check` then raises.
    """
    self._reason = reason
    self._refused.assign(tf.maximum(self._refused, tf.cast(bad, tf.int64)))

  def observe(self, name: str, loss, step, counts) -> None:
    """Records a loss if it is the first that is not finite.

    Args:
      name: The name of the network.
      loss: A scalar.
      step: The number of the update.
      counts: Whether the loss counts; False if the update was skipped.
    """
    context = tf.distribute.get_replica_context()
    if context is not None and context.num_replicas_in_sync > 1:
      loss = context.all_reduce(tf.distribute.ReduceOp.SUM, loss)
    first = tf.equal(self._first[0], 0)
    bad = first & ~tf.math.is_finite(loss) & counts
    entry = tf.stack([tf.cast(step, tf.int64), self._names.index(name)])
    self._first.assign(tf.where(bad, entry, self._first))

  def count_stuck(self, name: str, stuck) -> None:
    """Counts updates in a row that are skipped at the smallest loss scale.

    Args:
      name: The name of the network.
      stuck: Whether this update was skipped at that scale, a scalar.
    """
    count = self._stuck[name]
    # A count that has reached the limit is not reset by later updates.
    goes_on = tf.cast(stuck, tf.bool) | (count >= MAX_STUCK)
    count.assign(tf.where(goes_on, count + 1, 0))

  def check(self) -> None:
    """Raises the error that was recorded, if any.

    Raises:
      ValueError: If a batch was refused, with the reason.
      DivergenceError: If a loss was not finite, with the network and the step;
        or if too many updates in a row were skipped.
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
          " scale 1, which is the smallest. Use mixed_bfloat16 or float32, at"
          " least in the layers that overflow, or a smaller loss."
        )
    step, index = tf.convert_to_tensor(self._first).numpy()
    if not step:
      return
    self._first.assign([0, 0])
    raise DivergenceError(
      f"Training diverged: at its update {step}, the loss of the"
      f" {self._names[index]} was not a finite number. Its weights are lost;"
      " resume from the last checkpoint, with a lower learning rate, gradient"
      " clipping or another loss."
    )
