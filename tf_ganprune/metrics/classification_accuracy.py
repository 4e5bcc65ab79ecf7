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
"""Computes the classification accuracy score of labelled generated images."""

from typing import NamedTuple

import numpy as np

from tf_ganprune import arguments, array_types
from tf_ganprune.metrics import (
  arrays,
  classifier,
  collapse,
  feature_model,
  label_checks,
)


class ClassificationAccuracy(NamedTuple):
  """The accuracy on real images of a classifier of generated ones.

  Example:
    `accuracy, by_class = classification_accuracy_score(...)`

  Attributes:
    accuracy: The share of real images that get their label, from 0 to 1.
    by_class: The same for each class, `[num_classes]`; NaN for classes without
      real images.
  """

  accuracy: float
  by_class: np.ndarray


def classification_accuracy_score(
  generated_images: array_types.Array,
  generated_labels: array_types.Array,
  real_images: array_types.Array,
  real_labels: array_types.Array,
  num_classes: int,
  epochs: int = 12,
  seed: int = 0,
  verbose: int | str = 0,
  value_range: tuple[float, float] | None = None,
  real_value_range: tuple[float, float] | None = None,
) -> ClassificationAccuracy:
  """Trains a classifier on generated images and tests it on real ones.

  Ravuri and Vinyals 2019, section 3: what images of a class lack, or have too
  little of, the classifier does not learn. The classifier is the one of
  `train_classifier` and not the paper's ResNet-50, so that scores can only be
  compared with scores of this function, such as that of real images in place of
  the generated ones.

  Args:
    generated_images: `[n, height, width, channels]`, floats in [-1, 1].
    generated_labels: The labels that they were asked for, `[n]`, whole numbers
      from 0 to `num_classes` - 1.
    real_images: `[m, height, width, channels]`, floats in [-1, 1], that the
      generator was not trained on.
    real_labels: Their labels, `[m]`.
    num_classes: The number of classes, at least 2.
    epochs: The number of epochs of the classifier, at least 1.
    seed: The seed of the classifier.
    verbose: The progress output of Keras: 0, 1, 2 or 'auto'.
    value_range: The values of the generated images that mean black and white,
      such as (0, 1); images are then mapped to [-1, 1].
    real_value_range: The same for the real images.

  Returns:
    `.accuracy` and `.by_class`, also as a tuple. A class without generated
    images has about 0.

  Raises:
    ValueError: If an argument is not as described.
  """
  num_classes = arguments.whole("num_classes", num_classes, 2)
  generated, asked = _checked(
    "generated", generated_images, generated_labels, num_classes, value_range
  )
  real, labels = _checked(
    "real", real_images, real_labels, num_classes, real_value_range
  )
  if generated.shape[1:] != real.shape[1:]:
    raise ValueError(
      f"`generated_images` are {list(generated.shape[1:])} and `real_images`"
      f" {list(real.shape[1:])}; resize one of them."
    )
  network = classifier.train_classifier(
    generated, asked, num_classes, epochs, seed, verbose
  )
  logits = feature_model.FeatureModel(network).compute(real)[1]
  assert logits is not None  # The classifier ends in them.
  return accuracy_of(collapse.labels_of(logits), labels, num_classes)


def _checked(name: str, images, labels, num_classes: int, value_range):
  images = arrays.check_images(
    images, f"{name}_images", value_range=value_range
  )
  labels = label_checks.check_labels(
    labels, len(images), num_classes, f"{name}_labels"
  )
  return images, labels


def accuracy_of(
  found: np.ndarray, labels: np.ndarray, num_classes: int
) -> ClassificationAccuracy:
  """Returns the shares of labels that were found, overall and by class.

  Args:
    found: The labels that a classifier gives, `[n]`.
    labels: The right ones, `[n]`.
    num_classes: The number of classes.
  """
  is_right = found == labels
  totals = np.bincount(labels, minlength=num_classes)
  right = np.bincount(labels[is_right], minlength=num_classes)
  by_class = np.full(num_classes, np.nan)
  np.divide(right, totals, out=by_class, where=totals > 0)
  return ClassificationAccuracy(float(is_right.mean()), by_class)
