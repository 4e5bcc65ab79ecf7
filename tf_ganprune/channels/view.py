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
"""The view of a network that importances and allocations are given."""

from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow as tf

from tf_ganprune.channels import groups as groups_
from tf_ganprune.channels import trace as traces
from tf_ganprune.graphs import walks
from tf_ganprune.inputs import network_batch


class View:
  """The weights, gradients and activations of a network, unit by unit.

  Attributes:
    trace: The network's trace.
    groups: The groups of units that can be removed.
    data: Batches of inputs.
    rng: A generator of random numbers.

  Example:
    >>> view = View(trace, groups.of_trace(trace).removable)
    >>> squares = view.sum(lambda rows: np.square(rows).sum(1))
  """

  def __init__(
    self,
    trace: traces.Trace,
    groups: Sequence[groups_.Group],
    data: Sequence | None = None,
    seed: int = 0,
  ):
    self.trace = trace
    self.groups = groups
    self._data = data
    self.rng = np.random.default_rng(seed)

  @property
  def data(self) -> Sequence:
    """The batches of inputs that were passed as `data`.

    Raises:
      ValueError: If none were passed.
    """
    if self._data is None:
      raise ValueError(
        "This `importance` or `allocation` runs the network; pass `data`, a"
        " batch of its inputs or a list of batches."
      )
    return self._data

  def rows(
    self, kinds=("kernel",), sides=("output",)
  ) -> Iterator[tuple[tf.Variable, int, np.ndarray]]:
    """Yields weights, each with an axis of channels and its units.

    Args:
      kinds: The kinds of weights, as in `Weight.kind`.
      sides: `'output'` for the channels that kernels produce, `'input'` for
        those that they take. Other weights have output channels only.

    Yields:
      The variable, the index of the axis, and the unit at each of its indices,
      `[length]`.
    """
    for _, variable, weight in self.trace.weights:
      if weight.kind not in kinds:
        continue
      for position, axis in enumerate(weight.axes):
        side = "output" if position in weight.produced() else "input"
        if axis is not None and side in sides:
          yield variable, position, self.trace.of(axis)

  def sum(self, function, values=None, **kwargs) -> np.ndarray:
    """Returns a sum over the weights of each unit.

    Args:
      function: A function from rows, `[indices, weights]`, with one row for
        each index of a channel axis, to a number for each row, `[indices]`.
      values: A function from a variable to the array that `function` is given;
        by default its value.
      **kwargs: As in `rows`.

    Returns:
      Sums, float64 `[units]`.
    """
    sums = np.zeros(self.trace.num_units)
    for variable, position, units in self.rows(**kwargs):
      value = variable.numpy() if values is None else values(variable)
      np.add.at(sums, units, function(as_rows(value, position)))
    return sums

  def gradients(self, loss) -> Iterator[dict]:
    """Yields the gradients of a loss for each batch.

    Args:
      loss: A function from the network's outputs to a scalar.

    Yields:
      A dict from the `ref()` of kernels and biases to their gradients, arrays.
    """
    model = self.trace.model
    variables = [v for v, _, _ in self.rows(("kernel", "bias"))]
    for batch in self.data:
      with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(variables)
        value = loss(model(batch, training=False))
      found = tape.gradient(value, variables, unconnected_gradients="zero")
      yield {
        v.ref(): tf.convert_to_tensor(g).numpy()
        for v, g in zip(variables, found, strict=True)
      }

  def activations(self) -> np.ndarray:
    """Returns the mean |x| of each unit in the inputs of kernels, `[units]`.

    Units that no kernel takes, such as factors of a product of tensors, have
    the mean over all inputs of layers; units inside a layer have `nan`.
    """
    taken, seen = np.zeros((2, 2, self.trace.num_units))

    def look(layer, args, kwargs, node):
      if walks.is_nested(layer):
        outputs = walks.walk(layer, walks.given(layer, args, kwargs), look)
        return tf.nest.pack_sequence_as(node.outputs, outputs)
      step = self.trace.nodes[id(node)]
      tensors = _tensors(node, (args, kwargs))
      self._add(step, tensors, *seen)
      if any(w.kind == "kernel" for w in step.rule.weights.values()):
        self._add(step, tensors, *taken)
      return layer(*args, **kwargs)

    for batch in self.data:
      walks.walk(
        self.trace.model, network_batch.batch(self.trace.model, batch), look
      )
    sums, counts = np.where(taken[1] > 0, taken, seen)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)

  def _add(self, step, tensors, sums, counts) -> None:
    for labelled, tensor in zip(step.inputs, tensors, strict=True):
      for position, axis in enumerate(labelled.axes):
        if axis is not None:
          units = self.trace.of(axis)
          means = np.abs(as_rows(tensor.numpy(), position)).mean(1)
          np.add.at(sums, units, means)
          np.add.at(counts, units, 1)


def _tensors(node, arguments) -> list:
  """Returns the arguments that are tensors of the network, not constants."""
  before = tf.nest.flatten((node.call_args, node.call_kwargs))
  pairs = zip(before, tf.nest.flatten(arguments), strict=True)
  return [value for x, value in pairs if hasattr(x, "_keras_history")]


def as_rows(value: np.ndarray, axis: int) -> np.ndarray:
  """Returns a row for each index of an axis, `[indices, everything else]`."""
  return np.moveaxis(value, axis, 0).reshape(value.shape[axis], -1)
