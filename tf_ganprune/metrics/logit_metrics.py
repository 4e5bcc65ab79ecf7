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
"""Computes what a classifier's logits of images say by themselves."""

import numpy as np

from tf_ganprune.metrics import collapse, inception


def found_labels(logits: np.ndarray | None) -> np.ndarray | None:
  """Returns each image's likeliest class, None without a classifier.

  Args:
    logits: `[n, classes]`; a single one stands for two classes.
  """
  return None if logits is None else collapse.labels_of(logits)


def logit_metrics(logits: np.ndarray | None) -> dict[str, float | int]:
  """Returns the metrics of logits by name, none without a classifier.

  Args:
    logits: `[n, classes]`; a single one stands for two classes, and gives no
      Inception Score.
  """
  if logits is None:
    return {}
  num_classes = max(2, logits.shape[1])
  hit = collapse.classes_hit(collapse.labels_of(logits), num_classes)
  classes = {"classes_hit": hit, "num_classes": num_classes}
  if logits.shape[1] == 1:
    return classes
  return {"inception_score": inception.inception_score(logits), **classes}
