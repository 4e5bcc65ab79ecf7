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
"""Reads and edits TensorFlow graphs as messages, before their conversion."""

import tensorflow as tf
from tensorflow.python.framework import convert_to_constants


def inlined(function) -> tf.compat.v1.GraphDef:
  """Returns a function's graph with the functions that it calls inlined.

  Args:
    function: A concrete function.
  """
  return convert_to_constants._run_inline_graph_optimization(
    function, lower_control_flow=False, aggressive_inlining=True
  )


def all_nodes(graph_def) -> list:
  """Returns the nodes of a graph and of the functions that it calls.

  Args:
    graph_def: The graph.
  """
  functions = graph_def.library.function
  return [*graph_def.node, *(x for f in functions for x in f.node_def)]


def producer(tensor: str) -> str:
  """Returns the name of the node that makes a tensor.

  Args:
    tensor: The tensor as an input of a node, such as `conv:0` or `^conv`.
  """
  return tensor.removeprefix("^").partition(":")[0]


def shapes(graph_def, function) -> dict[str, tf.TensorShape]:
  """Returns the shape of each tensor that a graph makes, by `name:number`.

  Args:
    graph_def: The graph.
    function: The concrete function that the graph is of, for its variables.
  """
  graph = tf.__internal__.FuncGraph("shapes")
  names = {x.name for x in graph_def.node}
  with graph.as_default():
    given = {
      inner.name: graph.capture(outer)
      for outer, inner in function.graph.captures
      if inner.op.name in names
    }
    tf.import_graph_def(graph_def, given, name="")
  found = {x.name: x.shape for o in graph.get_operations() for x in o.outputs}
  return found | {name: x.shape for name, x in given.items()}


def call(node, function, library) -> None:
  """Changes a node into a call of a function, with the node's inputs.

  Args:
    node: A `NodeDef`, which is changed and keeps its name.
    function: A concrete function with the outputs of the node.
    library: The graph's library of functions, to which this one is added.
  """
  library.function.add().CopyFrom(function.function_def)
  node.op = "PartitionedCall"
  node.attr.clear()
  node.attr["f"].func.name = function.name.decode()
  for key, tensors in (("Tin", function.inputs), ("Tout", function.outputs)):
    node.attr[key].list.type.extend(x.dtype.as_datatype_enum for x in tensors)


def function_of(graph_def, old, specs: list[tf.TensorSpec], called=()):
  """Returns a concrete function of a changed graph.

  Args:
    graph_def: The graph. Variables that it does not use are left out.
    old: The concrete function that the graph was before it was changed.
    specs: The specs of the inputs of `old`, which are by position.
    called: Concrete functions that the graph calls.
  """
  captures = [
    (outer, inner.name)
    for outer, inner in old.graph.captures
    if _is_used(graph_def, inner.op.name)
  ]
  names = [x.name for x in old.inputs[: len(specs)]]

  @tf.function(input_signature=specs, autograph=False)
  def run(*inputs):
    graph = tf.compat.v1.get_default_graph()
    for variable in old.graph.variables:
      graph.watch_variable(variable)
    given = dict(zip(names, inputs, strict=True))
    given |= {name: graph.capture(outer) for outer, name in captures}
    outputs = tf.import_graph_def(
      graph_def,
      input_map=given,
      return_elements=[x.name for x in old.outputs],
      name="",
    )
    return tf.nest.pack_sequence_as(old.structured_outputs, outputs)

  function = run.get_concrete_function()
  function.called = tuple(called)  # TensorFlow forgets what nobody holds
  return function


def _is_used(graph_def, name: str) -> bool:
  """Whether a graph uses a placeholder; if not, it is removed from it."""
  if any(name == producer(x) for node in graph_def.node for x in node.input):
    return True
  for i, node in enumerate(graph_def.node):
    if node.name == name:
      del graph_def.node[i]
      break
  return False
