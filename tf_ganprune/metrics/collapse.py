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
"""Detects mode collapse, by classes hit and by recall.

Srivastava et al. 2017, "VEEGAN: Reducing Mode Collapse in GANs using Implicit
Variational Learning", section 5, count the classes that a classifier finds
among the generated images; Kynkäänniemi et al. 2019, "Improved Precision and
Recall Metric for Assessing Generative Models", measure by recall how much of
the real images' variety is reached. Classes do not show the collapse of a
generator that draws one image of each kind, and recall hardly shows the loss of
a few kinds of many, so that both are used, and compared with those of as many
real images.
"""

from collections.abc import Mapping

import numpy as np

from tf_ganprune import array_types

# A classifier with an accuracy of 96 % finds 1 to 2 % of one digit's images in
# some other class. A quarter of an even share, 2.5 %, is above that.
_LEAST_SHARE = 0.25
# Real digits of k classes of ten have a recall of 0.09 k, all of them 0.90, and
# a healthy DCGAN has 0.31 after its first epoch. In VEEGAN's tables, GANs that
# are called collapsed hit well below a half of the modes.
_COLLAPSED_CLASSES = 0.5
_COLLAPSED_RECALL = 0.25
_LEAST_PRECISION = 0.1


def labels_of(logits: np.ndarray) -> np.ndarray:
  """Returns the likeliest class of each image; one logit means two classes.

  Args:
    logits: Class scores before the softmax or sigmoid, `[n, classes]`.

  Returns:
    Whole numbers, `[n]`.
  """
  if logits.shape[1] == 1:
    return (logits[:, 0] > 0).astype(int)
  return logits.argmax(axis=1)


def classes_hit(labels: array_types.Array, num_classes: int) -> int:
  """Counts the classes that generated images hit (Srivastava et al. 2017).

  A class is hit if it is the likeliest one for at least a quarter of an even
  share of the images, n / classes, so that a few errors of the classifier do
  not count.

  Args:
    labels: Each image's likeliest class, whole numbers, `[n]`.
    num_classes: The number of classes.

  Returns:
    The number of classes that are hit, from 0 (without images) to
    `num_classes`.
  """
  counts = np.bincount(labels, minlength=num_classes)
  least = max(1.0, _LEAST_SHARE * len(labels) / num_classes)
  return int(np.count_nonzero(counts >= least))


def collapse_sentence(
  generated: Mapping[str, float],
  real: Mapping[str, float],
  when: str = "",
) -> str | None:
  """Returns a sentence on mode collapse, if the metrics show it.

  They do if generated images hit at most half of the classes that real ones
  hit, or have less than a quarter of real images' recall.

  Args:
    generated: The `recall`, `precision`, and with a classifier `classes_hit` of
      generated images, as `Evaluator.evaluate` returns them.
    real: The `recall`, and with a classifier `classes_hit`, of as many real
      images compared with other real ones, as `Evaluator.reference` returns
      them.
    when: Words after "Mode collapse", such as "after epoch 3".

  Returns:
    One sentence; None if there is no collapse.
  """
  hit, of = generated.get("classes_hit"), real.get("classes_hit")
  lost = hit is not None and of is not None and hit <= _COLLAPSED_CLASSES * of
  narrow = generated["recall"] < _COLLAPSED_RECALL * real["recall"]
  if not lost and not narrow:
    return None
  found = [
    f"have a recall of {generated['recall']:.2f}"
    f" (real ones {real['recall']:.2f})"
  ]
  if hit is not None and of is not None:
    found.insert(0, f"hit {hit} classes (as many real ones {of})")
  head = f"Mode collapse {when}".rstrip()
  untrained = (
    ", or it has not learned to draw yet"
    if generated["precision"] < _LEAST_PRECISION
    else ""
  )
  return (
    f"{head}: the generated images {' and '.join(found)}, so that the generator"
    f" draws few of the things it was shown{untrained}."
  )
