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
"""Removes assignments from graphs, so that all runs of a file begin alike.

A file keeps the values that its graph writes into variables, and reads them in
the next run. In the graphs made here, a read of a variable gets the value that
was written before it in the same run, and no run changes a variable.
"""

import dataclasses

import tensorflow as tf

from tf_ganprune import states
from tf_ganprune.export import graph_def as graphs
from tf_ganprune.export import sample_norm
from tf_ganprune.keras_compat import keras

_SUMS = {"AssignAddVariableOp": "AddV2", "AssignSubVariableOp": "Sub"}
_WRITES = ("AssignVariableOp", *_SUMS)
_READS = ("ReadVariableOp", "ResourceGather")
# Operations that draw numbers, as far as they are no function of a seed.
_RANDOM = (
  "Multinomial",
  "RandomGamma",
  "RandomShuffle",
  "RandomStandardNormal",
  "RandomUniform",
  "RandomUniformInt",
  "RngReadAndSkip",
  "RngSkip",
  "StatefulRandomBinomial",
  "StatefulStandardNormalV2",
  "StatefulTruncatedNormal",
  "StatefulUniform",
  "StatefulUniformFullInt",
  "StatefulUniformInt",
  "TruncatedNormal",
)


class StateError(ValueError):
  """A layer changes variables or draws random numbers, as no file can.

  Attributes:
    layer: The layer's name.
    reason: The rest of a sentence on the layer, without a full stop.
    remedy: The change that helps, a sentence.
  """

  def __init__(self, layer: str, reason: str, remedy: str):
    """Makes the error.

    Args:
      layer: The layer's name.
      reason: The rest of a sentence on the layer, without a full stop.
      remedy: The change that helps, a sentence.
    """
    super().__init__(f"{layer!r} {reason}. {remedy}")
    self.layer, self.reason, self.remedy = layer, reason, remedy


@dataclasses.dataclass(frozen=True)
class Stateless:
  """A function that changes no variable, and the layers that would have.

  Example:
    >>> print(*without_writes(function, specs, generator).notes)

  Attributes:
    function: The function, whose every run is like the first of the original.
    written: Names of the layers that write into variables.
    normalized: Names of the layers that normalize each sample by itself.
  """

  function: tf.types.experimental.ConcreteFunction
  written: tuple[str, ...] = ()
  normalized: tuple[str, ...] = ()

  @property
  def notes(self) -> tuple[str, ...]:
    """Differences of the function from the network's layers, as sentences."""
    found = []
    if self.normalized:
      found.append(
        "Called with training=True, so that each sample is normalized with its"
        f" own mean and variance: {', '.join(self.normalized)}."
      )
    if rest := [x for x in self.written if x not in self.normalized]:
      found.append(
        "Writes into variables when it is called: in the file each run begins"
        f" with the values of the export: {', '.join(rest)}."
      )
    return tuple(found)


def without_writes(
  function: tf.types.experimental.ConcreteFunction,
  specs: list[tf.TensorSpec],
  model: keras.Model,
) -> Stateless:
  """Returns a function without assignments and training's normalizations.

  Args:
    function: The concrete function of a network, whose inputs are by position.
    specs: The specs of its inputs.
    model: The network, for the names of its layers.

  Raises:
    StateError: If it draws random numbers, or changes a variable in a way that
      cannot be removed; the message names the layer.
  """
  nodes = graphs.all_nodes(function.graph.as_graph_def())
  layer_of = Layers(model)
  _check_not_random(nodes, layer_of)
  if not any(_is_write(x) or sample_norm.is_training(x) for x in nodes):
    return Stateless(function)
  graph_def = graphs.inlined(function)
  _check_writes_are_plain(graph_def, layer_of)
  rewriting = _Rewriting(graph_def, function.graph.captures, layer_of)
  rewriting.run()
  normalized = map(layer_of, sample_norm.replace(graph_def, function))
  return Stateless(
    graphs.function_of(graph_def, function, specs),
    tuple(dict.fromkeys(rewriting.written)),
    tuple(dict.fromkeys(normalized)),
  )


class Layers:
  """Finds the layer that an operation of a graph belongs to, by its name.

  Example:
    >>> Layers(generator)("generator/norm/Rsqrt")  # norm
  """

  def __init__(self, model: keras.Model):
    """Makes the finder.

    Args:
      model: The network.
    """
    layers = model._flatten_layers(include_self=False)
    self._names = {x.name for x in layers if not isinstance(x, keras.Model)}
    self._model = model.name

  def __call__(self, name: str) -> str:
    """Returns the name of an operation's layer, or of the network if of none.

    Args:
      name: The operation's name.
    """
    parts = [x for x in name.split("/") if x in self._names]
    # The outermost layer that is no network, and not the layers within it.
    return next(iter(parts), self._model)


def _is_write(node) -> bool:
  return node.op in _WRITES or node.op.startswith("ResourceScatter")


def _check_writes_are_plain(graph_def, layer_of) -> None:
  """Raises if a branch or a loop, which may not run, changes a variable."""
  bodies = {x.signature.name: x.node_def for x in graph_def.library.function}
  for node in graph_def.node:
    if any(map(_is_write, _within(node, bodies))):
      raise StateError(
        layer_of(node.name),
        "changes a variable in a branch or a loop of inference, which cannot be"
        " removed from the graph",
        "Let its `call` change variables only if `training`, or outside of"
        " tf.cond and loops.",
      )


def _within(node, bodies) -> list:
  """Returns the nodes of the functions that a node calls, at any depth."""
  names = [
    function.name
    for value in node.attr.values()
    for function in (value.func, *value.list.func)
    if function.name in bodies
  ]
  found = [x for name in names for x in bodies[name]]
  return found + [x for one in found for x in _within(one, bodies)]


def _check_not_random(nodes, layer_of) -> None:
  for node in nodes:
    if node.op in _RANDOM:
      raise StateError(
        layer_of(node.name),
        "draws random numbers in inference, as dropout and noise do that are"
        " called with training=True, so that no file can give what Keras gives",
        "Call it without `training`, or make the noise an input.",
      )


class _Rewriting:
  """Removes the assignments from a graph whose functions are inlined."""

  def __init__(self, graph_def, captures, layer_of):
    self._layer_of = layer_of
    self._graph_def = graph_def
    self._nodes = {node.name: node for node in graph_def.node}
    self._handles = {
      inner.op.name: outer
      for outer, inner in captures
      if states.is_variable(outer)
    }
    self._now: dict[str, str] = {}
    self.written: list[str] = []

  def run(self) -> None:
    """Rewrites the graph in the order in which it runs."""
    nodes = self._in_order()
    changed = {self._variable(x) for x in nodes if _is_write(x)}
    for node in nodes:
      variable = self._variable(node)
      is_use = variable in changed and node.name not in self._handles
      if variable is not None and is_use:
        self._visit(node, variable)

  def _visit(self, node, variable: str) -> None:
    if variable not in self._now:
      self._now[variable] = self._constant(variable)
    if node.op in _WRITES:
      self.written.append(self._layer_of(node.name))
      self._write(node, variable)
    elif node.op == "ReadVariableOp":
      _become(node, "Identity", [self._now[variable]], T=node.attr["dtype"])
    elif node.op == "ResourceGather" and not node.attr["batch_dims"].i:
      self._gather(node, variable)
    elif node.op != "Identity":
      raise StateError(
        self._layer_of(node.name),
        f"changes a variable in inference that {node.op} uses, and this cannot"
        " be removed from the graph",
        "Let its `call` change variables only if `training`, or use `assign`.",
      )

  def _write(self, node, variable: str) -> None:
    value = node.input[1]
    dtype = node.attr["dtype"]
    if node.op in _SUMS:
      inputs = [self._now[variable], value]
      value = f"{node.name}/now"
      self._add(_SUMS[node.op], value, inputs, T=dtype)
    self._now[variable] = value
    # Others may wait for it.
    _become(node, "NoOp", [x for x in node.input if x.startswith("^")])

  def _gather(self, node, variable: str) -> None:
    axis = f"{node.name}/axis"
    self._add_constant(axis, tf.constant(0))
    types = {
      "Tparams": node.attr["dtype"],
      "Tindices": node.attr["Tindices"],
      "Taxis": _type(tf.int32),
    }
    inputs = [self._now[variable], node.input[1], axis]
    _become(node, "GatherV2", inputs, **types)

  def _constant(self, variable: str) -> str:
    name = f"{variable}/at_first"
    self._add_constant(name, states.value_of(self._handles[variable]))
    return name

  def _add_constant(self, name: str, value: tf.Tensor) -> None:
    node = self._add("Const", name, [], dtype=_type(value.dtype))
    node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value.numpy()))

  def _add(self, op: str, name: str, inputs, **attributes):
    node = self._graph_def.node.add()
    node.name = name
    self._nodes[name] = node
    _become(node, op, inputs, **attributes)
    return node

  def _variable(self, node) -> str | None:
    """Returns the captured variable that an operation uses, or None."""
    while node.name not in self._handles:
      if node.op != "Identity" and not self._takes_a_variable(node):
        return None
      node = self._nodes[graphs.producer(node.input[0])]
    return node.name

  def _takes_a_variable(self, node) -> bool:
    return _is_write(node) or node.op in _READS

  def _in_order(self) -> list:
    """Returns the nodes, each after those that it uses or waits for."""
    done, order, pending = set(), [], list(self._graph_def.node)[::-1]
    while pending:
      node = pending[-1]
      waits = [self._nodes[graphs.producer(x)] for x in node.input]
      waits = [x for x in waits if x.name not in done]
      if node.name in done or not waits:
        pending.pop()
        order += [] if node.name in done else [node]
        done.add(node.name)
      pending += waits if node.name not in done else []
    return order


def _type(dtype):
  return tf.compat.v1.AttrValue(type=dtype.as_datatype_enum)


def _become(node, op: str, inputs, **attributes) -> None:
  """Changes the operation, inputs and attributes of a node, not its name."""
  node.op = op
  del node.input[:]
  node.input.extend(inputs)
  attributes = {name: _copied(value) for name, value in attributes.items()}
  node.attr.clear()
  for name, value in attributes.items():
    node.attr[name].CopyFrom(value)


def _copied(value):
  copy = tf.compat.v1.AttrValue()
  copy.CopyFrom(value)
  return copy
