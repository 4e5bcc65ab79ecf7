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
"""Measures generated images, on the features of one network."""

import warnings
from typing import Any

import numpy as np

from tf_ganprune import array_types
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import (
  arrays,
  collapse,
  frechet,
  inception,
  kernel,
  kinds,
  manifold,
)
from tf_ganprune.metrics import feature_model as feature_models

# The paper's; below k + 1 images there are no precision and recall.
_NEIGHBOUR = 3


class Evaluator:
  """Computes all metrics of generated images, against those of real images.

  The features of the real images are computed once.

  Example:
    `Evaluator(classifier, test_images).evaluate(gan.generate(1000))`

  Attributes:
    real_features: The features of the real images, `[n, d]`.
    num_classes: The number of the feature network's classes; None if it is no
      classifier.
    notes: Sentences on metrics that are missing, or on images that are resized,
      with their reasons.
  """

  def __init__(
    self,
    feature_model: keras.Model,
    real_images: array_types.Array,
    batch_size: int = 256,
    value_range: tuple[float, float] | None = None,
  ):
    """Computes the features of the real images.

    Args:
      feature_model: A Keras network that takes images in [-1, 1], such as one
        from `train_classifier`. If it ends in a Dense layer that classifies,
        its features are the inputs of that layer, else its outputs. Images are
        resized to its input shape.
      real_images: `[n, height, width, channels]`, floats in [-1, 1], at least
        4 of them.
      batch_size: The number of images in a batch of the network.
      value_range: The values of the real images that mean black and white, such
        as (0, 255); images are then mapped to [-1, 1].

    Raises:
      ValueError: If an argument is not as described.
    """
    if not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
      raise ValueError(
        f"`batch_size` must be a whole number of at least 1; got {batch_size}."
      )
    images = arrays.check_images(
      real_images, "real_images", _NEIGHBOUR + 1, value_range
    )
    self._model = feature_models.FeatureModel(feature_model)
    self._batch_size = int(batch_size)
    self.num_classes = self._model.num_classes
    self.real_features, logits = self._model.compute(images, self._batch_size)
    self._real_labels = None if logits is None else collapse.labels_of(logits)
    self._references = {}
    self._kind = kinds.Kind(images)
    arrays.check_matrix(self.real_features, "real_features")
    self.notes = [*self._model.notes, *self._fitting_note(images.shape[1:])]

  def _fitting_note(self, have: tuple) -> list[str]:
    take = self._model.input_shape
    if all(b in (None, a) for a, b in zip(have, take, strict=True)):
      return []
    mine, its = ("x".join(str(n or "any") for n in s) for s in (have, take))
    return [f"Images of {mine} are fitted to the feature network's {its}."]

  def _compare_kinds(self, images, is_said: bool) -> None:
    """Warns if images seem to have another size or range than the real ones."""
    for sentence in self._kind.differences(images, is_said):
      if sentence not in self.notes:
        self.notes.append(sentence)
      warnings.warn(sentence, stacklevel=3)

  def evaluate(
    self,
    images: array_types.Array,
    value_range: tuple[float, float] | None = None,
  ) -> dict[str, float | int]:
    """Returns the metrics of generated images by name.

    Args:
      images: `[n, height, width, channels]`, floats in [-1, 1], at least 4. Use
        as many as there are real images: every metric but the kernel distance
        depends on the number.
      value_range: The values that mean black and white, such as (0, 1) for a
        generator that ends in a sigmoid; images are then mapped to [-1, 1].
        With it, even with (-1, 1), there is no warning about the range.

    Returns:
      A dict with 'frechet_distance', 'kernel_distance', 'precision' and
      'recall'; with a classifier also 'inception_score' (for two or more
      classes), 'classes_hit', the number of classes with at least a quarter of
      an even share of the images, and 'num_classes'.

    Raises:
      ValueError: If `images` are not as described.
    """
    images = arrays.check_images(images, "images", _NEIGHBOUR + 1, value_range)
    self._compare_kinds(images, value_range is not None)
    features, logits = self._model.compute(images, self._batch_size)
    real = self.real_features
    shares = manifold.precision_recall(real, features, _NEIGHBOUR)
    return {
      "frechet_distance": frechet.frechet_distance(real, features),
      "kernel_distance": kernel.kernel_distance(real, features),
      "precision": shares.precision,
      "recall": shares.recall,
      **_class_metrics(logits),
    }

  def logits(
    self,
    images: array_types.Array,
    value_range: tuple[float, float] | None = None,
  ) -> np.ndarray:
    """Returns the classifier's logits of images.

    Args:
      images: `[n, height, width, channels]`, floats in [-1, 1].
      value_range: As in `evaluate`.

    Returns:
      The logits, `[n, num_classes]`.

    Raises:
      ValueError: If `images` are not as described, or the network is no
        classifier.
    """
    if self.num_classes is None:
      raise ValueError(
        "The evaluator's feature network does not tell classes apart, so it has"
        " no logits. Pass a classifier as `feature_model`."
      )
    images = arrays.check_images(images, "images", value_range=value_range)
    found: Any = self._model.compute(images, self._batch_size)[1]
    return found

  def reference(self, num_images: int) -> dict[str, float | int]:
    """Returns the metrics of real images, to compare generated ones with.

    As many real images, but at most half of them, are held out and measured
    against the others.

    Args:
      num_images: The number of generated images, at least 4.

    Returns:
      A dict with 'recall'; with a classifier also 'classes_hit'.
    """
    total = len(self.real_features)
    n = min(int(num_images), total // 2)
    if n not in self._references:
      self._references[n] = self._reference(n, total)
    return dict(self._references[n])

  def _reference(self, n: int, total: int) -> dict[str, float | int]:
    # Drawn at random, because images are often sorted by their classes.
    order = np.random.default_rng(0).permutation(total)
    held, others = order[:n], order[n:]
    if n <= _NEIGHBOUR:  # too few to hold any out
      held, recall = order, 1.0
    else:
      real = self.real_features
      recall = manifold.precision_recall(
        real[others], real[held], _NEIGHBOUR
      ).recall
    if self._real_labels is None:
      return {"recall": recall}
    hit = collapse.classes_hit(
      self._real_labels[held], max(2, self.num_classes or 0)
    )
    return {"recall": recall, "classes_hit": hit}

  def collapse(
    self, results: dict[str, float | int], num_images: int, when: str = ""
  ) -> str | None:
    """Returns a sentence on mode collapse; None if the metrics show none.

    Args:
      results: The metrics that `evaluate` returned.
      num_images: The number of images that they are of.
      when: Words after "Mode collapse", such as "after epoch 3".
    """
    return collapse.collapse_sentence(results, self.reference(num_images), when)


def _class_metrics(logits: np.ndarray | None) -> dict[str, float | int]:
  if logits is None:
    return {}
  num_classes = max(2, logits.shape[1])
  classes = {
    "classes_hit": collapse.classes_hit(
      collapse.labels_of(logits), num_classes
    ),
    "num_classes": num_classes,
  }
  if logits.shape[1] == 1:
    return classes
  return {"inception_score": inception.inception_score(logits), **classes}
