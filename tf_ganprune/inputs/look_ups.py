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
"""Finds the inputs of a network that are indices of rows, such as labels."""

from collections.abc import Collection, Iterator

import numpy as np
import tensorflow as tf

from tf_ganprune.keras_compat import keras

# Operations whose outputs are numbers from their inputs, moved about.
_PASSING = frozenset(
  """
  BroadcastTo Cast ExpandDims Identity Pack Reshape Snapshot Squeeze
  StridedSlice Tile Transpose Unpack
  """.split()
)
# Operations that may add a constant to their input.
_ADDING = ("Add", "AddV2", "Sub")
# Operations that look up rows; they fail, or read elsewhere, without the row.
LOOK_UPS = ("GatherNd", "GatherV2", "ResourceGather", "ResourceGatherNd")


def rows(
  model: keras.Model, kinds: Collection[str] = (*LOOK_UPS, "OneHot")
) -> dict[str, range]:
  """Returns the valid numbers of inputs that are indices, such as labels.

  They are found in the graph of operations, in whatever layers these are. If a
  constant is added before the look-up, as for labels that begin with 1, the
  range is shifted.

  Args:
    model: A network.
    kinds: TensorFlow's names of the operations that look up rows.

  Returns:
    A dict from inputs' names to ranges of numbers; if an input looks up rows of
    several tables, those that are valid in all. Other inputs are left out.
  """
  inputs_ = specs(model)

  @tf.function(input_signature=list(inputs_.values()), autograph=False)
  def run(*inputs):
    return model(inputs[0] if len(inputs) == 1 else list(inputs), False)

  try:
    graph = run.get_concrete_function().graph
  except (LookupError, TypeError, ValueError, tf.errors.OpError):
    return {}  # running it on one sample will raise a better error
  tables = _shapes_of_variables(graph)
  found = {}
  for name, tensor in zip(inputs_, graph.inputs, strict=False):
    known = list(_rows_below(tensor, kinds, tables))
    if choices := _in_all(known, tensor.dtype):
      found[name] = choices
  return found


def specs(model: keras.Model) -> dict[str, tf.TensorSpec]:
  """Returns the specs of a functional network's inputs, by name, of batch 1.

  Args:
    model: A functional or Sequential network.
  """
  names, tensors = model.input_names, model.inputs
  return {
    name: tf.TensorSpec([1, *x.shape[1:]], x.dtype, name=name)
    for name, x in zip(names, tensors, strict=True)
  }


def limits(dtype: tf.DType, choices: range | None) -> tuple:
  """Returns the lowest and the highest number that an input takes.

  Args:
    dtype: The input's dtype.
    choices: The indices that exist, if the input looks up rows; else None.
  """
  if choices:
    return choices.start, choices.stop - 1
  return (0, 1) if dtype.is_bool else (dtype.min, dtype.max)


def _shapes_of_variables(graph) -> dict:
  """Returns the shapes of a graph's variables by their captured handles."""
  shapes = {id(one.handle): one.shape for one in graph.variables}
  return {
    inside.ref(): shapes[id(outside)]
    for outside, inside in graph.captures
    if id(outside) in shapes
  }


def _in_all(found: list[range], dtype) -> range:
  """Returns the range of numbers that are in all ranges, and fit a dtype."""
  if not found:
    return range(0)
  low, high = map(int, limits(dtype, None))
  first = max(low, *(one.start for one in found))
  return range(first, min(high + 1, *(one.stop for one in found)))


def _rows_below(tensor, kinds, tables) -> Iterator[range]:
  """Yields the range of a tensor's valid values for each look-up of rows."""
  # An index is at least `sign * value + low`, and at most `... + high`.
  left, seen = [(tensor, 1, 0, 0)], set()
  while left:
    tensor, sign, low, high = left.pop()
    if (tensor.ref(), sign, low, high) in seen:
      continue
    seen.add((tensor.ref(), sign, low, high))
    for operation in tensor.consumers():
      is_one = operation.type in kinds
      count = _count(operation, tensor, tables) if is_one else None
      if count is not None:
        first, last = -low, count - 1 - high
        yield range(first, last + 1) if sign > 0 else range(-last, 1 - first)
      elif operation.type in _PASSING:
        left += [(x, sign, low, high) for x in operation.outputs]
      elif operation.type in _ADDING:
        left += _added(operation, tensor, sign, low, high)


def _added(operation, tensor, sign, low, high) -> list[tuple]:
  """Returns the output and bounds after adding or subtracting a constant."""
  first, second = operation.inputs
  is_first = tensor is first
  constant = tf.get_static_value(second if is_first else first)
  if constant is None or not np.size(constant):
    return []
  is_number = constant.dtype.kind in "fiu" and np.all(np.isfinite(constant))
  if not is_number or np.any(constant != np.round(constant)):
    return []
  least, most = int(constant.min()), int(constant.max())
  (out,) = operation.outputs
  if operation.type != "Sub":
    return [(out, sign, low + least, high + most)]
  if is_first:
    return [(out, sign, low - most, high - least)]
  return [(out, -sign, least - high, most - low)]


def _count(operation, tensor, tables) -> int | None:
  """Returns the number of rows that an operation looks up by a tensor, or None.

  None stands for an unknown number, and for other operations.
  """
  inputs = list(operation.inputs)
  if operation.type == "OneHot" and inputs[0] is tensor:
    depth = tf.get_static_value(inputs[1])
    return None if depth is None else int(depth)
  if inputs[1] is not tensor:
    return None
  shape = inputs[0].shape
  if operation.type.startswith("Resource"):
    shape = tables.get(inputs[0].ref(), tf.TensorShape(None))
  if shape.rank is None:
    return None
  if operation.type.endswith("Nd"):
    # Each column of the indices has its axis; their lengths must be equal.
    sizes = set(shape[: tensor.shape[-1]])
    return sizes.pop() if len(sizes) == 1 else None
  axis = tf.get_static_value(inputs[2]) if operation.type == "GatherV2" else 0
  return shape[int(axis or 0)] if shape.rank else None
