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
"""Counts the iterations of a loop in a graph."""

import tensorflow as tf

_CALLS = ("PartitionedCall", "StatefulPartitionedCall")


def rounds(graph, operation, condition, body) -> int | None:
  """Returns the highest number of iterations of a loop; None if unknown.

  The first inputs of TensorFlow's loops are a counter and the maximum number of
  iterations, -1 if not set. If it is not set, the loop is counted if its
  condition compares a number that grows with a constant one.

  Args:
    graph: The graph that has the loop.
    operation: The loop.
    condition: The graph of the loop's condition.
    body: The graph of one iteration.
  """
  if len(operation.inputs) < 2:
    return None
  most = _constant(graph, operation.inputs[1])
  if most is not None and most >= 0:
    return most
  return _counted(graph, operation, condition, body)


def _counted(graph, operation, condition, body) -> int | None:
  """Returns the iterations of `while i < n: i += step`, or None."""
  less = _plain(condition.outputs[0]).op
  if less.type != "Less":
    return None
  i = _place(condition, less.inputs[0])
  if i is None:
    return None
  first = _constant(graph, operation.inputs[i])
  last = _same(graph, operation, body, condition, less.inputs[1])
  step = _step(graph, operation, body, i)
  if step is None or first is None or last is None or step <= 0:
    return None
  return max(0, -((first - last) // step))


def _step(graph, operation, body, i: int) -> int | None:
  """Returns the constant that an iteration adds to an input, or None."""
  add = _plain(body.outputs[i]).op
  if add.type not in ("Add", "AddV2"):
    return None
  others = [x for x in add.inputs if _plain(x) is not body.inputs[i]]
  if len(others) != 1:
    return None
  return _same(graph, operation, body, body, others[0])


def _same(graph, operation, body, inner, tensor) -> int | None:
  """Returns a number that is the same in each iteration of a loop, or None."""
  place = _place(inner, tensor)
  if place is None:
    return _constant(inner, tensor)
  if _plain(body.outputs[place]) is not body.inputs[place]:
    return None
  return _constant(graph, operation.inputs[place])


def _place(inner, tensor) -> int | None:
  """Returns the index of a tensor among a function's inputs, or None."""
  places = {id(x): i for i, x in enumerate(inner.inputs)}
  return places.get(id(_plain(tensor)))


def _plain(tensor):
  while tensor.op.type == "Identity":
    tensor = tensor.op.inputs[0]
  return tensor


def _constant(graph, tensor) -> int | None:
  """Returns a whole number that is computed from constants, or None."""
  if not tensor.dtype.is_integer or tensor.shape.rank != 0:
    return None
  nodes: dict = {}
  if not _collect(tensor.op, nodes):
    return None
  versions = graph.as_graph_def().versions
  part = tf.compat.v1.GraphDef(versions=versions, node=nodes.values())
  try:
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
      (copy,) = tf.graph_util.import_graph_def(
        part, return_elements=[tensor.name], name=""
      )
      return int(session.run(copy))
  except (TypeError, ValueError, tf.errors.OpError):
    return None


def _collect(operation, nodes: dict) -> bool:
  """Collects the nodes that a number depends on; False unless all constant."""
  if operation.name in nodes:
    return True
  if operation.type in ("Placeholder", "ReadVariableOp", *_CALLS):
    return False
  value = None
  if operation.type in ("Shape", "Size", "Rank"):
    value = tf.get_static_value(operation.outputs[0])
  if value is not None:
    nodes[operation.name] = _node(operation.name, value)
    return True
  node = tf.compat.v1.NodeDef()
  node.CopyFrom(operation.node_def)
  del node.input[:]
  node.input.extend(x.name for x in operation.inputs)
  node.attr.pop("_class", None)
  nodes[operation.name] = node
  return all(_collect(x.op, nodes) for x in operation.inputs)


def _node(name: str, value):
  """Returns the graph node of a constant."""
  proto = tf.make_tensor_proto(value)
  return tf.compat.v1.NodeDef(
    name=name,
    op="Const",
    attr={
      "dtype": tf.compat.v1.AttrValue(type=proto.dtype),
      "value": tf.compat.v1.AttrValue(tensor=proto),
    },
  )
