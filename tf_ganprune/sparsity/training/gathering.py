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
"""Passes the gradients of losses to the importances that need them."""

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
  """Adds gradients to the slots of pruned layers whose importance needs them.

  Call it before the optimizer's update, where the optimizer is called: in a
  replica, if there are several.

  Args:
    layers: Pruned layers, whatever their importance.
    gradients: The gradients of a loss; None where there is none.
    variables: The variables that the gradients belong to, of these layers or
      others.
    applies: Whether the optimizer will make the update, a boolean scalar. The
      gradients of an update that it skips are ignored.
    is_summed: Whether the gradients were summed over replicas.

  Returns:
    The layers that received a gradient.
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
  """Returns the layers whose importance or schedule uses gradients."""
  return [one for one in layers if one.gatherer().needs_gradients]


def _hand(layer, given: dict, applies) -> bool:
  """Adds gradients to a layer's slots; returns whether there were any."""
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
  """Returns a function that adds a gradient to a slot, on one replica."""

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
  """Returns whether a gradient of this update will be used for a mask."""
  if isinstance(rule, dynamic.DynamicSparsity):
    return rule.gathers_at(step)
  # A threshold above 0 says that there was a mask update.
  return tf.equal(threshold, 0) if rule.gathers_once else True


def missing_gradients(layer) -> ValueError:
  """Returns the error for a layer that needs gradients and received none.

  Args:
    layer: A pruning wrapper.
  """
  rule = layer.gatherer()
  name, other = f"`importance={layer.importance.kind or rule!r}`", "importance"
  if layer.is_dynamic():
    name, other = type(rule).__name__, "schedule"
  instead = {"importance": "'magnitude'", "schedule": "tgp.SET"}[other]
  return ValueError(
    f"Layer {layer.layer.name!r} is pruned by {name}, which needs gradients,"
    " but no optimizer update with a gradient of its weights was seen. Train"
    " the network that it is in (unfreeze it before `fit`; a teacher needs"
    " `t_optimizer`; in a loop of your own, call"
    " `pruner.gather(zip(gradients, variables))` before `apply_gradients`), or"
    f" use another {other}, such as {instead}."
  )
