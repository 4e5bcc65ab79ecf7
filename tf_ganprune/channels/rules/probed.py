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
"""Finds a rule for layers without one, by running them on numbers."""

import tensorflow as tf

from tf_ganprune.channels.call import Call, Labelled, Rule
from tf_ganprune.channels.rules import probing, rule_lookup


def rule(call: Call, reason: str) -> Rule:
  """Returns a rule that passes channels on, if the layer does not mix them.

  The layer is run on random numbers. A layer with weights, several inputs or
  outputs, or arrays among its arguments stays whole.

  Args:
    call: The call of a layer that has no rule.
    reason: The reason why it stays whole otherwise, a clause.
  """
  if not _can_be_tried(call) or not probing.keeps_apart(
    lambda x: _run(call, x), call.inputs[0].shape, _dtype(call)
  ):
    return rule_lookup.whole(call, reason)
  return Rule([call.with_channels(call.channels())])


def _can_be_tried(call: Call) -> bool:
  if len(call.inputs) != 1 or len(call.output_shapes) != 1:
    return False
  before, after = call.inputs[0].shape, call.output_shapes[0]
  alike = len(before) > 1 and len(after) > 1 and before[-1] == after[-1]
  others = tf.nest.flatten((call.args, call.kwargs))
  has_arrays = any(hasattr(x, "shape") for x in others if x is not _one(call))
  return alike and not call.layer.weights and not has_arrays


def _one(call: Call) -> Labelled:
  return call.inputs[0]


def _run(call: Call, numbers):
  args, kwargs = tf.nest.map_structure(
    lambda x: numbers if x is _one(call) else x, (call.args, call.kwargs)
  )
  # Not `__call__`, which would record the widths and shapes that are tried.
  return call.layer.call(*args, **kwargs)


def _dtype(call: Call) -> str:
  return call.layer.compute_dtype or "float32"
