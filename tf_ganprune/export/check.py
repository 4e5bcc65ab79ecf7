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
"""Says what stands between a network and a target, without exporting."""

import tensorflow as tf

from tf_ganprune import array_types, keras3, keras_errors
from tf_ganprune.export import (
  conversions,
  convert,
  finding,
  native,
  prepare,
  samples,
  signature,
  stateless,
  targets,
)
from tf_ganprune.keras_compat import keras

# Rules look at types and zeros, not at ranges.
_CALIBRATED = 4


def check_target(
  model: keras.Model,
  target: str = "cpu",
  input_shape: array_types.InputShape | None = None,
) -> list[finding.Finding]:
  """Finds what keeps a network from running right and fast on a target.

  The network is converted in memory, with what `export_tflite` would put right
  put right, and its operators are compared with what the target takes. Nothing
  is run and no file is written. Without findings, `export_tflite` may still
  refuse a file: it runs it.

  Args:
    model: A network, pruned or not, that is built, or one of Keras 3. It is
      not changed.
    target: A name from `EXPORT_TARGETS`.
    input_shape: Sizes that the file takes, such as `(64, 64, 3)`, of a network
      that takes any; a list or a dict by name for several inputs.

  Returns:
    For each finding the layer, the reason and a remedy. Those that
    `export_tflite` refuses come first; others are advice.

  Raises:
    ValueError: If the network or the target is none of that.
  """
  return found_by(targets.get(target), model, input_shape)


def found_by(
  plan: targets.Target, model, input_shape=None
) -> list[finding.Finding]:
  """Returns what `check_target` does, for a target that may have no name.

  Args:
    plan: The target.
    model: As of `check_target`.
    input_shape: As of `check_target`.
  """
  model = keras3.as_tf_keras(model)
  shapes = signature.sized(model, input_shape)
  native.prepare()
  with prepare.prepared(model, plan, shapes) as ready:
    calibration = samples.draw(ready.converted, _CALIBRATED)
    try:
      with conversions.of(
        ready.converted,
        calibration,
        lowerings=plan.lowerings,
        scales_squares=plan.scales_squares,
        anywhere=ready.anywhere,
      ) as converted:
        return findings(converted, plan)
    except stateless.StateError as error:
      return [finding.Finding(error.layer, error.reason, error.remedy)]


def findings(
  converted: conversions.Conversions, plan: targets.Target
) -> list[finding.Finding]:
  """Returns the findings on a network, the worst first.

  Args:
    converted: The network.
    plan: The target.
  """
  try:
    found = converted.findings(plan)
  except convert.ConversionError as error:
    if not error.places and (reason := _not_run(converted)):
      return [_unknown(converted.model, reason)]
    return [
      finding.Finding(
        error.layer or converted.model.name,
        f"does not convert to {plan.settings[0].numbers.name} ({error})",
        error.remedy,
      )
    ]
  # An operator that occurs twice in a layer is one finding.
  return sorted(dict.fromkeys(found), key=lambda one: not one.refused)


def _not_run(converted: conversions.Conversions) -> str:
  """Returns why Keras itself does not run what was drawn; else nothing."""
  if converted.is_given:
    return ""
  try:
    for sample in converted.calibration:
      signature.call(converted.model, sample)
  except tf.errors.OpError as error:
    return keras_errors.short(error)
  return ""


def _unknown(model, reason: str) -> finding.Finding:
  return finding.Finding(
    model.name,
    "was not looked at, since its layers do not take the inputs that are drawn"
    f" where it is not known what an input means ({reason})",
    "Pass inputs as the network will see them as `representative_data` to"
    " tgp.export_tflite, which says then whether the target takes it.",
    refused=False,
  )
