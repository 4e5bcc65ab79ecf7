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
"""Checks a network against an export target, without writing a file."""

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
  """Finds layers that keep a network from running right and fast on a target.

  The network is converted in memory, after the replacements of layers that
  `export_tflite` makes for this target, and its operators are compared with
  those that the target takes. Nothing is run and no file is written. Without
  findings, `export_tflite` may still refuse the network: it runs the file.

  Args:
    model: A built network, pruned or not, of this package's Keras or of
      Keras 3. It is not changed.
    target: A name from `EXPORT_TARGETS`.
    input_shape: Sizes that the file takes, such as `(64, 64, 3)`, of a network
      that takes any; a list or a dict by name for several inputs.

  Returns:
    For each finding the layer, the reason and a remedy. Those that
    `export_tflite` refuses come first; others are advice.

  Raises:
    ValueError: If the network cannot be exported, whatever the target, or
      `target` is not in `EXPORT_TARGETS`.
  """
  return found_by(targets.get(target), model, input_shape)


def found_by(
  plan: targets.Target, model, input_shape=None
) -> list[finding.Finding]:
  """Runs `check_target` for a target that need not be in `EXPORT_TARGETS`.

  Args:
    plan: The target.
    model: As in `check_target`.
    input_shape: As in `check_target`.

  Returns:
    As in `check_target`.
  """
  model = keras3.as_tf_keras(model)
  shapes = signature.sized(model, input_shape)
  native.prepare()
  with prepare.prepared(model, plan, shapes) as ready:
    calibration = samples.draw(ready.converted, _CALIBRATED)
    try:
      with conversions.saved(
        ready.converted,
        calibration,
        lowerings=plan.lowerings,
        graph_rewrites=plan.graph_rewrites,
        anywhere=ready.anywhere,
      ) as converted:
        return findings(converted, plan)
    except stateless.StateError as error:
      return [finding.Finding(error.layer, error.reason, error.remedy)]


def findings(
  converted: conversions.Conversions, plan: targets.Target
) -> list[finding.Finding]:
  """Returns the findings on a network, those that are refused first.

  Args:
    converted: The files of the network.
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
  """Returns Keras's error for the inputs that were drawn, or the empty text."""
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
    "could not be checked, since its layers do not take the random inputs that"
    f" are drawn for it ({reason})",
    "Pass inputs as the network will see them as `representative_data` to"
    " tgp.export_tflite, which says then whether the target takes it.",
    refused=False,
  )
