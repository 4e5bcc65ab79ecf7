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
"""Rules of layers that wrap another layer."""

import dataclasses
import math

from tensorflow_model_optimization.python.core.sparsity.keras import (
  pruning_wrapper,
)

from tf_ganprune.channels.call import Call, Labelled, Rule, Weight
from tf_ganprune.channels.rules import rule_lookup
from tf_ganprune.keras_compat import keras


@rule_lookup.channel_rule(keras.layers.SpectralNormalization)
def spectral_normalization(call: Call) -> Rule:
  """Rule of a SpectralNormalization: that of the layer inside.

  `vector_u` has the kernel's last axis.
  """
  kernel = call.layer.kernel
  rule = _inside(call)
  if kernel.ref() not in rule.weights:
    return rule
  axes = (None, rule.weights[kernel.ref()].axes[-1])
  weights = {
    **rule.weights,
    call.layer.vector_u.ref(): Weight(axes, "statistics"),
  }
  return dataclasses.replace(rule, weights=weights)


@rule_lookup.channel_rule(keras.layers.TimeDistributed)
def time_distributed(call: Call) -> Rule:
  """Rule of a TimeDistributed: that of the layer inside, for each step."""

  def one_step(labelled):
    return Labelled(
      (labelled.shape[0], *labelled.shape[2:]),
      (labelled.axes[0], *labelled.axes[2:]),
    )

  steps = call.inputs[0].shape[1]
  shapes = [(shape[0], *shape[2:]) for shape in call.output_shapes]
  rule = _inside(call, [one_step(x) for x in call.inputs], shapes)
  outputs = [(axes[0], None, *axes[1:]) for axes in rule.outputs]
  macs = [
    dataclasses.replace(product, factor=product.factor * (steps or math.nan))
    for product in rule.macs
  ]
  return dataclasses.replace(rule, outputs=outputs, macs=macs)


@rule_lookup.channel_rule(pruning_wrapper.PruneLowMagnitude, inherited=True)
def pruned(call: Call) -> Rule:
  """Rule of a pruning wrapper: it must be stripped first, as masks stay."""
  return must_be_stripped(call, "pruned", "tgp.strip_pruning")


def must_be_stripped(call: Call, state: str, remedy: str) -> Rule:
  """Returns the rule of a wrapper whose variables cannot shrink.

  Args:
    call: The wrapper's call.
    state: A word for the wrapped layer, such as 'pruned'.
    remedy: The name of the function that removes the wrapper.
  """
  rule, reason = _inside(call), f"it is {state}: call {remedy} first"
  for weight in rule.weights.values():
    for axis in weight.axes:
      if axis is not None:
        call.fix(axis, reason)
  return Rule(
    rule.outputs,
    macs=rule.macs,
    notes=[reason],
    remedy=remedy,
    is_whole=rule.is_whole,
  )


def _inside(call: Call, inputs=None, shapes=None) -> Rule:
  """Returns the inner layer's rule, with its config nested in the wrapper's."""
  inner = call.layer.layer
  function = rule_lookup.find(inner)
  if function is None:
    return rule_lookup.whole(
      call, f"it is around a {type(inner).__name__}, which has no rule"
    )
  rule = function(call.inside(inner, inputs, shapes))
  return dataclasses.replace(rule, config={"layer": {"config": rule.config}})
