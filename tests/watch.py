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
"""Checks the invariants of pruning after every train step, of any model."""

import numpy as np
import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import report, strip
from tf_ganprune.sparsity.wrapping import wrapped_layers


def sparsity_at(schedule, step: int) -> float:
  """Returns what a schedule says for the updates up to a step."""
  expected, turn = 0.0, schedule.begin_step
  while turn <= step and (schedule.end_step < 0 or turn <= schedule.end_step):
    if turn >= 1:
      expected = float(schedule(tf.constant(turn, tf.int64))[1])
    turn += schedule.frequency
  return expected


def check(network, schedule, updates: int) -> None:
  """Asserts that a network is as sparse as it must be after some updates."""
  layers = wrapped_layers.pruned_layers(network)
  assert layers
  for layer in layers:
    assert layer.pruning_step.numpy() == updates
    for weight, mask, _ in layer.pruning_vars:
      weight, mask = weight.numpy(), mask.numpy()
      assert (weight[mask == 0] == 0).all()
      zeros = sparsity_at(schedule, updates) * mask.size
      assert abs((mask == 0).sum() - zeros) <= 1


def check_function(network, inputs) -> None:
  """Asserts that forward passes and stripping change nothing."""
  layers = wrapped_layers.pruned_layers(network)
  state = [w.numpy() for layer in layers for w in layer.non_trainable_weights]
  outputs = network(inputs, training=False)
  network(inputs, training=True)
  tf.function(network)(inputs)
  now = [w.numpy() for layer in layers for w in layer.non_trainable_weights]
  for before, after in zip(state, now, strict=True):
    np.testing.assert_array_equal(before, after)
  stripped = strip.strip_pruning(network)
  found = report.sparsity_report(stripped)
  assert found.overall == report.sparsity_report(network).overall
  assert not wrapped_layers.pruned_layers(stripped)
  outputs = network(inputs, training=False)
  np.testing.assert_allclose(
    tf.cast(stripped(inputs, training=False), tf.float32),
    tf.cast(outputs, tf.float32),
    atol=1e-5,
  )


class Watch(keras.callbacks.Callback):
  """Checks networks after every batch that `fit` tells of.

  Args:
    schedules: The schedule of each network, by its attribute in the model.
    updates: Returns how many updates a network has had, by `(model, name)`; by
      default it is counted how often its weights changed from batch to batch.
    inputs: What to call each network with after an epoch, by its attribute.
  """

  def __init__(self, schedules, updates=None, inputs=None):
    super().__init__()
    self.inputs = inputs or {}
    self.schedules = schedules
    self.updates = updates or self._changes
    self.steps = 0
    self._weights, self._changed = {}, dict.fromkeys(schedules, 0)

  def _changes(self, model, name):
    del model
    return self._changed[name]

  def _compare(self, name):
    # Batch statistics change with every forward pass.
    weights = [w.numpy() for w in getattr(self.model, name).trainable_weights]
    if name in self._weights:
      pairs = zip(weights, self._weights[name], strict=True)
      self._changed[name] += any(not np.array_equal(a, b) for a, b in pairs)
    self._weights[name] = weights

  def on_train_begin(self, logs=None):
    for name in self.schedules:
      self._compare(name)

  def on_train_batch_end(self, batch, logs=None):
    self.steps += 1
    for name, schedule in self.schedules.items():
      self._compare(name)
      updates = self.updates(self.model, name)
      check(getattr(self.model, name), schedule, updates)

  def on_epoch_end(self, epoch, logs=None):
    for name, inputs in self.inputs.items():
      check_function(getattr(self.model, name), inputs)
