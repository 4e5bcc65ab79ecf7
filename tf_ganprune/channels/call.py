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
"""What a rule is told of a layer's call, and what it answers."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

from tf_ganprune.channels import space as spaces
from tf_ganprune.channels.space import Axis

Axes = tuple[Axis | None, ...]


@dataclasses.dataclass(frozen=True)
class Labelled:
  """A tensor of a network, in place of its numbers.

  Attributes:
    shape: Its static shape, batch included; None where it is not known.
    axes: The channels of each axis; None where nothing can be removed, as in
      the batch and in height and width.
  """

  shape: tuple[int | None, ...]
  axes: Axes


@dataclasses.dataclass(frozen=True)
class Weight:
  """What the axes of a weight are.

  Attributes:
    axes: As of `Labelled`.
    kind: `'kernel'`, `'bias'`, `'scale'` (of a normalization), `'slope'` (of
      an activation) or `'statistics'`.
    output: Which axis of a kernel counts what it produces.
  """

  axes: Axes
  kind: str
  output: int | None = None

  def produced(self) -> list[int]:
    """Returns which axes count channels that this weight has a part in making.

    Of a kernel that is its output, of other weights all that have channels.
    """
    places = [i for i, axis in enumerate(self.axes) if axis is not None]
    if self.kind == "kernel":
      return [i for i in places if i == self.output]
    return places


@dataclasses.dataclass(frozen=True)
class Product:
  """A number of multiply-accumulates: a factor times the lengths of axes.

  The factor is `nan` where a side of a tensor is not known.
  """

  factor: float
  axes: tuple[Axis, ...]


@dataclasses.dataclass(frozen=True)
class Rule:
  """What becomes of a layer when channels go.

  Attributes:
    outputs: The axes of each output.
    weights: By the weight's `ref()`; what is not named stays whole.
    config: Changes to the layer's config. An `Axis` in it stands for its
      length.
    macs: Multiply-accumulates of a call for one example.
    arguments: Replaces the call's (args, kwargs), where they have a shape in
      them; an `Axis` stands for its length.
    notes: What a reader should know.
    remedy: What to call first, if the layer has variables that cannot shrink.
    is_whole: Whether nothing is known of the layer, so that it stays as it is.
    doubt: Why `macs` are not exact, as a clause; empty if they are.
  """

  outputs: Sequence[Axes]
  weights: Mapping[Any, Weight] = dataclasses.field(default_factory=dict)
  config: Mapping[str, Any] = dataclasses.field(default_factory=dict)
  macs: Sequence[Product] = ()
  arguments: tuple[tuple, dict] | None = None
  notes: Sequence[str] = ()
  remedy: str = ""
  is_whole: bool = False
  doubt: str = ""


class Call:
  """A call of a layer, with what is known of its inputs' channels.

  Attributes:
    layer: The layer.
    args: Positional arguments, `Labelled` where Keras has tensors.
    kwargs: Keyword arguments, likewise.
    inputs: Every `Labelled` in them.
    output_shapes: The static shapes of the outputs, batch included.
    space: What ties and fixes channels.

  Example:
    A rule for a layer with a weight for each channel, see `tgp.channel_rule`:

    >>> @tgp.channel_rule(Scale)
    ... def scale(call):
    ...   channels = call.channels()
    ...   weights = {call.layer.scale.ref(): call.scale(channels)}
    ...   return call.rule(channels, weights)
  """

  def __init__(self, layer, args, kwargs, inputs, output_shapes, space, memory):
    self.layer = layer
    self.args, self.kwargs = args, kwargs
    self.inputs: list[Labelled] = inputs
    self.output_shapes = output_shapes
    self.space: spaces.Space = space
    self._memory = memory

  def inside(self, layer, inputs=None, output_shapes=None) -> "Call":
    """Returns the call of a layer that this layer is made of.

    Args:
      layer: The layer.
      inputs: What it takes; by default the same.
      output_shapes: Of what it gives; by default the same.
    """
    inputs = self.inputs if inputs is None else inputs
    return Call(
      layer,
      self.args,
      self.kwargs,
      inputs,
      output_shapes or self.output_shapes,
      self.space,
      self._memory,
    )

  def own(self, name: str, length: int) -> Axis:
    """Returns an axis of the layer's own, the same at each of its calls.

    Args:
      name: Of the axis, within the layer.
      length: How many channels.
    """
    key = (id(self.layer), name)
    if key not in self._memory:
      self._memory[key] = self.space.new(length)
    return self._memory[key]

  def channels(self, axis: int = -1, index: int = 0) -> Axis:
    """Returns an input's channels; those of its other axes stay.

    Args:
      axis: The channels' axis.
      index: Which of the inputs.
    """
    labelled = self.inputs[index]
    axis %= len(labelled.axes)
    for position, other in enumerate(labelled.axes):
      if other is not None and position != axis:
        self.fix(other, f"{self.layer.name!r} takes them for height or width")
    return self.at(labelled, axis)

  def at(self, labelled: Labelled, axis: int) -> Axis:
    """Returns the channels of an axis, all fixed if none of them can go."""
    found = labelled.axes[axis]
    if found is not None:
      return found
    length = labelled.shape[axis]
    if length is None:
      raise ValueError(
        f"Layer {self.layer.name!r} has an input of shape {labelled.shape},"
        " whose channels are not counted. Give the network's `Input` a shape."
      )
    fixed = self.space.new(length)
    self.fix(fixed, f"{self.layer.name!r} takes them from height or width")
    return fixed

  def tie(self, a: Axis, b: Axis) -> None:
    """Lets the channels of two axes stand or fall together."""
    self.space.tie(a, b)

  def fix(self, axis: Axis, reason: str) -> None:
    """Lets the channels of an axis stay; `reason` is a clause."""
    self.space.fix(axis, reason)

  def with_channels(self, channels: Axis | None, axis: int = -1) -> Axes:
    """Returns axes of the first output: its channels, and nothing else."""
    rank = len(self.output_shapes[0])
    axes: list[Axis | None] = [None] * rank
    axes[axis] = channels
    return tuple(axes)

  def positions(self, shape: Sequence[int | None], axis: int = -1) -> float:
    """Returns how many numbers of one example a channel has.

    Args:
      shape: Of an input or output, batch included.
      axis: The channels' axis.

    Returns:
      A whole number; `nan` if a side is not known.
    """
    axis %= len(shape)
    sides: list = [n for i, n in enumerate(shape) if i not in (0, axis)]
    return math.nan if None in sides else math.prod(sides)

  def scale(self, channels: Axis) -> Weight:
    """Returns a weight of one number a channel."""
    return Weight((channels,), "scale")

  def rule(self, channels: Axis, weights=None, config=None, **kwargs) -> Rule:
    """Returns a rule for a layer of one output with channels last.

    Args:
      channels: Of the output.
      weights: As of `Rule`.
      config: As of `Rule`.
      **kwargs: As of `Rule`.
    """
    outputs = [self.with_channels(channels)]
    return Rule(outputs, weights or {}, config or {}, **kwargs)
