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
"""Draws rows of features, and measures real images that are held out."""

import numpy as np

from tf_ganprune.metrics import collapse, manifold

_NEIGHBOUR = 3


def drawn(features: np.ndarray, most: int) -> np.ndarray:
  """Returns at most so many rows, drawn with a fixed seed, in their order.

  Args:
    features: `[n, d]`.
    most: The number of rows that are enough.
  """
  if len(features) <= most:
    return features
  rows = np.random.default_rng(0).choice(len(features), most, replace=False)
  return features[np.sort(rows)]


def held_out(
  features: np.ndarray,
  found_labels: np.ndarray | None,
  num_classes: int | None,
  n: int,
  max_rows: int,
) -> dict[str, float | int]:
  """Measures n real images against the other ones.

  Args:
    features: Features of real images, `[total, d]`.
    found_labels: The labels that the classifier gives them, `[total]`; None
      without a classifier.
    num_classes: The number of logits; a single one stands for two classes.
    n: The number of images that are held out, at most half of them.
    max_rows: The number of rows of each set that are enough.

  Returns:
    A dict with 'recall'; with a classifier also 'classes_hit'.
  """
  # Drawn at random, because images are often sorted by their classes.
  order = np.random.default_rng(0).permutation(len(features))
  held, others = order[:n], order[n:]
  if n <= _NEIGHBOUR:  # too few to hold any out
    held, recall = order, 1.0
  else:
    rest, few = features[others[:max_rows]], features[held[:max_rows]]
    recall = manifold.precision_recall(rest, few, _NEIGHBOUR).recall
  if found_labels is None:
    return {"recall": recall}
  hit = collapse.classes_hit(found_labels[held], max(2, num_classes or 0))
  return {"recall": recall, "classes_hit": hit}
