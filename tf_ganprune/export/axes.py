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
"""Converts 64-bit axes of means in a graph, as NumPy gives them, to 32 bits."""

import tensorflow as tf

from tf_ganprune.export import graph_def as graphs

# Operations that LiteRT has only for axes of 32 bits.
_REDUCTIONS = ("Mean",)
_WIDE = tf.int64.as_datatype_enum


def narrowed(function, specs: list[tf.TensorSpec]):
  """Returns a function whose means have their axes in int32.

  Args:
    function: The concrete function of a network, whose inputs are by position.
    specs: The specs of its inputs.

  Returns:
    A function that computes the same; the given one if no axes are in int64.
  """
  nodes = graphs.all_nodes(function.graph.as_graph_def())
  if not any(map(_is_wide, nodes)):
    return function
  graph_def = graphs.inlined(function)
  for node in list(filter(_is_wide, graph_def.node)):
    _narrow(node, graph_def)
  return graphs.function_of(graph_def, function, specs)


def _is_wide(node) -> bool:
  return node.op in _REDUCTIONS and node.attr["Tidx"].type == _WIDE


def _narrow(node, graph_def) -> None:
  """Gives a node its axes in int32, from a new constant or from a cast."""
  name, given = f"{node.name}/axes", node.input[1]
  known = {x.name: x for x in graph_def.node if x.op == "Const"}
  constant = known.get(graphs.producer(given))
  if constant is not None:
    axes = tf.make_ndarray(constant.attr["value"].tensor)
    made = graph_def.node.add(name=name, op="Const")
    made.attr["dtype"].type = tf.int32.as_datatype_enum
    made.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(axes, tf.int32))
  else:
    made = graph_def.node.add(name=name, op="Cast", input=[given])
    made.attr["SrcT"].type = _WIDE
    made.attr["DstT"].type = tf.int32.as_datatype_enum
  node.input[1] = name
  node.attr["Tidx"].type = tf.int32.as_datatype_enum
