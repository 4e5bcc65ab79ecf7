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
"""One-hot codes as rows of a table, which int8 files compute exactly.

The converter gives the codes of a ONE_HOT the wrong scale where they are joined
with other numbers, such as latents, and the file then sees no class. A row of
an identity has the right one.
"""

import numpy as np
import tensorflow as tf

from tf_ganprune.export import graph_def as graphs

_SAME = ("Identity", "StopGradient")


def gathered(
  function: tf.types.experimental.ConcreteFunction, specs: list[tf.TensorSpec]
) -> tf.types.experimental.ConcreteFunction:
  """Returns a function that looks one-hot codes up.

  Codes along another axis than the last, of other numbers than float32, or of
  a depth that is computed stay as they are.

  Args:
    function: The concrete function of a network, whose inputs are by position.
    specs: The specs of its inputs.

  Returns:
    A function that computes the same, or the given one if it has no such codes.
  """
  nodes = graphs.all_nodes(function.graph.as_graph_def())
  if not any(x.op == "OneHot" for x in nodes):
    return function
  graph_def = graphs.inlined(function)
  shapes = graphs.shapes(graph_def, function)
  known = {x.name: x for x in graph_def.node}
  called = [
    _look_up(node, known, shapes, graph_def.library)
    for node in graph_def.node
    if node.op == "OneHot"
  ]
  called = [x for x in called if x is not None]
  if not called:
    return function
  return graphs.function_of(graph_def, function, specs, called)


def _look_up(node, known, shapes, library):
  """Makes a node a look-up, and returns the function called, if it can be."""
  indices, *others = node.input
  numbers = [_number(x, known) for x in others]
  source = indices if ":" in indices else f"{indices}:0"
  shape = shapes[source]
  is_last = node.attr["axis"].i in (-1, shape.rank)
  is_float = node.attr["T"].type == tf.float32.as_datatype_enum
  if None in numbers or not (is_last and is_float):
    return None
  dtype = tf.dtypes.as_dtype(node.attr["TI"].type)
  function = _concrete(*numbers, tf.TensorSpec(shape, dtype))
  del node.input[1:]
  graphs.call(node, function, library)
  return function


def _concrete(depth, on, off, spec: tf.TensorSpec):
  depth = int(depth)
  # Numbers that are no class have a row of their own at either end.
  table = np.pad(np.eye(depth, dtype=np.float32), ((1, 1), (0, 0)))
  table = (off + (on - off) * table).astype(np.float32)

  @tf.function(input_signature=[spec], autograph=False)
  def look_up(indices):
    wide = tf.int64 if spec.dtype == tf.int64 else tf.int32
    places = tf.clip_by_value(tf.cast(indices, wide), -1, depth)
    return tf.gather(tf.constant(table), tf.cast(places, tf.int32) + 1)

  return look_up.get_concrete_function()


def _number(tensor: str, known):
  """Returns the constant that a tensor is, or None."""
  node = known.get(graphs.producer(tensor))
  while node is not None and node.op in _SAME:
    node = known.get(graphs.producer(node.input[0]))
  if node is None or node.op != "Const":
    return None
  return tf.make_ndarray(node.attr["value"].tensor).item()
