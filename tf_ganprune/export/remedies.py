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
"""What to do where no file is right, found out rather than guessed."""

import tensorflow as tf

from tf_ganprune.export import (
  attempts,
  conversions,
  convert,
  culprit,
  targets,
  verify,
)

# In the order in which their files are small and fast.
_OTHERS = ("cpu-int8", "cpu-dynamic", "cpu-fp16", "cpu")


def of(
  tried: list[attempts.Attempt],
  converted: conversions.Conversions,
  plan: targets.Target,
  reference: verify.Reference,
) -> str:
  """Returns what to do, in sentences.

  Args:
    tried: Attempts that all failed.
    converted: Converts the network.
    plan: The target.
    reference: What Keras computes.
  """
  found = [
    _remedy(one.error, one.setting, converted, reference)
    for one in tried
    if one.error
  ]
  found.append(other_target(plan, converted, reference))
  return " ".join(filter(None, dict.fromkeys(found)))


def _remedy(error, setting, converted, reference) -> str:
  if isinstance(error, convert.ConversionError):
    return error.remedy
  model, numbers = converted.model, setting.numbers
  if name := culprit.random(model, reference.inputs[0]):
    return (
      f"Layer {name!r} gives other numbers each time it runs: draw them outside"
      " of the network, and pass them as an input."
    )
  if numbers.activations != tf.int8:
    return (
      "Look for the layer that LiteRT computes differently, by exporting parts"
      " of the network."
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


def other_target(
  plan: targets.Target,
  converted: conversions.Conversions,
  reference: verify.Reference,
) -> str:
  """Returns a sentence that names a target whose file is right, or nothing.

  The file is made to find out, of those with like numbers first.

  Args:
    plan: The target that does not take the network.
    converted: Converts the network.
    reference: What Keras computes.
  """
  is_integer = plan.settings[0].numbers.activations == tf.int8
  for name in _OTHERS if is_integer else reversed(_OTHERS):
    other = targets.get(name)
    setting = next(one for one in other.settings if not one.flag)
    if other == plan or _is_wrong(setting, converted, reference):
      continue
    return f"Target {name!r} takes it."
  return ""


def _is_wrong(setting, converted, reference) -> bool:
  try:
    content = converted.content(setting)
    verify.compare(content, reference, setting.numbers)
  except (convert.ConversionError, verify.WrongFileError):
    return True
  return False
