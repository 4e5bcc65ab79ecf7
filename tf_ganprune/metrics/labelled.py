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
"""Evaluation of images with the labels that they were asked for."""

from collections.abc import Mapping
from typing import Any

from tf_ganprune import array_types


def evaluate(
  evaluator: Any, images: array_types.Array, labels: array_types.Array | None
) -> Mapping[str, float]:
  """Returns the metrics of images, those of classes among them if possible.

  Args:
    evaluator: A `tgp.metrics.Evaluator`, or a user's own; it is given labels if
      it has some itself, in an attribute `labels`.
    images: `[n, height, width, channels]`.
    labels: The labels that they were asked for, `[n]`; None if there are none.
  """
  if labels is None or getattr(evaluator, "labels", None) is None:
    return evaluator.evaluate(images)
  return evaluator.evaluate(images, labels=labels)
