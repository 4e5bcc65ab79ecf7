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
"""Hands the gradients of losses to the importances that need them."""

from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune import replicas
from tf_ganprune.sparsity.schedules import dynamic
from tf_ganprune.sparsity.training import graph_conditionals
from tf_ganprune.sparsity.wrapping import wrapper


def gather(
  layers: Sequence[wrapper.PruneLowMagnitude],
  gradients: Sequence,
  variables: Sequence[tf.Variable],
  applies=True,
  is_summed: bool = False,
) -> list[wrapper.PruneLowMagnitude]:
  """Lets pruned layers gather from gradients, before the optimizer's update.

  Call it where the optimizer is called: in a replica, if there are several.

  Args:
    layers: Pruned layers, whatever their importance.
    gradients: Of a loss; None where there is none.
    variables: Whose gradients these are, of these layers or others.
    applies: Whether the optimizer will make the update, a scalar: nothing is
      gathered from one that it skips.
    is_summed: Whether the gradients were summed over replicas.

  Returns:
    The layers that were given some.
  """
  needing = needing_gradients(layers)
  wanted = {w.ref() for one in needing for w, _, _ in one.pruning_vars}
  given = {}
  for gradient, variable in zip(gradients, variables, strict=True):
    if gradient is not None and variable.ref() in wanted:
      dense = tf.convert_to_tensor(gradient)
      given[variable.ref()] = dense if is_summed else replicas.summed(dense)
  return [one for one in needing if _hand(one, given, applies)]


def needing_gradients(layers) -> list[wrapper.PruneLowMagnitude]:
  """Returns the layers that are pruned, or grown, by gradients."""
  return [one for one in layers if one.gatherer().needs_gradients]


def _hand(layer, given: dict, applies) -> bool:
  """Hands gradients to a layer's slots; returns whether there were any."""
  slots = zip(layer.slots, layer.pruning_vars, strict=True)
  entries = [
    (slot, weight, threshold, layer.pruning_step)
    for slot, (weight, _, threshold) in slots
    if weight.ref() in given
  ]
  for entry in entries:
    gradient = given[entry[1].ref()]
    update = _update_of(layer.gatherer())
    replicas.update([entry], update, gradient, applies)
  return bool(entries)


def _update_of(rule):
  """Returns a function that lets a slot gather, on one replica."""

  def update(slot, weight, threshold, step, gradient, applies):
    def accumulate():
      before = tf.convert_to_tensor(slot)
      of_one = (tf.cast(x, slot.dtype) for x in (weight, gradient))
      after = rule.accumulate(before, *of_one)
      if applies is not True:
        after = tf.where(applies, after, before)
      slot.assign(after)

    is_time = _is_time(rule, threshold, step)
    if is_time is True:
      accumulate()
    else:
      graph_conditionals.run(is_time, accumulate)

  return update


def _is_time(rule, threshold, step):
  """Returns whether what is gathered now will be used."""
  if isinstance(rule, dynamic.DynamicSparsity):
    return rule.gathers_at(step)
  # A threshold above 0 says that there was a mask update.
  return tf.equal(threshold, 0) if rule.gathers_once else True


def missing_gradients(layer) -> ValueError:
  """Returns the error for a layer that no loss gives a gradient.

  Args:
    layer: A pruning wrapper.
  """
  rule = layer.gatherer()
  name, other = f"`importance={layer.importance.kind or rule!r}`", "importance"
  if layer.is_dynamic():
    name, other = type(rule).__name__, "schedule"
  instead = {"importance": "'magnitude'", "schedule": "tgp.SET"}[other]
  return ValueError(
    f"Layer {layer.layer.name!r} is pruned by {name}, which needs"
    " gradients, and nobody trains it: no update of an optimizer was seen that"
    " had a gradient of its weights. Train the network that it is in (unfreeze"
    " it before `fit`; a teacher needs `t_optimizer`; a loop of your own calls"
    " `pruner.gather(zip(gradients, variables))` before `apply_gradients`), or"
    f" take another {other}, such as {instead}."
  )
