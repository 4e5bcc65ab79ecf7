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
"""Means of the losses of an epoch, by their names."""

import contextlib
from typing import NamedTuple

import tensorflow as tf

from tf_ganprune.keras_compat import keras


class Weighted(NamedTuple):
  """Values to log of which some count more than others, or not at all.

  Example:
    `Weighted(tf.constant([0.5, 9.0]), tf.constant([1.0, 0.0]))`

  Attributes:
    values: `[n]`.
    weights: `[n]`; an epoch's mean is that of values times weights.
  """

  values: tf.Tensor
  weights: tf.Tensor


class Means:
  """Means of logged values by name, which Keras resets when an epoch begins.

  Keras does not track this object, so that no saved file depends on the values
  that were logged.

  Example:
    `means = Means(); means.update({"d_loss": loss}); means.results()`
  """

  def __init__(self):
    self._metrics = {}

  @property
  def metrics(self) -> list[keras.metrics.Metric]:
    """The Keras metrics, in the order in which they were made."""
    return list(self._metrics.values())

  def __getitem__(self, name: str) -> keras.metrics.Mean:
    """Returns the mean of a name, and makes it if there is none."""
    self.make(name)
    return self._metrics[name]

  def make(self, name: str) -> None:
    """Makes the mean of a name, unless there is one."""
    if name in self._metrics:
      return
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
      self._metrics[name] = keras.metrics.Mean(name=name)
    else:  # once, for all replicas
      context.merge_call(lambda strategy: self._make_for_all(strategy, name))

  def _make_for_all(self, strategy, name: str) -> None:
    with contextlib.ExitStack() as stack:
      stack.enter_context(tf.init_scope())
      stack.enter_context(strategy.scope())
      self._metrics[name] = keras.metrics.Mean(name=name)

  def update(self, values: dict) -> None:
    """Adds scalars, or `Weighted` values, to the means of their names."""
    for name, value in values.items():
      pair = value if isinstance(value, Weighted) else (value,)
      self[name].update_state(*pair)

  def results(self) -> dict[str, tf.Tensor]:
    """Returns the means by their names, as scalars."""
    return {name: one.result() for name, one in self._metrics.items()}
