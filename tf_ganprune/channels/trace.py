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
"""The channels of a network's layers, found by applying their rules."""

import dataclasses
import functools
import itertools

import numpy as np
import tensorflow as tf

from tf_ganprune.channels import counting, nested_scales, rules, space
from tf_ganprune.channels.call import Axis, Call, Labelled, Rule, Weight
from tf_ganprune.channels.rules import ops, probed
from tf_ganprune.graphs import signatures, walks
from tf_ganprune.keras_compat import keras


@dataclasses.dataclass(frozen=True)
class Step:
  """A call of a layer, with its rule.

  Attributes:
    layer: The layer, never a nested network.
    rule: The changes of the layer when channels are removed.
    inputs: The call's inputs.
    output_shape: The shape of the first output, batch included.
  """

  layer: keras.layers.Layer
  rule: Rule
  inputs: list[Labelled]
  output_shape: tuple


class Trace:
  """A network's calls of layers, their rules, and its units of channels.

  Attributes:
    model: The network.
    steps: Every call of a layer, nested networks included, in order.
    inputs: The axes of each network's inputs, by the network's `id`.
    names: The paths of layers, by `id`.

  Example:
    >>> trace = Trace(generator)
    >>> trace.of(trace.steps[0].rule.outputs[0][-1])
  """

  def __init__(self, model: keras.Model, shapes: list | None = None):
    """Applies the rules to a network.

    Args:
      model: A functional or Sequential network.
      shapes: The input shapes at which to count, batch included; by default the
        network's own.

    Raises:
      ValueError: If the network is of another kind, or does not run at these
        shapes.
    """
    walks.check(model)
    self.model = model
    self.names = walks.names(model)
    self.steps: list[Step] = []
    self.inputs: dict[int, list[Labelled]] = {}
    self.nodes: dict[int, Step] = {}
    self._space = space.Space()
    self._memory: dict = {}
    self._shapes: dict[int, list] = {}
    shapes_ = shapes or [tuple(x.shape) for x in model.inputs]
    with signatures.running(model, shapes):
      self._shapes = nested_scales.shapes(model, shapes_)
    outputs = self._walk(model, [self._input(x) for x in shapes_])
    for labelled in outputs:
      self._fix(labelled, "they are the network's output")

  def _input(self, shape: tuple) -> Labelled:
    axes: list = [None] * len(shape)
    if len(shape) > 1 and shape[-1] is not None:
      axes[-1] = self._space.new(shape[-1])
    labelled = Labelled(shape, tuple(axes))
    self._fix(labelled, "they are the network's input")
    return labelled

  def fix(self, axis: Axis, reason: str) -> None:
    """Keeps all channels of an axis; call it before `reasons` is read."""
    self._space.fix(axis, reason)

  def _fix(self, labelled: Labelled, reason: str) -> None:
    for axis in labelled.axes:
      if axis is not None:
        self._space.fix(axis, reason)

  def _walk(self, model, inputs):
    self.inputs.setdefault(id(model), inputs)
    self._agree(("inputs", id(model)), [a for x in inputs for a in x.axes])
    return walks.walk(model, inputs, self._visit)

  def _nested(self, model, inputs):
    """Walks through a nested network, with the sizes of this call."""
    outside = self._shapes
    self._shapes = nested_scales.shapes(model, [x.shape for x in inputs])
    outputs = self._walk(model, inputs)
    self._shapes = outside
    return outputs

  def _agree(self, key, axes) -> None:
    """Ties axes to those of an earlier call of the same layer or network."""
    axes = [x if isinstance(x, Axis) else None for x in axes]
    first = self._memory.setdefault(key, axes)
    if first is axes:
      return
    for one, other in itertools.zip_longest(first, axes):
      if one is not None and other is not None and len(one) == len(other):
        self._space.tie(one, other)
        continue
      for axis in (one, other):
        if axis is not None:
          self._space.fix(axis, "another call of the layer has none of them")

  def _visit(self, layer, args, kwargs, node):
    if walks.is_nested(layer):
      outputs = self._nested(layer, walks.given(layer, args, kwargs))
      return tf.nest.pack_sequence_as(node.outputs, outputs)
    inputs = [
      x for x in tf.nest.flatten((args, kwargs)) if isinstance(x, Labelled)
    ]
    shapes = self._shapes.get(id(node))
    shapes = shapes or [tuple(x.shape) for x in tf.nest.flatten(node.outputs)]
    call = Call(layer, args, kwargs, inputs, shapes, self._space, self._memory)
    rule = counting.counted(_rule(call), call, node)
    self._remember(node, layer, rule, inputs, shapes)
    outputs = [
      Labelled(shape, axes)
      for shape, axes in zip(shapes, rule.outputs, strict=True)
    ]
    return tf.nest.pack_sequence_as(node.outputs, outputs)

  def _remember(self, node, layer, rule, inputs, shapes):
    for ref, weight in rule.weights.items():
      self._agree(ref, weight.axes)
    self._agree(("config", id(layer)), tf.nest.flatten(dict(rule.config)))
    step = Step(layer, rule, inputs, shapes[0])
    self.steps.append(step)
    self.nodes[id(node)] = step

  @functools.cached_property
  def units(self) -> np.ndarray:
    """The unit of each channel, int64 `[channels]`."""
    return self._space.units()

  @property
  def num_units(self) -> int:
    """The number of units, those that must stay included."""
    return int(self.units.max()) + 1 if len(self.units) else 0

  @functools.cached_property
  def reasons(self) -> dict[int, str]:
    """The reasons of units that must stay, by the units' numbers."""
    reasons: dict[int, str] = {}
    for channels, reason in self._space.fixed():
      for unit in np.unique(self.units[channels]):
        reasons.setdefault(int(unit), reason)
    return reasons

  def of(self, axis: Axis) -> np.ndarray:
    """Returns the unit at each index of an axis, int `[length]`."""
    return self.units[axis.channels]

  @functools.cached_property
  def weights(self) -> list[tuple[keras.layers.Layer, tf.Variable, Weight]]:
    """The weights that have channels, each once: (layer, variable, axes)."""
    found = {}
    for step in self.steps:
      for ref, weight in step.rule.weights.items():
        found.setdefault(ref, (step.layer, ref.deref(), weight))
    return list(found.values())

  @functools.cached_property
  def notes(self) -> list[str]:
    """The notes of all rules, each once."""
    return list(dict.fromkeys(n for s in self.steps for n in s.rule.notes))

  def check_can_shrink(self) -> None:
    """Raises if a layer is in a wrapper whose variables cannot shrink.

    Raises:
      ValueError: With the layer, and the function that removes the wrapper.
    """
    for step in self.steps:
      if step.rule.remedy:
        raise ValueError(
          f"Layer {step.layer.name!r} of {self.model.name!r} is in a wrapper"
          f" that keeps it from shrinking. Call {step.rule.remedy} first."
        )


def _rule(call: Call) -> Rule:
  layer = call.layer
  if type(layer).__name__ in ("TFOpLambda", "SlicingOpLambda"):
    return ops.rule(call)
  if (function := rules.find(layer)) is not None:
    return _checked(function(call), call)
  return probed.rule(
    call,
    f"{layer.name!r} is a {type(layer).__name__}, which has no rule; register"
    " one with tgp.channel_rule",
  )


def _checked(rule, call: Call) -> Rule:
  """Returns a layer's rule; one that keeps the layer whole if it does not fit.

  Raises:
    ValueError: If it is not a `Rule`, or has other outputs or weights than the
      layer.
  """
  layer = call.layer
  if not isinstance(rule, Rule):
    raise ValueError(
      f"The channel rule of {_described(layer)} must return a Rule, such as"
      f" call.rule(channels, weights); got {rule!r}."
    )
  if len(rule.outputs) != len(call.output_shapes):
    raise ValueError(
      f"The channel rule of {_described(layer)} has axes for"
      f" {len(rule.outputs)} outputs, and the layer has"
      f" {len(call.output_shapes)}; set `outputs` of the Rule."
    )
  for ref, weight in rule.weights.items():
    _check_weight(layer, ref, weight)
  if not all(map(_fit, rule.outputs, call.output_shapes)):
    return rules.whole(
      call, f"{layer.name!r} has outputs of other shapes than its rule says"
    )
  return rule


def _check_weight(layer, ref, weight) -> None:
  if not hasattr(ref, "deref"):
    raise ValueError(
      f"The channel rule of {_described(layer)} has the key {ref!r} in"
      " `weights`; use the variable's `ref()`."
    )
  variable = ref.deref()
  if not _fit(weight.axes, variable.shape):
    sides = [None if x is None else len(x) for x in weight.axes]
    raise ValueError(
      f"The channel rule of {_described(layer)} has axes of lengths {sides} for"
      f" {variable.name!r}, whose shape is {list(variable.shape)}; give an axis"
      " for each side, None where nothing is removed."
    )


def _fit(axes, shape) -> bool:
  """Returns whether axes have the rank and the lengths of a shape."""
  return len(axes) == len(shape) and all(
    axis is None or side in (None, len(axis))
    for axis, side in zip(axes, shape, strict=True)
  )


def _described(layer) -> str:
  return f"layer {layer.name!r} ({type(layer).__name__})"
