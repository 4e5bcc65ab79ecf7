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
"""Finds the weights that a hand-written loop updates."""

import weakref
from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune.sparsity.training import optimizer_hooks
from tf_ganprune.sparsity.wrapping import wrapper


def given(gradients: Sequence, variables: Sequence) -> set:
  """Returns references to the variables whose gradient is not None.

  Args:
    gradients: The gradients, or None.
    variables: The variables that they belong to.
  """
  pairs = zip(gradients, variables, strict=True)
  return {
    variable.ref() for gradient, variable in pairs if gradient is not None
  }


def changed(weight: tf.Variable, before: tf.Tensor) -> tf.Tensor:
  """Returns whether a weight differs from an earlier value, a boolean scalar.

  Args:
    weight: The weight.
    before: Its earlier value.
  """
  return tf.reduce_any(tf.not_equal(tf.convert_to_tensor(weight), before))


# By layer. Compiled functions add to these, so they live as long as the layer.
_COUNTERS = weakref.WeakKeyDictionary()


def _counter(layer) -> tf.Variable:
  """Returns the counter of a layer's updates in compiled functions."""
  if layer not in _COUNTERS:
    with tf.init_scope():
      _COUNTERS[layer] = tf.Variable(
        0,
        trainable=False,
        dtype=tf.int64,
        aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA,
      )
  return _COUNTERS[layer]


class UpdateRecorder(optimizer_hooks.Hook):
  """Records the pruned weights that were updated since the last `take`.

  A compiled function shows which variables it updates when it is traced; a
  counter is added to it then, which tells later whether it ran. As long as no
  update of a Keras optimizer was seen, a weight counts as updated if its value
  differs from that at the last `settle`.

  Example:
    `x = UpdateRecorder(layers); optimizer_hooks.add(x); x.take()`
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
    """Records the weights of an update."""
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
    """Returns references to the weights updated since the last call.

    Returns:
      The references. While a function is traced that shows no update, those
      that the call before returned; None if no update was ever seen.
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
    """Returns whether an optimizer's update of any layer was ever seen."""
    return bool(self._shown)

  def settle(self) -> None:
    """Keeps the weights' values, to see later whether they changed."""
    if tf.inside_function() or self._shown:
      return
    self._values = {
      weight.ref(): tf.convert_to_tensor(weight)
      for layer in self._layers
      for weight, _, _ in layer.pruning_vars
    }

  def _changed(self) -> set:
    """Returns changed weights, if no optimizer's update was ever seen."""
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
    if before is None:  # built since then
      return layer.layer.trainable
    return bool(changed(weight, before))

  def _counted(self) -> set:
    """Returns weights that compiled functions updated since the last call."""
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
