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
"""Bounds of a network's outputs, computed from its operations.

The network is traced, and intervals of its tensors are computed by interval
arithmetic as far as operations have bounds. It does not matter which layer,
wrapper, class or function calls the operations.
"""

import functools
import math
import weakref

import numpy as np
import tensorflow as tf

from tf_ganprune.graphs import signatures
from tf_ganprune.keras_compat import keras

_ANY = (-math.inf, math.inf)
# Bounds by network: it is traced once, and not for each batch that is checked.
_FOUND = weakref.WeakKeyDictionary()
_FIXED = {
  "Tanh": (-1.0, 1.0),
  "Sin": (-1.0, 1.0),
  "Cos": (-1.0, 1.0),
  "Erf": (-1.0, 1.0),
  "Softsign": (-1.0, 1.0),
  "Sign": (-1.0, 1.0),
  "Sigmoid": (0.0, 1.0),
  "Softmax": (0.0, 1.0),
  "Relu6": (0.0, 6.0),
  "Softplus": (0.0, math.inf),
  "Exp": (0.0, math.inf),
  "Square": (0.0, math.inf),
  "Elu": (-1.0, math.inf),
}
# Operations that move or average values of the first input.
_SAME = set(
  "Identity IdentityN Reshape Transpose StridedSlice Slice Squeeze ExpandDims"
  " ResizeBilinear ResizeNearestNeighbor ResizeBicubic ResizeArea"
  " DepthToSpace SpaceToDepth BatchToSpaceND SpaceToBatchND MirrorPad Tile"
  " ReverseV2 GatherV2 Gather BroadcastTo AvgPool MaxPool Mean Max Min Snapshot"
  " StopGradient PreventGradient CheckNumerics EnsureShape"
  " PlaceholderWithDefault CropAndResize Roll Split SplitV Unpack".split()
)
_ALL: dict[str, slice | None] = {
  "ConcatV2": slice(0, -1),
  "Pack": slice(None),
  "AddN": None,
}
_STITCH = {"DynamicStitch", "ParallelDynamicStitch"}
_BRANCHES = ("If", "StatelessIf")
_UNION = {"ConcatV2", "Pack", "SelectV2", "Select", "Pad", "PadV2"} | _STITCH


def check_alike(a: keras.Model, b: keras.Model, names: tuple[str, str]) -> None:
  """Raises if two networks' outputs are known to have different ranges.

  Args:
    a: A built network.
    b: Another built network.
    names: The names of the two, for the message.

  Raises:
    ValueError: If so, with both ranges.
  """
  if _differ(a, b):
    (low, high), (least, most) = bounds(a), bounds(b)
    raise ValueError(
      f"{names[0]} makes images in [{low:g}, {high:g}], and {names[1]} in"
      f" [{least:g}, {most:g}]; add a Rescaling layer at the end of one of"
      " them, so that their ranges are equal."
    )


def _differ(a, b) -> bool:
  ours, theirs = bounds(a), bounds(b)
  if not all(map(math.isfinite, (*ours, *theirs))):
    return False
  slack = 1e-3 * (ours[1] - ours[0])
  return any(abs(x - y) > slack for x, y in zip(ours, theirs, strict=True))


@tf.autograph.experimental.do_not_convert
def bounds(network: keras.Model) -> tuple[float, float]:
  """Returns the lowest and highest value that a network's output can have.

  Args:
    network: A built Keras model of any kind. Of several outputs, the bounds are
      those of the likeliest image: the first with the rank and the channels of
      images, else the first with the rank, else the first.

  Returns:
    The lowest and the highest value, infinite where nothing bounds them.
  """
  if network in _FOUND:
    return _FOUND[network]
  try:
    outputs = _traced(network)
  except (ValueError, TypeError, NotImplementedError):
    return _ANY  # callers with images measure them instead
  _FOUND[network] = _Intervals(())(image_of(outputs)) if outputs else _ANY
  return _FOUND[network]


def _traced(network) -> list[tf.Tensor]:
  specs = tuple(signatures.call_specs(network))
  # In a graph of its own: this may be called while another graph is traced.
  with tf.init_scope():
    graph = tf.__internal__.FuncGraph("bounds")
    with graph.as_default():
      args, kwargs = tf.nest.map_structure(
        lambda x: tf.compat.v1.placeholder(x.dtype, x.shape), specs
      )
      outputs = network(*args, training=False, **kwargs)
  return tf.nest.flatten(outputs)


def image_of(outputs):
  """Returns the likeliest image among a network's outputs, by shape.

  Args:
    outputs: A tensor or an array, or a list or dict of them, at least one.
  """
  return min(tf.nest.flatten(outputs), key=_is_unlike_an_image)


def _is_unlike_an_image(output) -> int:
  """Returns 0 for an output with the rank and channels of images, else more."""
  shape = tf.TensorShape(output.shape)
  if shape.rank != 4:
    return 2
  return int(shape[-1] not in (1, 3, 4))


class _Intervals:
  """Computes the intervals of a graph's tensors.

  Example:
    `low, high = _Intervals(())(tensor)`
  """

  def __init__(self, arguments: tuple):
    """Sets the intervals of the graph's inputs, for a function's graph.

    Args:
      arguments: Pairs of an input tensor's name and its interval.
    """
    self._known = dict(arguments)

  def __call__(self, tensor: tf.Tensor) -> tuple[float, float]:
    # Without recursion: a network may be deeper than Python's stack.
    waiting = [tensor]
    while waiting:
      one = waiting[-1]
      needed = [x for x in _sources(one) if x.name not in self._known]
      if one.name in self._known or not needed:
        waiting.pop()
        self._known.setdefault(one.name, self._interval(one))
      else:
        waiting += needed
    return self._known[tensor.name]

  def _interval(self, tensor) -> tuple[float, float]:
    inputs = [self._known[x.name] for x in _sources(tensor)]
    return _within(tensor.dtype, _interval(tensor, inputs))


def _sources(tensor) -> list[tf.Tensor]:
  """Returns the tensors on whose intervals that of a tensor depends."""
  op = tensor.op
  inputs = list(op.inputs)
  if op.type in _SAME:
    split = op.type == "Split"
    same = op.type == "IdentityN"
    place = tensor.value_index if same else int(split)
    return inputs[place : place + 1]
  if part := _ALL.get(op.type):
    return inputs[part]
  if op.type in ("SelectV2", "Select"):
    return inputs[1:]
  if op.type in _STITCH:
    return inputs[len(inputs) // 2 :]
  if op.type == "Pad":
    return inputs[:1]
  if op.type == "PadV2":
    return [inputs[0], inputs[2]]
  is_known = op.type in _FUNCTIONS or op.type.endswith("PartitionedCall")
  return inputs if is_known or op.type in _BRANCHES else []


def _interval(tensor, inputs: list) -> tuple[float, float]:
  op = tensor.op
  if op.type == "Const":
    return _of_constant(tensor)
  if op.type in _FIXED:
    return _FIXED[op.type]
  if op.type == "Pad":
    inputs = [*inputs, (0.0, 0.0)]
  if op.type in _UNION:
    return min(x for x, _ in inputs), max(x for _, x in inputs)
  if op.type in _SAME:
    return inputs[0]
  if op.type.endswith("PartitionedCall"):
    return _of_call(tensor, inputs)
  if op.type in _BRANCHES:
    names = [op.get_attr(x).name for x in ("then_branch", "else_branch")]
    found = [_of_function(tensor, name, inputs[1:]) for name in names]
    return min(x for x, _ in found), max(x for _, x in found)
  if op.type in _FUNCTIONS:
    return _FUNCTIONS[op.type](*inputs)
  return _ANY


def _of_constant(tensor) -> tuple[float, float]:
  value = tf.get_static_value(tensor)
  is_number = value is not None and value.size and value.dtype.kind in "fiu"
  if not is_number or not np.isfinite(value).all():
    return _ANY
  return float(value.min()), float(value.max())


def _of_call(tensor, inputs) -> tuple[float, float]:
  """Returns the interval of the result of a function that a graph calls."""
  return _of_function(tensor, tensor.op.get_attr("f").name, inputs)


def _of_function(tensor, name, inputs) -> tuple[float, float]:
  found = getattr(tensor.graph._get_function(name), "graph", None)
  if found is None:
    return _ANY
  names = [x.name for x in found.inputs]
  known = tuple(zip(names, inputs, strict=False))
  return _Intervals(known)(found.outputs[tensor.value_index])


def _within(dtype, interval) -> tuple[float, float]:
  """Returns an interval, cut to the range of a dtype of one byte."""
  if dtype.is_quantized or not dtype.is_integer or dtype.size > 1:
    return interval
  low, high = interval
  return max(low, float(dtype.min)), min(high, float(dtype.max))


def _product(x, y):
  # 0 times infinity is 0 here, where floats give NaN.
  products = [a * b if a and b else 0.0 for a in x for b in y]
  return min(products), max(products)


def _quotient(x, y):
  if y[0] <= 0.0 <= y[1]:
    return _ANY
  return _product(x, (1.0 / y[1], 1.0 / y[0]))


def _power(x, y):
  """Returns bounds of x ** y for a constant y above 0 and x of at least 0."""
  if y[0] != y[1] or y[0] <= 0.0 or x[0] < 0.0:
    return _ANY
  try:
    return x[0] ** y[0], x[1] ** y[0]
  except OverflowError:
    return 0.0, math.inf


def _sum(x, *others):
  return functools.reduce(lambda a, b: (a[0] + b[0], a[1] + b[1]), others, x)


def _rising(function):
  """Returns a function of intervals for a function that never falls."""
  return lambda x: (function(x[0]), function(x[1]))


def _leaky(x):
  return (min(x[0], 0.0) if x[0] < 0 else x[0], max(x[1], 0.0))


def _magnitude(x):
  low = 0.0 if x[0] <= 0.0 <= x[1] else min(map(abs, x))
  return low, max(map(abs, x))


def _whole(rounding):
  return _rising(lambda v: float(rounding(v)) if math.isfinite(v) else v)


_FUNCTIONS = {
  "AddV2": _sum,
  "Add": _sum,
  "AddN": _sum,
  "BiasAdd": _sum,
  "Sub": lambda x, y: (x[0] - y[1], x[1] - y[0]),
  "Mul": _product,
  "RealDiv": _quotient,
  "DivNoNan": _quotient,
  "Pow": _power,
  "Neg": lambda x: (-x[1], -x[0]),
  "Minimum": lambda x, y: (min(x[0], y[0]), min(x[1], y[1])),
  "Maximum": lambda x, y: (max(x[0], y[0]), max(x[1], y[1])),
  "ClipByValue": lambda x, low, high: (
    min(max(x[0], low[0]), high[1]),
    min(max(x[1], low[0]), high[1]),
  ),
  "Relu": _rising(lambda v: max(v, 0.0)),
  "LeakyRelu": _leaky,
  "Atan": _rising(math.atan),
  "Abs": _magnitude,
  "Sqrt": _rising(lambda v: math.sqrt(max(v, 0.0))),
  "Cast": lambda x: x,
  "Round": _whole(round),
  "Rint": _whole(round),
  "Floor": _whole(math.floor),
  "Ceil": _whole(math.ceil),
}
