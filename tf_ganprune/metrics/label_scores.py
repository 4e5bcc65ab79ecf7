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
"""Computes scores of generated images for each class of labels."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from tf_ganprune import array_types
from tf_ganprune.metrics import arrays, frechet, label_checks, manifold

# A covariance needs two images, and a k-th neighbour k + 1.
_LEAST = 2
_NEIGHBOUR = 3


class ClassScore(NamedTuple):
  """The scores of the generated images of one class.

  Example:
    `worst = max(scores, key=lambda score: score.frechet_distance)`

  Attributes:
    label: The class.
    num_images: The number of its generated images.
    frechet_distance: Their Fréchet distance to the real images of the class.
    accuracy: The share of them that the classifier puts into the class; None
      without a classifier.
    recall: The share of real images of the class that they cover, as in
      `precision_recall`.
  """

  label: int
  num_images: int
  frechet_distance: float
  accuracy: float | None
  recall: float


class _Class(NamedTuple):
  """One class: its label, its features, and their rows."""

  label: int
  real: np.ndarray
  generated: np.ndarray
  rows: np.ndarray


def _classes(
  real, real_labels, generated, generated_labels, least: int, checks_both=True
) -> Iterator[_Class]:
  """Yields the features of each class that a set has.

  Raises:
    ValueError: If a class has too few images in a set, before the first one;
      in the generated one only if `checks_both`.
  """
  classes = np.union1d(real_labels, generated_labels)
  sets = (("real", real_labels), ("generated", generated_labels))
  for name, labels in sets[: 2 if checks_both else 1]:
    counts = {c: np.count_nonzero(labels == c) for c in classes}
    if few := {c: n for c, n in counts.items() if n < least}:
      label, count = next(iter(few.items()))
      raise ValueError(
        f"Class {label} has {count} {name} images, and scores by class need at"
        f" least {least}; pass more of it, or leave out those of it."
      )
  for c in classes:
    (rows,) = np.nonzero(generated_labels == c)
    yield _Class(int(c), real[real_labels == c], generated[rows], rows)


def _checked(
  real, real_labels, generated, generated_labels
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
  real, generated = arrays.check_features(real, generated, _LEAST, True)
  real_labels = label_checks.check_labels(
    real_labels, len(real), name="real_labels"
  )
  generated_labels = label_checks.check_labels(
    generated_labels, len(generated), name="generated_labels"
  )
  return real, real_labels, generated, generated_labels


def intra_class_frechet_distance(
  real: array_types.Array,
  real_labels: array_types.Array,
  generated: array_types.Array,
  generated_labels: array_types.Array,
) -> float:
  """Returns the mean of all classes' Fréchet distances; lower is better.

  Miyato and Koyama 2018, section 5.1 ("intra FID"). A generator that draws a
  class badly, or draws another in its place, is seen here and hardly in the
  distance of all images. It is biased upward like every Fréchet distance, and
  more so, because a class has fewer images.

  Args:
    real: Features of real images, `[n, d]`.
    real_labels: Their labels, whole numbers, `[n]`.
    generated: Features of generated images, `[m, d]`.
    generated_labels: The labels that they were asked for, `[m]`.

  Returns:
    The mean distance; every class counts alike.

  Raises:
    ValueError: If an argument is not as described, or a class of either set has
      fewer than two images in the other.
  """
  given = _checked(real, real_labels, generated, generated_labels)
  return float(
    np.mean(
      [
        frechet.frechet_distance(one.real, one.generated)
        for one in _classes(*given, _LEAST)
      ]
    )
  )


def class_scores(
  real: array_types.Array,
  real_labels: array_types.Array,
  generated: array_types.Array,
  generated_labels: array_types.Array,
  found_labels: array_types.Array | None = None,
  allow_missing: bool = False,
) -> list[ClassScore]:
  """Returns the scores of each class, in the order of their labels.

  Args:
    real: Features of real images, `[n, d]`.
    real_labels: Their labels, whole numbers, `[n]`.
    generated: Features of generated images, `[m, d]`.
    generated_labels: The labels that they were asked for, `[m]`.
    found_labels: The labels that a classifier gives the generated images,
      `[m]`; without them there is no accuracy.
    allow_missing: Whether a class may have fewer than four generated images:
      its distance is then infinite, and its recall 0.

  Raises:
    ValueError: If an argument is not as described, or a class of either set has
      fewer than four images in the other.
  """
  given = _checked(real, real_labels, generated, generated_labels)
  if found_labels is not None:
    found_labels = label_checks.check_labels(
      found_labels, len(given[2]), name="found_labels"
    )
  classes = _classes(*given, _NEIGHBOUR + 1, checks_both=not allow_missing)
  return [_score(one, found_labels) for one in classes]


def _score(one: _Class, found_labels) -> ClassScore:
  if len(one.rows) <= _NEIGHBOUR:
    return ClassScore(one.label, len(one.rows), np.inf, None, 0.0)
  real, generated = (
    one.real.astype(np.float64),
    one.generated.astype(np.float64),
  )
  covered = manifold.inside(real, generated, _NEIGHBOUR).balls
  accuracy = None
  if found_labels is not None:
    accuracy = float(np.mean(found_labels[one.rows] == one.label))
  return ClassScore(
    label=one.label,
    num_images=len(one.rows),
    frechet_distance=frechet.frechet_distance(one.real, one.generated),
    accuracy=accuracy,
    recall=int(np.count_nonzero(covered)) / len(one.real),
  )


def label_metrics(
  real: np.ndarray,
  real_labels: np.ndarray | None,
  generated: np.ndarray,
  generated_labels: np.ndarray | None,
  found_labels: np.ndarray | None,
) -> dict[str, float]:
  """Returns the metrics of labelled images by name, none without labels.

  Args:
    real: Features of real images, `[n, d]`.
    real_labels: Their labels, `[n]`; None if they are not known.
    generated: Features of generated images, `[m, d]`.
    generated_labels: The labels that they were asked for, `[m]`; None if they
      are not known.
    found_labels: The labels that a classifier gives them, `[m]`; None without
      one.
  """
  if real_labels is None or generated_labels is None:
    return {}
  results = {
    "intra_class_frechet_distance": intra_class_frechet_distance(
      real, real_labels, generated, generated_labels
    )
  }
  if found_labels is not None:
    is_right = found_labels == generated_labels
    results["label_accuracy"] = float(np.mean(is_right))
  return results
