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
"""Rules of layers that reshape or transpose a tensor."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tf_ganprune.channels.call import Axis, Call, Labelled, Rule
from tf_ganprune.channels.rules import rule_lookup
from tf_ganprune.keras_compat import keras

_layers = keras.layers


@rule_lookup.channel_rule(_layers.Reshape)
def reshape(call: Call) -> Rule:
  """Rule of a Reshape; see `reshaped`."""
  axes = reshaped(call, call.inputs[0], call.output_shapes[0])
  target = call.layer.target_shape
  lengths = [
    length if axis is None or length == -1 else axis
    for axis, length in zip(axes[1:], target, strict=True)
  ]
  return Rule([axes], config={"target_shape": tuple(lengths)})


@rule_lookup.channel_rule(_layers.Flatten)
def flatten(call: Call) -> Rule:
  """Rule of a Flatten, after which each channel is repeated for each pixel."""
  if call.layer.data_format == "channels_first":
    return rule_lookup.whole(call, "a Flatten of `channels_first` has no rule")
  given, shape = call.inputs[0], call.output_shapes[0]
  if len(given.shape) == 1:
    return Rule([(None, None)])
  return Rule([reshaped(call, given, shape)])


@rule_lookup.channel_rule(_layers.Permute)
def permute(call: Call) -> Rule:
  """Rule of a Permute: the same axes in another order."""
  axes = call.inputs[0].axes
  return Rule([(axes[0], *(axes[i] for i in call.layer.dims))])


@rule_lookup.channel_rule(_layers.RepeatVector)
def repeat_vector(call: Call) -> Rule:
  """Rule of a RepeatVector: the same channels at each of n steps."""
  return call.rule(call.channels())


def reshaped(call: Call, given: Labelled, shape: Sequence[int | None]):
  """Returns the axes of a tensor after a reshape.

  Channels that get the same index of the new channel axis are tied, such as the
  units of a Dense layer that become the pixels of one channel.

  Args:
    call: The call.
    given: The tensor.
    shape: The new shape, batch included.
  """
  outputs: list[Axis | None] = [None] * len(shape)
  waiting = {i for i, axis in enumerate(given.axes) if axis is not None}
  axes: Sequence[Any] = given.axes
  for ours, theirs in _segments(given.shape, shape):
    labelled = waiting.intersection(ours)
    sides = [given.shape[i] for i in ours], [shape[i] for i in theirs]
    if len(labelled) == 1 and _same_size(*sides):
      (place,) = labelled
      axis, target = _split(call, axes[place], ours.index(place), *sides)
      outputs[theirs[target]] = axis
      waiting -= labelled
  for i in waiting:
    call.fix(axes[i], f"{call.layer.name!r} mixes them with others")
  return tuple(outputs)


def _same_size(a, b) -> bool:
  """Returns whether two lists of sides are known and have equal products."""
  return None not in (*a, *b) and math.prod(a) == math.prod(b)


def _segments(a, b):
  """Yields pairs of the shortest runs of axes with the same number of elements.

  They are lists of indices, of shape `a` and of shape `b`, from the end on.
  """
  i, j = len(a), len(b)
  while i > 1 and j > 1:
    ours, theirs = [i - 1], [j - 1]
    while True:
      sizes = [_size(a, ours), _size(b, theirs)]
      if sizes[0] == sizes[1] and None not in sizes:
        break
      if None in sizes or (ours[0] == 1 and theirs[0] == 1):
        ours, theirs = list(range(1, ours[-1] + 1)), list(range(1, j))
        break
      grow = ours if sizes[0] < sizes[1] else theirs
      if grow[0] == 1:
        grow = theirs if grow is ours else ours
      grow.insert(0, grow[0] - 1)
    yield ours, theirs
    i, j = ours[0], theirs[0]


def _size(shape, axes) -> int | None:
  sides = [shape[i] for i in axes]
  return None if None in sides else math.prod(sides)


def _split(call: Call, axis: Axis, place: int, before, after):
  """Returns the new axis of an old one's channels, and its index."""
  sides = [1] * len(before)
  sides[place] = -1
  channels = np.broadcast_to(axis.channels.reshape(sides), before)
  channels = channels.reshape(after)
  targets = [
    place
    for place, rows in enumerate(map(_rows(channels), range(len(after))))
    if len(rows) > 1 and np.all(rows == rows[:, :1])
  ]
  target = targets[-1] if targets else _longest_last(after)
  rows = _rows(channels)(target)
  if not targets:
    call.space.tie_channels(rows[:, :1], rows)
  return Axis(rows[:, 0]), target


def _rows(channels):
  """Returns a function from an axis to an array with a row for each index."""

  def rows(axis):
    return np.moveaxis(channels, axis, 0).reshape(channels.shape[axis], -1)

  return rows


def _longest_last(sides) -> int:
  """Returns the last axis that is longer than 1, else the last one."""
  places = [place for place, side in enumerate(sides) if side > 1]
  return places[-1] if places else len(sides) - 1
