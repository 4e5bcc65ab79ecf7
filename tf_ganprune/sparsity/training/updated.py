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
"""Notes which weights a hand-written loop updates."""

import weakref
from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune.sparsity.training import optimizer_hooks
from tf_ganprune.sparsity.wrapping import wrapper


def given(gradients: Sequence, variables: Sequence) -> set:
  """Returns references to the variables that there is a gradient for.

  Args:
    gradients: None where there is none.
    variables: Whose gradients these are.
  """
  pairs = zip(gradients, variables, strict=True)
  return {
    variable.ref() for gradient, variable in pairs if gradient is not None
  }


def changed(weight: tf.Variable, before: tf.Tensor) -> tf.Tensor:
  """Returns whether a weight is not what it was, a scalar.

  Args:
    weight: As it is now.
    before: Its value then.
  """
  return tf.reduce_any(tf.not_equal(tf.convert_to_tensor(weight), before))


# By layer. Compiled functions add to these, so they live as long as the layer.
_COUNTERS = weakref.WeakKeyDictionary()


def _counter(layer) -> tf.Variable:
  """Returns what counts the updates of a layer in compiled functions."""
  if layer not in _COUNTERS:
    with tf.init_scope():
      _COUNTERS[layer] = tf.Variable(
        0,
        trainable=False,
        dtype=tf.int64,
        aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA,
      )
  return _COUNTERS[layer]


class Notes(optimizer_hooks.Hook):
  """The pruned weights that were updated since they were last asked for.

  A compiled function shows which variables it updates when it is traced. Then
  it is made to count, so that it is known later whether it ran. Where
  no update was ever shown, as those of Keras's optimizers are, a layer was
  updated if its weights are not what they were when `settle` was called.

  Example:
    `notes = Notes(layers); optimizer_hooks.add(notes); notes.take()`
  """

  def __init__(self, layers: Sequence[wrapper.PruneLowMagnitude]):
    self._layers = list(layers)
    self._new: set = set()
    self._known: set | None = None
    self._shown: set[int] = set()
    self._compiled: dict = {}
    self._before = {id(x): _counter(x).numpy() for x in layers}
    self._values: dict = {}
    self.settle()

  def after(self, optimizer, gradients, variables, result) -> None:
    """Notes an update."""
    found = given(gradients, variables)
    for layer in self._layers:
      weights = found & _weights(layer)
      self._new |= weights
      if weights:
        self._shown.add(id(layer))
      if weights and tf.inside_function():
        self._compiled.setdefault(id(layer), set()).update(weights)
        _counter(layer).assign_add(1)

  def take(self) -> set | None:
    """Returns references to weights that were updated, and forgets them.

    Returns:
      What was updated since the last call. Inside of a function that is being
      compiled, and shows no update, what was updated before the last call; None
      if nothing ever was.
    """
    new, self._new = self._new, set()
    if not tf.inside_function():
      new |= self._counted() | self._changed()
    elif not new:
      return self._known
    if new or self._known is not None:
      self._known = new
    return new

  def are_shown(self) -> bool:
    """Whether an update by an optimizer was ever shown, of any layer."""
    return bool(self._shown)

  def settle(self) -> None:
    """Keeps what weights are now, to see later whether they changed."""
    if tf.inside_function() or self._shown:
      return
    self._values = {
      weight.ref(): tf.convert_to_tensor(weight)
      for layer in self._layers
      for weight, _, _ in layer.pruning_vars
    }

  def _changed(self) -> set:
    """Returns what changed, if no update by an optimizer was ever shown."""
    if self._shown:
      return set()
    return {
      weight.ref()
      for layer in self._layers
      for weight, _, _ in layer.pruning_vars
      if self._has_changed(layer, weight)
    }

  def _has_changed(self, layer, weight) -> bool:
    before = self._values.get(weight.ref())
    if before is None:  # built since, so nobody knows what it was
      return layer.layer.trainable
    return bool(changed(weight, before))

  def _counted(self) -> set:
    """Returns what compiled functions have updated since they were asked."""
    found = set()
    for layer in self._layers:
      if id(layer) in self._compiled:
        now = _counter(layer).numpy()
        if now > self._before[id(layer)]:
          found |= self._compiled[id(layer)]
        self._before[id(layer)] = now
    return found


def _weights(layer) -> set:
  return {weight.ref() for weight, _, _ in layer.pruning_vars}
