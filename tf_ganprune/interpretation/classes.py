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
"""Which classes a pruned generator draws less often, or other than before."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import arrays, collapse, evaluator, feature_model


@dataclasses.dataclass(frozen=True)
class ClassChange:
  """How often a class is drawn, among as many images of each generator.

  Example:
    >>> ClassChange(8, dense=40, pruned=10, stayed=9).lost
    30

  Attributes:
    label: The class's number.
    dense: How many images of the dense generator are of it.
    pruned: How many of the pruned one.
    stayed: How many latents become it in both.
  """

  label: int
  dense: int
  pruned: int
  stayed: int

  @property
  def lost(self) -> int:
    """How many fewer there are."""
    return self.dense - self.pruned


def logits_of(classifier) -> Callable[[np.ndarray], Any]:
  """Returns a function from images to logits.

  Args:
    classifier: An `Evaluator` or a Keras network that classifies, or such a
      function.

  Raises:
    ValueError: If it is none of that, or has no classes.
  """
  if isinstance(classifier, evaluator.Evaluator):
    return classifier.logits
  if isinstance(classifier, keras.Model):
    model = feature_model.FeatureModel(classifier)
    if model.num_classes is None:
      raise ValueError(
        f"`classifier` ({classifier.name}) has classes of an unknown number: it"
        " is subclassed, or does not end in a Dense layer with softmax, sigmoid"
        " or none. Pass a function from images to logits, [n, classes]."
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
  """Returns the logits of images, `[n, classes]`.

  Args:
    read: What `logits_of` returned.
    images: `[n, height, width, channels]`.

  Raises:
    ValueError: If they are anything else, or not finite.
  """
  logits = arrays.check_matrix(read(images), "classifier(images)", 1)
  if len(logits) != len(images):
    raise ValueError(
      f"`classifier` must return one row of logits an image; it returned"
      f" {len(logits)} for {len(images)}."
    )
  return logits


def changes(
  logits: Sequence[tuple[np.ndarray, np.ndarray]],
) -> tuple[ClassChange, ...]:
  """Counts the classes of both generators' images of the same latents.

  Args:
    logits: Of some batches, those of the dense generator's images and those of
      the pruned one's, `[n, classes]` each.

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
