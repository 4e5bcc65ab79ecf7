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
"""Runs a network's graph in float32 and rounded to float16, side by side."""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import convert_to_constants

from tf_ganprune.export import samples

_CONSTANT = ("Const", "Placeholder", "NoOp")


@dataclasses.dataclass(frozen=True)
class Frozen:
  """A function's graph, with its variables made constants.

  Attributes:
    operations: The operations, in an order in which they run.
    definition: The graph as a message.
    inputs: Names of the tensors that take the inputs, by the inputs' names.
    outputs: Names of the tensors that are the outputs, by the outputs' names.
    names: Names of the operations that compute a float32.
  """

  operations: list[tf.Operation]
  definition: tf.compat.v1.GraphDef
  inputs: dict[str, str]
  outputs: dict[str, str]

  @property
  def names(self) -> list[str]:
    """The names of the operations that compute float32, in their order."""
    return [
      x.name
      for x in self.operations
      if x.type not in _CONSTANT and x.outputs and _is_float(x.outputs[0])
    ]


@dataclasses.dataclass(frozen=True)
class Run:
  """The results of one sample in float16.

  Attributes:
    outputs: The outputs by name.
    seen: An array `[operations, 3]`: for each of `Frozen.names` the largest
      difference from float32, and the least and the largest number in float32.
  """

  outputs: dict[str, np.ndarray]
  seen: np.ndarray


def freeze(concrete, names: list[str]) -> Frozen:
  """Returns the graph of a function that returns a dict, without variables.

  Args:
    concrete: The concrete function.
    names: The names of its inputs, in their order.
  """
  # A lowered loop would be a cycle in the graph, which cannot be imported.
  frozen = convert_to_constants.convert_variables_to_constants_v2(
    concrete, lower_control_flow=False
  )
  outputs = sorted(concrete.structured_outputs)
  return Frozen(
    frozen.graph.get_operations(),
    frozen.graph.as_graph_def(),
    {k: x.name for k, x in zip(names, frozen.inputs, strict=True)},
    {k: x.name for k, x in zip(outputs, frozen.outputs, strict=True)},
  )


def function(graph: Frozen) -> Callable[[samples.Sample], Run]:
  """Returns a function that computes a sample in float16.

  Args:
    graph: The graph of the network.

  Returns:
    A function that takes one sample and returns a `Run`.
  """
  halved = _halved(graph)
  watched = [f"{name}:0" for name in graph.names]

  @tf.function(autograph=False, input_signature=[_specs(graph)])
  def compute(inputs):
    given = {graph.inputs[k]: x for k, x in inputs.items()}
    exact = tf.import_graph_def(graph.definition, given, watched)
    wanted = [*watched, *graph.outputs.values()]
    rounded = tf.import_graph_def(halved, given, wanted)
    rounded = [_rounded(x) for x in rounded]
    pairs = zip(exact, rounded, strict=False)
    seen = [_compared(a, b) for a, b in pairs]
    outputs = rounded[len(watched) :]
    return dict(zip(graph.outputs, outputs, strict=True)), seen

  computed = compute.get_concrete_function()

  def call(sample):
    outputs, seen = computed({k: tf.constant(x) for k, x in sample.items()})
    outputs = {name: x.numpy() for name, x in outputs.items()}
    return Run(outputs, np.array([x.numpy() for x in seen]).reshape([-1, 3]))

  return call


def _specs(graph) -> dict[str, tf.TensorSpec]:
  tensors = {
    x.outputs[0].name: x.outputs[0] for x in graph.operations if x.outputs
  }
  return {
    name: tf.TensorSpec(tensors[x].shape, tensors[x].dtype)
    for name, x in graph.inputs.items()
  }


def _compared(exact, rounded):
  return tf.stack(
    [
      tf.reduce_max(tf.abs(exact - rounded)),
      tf.reduce_min(exact),
      tf.reduce_max(exact),
    ]
  )


def _rounded(tensor):
  if not _is_float(tensor):
    return tensor
  return tf.cast(tf.cast(tensor, tf.float16), tf.float32)


def _is_float(tensor) -> bool:
  return tensor.dtype == tf.float32


def _halved(graph: Frozen) -> tf.compat.v1.GraphDef:
  """Returns a graph with every float input of an operation cast to float16."""
  operations = {x.name: x for x in graph.operations}
  halved = tf.compat.v1.GraphDef(
    library=graph.definition.library, versions=graph.definition.versions
  )
  done = set()
  for old in graph.definition.node:
    node = halved.node.add()
    node.CopyFrom(old)
    for i, name in enumerate(old.input):
      node.input[i] = _round_input(halved, operations, done, name)
    if old.op == "Mean":
      _sum_first(halved, node, operations[old.name])
  return halved


def _round_input(halved, operations, done, name: str) -> str:
  """Adds casts to float16 and back, once, and returns the result's name."""
  operation, _, index = name.partition(":")
  if name.startswith("^"):
    return name
  if not _is_float(operations[operation].outputs[int(index or 0)]):
    return name
  base = f"{operation}/rounded_{index or 0}"
  if base not in done:
    done.add(base)
    _add_rounding(halved, base, name)
  return f"{base}/float32"


def _add_rounding(halved, base: str, name: str) -> None:
  _add_cast(halved, f"{base}/float16", name, tf.float32, tf.float16)
  half = f"{base}/float16"
  _add_cast(halved, f"{base}/float32", half, tf.float16, tf.float32)


def _add_cast(halved, name, tensor, source, target) -> None:
  node = halved.node.add(name=name, op="Cast", input=[tensor])
  node.attr["SrcT"].type = source.as_datatype_enum
  node.attr["DstT"].type = target.as_datatype_enum


def _sum_first(halved, node, operation) -> None:
  """Replaces a mean by a sum, which is rounded to float16, and a division."""
  taken = operation.inputs[0].shape.num_elements()
  given = operation.outputs[0].shape.num_elements()
  if not _is_float(operation.outputs[0]) or not taken or not given:
    return
  total = halved.node.add()
  total.CopyFrom(node)
  total.name, total.op = f"{node.name}/sum", "Sum"
  _add_rounding(halved, f"{node.name}/sum/rounded", total.name)
  count = halved.node.add(name=f"{node.name}/count", op="Const")
  count.attr["dtype"].type = tf.float32.as_datatype_enum
  count.attr["value"].tensor.CopyFrom(
    tf.make_tensor_proto(np.float32(taken / given))
  )
  inputs = [f"{node.name}/sum/rounded/float32", count.name]
  inputs += [x for x in node.input if x.startswith("^")]
  name = node.name
  node.Clear()
  node.name, node.op = name, "RealDiv"
  node.input.extend(inputs)
  node.attr["T"].type = tf.float32.as_datatype_enum
