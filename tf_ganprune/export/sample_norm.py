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
"""Replaces batch normalizations that run with `training=True` in a file.

A batch normalization whose call has `training=True`, as that of pix2pix at
inference, is one operation that LiteRT lacks. It is replaced by operations that
LiteRT has; at batch 1 the mean and variance are those of the sample, over
height and width.
"""

import tensorflow as tf

from tf_ganprune.export import graph_def as graphs

_OPERATIONS = ("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3")


def is_training(node) -> bool:
  """Whether a node is a batch normalization with its batch's own statistics.

  Args:
    node: A `NodeDef` of a graph.
  """
  return node.op in _OPERATIONS and node.attr["is_training"].b


def replace(graph_def, function) -> tuple[str, ...]:
  """Replaces batch normalizations for which `is_training` by function calls.

  Args:
    graph_def: The graph, which is changed.
    function: The concrete function that the graph was made from.

  Returns:
    The names of the nodes that were replaced.
  """
  shapes = graphs.shapes(graph_def, function)
  bodies = [x.node_def for x in graph_def.library.function]
  found = []
  for nodes in (graph_def.node, *bodies):
    for node in filter(is_training, list(nodes)):
      found.append(node.name)
      is_known = nodes is graph_def.node
      shape = shapes[f"{node.name}:0"] if is_known else None
      graphs.call(node, _concrete(node, shape), graph_def.library)
  return tuple(found)


def _concrete(node, shape):
  """Returns a concrete function that computes a batch normalization's node."""
  dtype = tf.as_dtype(node.attr["T"].type)
  kind = tf.as_dtype(node.attr["U"].type) if "U" in node.attr else dtype
  specs = [tf.TensorSpec(shape, dtype), *[tf.TensorSpec([None], kind)] * 4]
  several = shape is None or shape[0] != 1
  first = node.attr["data_format"].s.startswith(b"NC")
  settings = (several, first, node.attr["epsilon"].f, _share(node))
  outputs = 6 if node.op.endswith("V3") else 5

  @tf.function(input_signature=specs, autograph=False)
  def normalize(x, scale, offset, *old):
    # So that the file's operators have the layer's name.
    with tf.name_scope(node.name):
      return _normalized(x, scale, offset, old, *settings)[:outputs]

  return normalize.get_concrete_function()


def _share(node) -> float:
  """Returns the share of the new statistics in the moving averages, 0 to 1."""
  name = "exponential_avg_factor"
  return node.attr[name].f if name in node.attr else 1.0


def _normalized(x, scale, offset, old, several, first, epsilon, share) -> list:
  """Returns the normalized array, and then the statistics of the operation."""
  sides = x.shape.rank - 2
  axes = [axis + 1 + first for axis in range(sides)]
  # GPUs take no mean over the batch, which is 1 but for sequences of images.
  axes = [0, *axes] if several else axes
  wide = tf.cast(x, scale.dtype)
  mean = tf.reduce_mean(wide, axes, keepdims=True)
  centered = wide - mean
  variance = tf.reduce_mean(tf.square(centered), axes, keepdims=True)
  if first:
    wide_shape = [-1] + [1] * sides
    scale, offset = (tf.reshape(v, wide_shape) for v in (scale, offset))
  if _is_one(x.shape, axes):  # and a number less itself is zero
    y = tf.zeros_like(wide) + offset
  else:
    y = centered * tf.math.rsqrt(variance + epsilon) * scale + offset
  mean, variance = tf.reshape(mean, [-1]), tf.reshape(variance, [-1])
  count = tf.cast(tf.size(x) // tf.size(mean), mean.dtype)
  # Moving averages take the estimate that is right on average.
  unbiased = variance * count / tf.maximum(count - 1.0, 1.0)
  moving = [mean, unbiased]
  if share < 1.0:
    moving = [a + share * (b - a) for a, b in zip(old, moving, strict=True)]
  return [tf.cast(y, x.dtype), *moving, mean, variance, variance]


def _is_one(shape, axes) -> bool:
  """Whether each mean over some axes is a mean of one number."""
  return all(shape[axis] == 1 for axis in axes)
