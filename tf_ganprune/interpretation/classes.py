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
"""The classes of a dense and a pruned generator's images, counted."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import arrays, collapse, evaluator, feature_model


@dataclasses.dataclass(frozen=True)
class ClassChange:
  """The number of images of a class that each of two generators makes.

  Example:
    >>> ClassChange(8, dense=40, pruned=10, stayed=9).lost
    30

  Attributes:
    label: The number of the class.
    dense: The number of the dense generator's images of this class.
    pruned: The number of the pruned generator's images of this class, among as
      many images.
    stayed: The number of inputs whose images are of this class in both.
  """

  label: int
  dense: int
  pruned: int
  stayed: int

  @property
  def lost(self) -> int:
    """The number of images of the class that the pruned generator lost."""
    return self.dense - self.pruned


def logits_of(classifier) -> Callable[[np.ndarray], Any]:
  """Returns a classifier as a function from images to logits.

  Args:
    classifier: An `Evaluator` with a classifier, a Keras network that
      classifies, or a function from images to logits.

  Raises:
    ValueError: If it is of another type, or its number of classes is unknown.
  """
  if isinstance(classifier, evaluator.Evaluator):
    return classifier.logits
  if isinstance(classifier, keras.Model):
    model = feature_model.FeatureModel(classifier)
    if model.num_classes is None:
      raise ValueError(
        f"The number of classes of `classifier` ({classifier.name}) is unknown:"
        " it is subclassed, or does not end in a Dense layer with a softmax, a"
        " sigmoid or no activation. Pass a function from images to logits, [n,"
        " classes]."
      )
    return lambda images: model.compute(images)[1]
  if callable(classifier):
    return classifier
  raise ValueError(
    "`classifier` must be an Evaluator, a Keras network, a function from images"
    f" to logits, or None; got {classifier!r}."
  )


def checked_logits(
  read: Callable[[np.ndarray], np.ndarray], images: np.ndarray
) -> np.ndarray:
  """Returns the logits of images, `[n, classes]`, and checks them.

  Args:
    read: A function from images to logits, as from `logits_of`.
    images: `[n, height, width, channels]`.

  Raises:
    ValueError: If the logits have another shape, or are not finite.
  """
  logits = arrays.check_matrix(read(images), "classifier(images)", 1)
  if len(logits) != len(images):
    raise ValueError(
      "`classifier` must return one row of logits for each image; it returned"
      f" {len(logits)} rows for {len(images)} images."
    )
  return logits


def changes(
  logits: Sequence[tuple[np.ndarray, np.ndarray]],
) -> tuple[ClassChange, ...]:
  """Counts the classes of two generators' images of the same inputs.

  Args:
    logits: For each batch, the logits of the dense generator's images and those
      of the pruned one's, `[n, classes]` each.

  Returns:
    A record for each class, in the order of their numbers. An image's class is
    its likeliest, as for `metrics.classes_hit`.
  """
  num_classes = max(2, logits[0][0].shape[1])
  ours, theirs = (
    collapse.labels_of(np.concatenate(parts))
    for parts in zip(*logits, strict=True)
  )
  counts = [
    np.bincount(labels, minlength=num_classes).tolist()
    for labels in (ours, theirs, ours[ours == theirs])
  ]
  return tuple(map(ClassChange, range(num_classes), *counts))


def label_accuracies(
  logits: Sequence[tuple[np.ndarray, np.ndarray]],
  labels: np.ndarray | None,
) -> tuple[float, float] | None:
  """Returns the shares of two generators' images that have their label.

  Args:
    logits: As of `changes`; empty without a classifier.
    labels: The labels that the images were asked for, `[n]`; None without any.

  Returns:
    The share of the dense and of the pruned generator; None if one is missing.
  """
  if not logits or labels is None:
    return None
  dense, pruned = (
    float(np.mean(collapse.labels_of(np.concatenate(parts)) == labels))
    for parts in zip(*logits, strict=True)
  )
  return dense, pruned
