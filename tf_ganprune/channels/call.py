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
"""The calls of layers that channel rules are given, and rules themselves."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

from tf_ganprune.channels import space as spaces
from tf_ganprune.channels.space import Axis

Axes = tuple[Axis | None, ...]


@dataclasses.dataclass(frozen=True)
class Labelled:
  """A symbolic tensor of a network: its shape, and the channels of its axes.

  Attributes:
    shape: The static shape, batch included; None for unknown sides.
    axes: The channels of each axis; None for an axis from which nothing can be
      removed, such as the batch, height and width.
  """

  shape: tuple[int | None, ...]
  axes: Axes


@dataclasses.dataclass(frozen=True)
class Weight:
  """The channels of a weight's axes, and the kind of the weight.

  Attributes:
    axes: As in `Labelled`.
    kind: `'kernel'`, `'bias'`, `'scale'` (of a normalization), `'slope'` (of
      an activation) or `'statistics'`.
    output: The index of a kernel's axis of output channels.
  """

  axes: Axes
  kind: str
  output: int | None = None

  def produced(self) -> list[int]:
    """Returns the indices of the axes whose channels this weight produces.

    For a kernel that is its output axis, for other weights all with channels.
    """
    places = [i for i, axis in enumerate(self.axes) if axis is not None]
    if self.kind == "kernel":
      return [i for i in places if i == self.output]
    return places


@dataclasses.dataclass(frozen=True)
class Product:
  """A number of multiply-accumulates: a factor times the lengths of axes.

  The factor is `nan` if a side of a tensor is unknown.
  """

  factor: float
  axes: tuple[Axis, ...]


@dataclasses.dataclass(frozen=True)
class Rule:
  """The changes of a layer whose channels are removed.

  Attributes:
    outputs: The axes of each output.
    weights: The axes of weights, by the variable's `ref()`; weights that are
      not in it stay whole.
    config: Changes to the layer's config. An `Axis` in it stands for its
      length.
    macs: The multiply-accumulates of a call for one example.
    arguments: The new (args, kwargs) of the call, if they contain a shape; an
      `Axis` stands for its length.
    notes: Remarks for the user.
    remedy: The function to call first if the layer has variables that cannot
      shrink, such as `'tgp.strip_pruning'`.
    is_whole: Whether the layer has no rule and stays as it is.
    doubt: The reason why `macs` are not exact, as a clause; empty if they are.
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
  """A call of a layer, with the channels of its inputs: a rule's argument.

  Attributes:
    layer: The layer.
    args: Positional arguments, `Labelled` where Keras has tensors.
    kwargs: Keyword arguments, `Labelled` where Keras has tensors.
    inputs: Every `Labelled` in `args` and `kwargs`.
    output_shapes: The static shapes of the outputs, batch included.
    space: The network's channels, with their ties.

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
    """Returns the call of a layer inside this one, for the inner layer's rule.

    Args:
      layer: The inner layer.
      inputs: Its inputs; by default those of this call.
      output_shapes: Its output shapes; by default those of this call.
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
    """Returns an axis of new channels, such as a layer's filters.

    It is the same axis at each call of the layer.

    Args:
      name: The name of the axis, unique within the layer.
      length: The number of channels.
    """
    key = (id(self.layer), name)
    if key not in self._memory:
      self._memory[key] = self.space.new(length)
    return self._memory[key]

  def channels(self, axis: int = -1, index: int = 0) -> Axis:
    """Returns the channels of an input, and fixes those of its other axes.

    Args:
      axis: The index of the channels' axis.
      index: The index of the input.
    """
    labelled = self.inputs[index]
    axis %= len(labelled.axes)
    for position, other in enumerate(labelled.axes):
      if other is not None and position != axis:
        self.fix(other, f"{self.layer.name!r} takes them for height or width")
    return self.at(labelled, axis)

  def at(self, labelled: Labelled, axis: int) -> Axis:
    """Returns the channels of an axis; fixed ones if the axis has none.

    Args:
      labelled: A tensor.
      axis: The index of the axis.

    Raises:
      ValueError: If the length of the axis is unknown.
    """
    found = labelled.axes[axis]
    if found is not None:
      return found
    length = labelled.shape[axis]
    if length is None:
      raise ValueError(
        f"Layer {self.layer.name!r} has an input of shape {labelled.shape},"
        " whose number of channels is unknown. Give the network's `Input` a"
        " shape with channels."
      )
    fixed = self.space.new(length)
    self.fix(fixed, f"{self.layer.name!r} takes them from height or width")
    return fixed

  def tie(self, a: Axis, b: Axis) -> None:
    """Ties two axes: channels at the same index are removed together."""
    self.space.tie(a, b)

  def fix(self, axis: Axis, reason: str) -> None:
    """Keeps all channels of an axis; `reason` is a clause that says why."""
    self.space.fix(axis, reason)

  def with_channels(self, channels: Axis | None, axis: int = -1) -> Axes:
    """Returns the axes of the first output, with channels on one axis only."""
    rank = len(self.output_shapes[0])
    axes: list[Axis | None] = [None] * rank
    axes[axis] = channels
    return tuple(axes)

  def positions(self, shape: Sequence[int | None], axis: int = -1) -> float:
    """Returns the number of elements of one channel of one example.

    Args:
      shape: The shape of an input or output, batch included.
      axis: The index of the channels' axis.

    Returns:
      A whole number; `nan` if a side is unknown.
    """
    axis %= len(shape)
    sides: list = [n for i, n in enumerate(shape) if i not in (0, axis)]
    return math.nan if None in sides else math.prod(sides)

  def scale(self, channels: Axis) -> Weight:
    """Returns a weight of kind `'scale'`, with one number for each channel."""
    return Weight((channels,), "scale")

  def rule(self, channels: Axis, weights=None, config=None, **kwargs) -> Rule:
    """Returns a rule for a layer with one output whose last axis is channels.

    Args:
      channels: The channels of the output.
      weights: As in `Rule`.
      config: As in `Rule`.
      **kwargs: Other attributes of `Rule`.
    """
    outputs = [self.with_channels(channels)]
    return Rule(outputs, weights or {}, config or {}, **kwargs)
