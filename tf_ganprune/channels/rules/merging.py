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
"""Layers that combine several tensors."""

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
  """Numbers at the same place are combined; sides of 1 are broadcast."""
  tensors = operands((call.args, call.kwargs))
  return Rule([broadcast(call, tensors, len(call.output_shapes[0]))])


def operands(arguments) -> list[Labelled]:
  """Returns tensors and arrays in the order in which a call has them.

  Args:
    arguments: Of the call, nested. No axis of an array can shrink.
  """
  return [
    x if isinstance(x, Labelled) else fixed(x.shape)
    for x in tf.nest.flatten(arguments)
    if isinstance(x, Labelled) or hasattr(x, "dtype")
  ]


def fixed(shape) -> Labelled:
  """Returns what stands for an array, none of whose axes can shrink."""
  return Labelled(tuple(shape), (None,) * len(shape))


def broadcast(call: Call, tensors: Sequence[Labelled], rank: int) -> Axes:
  """Ties the axes that are aligned, from the last one on.

  Args:
    call: The call.
    tensors: What is combined.
    rank: Of the result.

  Returns:
    The axes of the result.
  """
  axes: list[Axis | None] = [None] * rank
  for position in range(1, rank + 1):
    here = [x for x in tensors if len(x.shape) >= position]
    axes[-position] = _combined(call, here, -position)
  return tuple(axes)


def _combined(call: Call, tensors, position) -> Axis | None:
  """Returns one axis for those of several tensors at a position."""
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
      call.fix(first, f"{call.layer.name!r} combines them with what stays")
    elif x is not labelled[0]:
      call.tie(first, x.axes[position])
  return first


@rule_lookup.channel_rule(_layers.Concatenate)
def concatenate(call: Call) -> Rule:
  """Channels one after the other."""
  tensors = operands((call.args, call.kwargs))
  return Rule([joined(call, tensors, call.layer.axis)])


def joined(call: Call, tensors: Sequence[Labelled], axis: int) -> Axes:
  """Returns the axes of tensors that are joined along one of them.

  Args:
    call: The call.
    tensors: What is joined.
    axis: Along which axis.
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
  """The axis that is summed over is tied, the others go on."""
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
  """Sums products over an axis of one tensor and an axis of another.

  Args:
    call: The call.
    a: The axis of the one.
    b: The axis of the other.
    outputs: The axes of the result.
  """
  call.tie(a, b)
  return Rule([tuple(outputs)], macs=[_product(call, outputs, a)])


def _product(call: Call, outputs: Sequence, summed: Axis) -> Product:
  """Returns a product for each output, for each of what is summed over."""
  shape = call.output_shapes[0]
  whole = [n for n, axis in zip(shape, outputs, strict=True) if axis is None]
  factor = call.positions((*whole, 1))
  return Product(factor, (*filter(None, outputs), summed))
