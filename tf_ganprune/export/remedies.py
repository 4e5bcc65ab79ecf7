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
"""Finds advice for an export without a right file, by trying alternatives."""

import tensorflow as tf

from tf_ganprune import compression
from tf_ganprune.export import (
  attempts,
  check,
  conversions,
  convert,
  culprit,
  prepare,
  targets,
  verify,
)
from tf_ganprune.keras_compat import keras

# In the order in which their files are small and fast.
_OTHERS = ("cpu-int8", "cpu-dynamic", "cpu-fp16", "cpu")


def advise(
  tried: list[attempts.Attempt],
  model: keras.Model,
  converted: conversions.Conversions,
  plan: targets.Target,
  reference: verify.Reference,
) -> str:
  """Returns advice for an export of which no file was right, in sentences.

  Args:
    tried: Attempts that all failed.
    model: The user's network, without wrappers.
    converted: The files of the network.
    plan: The target.
    reference: Samples, and Keras's outputs for them.
  """
  found = [
    _remedy(one.error, one.setting, converted) for one in tried if one.error
  ]
  found.append(other_target(plan, model, converted, reference))
  return " ".join(filter(None, dict.fromkeys(found)))


def _remedy(error, setting, converted) -> str:
  if isinstance(error, convert.ConversionError):
    return error.remedy
  if isinstance(error, verify.NotLoadedError):
    return _remedy_for_loading(converted.model, setting)
  model, numbers = converted.model, setting.numbers
  if name := culprit.random(model, converted.calibration[0]):
    return (
      f"Layer {name!r} gives other numbers each time it runs: draw them outside"
      " of the network, and pass them as an input."
    )
  if numbers.activations != tf.int8:
    return (
      "Export parts of the network, to find the layer that LiteRT computes"
      " differently."
    )
  if found := culprit.overflow(model, converted.calibration):
    return (
      f"Sample {found[1]} of those it is calibrated with makes {found[0]!r}"
      " give NaN or infinity: leave such samples out, or bound what that layer"
      " is given."
    )
  if converted.is_given:
    return (
      "The ranges are those of `representative_data`: leave out samples that"
      " are unlike what the network will see."
    )
  return "Pass inputs as the network will see them as `representative_data`."


def _remedy_for_loading(model, setting) -> str:
  name = culprit.not_loaded(model, setting)
  if name is None:
    return "LiteRT does not load what the converter made of its layers."
  return f"Use another layer or operation in place of {name!r}."


def other_target(
  plan: targets.Target,
  model: keras.Model,
  converted: conversions.Conversions,
  reference: verify.Reference,
) -> str:
  """Names another target that exports the network, in a sentence.

  The other targets are tried in turn until one makes a right file, those with a
  similar number format first.

  Args:
    plan: The target that does not take the network.
    model: The user's network, without wrappers.
    converted: The files that were made for that target.
    reference: Samples, and Keras's outputs for them.

  Returns:
    The sentence; the empty text if no other target makes a right file.
  """
  is_integer = _is_integer(plan)
  for name in _OTHERS if is_integer else reversed(_OTHERS):
    other = targets.get(name)
    if other != plan and _takes(other, model, converted, reference):
      return f"Target {name!r} takes it."
  return ""


def _takes(plan, model, converted, reference) -> bool:
  """Whether a target, with its own preparation, makes a right file."""
  if compression.is_quantized(model) and not _is_integer(plan):
    return False
  try:
    ready = prepare.with_replacements(model, plan)
  except ValueError:  # its own preparation refuses it
    return False
  ways = (
    [ready, ready.without_replacements()] if ready.is_rewritten else [ready]
  )
  return any(_is_right(one, plan, converted, reference) for one in ways)


def _is_right(ready, plan, converted, reference) -> bool:
  try:
    with conversions.saved(
      ready.converted,
      converted.calibration,
      converted.is_given,
      plan.lowerings,
      plan.graph_rewrites,
      ready.anywhere,
    ) as made:
      if any(one.refused for one in check.findings(made, plan)):
        return False
      tried = attempts.attempt(ready.model, made, plan, reference)
  except ValueError:  # it cannot be saved
    return False
  return any(one.content for one in tried)


def _is_integer(plan) -> bool:
  return plan.settings[0].numbers.activations == tf.int8
