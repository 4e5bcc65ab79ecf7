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
"""Keeps roots of sums of squares in a graph within the range of float16.

Many GPUs compute in float16, whose largest number is 65,504: the square of 256
is beyond it. So the numbers are divided by their largest magnitude s before
they are squared, which leaves the result as it is: sqrt(mean(x^2) + e) =
s sqrt(mean(y^2) + e / s^2) with y = x / s. A mean over several axes that is
subtracted before becomes a mean of means over one axis, whose sums are smaller.
Norms that are written by hand have such roots: instance norm, AdaIN and SPADE
with `tf.nn.moments`, the pixel norm and the demodulation of StyleGAN,
`tf.math.l2_normalize`.
"""

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tf_ganprune.export import graph_def as graphs

_SAME = ("Identity", "StopGradient")
_VIEWS = (*_SAME, "ExpandDims", "Reshape", "Squeeze", "StridedSlice")
_JOINS = {"Add": tf.add, "AddV2": tf.add, "Maximum": tf.maximum}
_ROOTS = {"Rsqrt": -0.5, "Sqrt": 0.5}
_MOST_AXES = 4  # what GPU delegates take
# The smallest number that float16 has, about.
_TINY = 1e-7


@dataclasses.dataclass(frozen=True)
class _Root:
  """A node of a graph that is the root of a sum, or of a mean, of squares.

  Attributes:
    squared: The name of the tensor that is squared; two names if it is their
      difference.
    axes: The axes over which the squares are summed.
    is_mean: Whether the sum is divided by the count.
    join: The function of the sum and `least` whose root is taken, tf.add or
      tf.maximum; None for the sum alone.
    least: A number, usually small, such as an epsilon.
    power: 0.5, or -0.5 for one divided by the root.
  """

  squared: tuple[str, ...]
  axes: tuple[int, ...]
  is_mean: bool
  join: Callable[[tf.Tensor, tf.Tensor], tf.Tensor] | None
  least: float
  power: float

  def __call__(self, *squared: tf.Tensor) -> tf.Tensor:
    """Returns the root, computed with squares of at most 1."""
    values = squared[0] if len(squared) == 1 else squared[0] - squared[1]
    count = math.prod(values.shape[axis] for axis in self.axes)
    parts = 1 if self.is_mean else count
    least = math.sqrt(self.least / parts)
    largest = _reduced(tf.reduce_max, tf.abs(values), self.axes)
    largest = tf.maximum(largest, max(least, _TINY))
    values = values / largest
    mean = _reduced(tf.reduce_mean, values * values, self.axes)
    if self.join is not None:
      rest = least / largest
      mean = self.join(mean, rest * rest)
    if self.power > 0:
      return tf.sqrt(mean) * math.sqrt(parts) * largest
    return tf.math.rsqrt(mean) / math.sqrt(parts) / largest


@dataclasses.dataclass(frozen=True)
class _Mean:
  """A node of a graph that is a mean over several axes.

  Attributes:
    squared: The name of the tensor whose mean is taken.
    axes: The axes of the mean.
  """

  squared: tuple[str]
  axes: tuple[int, ...]

  def __call__(self, values: tf.Tensor) -> tf.Tensor:
    """Returns the mean, with axes of size 1 in place of those reduced."""
    return _reduced(tf.reduce_mean, values, self.axes)


def scaled(
  function: tf.types.experimental.ConcreteFunction, specs: list[tf.TensorSpec]
) -> tuple[tf.types.experimental.ConcreteFunction, list[str]]:
  """Returns a function with the squares under its roots kept below 1.

  Args:
    function: The concrete function of a network, whose inputs are by position.
    specs: The specs of its inputs.

  Returns:
    A function that computes the same, or the given one if it has no roots of
    sums of squares; and the names of the operations that were replaced.
  """
  nodes = graphs.all_nodes(function.graph.as_graph_def())
  if not any(x.op in _ROOTS or x.op == "Pow" for x in nodes):
    return function, []
  graph_def = graphs.inlined(function)
  called = _replace_all(graph_def, function)
  if not called:
    return function, []
  function = graphs.function_of(graph_def, function, specs, called.values())
  return function, list(called)


def _replace_all(graph_def, function) -> dict[str, object]:
  """Replaces the roots in a graph by function calls.

  Returns:
    The functions, by the names of the nodes that were replaced.
  """
  graph = _Graph(graph_def, function)
  found = {node.name: graph.root(node) for node in graph_def.node}
  roots = [x for x in found.values() if x is not None]
  means = {x.name: x for root in roots for x in graph.means(root)}
  called = {
    node.name: _replace(node, found[node.name], graph, graph_def.library)
    for node in graph_def.node
    if found[node.name] is not None
  }
  for node in means.values():
    mean = _Mean((node.input[0],), graph.axes(node))
    called[node.name] = _replace(node, mean, graph, graph_def.library)
  return called


def _replace(node, found, graph, library):
  """Replaces a node by a call of `found`, and returns the function called."""
  specs = [tf.TensorSpec(graph.shape(x), tf.float32) for x in found.squared]
  function = _concrete(found, specs, graph.shape(node.name), node.name)
  del node.input[:]
  node.input.extend(found.squared)
  graphs.call(node, function, library)
  return function


class _Graph:
  """Searches a graph for roots of sums of squares."""

  def __init__(self, graph_def, function):
    self._nodes = {node.name: node for node in graph_def.node}
    self._shapes = graphs.shapes(graph_def, function)

  def shape(self, tensor: str) -> tf.TensorShape:
    """Returns the shape of a tensor, as a node's input names it."""
    name = tensor if ":" in tensor else f"{tensor}:0"
    return self._shapes[name]

  def root(self, node) -> _Root | None:
    """Returns a node as a root of a sum of squares; None if it is none."""
    power = self._power(node)
    if power is None or not self._is_known(node.name):
      return None
    if node.attr["T"].type != tf.float32.as_datatype_enum:
      return None
    source, join, least = self._joined(node.input[0])
    axes = self.axes(source)
    squared = axes and self._squared(source.input[0])
    if not squared:
      return None
    return _Root(squared, axes, source.op == "Mean", join, least, power)

  def _power(self, node) -> float | None:
    if node.op in _ROOTS:
      return _ROOTS[node.op]
    exponent = self._number(node.input[1]) if node.op == "Pow" else None
    return exponent if exponent in _ROOTS.values() else None

  def _joined(self, tensor):
    """Returns the node of a sum, the function that joins it, and the number."""
    source, join, least = self._source(tensor, _VIEWS), None, 0.0
    if source.op in _JOINS:
      for one, other in (source.input, reversed(source.input)):
        number = self._number(other)
        if number is not None and number >= 0:
          join, least = _JOINS[source.op], number
          return self._source(one, _VIEWS), join, least
    return source, join, least

  def means(self, root: _Root) -> list:
    """Returns the nodes of the means that are subtracted before a square."""
    sources = [self._source(x, _VIEWS) for x in root.squared]
    inputs = [x.input for x in sources if x.op == "Sub"]
    sources += [self._source(x, _VIEWS) for two in inputs for x in two]
    return [
      x
      for x in sources
      if x.op == "Mean" and len(self.axes(x)) > 1 and self._is_known(x.name)
    ]

  def axes(self, node) -> tuple[int, ...]:
    """Returns the axes that a sum or mean is over; () for other nodes."""
    if node.op not in ("Mean", "Sum") or not self._is_known(node.input[0]):
      return ()
    axes = self._constant(node.input[1])
    rank = self.shape(node.input[0]).rank
    if axes is None or rank > _MOST_AXES:
      return ()
    return tuple(sorted(int(axis) % rank for axis in np.ravel(axes)))

  def _squared(self, tensor: str) -> tuple[str, ...]:
    """Returns the names of the tensors under a square; () if it is none."""
    node = self._source(tensor, _SAME)
    inputs = tuple(x for x in node.input if not x.startswith("^"))
    is_square = (
      node.op == "Square"
      or (node.op == "Mul" and len({self._name(x) for x in inputs}) == 1)
      or (node.op == "Pow" and self._number(inputs[1]) == 2)
    )
    if node.op != "SquaredDifference":
      inputs = inputs[:1] if is_square else ()
    return inputs if all(map(self._is_known, inputs)) else ()

  def _name(self, tensor: str) -> str:
    """Returns the name of the tensor behind identities, without `:0`."""
    node = self._nodes[graphs.producer(tensor)]
    if node.op in _SAME:
      return self._name(node.input[0])
    return tensor.removesuffix(":0")

  def _source(self, tensor: str, through):
    node = self._nodes[graphs.producer(tensor)]
    while node.op in through and self._is_view(node):
      node = self._nodes[graphs.producer(node.input[0])]
    return node

  def _is_view(self, node) -> bool:
    """Whether a node reshapes its input, and leaves numbers and order alone."""
    if node.op != "StridedSlice":
      return True
    strides = self._constant(node.input[3])
    if strides is None or np.any(strides != 1):
      return False
    given, made = (self.shape(x) for x in (node.input[0], node.name))
    count = given.num_elements()
    return count is not None and count == made.num_elements()

  def _constant(self, tensor: str):
    node = self._source(tensor, _SAME)
    if node.op != "Const":
      return None
    return tf.make_ndarray(node.attr["value"].tensor)

  def _number(self, tensor: str) -> float | None:
    value = self._constant(tensor)
    return None if value is None or value.size != 1 else float(value.item())

  def _is_known(self, tensor: str) -> bool:
    return self.shape(tensor).is_fully_defined()


def _concrete(found, specs, shape, name):
  """Returns a concrete function that computes a root or a mean."""

  @tf.function(input_signature=specs, autograph=False)
  def compute(*squared):
    # So that the file's operators have the layer's name.
    with tf.name_scope(name):
      return tf.reshape(found(*squared), shape)

  return compute.get_concrete_function()


def _reduced(function, values, axes) -> tf.Tensor:
  """Reduces one axis after the other: each sum is smaller than one over all."""
  for axis in reversed(axes):
    if values.shape[axis] != 1:
      values = function(values, axis=axis, keepdims=True)
  return values
