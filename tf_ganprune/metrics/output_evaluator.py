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
"""Scores of a network's outputs by a function of one's own."""

from collections.abc import Callable, Mapping

import numpy as np

from tf_ganprune import array_types

# Of outputs and inputs, each one array `[n, ...]`, or by name if there are
# several of them.
Function = Callable[..., Mapping[str, float]]


class OutputEvaluator:
  """Measures what a network makes of its inputs, by a function.

  `tgp.export_tflite(evaluator=)` takes it where `tgp.metrics.Evaluator`, which
  compares sets of images, is not what a network is judged by: a classifier by
  its accuracy, a network that changes images by their targets.

  Example:
    >>> def right(logits, _):
    ...   return {"accuracy": np.mean(logits.argmax(1) == labels)}
    >>> accuracy = tgp.metrics.OutputEvaluator(right, test_images)
    >>> report = tgp.export_tflite(
    ...   classifier, "c.tflite", "cpu-int8", train_images, accuracy)
    >>> print(report.scores, report.keras_scores)

  Attributes:
    inputs: What the network is run on; None for what it is exported with.
  """

  def __init__(
    self, function: Function, inputs: array_types.Arrays | None = None
  ):
    """Stores the function and its inputs.

    Args:
      function: A function of the network's outputs and of its inputs, each an
        array `[n, ...]`, or a dict of them by name if there are several. It
        returns numbers by their names.
      inputs: One array `[n, ...]`, or a list or dict of arrays, one for each
        input. All of them are used, one by one in a file. By default those that
        the network is exported with: `representative_data`, or 1,000 that are
        drawn.

    Raises:
      ValueError: If `function` cannot be called.
    """
    if not callable(function):
      raise ValueError(
        "`function` must be a function of outputs and inputs that returns"
        f" numbers by name; got {function!r}."
      )
    self._function, self.inputs = function, inputs

  def evaluate(
    self, outputs: array_types.Arrays, inputs: array_types.Arrays
  ) -> dict[str, float]:
    """Returns the scores of outputs by name.

    Args:
      outputs: An array `[n, ...]`, or a dict of them.
      inputs: As well, of as many.

    Raises:
      ValueError: If the function does not return finite numbers by name.
    """
    found = self._function(outputs, inputs)
    if not isinstance(found, Mapping) or not found:
      raise ValueError(
        "`function` must return a dict of numbers by name, such as"
        f" {{'accuracy': 0.9}}; got {found!r}."
      )
    return {str(name): _number(name, value) for name, value in found.items()}


def _number(name, value) -> float:
  try:
    number = float(np.asarray(value))
  except (TypeError, ValueError):
    number = float("nan")
  if not np.isfinite(number):
    raise ValueError(
      f"`function` must return a finite number for {name!r}; got {value!r}."
    )
  return number
