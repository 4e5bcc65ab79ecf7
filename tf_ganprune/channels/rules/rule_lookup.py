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
"""Registers channel rules, and finds the rule of a layer by its class."""

from collections.abc import Callable

from tf_ganprune.channels.call import Call, Rule
from tf_ganprune.keras_compat import keras

_DESCRIPTORS = (classmethod, property, staticmethod)
RuleFunction = Callable[[Call], Rule]
_RULES: dict[type, RuleFunction] = {}
_INHERITED: set[type] = set()
# Methods that a derived class may override and keep the rule.
_HARMLESS = {
  "__init__",
  "compute_mask",
  "compute_output_shape",
  "compute_output_signature",
  "from_config",
  "get_config",
}


def channel_rule(
  *classes: type[keras.layers.Layer],
  inherited: bool = False,
) -> Callable[[RuleFunction], RuleFunction]:
  """Registers the rule by which layers of a class shrink; a decorator.

  `tgp.prune_channels` applies it. The decorated function takes a `Call` and
  returns a `Rule`. Derived classes inherit the rule, unless they override
  `call`, `build` or another method that computes, such as `convolution_op`.

  Args:
    *classes: Layer classes.
    inherited: Whether derived classes that override such methods inherit the
      rule as well.

  Returns:
    A decorator.

  Example:
    >>> @tgp.channel_rule(Scale)
    ... def scale(call):
    ...   channels = call.channels()
    ...   weights = {call.layer.scale.ref(): call.scale(channels)}
    ...   return call.rule(channels, weights)
  """
  if not classes:
    raise ValueError(
      "`channel_rule` needs the class of a layer: @tgp.channel_rule(MyLayer)."
    )
  for cls in classes:
    if not (isinstance(cls, type) and issubclass(cls, keras.layers.Layer)):
      raise ValueError(
        f"`channel_rule` takes layer classes of tgp.keras; got {cls!r}."
      )

  def register(function: RuleFunction) -> RuleFunction:
    _RULES.update(dict.fromkeys(classes, function))
    _INHERITED.update(classes if inherited else ())
    return function

  return register


def find(layer: keras.layers.Layer) -> RuleFunction | None:
  """Returns the rule function of a layer's class, or None."""
  for cls in type(layer).__mro__:
    if cls in _RULES:
      return _RULES[cls]
    if _overrides(cls) and _INHERITED.isdisjoint(cls.__mro__):
      return None  # it may do anything with its channels
  return None


def _overrides(cls: type) -> bool:
  """Returns whether a class overrides a method that computes."""
  bases = [x for x in cls.__mro__[1:] if issubclass(x, keras.layers.Layer)]
  known = set().union(*map(vars, bases)) - _HARMLESS
  return any(
    name in known and (callable(value) or isinstance(value, _DESCRIPTORS))
    for name, value in vars(cls).items()
  )


def whole(call: Call, reason: str) -> Rule:
  """Returns a rule that keeps all channels of a layer's inputs and outputs.

  Args:
    call: The layer's call.
    reason: The reason, a clause.
  """
  for labelled in call.inputs:
    for axis in labelled.axes:
      if axis is not None:
        call.fix(axis, reason)
  outputs = []
  for shape in call.output_shapes:
    axes: list = [None] * len(shape)
    if shape and len(shape) > 1 and shape[-1] is not None:
      axes[-1] = call.space.new(shape[-1])
      call.fix(axes[-1], reason)
    outputs.append(tuple(axes))
  notes = [f"{call.layer.name!r} is left whole: {reason}"]
  return Rule(outputs, notes=notes, is_whole=True)
