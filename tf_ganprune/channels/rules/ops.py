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
"""Rules of TensorFlow operations, which Keras turns into layers."""

import numbers
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tf_ganprune.channels.call import Axis, Call, Labelled, Rule
from tf_ganprune.channels.rules import merging, probed, rule_lookup, shapes
from tf_ganprune.keras_compat import keras

_UNARY = """
  abs cast ceil clip_by_value cos erf exp floor identity math.abs math.ceil
  math.cos math.divide_no_nan math.erf math.exp math.expm1 math.floor math.log
  math.log1p math.negative math.reciprocal math.round math.rsqrt math.sigmoid
  math.sign math.sin math.softplus math.sqrt math.square math.tanh negative
  nn.dropout nn.elu nn.gelu nn.leaky_relu nn.relu nn.relu6 nn.selu nn.sigmoid
  nn.silu nn.softplus nn.softsign nn.swish nn.tanh ones_like round sigmoid sign
  sin sqrt square stop_gradient tanh tf.nn.leaky_relu zeros_like
  __operators__.neg __operators__.abs
""".split()
_BINARY = """
  add divide math.add math.add_n math.divide math.floordiv math.maximum
  math.minimum math.multiply math.pow math.squared_difference math.subtract
  math.truediv maximum minimum multiply pow subtract truediv where
  __operators__.add __operators__.mul __operators__.pow __operators__.sub
  __operators__.truediv __operators__.radd __operators__.rmul
  math.equal math.greater math.greater_equal math.less math.less_equal
  math.not_equal
  __operators__.rsub __operators__.rtruediv
""".split()
_REDUCTIONS = """
  math.reduce_max math.reduce_mean math.reduce_min math.reduce_std
  math.reduce_sum math.reduce_variance reduce_max reduce_mean reduce_sum
""".split()
_PIXELS = """
  image.flip_left_right image.flip_up_down image.resize
  image.central_crop nn.avg_pool2d nn.max_pool2d
""".split()
_OPS: dict[str, Callable[[Call], Rule]] = {}


@rule_lookup.channel_rule(
  *{
    type(keras.layers.Lambda(lambda x: x)),
  }
)
def function(call: Call) -> Rule:
  """Rule of a Lambda, whose function is tried on numbers."""
  return probed.rule(
    call,
    "a Lambda that may mix channels; use a layer, or register a"
    " tgp.channel_rule",
  )


def rule(call: Call) -> Rule:
  """Returns the rule of a `TFOpLambda` or `SlicingOpLambda`."""
  name = call.layer.get_config()["function"].removeprefix("compat.v1.")
  if name not in _OPS:
    return probed.rule(call, f"tf.{name} has no rule")
  return _OPS[name](call)


def _op(*names: str):
  def register(one):
    _OPS.update(dict.fromkeys(names, one))
    return one

  return register


@_op(*_UNARY, *_BINARY)
def _elementwise(call: Call) -> Rule:
  tensors = call.inputs + _constants(call)
  rank = len(call.output_shapes[0])
  return Rule([merging.broadcast(call, tensors, rank)])


def _constants(call: Call) -> list[Labelled]:
  """Returns the arrays among the arguments, none of whose axes can shrink."""
  return [
    merging.fixed(x.shape if hasattr(x, "dtype") else np.shape(x))
    for x in (*call.args, *call.kwargs.values())
    if hasattr(x, "dtype") or _is_list_of_numbers(x)
  ]


def _is_list_of_numbers(x) -> bool:
  return isinstance(x, list | tuple) and all(
    isinstance(one, numbers.Number) for one in tf.nest.flatten(x)
  )


def _argument(call: Call, position: int, name: str, default=None):
  if name in call.kwargs:
    return call.kwargs[name]
  return call.args[position] if position < len(call.args) else default


@_op(*_REDUCTIONS)
def _reduce(call: Call) -> Rule:
  given = call.inputs[0]
  rank = len(given.axes)
  chosen = _argument(call, 1, "axis")
  chosen = range(rank) if chosen is None else np.atleast_1d(chosen)
  gone = {int(axis) % rank for axis in chosen}
  _fix(call, [given.axes[i] for i in gone], "sums over them")
  if len(call.output_shapes[0]) == rank:
    return Rule([tuple(None if i in gone else x for i, x in _axes(given))])
  return Rule([tuple(x for i, x in _axes(given) if i not in gone)])


def _axes(given: Labelled):
  return enumerate(given.axes)


def _fix(call: Call, axes, what: str) -> None:
  for axis in axes:
    if axis is not None:
      call.fix(axis, f"{call.layer.name!r} {what}")


@_op("concat")
def _concat(call: Call) -> Rule:
  values = _argument(call, 0, "values")
  if any(isinstance(x, numbers.Number) for x in tf.nest.flatten(values)):
    return rule_lookup.whole(call, "numbers that are no array have no rule")
  tensors = merging.operands(values)
  return Rule([merging.joined(call, tensors, _argument(call, 1, "axis"))])


@_op("nn.softmax")
def _softmax(call: Call) -> Rule:
  given = call.inputs[0]
  axis = _argument(call, 1, "axis", -1)
  _fix(call, [given.axes[-1 if axis is None else axis]], "compares them")
  return Rule([given.axes])


@_op("reshape")
def _reshape(call: Call) -> Rule:
  wanted = _argument(call, 1, "shape")
  if not isinstance(wanted, list | tuple) or any(
    not isinstance(n, int) for n in wanted
  ):
    return rule_lookup.whole(call, "a shape that is computed has no rule")
  axes = shapes.reshaped(call, call.inputs[0], call.output_shapes[0])
  lengths = [
    length if axis is None or length == -1 else axis
    for axis, length in zip(axes, wanted, strict=True)
  ]
  return Rule([axes], arguments=((call.inputs[0], lengths), {}))


@_op("transpose")
def _transpose(call: Call) -> Rule:
  axes = call.inputs[0].axes
  order = _argument(call, 1, "perm")
  order = range(len(axes))[::-1] if order is None else order
  return Rule([tuple(axes[i] for i in order)])


@_op("expand_dims", "squeeze")
def _one_side(call: Call) -> Rule:
  given = call.inputs[0]
  return Rule([shapes.reshaped(call, given, call.output_shapes[0])])


@_op("nn.depth_to_space")
def _depth_to_space(call: Call) -> Rule:
  """Ties input channels k, k + c, k + 2c …, which become output channel k."""
  channels = call.channels()
  blocks = _argument(call, 1, "block_size") ** 2
  rows = channels.channels.reshape(blocks, -1)
  call.space.tie_channels(rows[:1], rows)
  return call.rule(Axis(rows[0]))


@_op("nn.space_to_depth")
def _space_to_depth(call: Call) -> Rule:
  blocks = _argument(call, 1, "block_size") ** 2
  return call.rule(Axis(np.tile(call.channels().channels, blocks)))


@_op(*_PIXELS)
def _pixels(call: Call) -> Rule:
  return call.rule(call.channels())


@_op("pad")
def _pad(call: Call) -> Rule:
  paddings = np.asarray(_argument(call, 1, "paddings"))
  axes = list(call.inputs[0].axes)
  for i in np.flatnonzero(paddings.any(axis=1)):
    _fix(call, [axes[i]], "pads them")
    axes[i] = None
  return Rule([tuple(axes)])


@_op("split")
def _split(call: Call) -> Rule:
  """Rule of a split into equal parts, which all lose the same channels."""
  given, axis = call.inputs[0], _argument(call, 2, "axis", 0)
  if given.axes[axis] is None:
    return Rule([given.axes] * len(call.output_shapes))
  parts = given.axes[axis].channels
  number = len(call.output_shapes)
  if not isinstance(_argument(call, 1, "num_or_size_splits"), int):
    return rule_lookup.whole(call, "a split into given sizes has no rule")
  rows = parts.reshape(number, -1)
  call.space.tie_channels(rows[:1], rows)
  outputs = []
  for row in rows:
    axes = list(given.axes)
    axes[axis] = Axis(row)
    outputs.append(tuple(axes))
  return Rule(outputs)


@_op("linalg.matmul", "matmul")
def _matmul(call: Call) -> Rule:
  if len(call.inputs) != 2:
    return rule_lookup.whole(call, "a product with a constant has no rule")
  a, b = call.inputs
  first = -2 if _argument(call, 2, "transpose_a", False) else -1
  second = -1 if _argument(call, 3, "transpose_b", False) else -2
  batches = [Labelled(x.shape[:-2], x.axes[:-2]) for x in (a, b)]
  rank = len(call.output_shapes[0])
  # The sides that are not summed over are -3 less those that are.
  sides = (a.axes[-3 - first], b.axes[-3 - second])
  outputs = (*merging.broadcast(call, batches, rank - 2), *sides)
  return merging.contracted(
    call, call.at(a, first), call.at(b, second), outputs
  )


@_op("__operators__.getitem")
def _getitem(call: Call) -> Rule:
  """Rule of a slice: an axis of which a part is taken stays whole."""
  spec = _argument(call, 1, "slice_spec")
  spec = list(spec) if isinstance(spec, list | tuple) else [spec]
  given = call.inputs[0]
  wide = len(given.axes) - sum(x is not None and x is not ... for x in spec)
  if ... in spec:
    i = spec.index(...)
    spec[i : i + 1] = [_ALL] * wide
  else:
    spec += [_ALL] * wide
  axes, outputs = iter(given.axes), []
  for one in spec:
    outputs += [None] if one is None else _taken(call, next(axes), one)
  return Rule([tuple(outputs)])


_ALL = {"start": None, "stop": None, "step": None}


def _taken(call: Call, axis: Axis | None, one) -> list:
  if isinstance(one, slice):
    one = {"start": one.start, "stop": one.stop, "step": one.step}
  if one == _ALL:
    return [axis]
  _fix(call, [axis], "takes a part of them")
  return [None] if isinstance(one, dict) else []
