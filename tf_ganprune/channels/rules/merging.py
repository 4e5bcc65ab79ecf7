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
"""Rules of layers that combine several tensors."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tf_ganprune.channels.call import Axes, Axis, Call, Labelled, Product, Rule
from tf_ganprune.channels.rules import rule_lookup
from tf_ganprune.keras_compat import keras

_layers = keras.layers


@rule_lookup.channel_rule(
  _layers.Add,
  _layers.Average,
  _layers.Maximum,
  _layers.Minimum,
  _layers.Multiply,
  _layers.Subtract,
)
def merge(call: Call) -> Rule:
  """Rule of layers that combine tensors by element, with broadcasting."""
  tensors = operands((call.args, call.kwargs))
  return Rule([broadcast(call, tensors, len(call.output_shapes[0]))])


def operands(arguments) -> list[Labelled]:
  """Returns the tensors and arrays among a call's arguments, in order.

  Args:
    arguments: The call's arguments, nested. No axis of an array can shrink.
  """
  return [
    x if isinstance(x, Labelled) else fixed(x.shape)
    for x in tf.nest.flatten(arguments)
    if isinstance(x, Labelled) or hasattr(x, "dtype")
  ]


def fixed(shape) -> Labelled:
  """Returns a `Labelled` for an array, none of whose axes can shrink."""
  return Labelled(tuple(shape), (None,) * len(shape))


def broadcast(call: Call, tensors: Sequence[Labelled], rank: int) -> Axes:
  """Ties the axes of tensors that are broadcast together.

  Args:
    call: The call.
    tensors: The tensors, aligned at their last axes.
    rank: The rank of the result.

  Returns:
    The axes of the result.
  """
  axes: list[Axis | None] = [None] * rank
  for position in range(1, rank + 1):
    here = [x for x in tensors if len(x.shape) >= position]
    axes[-position] = _combined(call, here, -position)
  return tuple(axes)


def _combined(call: Call, tensors, position) -> Axis | None:
  """Returns the axis of a result at a position, and ties the tensors' axes."""
  long = [x for x in tensors if x.shape[position] != 1]
  for x in tensors:
    if x.shape[position] == 1 and x.axes[position] is not None:
      call.fix(x.axes[position], f"{call.layer.name!r} broadcasts it")
  labelled = [x for x in long if x.axes[position] is not None]
  if not labelled:
    return None
  first = labelled[0].axes[position]
  for x in long:
    if x.axes[position] is None:
      call.fix(first, f"{call.layer.name!r} combines them with a fixed axis")
    elif x is not labelled[0]:
      call.tie(first, x.axes[position])
  return first


@rule_lookup.channel_rule(_layers.Concatenate)
def concatenate(call: Call) -> Rule:
  """Rule of a Concatenate: the channels of all inputs, one after the other."""
  tensors = operands((call.args, call.kwargs))
  return Rule([joined(call, tensors, call.layer.axis)])


def joined(call: Call, tensors: Sequence[Labelled], axis: int) -> Axes:
  """Returns the axes of the concatenation of tensors.

  Args:
    call: The call.
    tensors: The tensors.
    axis: The index of the axis along which they are concatenated.
  """
  rank = len(tensors[0].axes)
  axis %= rank
  axes = [
    None if position == axis else _combined(call, tensors, position)
    for position in range(rank)
  ]
  if any(x.axes[axis] is not None for x in tensors):
    parts = [call.at(x, axis).channels for x in tensors]
    axes[axis] = Axis(np.concatenate(parts))
  return tuple(axes)


@rule_lookup.channel_rule(_layers.Dot)
def dot(call: Call) -> Rule:
  """Rule of a Dot: ties the axes that are summed over, passes on the others."""
  if call.layer.normalize:
    return rule_lookup.whole(call, "normalized products have no rule")
  axes = call.layer.axes
  first, second = [axes] * 2 if isinstance(axes, int) else axes
  a, b = call.inputs
  first, second = first % len(a.axes), second % len(b.axes)
  outputs = [x for i, x in enumerate(a.axes) if i != first]
  outputs += [x for i, x in enumerate(b.axes) if i not in (0, second)]
  # Keras gives two vectors' product a side of 1.
  outputs += [None] * (len(call.output_shapes[0]) - len(outputs))
  return contracted(call, call.at(a, first), call.at(b, second), outputs)


def contracted(call: Call, a: Axis, b: Axis, outputs: Sequence) -> Rule:
  """Returns the rule of a product of two tensors, summed over one axis of each.

  Args:
    call: The call.
    a: The axis of the first tensor that is summed over.
    b: The axis of the second tensor that is summed over.
    outputs: The axes of the result.
  """
  call.tie(a, b)
  return Rule([tuple(outputs)], macs=[_product(call, outputs, a)])


def _product(call: Call, outputs: Sequence, summed: Axis) -> Product:
  """Returns the multiply-accumulates: one for each output and summed index."""
  shape = call.output_shapes[0]
  whole = [n for n, axis in zip(shape, outputs, strict=True) if axis is None]
  factor = call.positions((*whole, 1))
  return Product(factor, (*filter(None, outputs), summed))
