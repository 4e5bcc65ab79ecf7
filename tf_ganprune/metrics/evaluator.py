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

import os
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from tf_ganprune import arguments, array_types
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import (
  arrays,
  collapse,
  gaussian,
  held_out,
  image_features,
  kernel,
  label_scores,
  logit_metrics,
  neighbourhoods,
  references,
)
from tf_ganprune.metrics import feature_model as feature_models

# The papers'; below k + 1 images there are no precision and recall.
_NEIGHBOUR = 3
_DENSITY_NEIGHBOUR = 5


class Evaluator:
  """Computes all metrics of generated images, against those of real images.

  The features of the real images are computed once. Images may come as an array
  or batch by batch, from a `tf.data.Dataset` or another iterable; features are
  then kept, and images are not.

  Example:
    `Evaluator(classifier, test_images).evaluate(gan.generate(1000))`

  Attributes:
    real_features: The features of the real images, `[n, d]`.
    num_classes: The number of the feature network's classes; None if it is no
      classifier.
    notes: Sentences on metrics that are missing, or on images that are resized,
      with their reasons.
    data_set: The name of the real images' data set, as the file has it that
      they were loaded from.
    split: The split of it.
  """

  def __init__(
    self,
    feature_model: keras.Model,
    real_images: image_features.Images,
    batch_size: int = 256,
    value_range: tuple[float, float] | None = None,
    labels: array_types.Array | None = None,
    resize: str = "bilinear",
    max_rows: int = 10_000,
  ):
    """Computes the features of the real images.

    Args:
      feature_model: A Keras network that takes images in [-1, 1], such as one
        from `train_classifier`. If it ends in a Dense layer that classifies,
        its features are the inputs of that layer, else its outputs. Images are
        resized to its input shape.
      real_images: `[n, height, width, channels]`, floats in [-1, 1], at least
        4 of them; or an iterable of batches of them, or of batches (images,
        labels), which is read once.
      batch_size: The number of images in a batch of the network.
      value_range: The values of the real images that mean black and white, such
        as (0, 255); images are then mapped to [-1, 1].
      labels: The labels of the real images, whole numbers, `[n]`; with them
        `evaluate` and `by_class` measure classes. By default those that batches
        come with.
      resize: How images are resized to the network, "bilinear" or "bicubic" as
        clean-fid does it; both with antialiasing.
      max_rows: The number of real, and of generated images, of which precision,
        recall, density, coverage and kernel distance are computed at most, as
        they take time that grows with the square. Of more images so many are
        drawn with a fixed seed. The Fréchet distance is of all.

    Raises:
      ValueError: If an argument is not as described.
    """
    batch_size = arguments.whole("batch_size", batch_size, 1)
    model = feature_models.FeatureModel(feature_model, resize)
    self._begin(model, batch_size, max_rows)
    found = self._compute(real_images, "real_images", value_range)
    arrays.check_matrix(found.features, "real_features", keep_float32=True)
    self._take(
      references.Reference(
        features=found.features,
        kind=found.kind,
        found_labels=logit_metrics.found_labels(found.logits),
        labels=found.checked_labels(labels),
        resize=resize,
        digest=model.digest(),
      )
    )

  def _begin(self, model, batch_size: int, max_rows: int) -> None:
    """Stores how images are measured."""
    self._max_rows = arguments.whole("max_rows", max_rows, _NEIGHBOUR + 1)
    self._model = model
    self._batch_size = int(batch_size)
    self.num_classes = model.num_classes
    self.notes = list(model.notes)

  def _take(self, real: references.Reference) -> None:
    """Stores what images are measured against."""
    self._real = real
    self.real_features = real.features
    self.data_set, self.split = real.data_set, real.split
    self._references = {}
    self.notes += real.notes(self._model.input_shape)

  @property
  def labels(self) -> np.ndarray | None:
    """The real images' labels, `[n]`; None if they are not known."""
    return self._real.labels

  def _compute(
    self, images, name: str, value_range, least: int = _NEIGHBOUR + 1
  ):
    return image_features.compute(
      self._model, images, name, self._batch_size, value_range, least
    )

  def _asked_labels(
    self, labels, found: image_features.ImageFeatures
  ) -> np.ndarray | None:
    """Returns the labels of generated images, None where none count."""
    if self._real.labels is not None:
      return found.checked_labels(labels)
    if labels is None:
      return None
    raise ValueError(
      "`labels` need those of the real images beside them; pass `labels` to"
      " `Evaluator`."
    )

  def _some(self, features: np.ndarray) -> np.ndarray:
    """Returns rows of features, at most as many as pairs are made of."""
    if len(features) <= self._max_rows:
      return features
    self._note(
      "Precision, recall, density, coverage and kernel distance are of"
      f" {self._max_rows} images"
      f" drawn from {len(features)}; `max_rows` changes that."
    )
    return held_out.drawn(features, self._max_rows)

  def _note(self, sentence: str) -> None:
    if sentence not in self.notes:
      self.notes.append(sentence)

  def _compare_kinds(self, kind, is_said: bool) -> None:
    """Warns if images seem to have another size or range than the real ones."""
    for sentence in self._real.kind.differences(kind, is_said):
      self._note(sentence)
      warnings.warn(sentence, stacklevel=3)

  def evaluate(
    self,
    images: image_features.Images,
    value_range: tuple[float, float] | None = None,
    labels: array_types.Array | None = None,
  ) -> dict[str, float | int]:
    """Returns the metrics of generated images by name.

    Args:
      images: `[n, height, width, channels]`, floats in [-1, 1], at least 4, or
        an iterable of batches as in the constructor. Use as many as there are
        real images: every metric but the kernel distance depends on the number.
      value_range: The values that mean black and white, such as (0, 1) for a
        generator that ends in a sigmoid; images are then mapped to [-1, 1].
        With it, even with (-1, 1), there is no warning about the range.
      labels: The labels that the images were asked for, whole numbers, `[n]`,
        for an evaluator that has those of the real images. By default those
        that batches come with.

    Returns:
      A dict with 'frechet_distance', 'kernel_distance', 'precision' and
      'recall'; with 6 real images or more 'density' and 'coverage'; with a
      classifier also 'inception_score' (for two or more
      classes), 'classes_hit', the number of classes with at least a quarter of
      an even share of the images, and 'num_classes'; with labels also
      'intra_class_frechet_distance' and, with a classifier, 'label_accuracy',
      the share of images that it gives their label.

    Raises:
      ValueError: If `images` or `labels` are not as described.
    """
    found = self._compute(images, "images", value_range)
    asked = self._asked_labels(labels, found)
    self._compare_kinds(found.kind, value_range is not None)
    real, features = arrays.check_features(
      self.real_features, found.features, keep_float32=True
    )
    some_real, some = (
      self._some(x).astype(np.float64) for x in (real, features)
    )
    return {
      "frechet_distance": gaussian.distance(
        self._real.gaussian, gaussian.fit(features)
      ),
      "kernel_distance": kernel.kernel_distance(some_real, some),
      **neighbourhoods.shares(some_real, some, _NEIGHBOUR, _DENSITY_NEIGHBOUR),
      **logit_metrics.logit_metrics(found.logits),
      **label_scores.label_metrics(
        *(real, self._real.labels, features, asked),
        logit_metrics.found_labels(found.logits),
      ),
    }

  def by_class(
    self,
    images: image_features.Images,
    labels: array_types.Array | None = None,
    value_range: tuple[float, float] | None = None,
    allow_missing: bool = False,
  ) -> list[label_scores.ClassScore]:
    """Returns the scores of the generated images of each class.

    Args:
      images: As in `evaluate`, at least 4 of each class.
      labels: As in `evaluate`.
      value_range: As in `evaluate`.
      allow_missing: Whether a class may have fewer images: its distance is then
        infinite, its recall 0, and its accuracy None.

    Returns:
      For each class, in order, `.label`, `.num_images`, `.frechet_distance`,
      `.accuracy` (None without a classifier) and `.recall`.

    Raises:
      ValueError: If `images` or `labels` are not as described, or there are no
        labels of these or of the real images.
    """
    found = self._compute(images, "images", value_range)
    asked = self._asked_labels(labels, found)
    if asked is None:
      whose = "`images`" if self._real.labels is not None else "the real images"
      raise ValueError(
        f"`by_class` needs the labels of {whose}; pass `labels`, one whole"
        " number an image."
      )
    self._compare_kinds(found.kind, value_range is not None)
    return label_scores.class_scores(
      *(self.real_features, self._real.labels, found.features, asked),
      found_labels=logit_metrics.found_labels(found.logits),
      allow_missing=allow_missing,
    )

  def save(
    self, path: str | os.PathLike, data_set: str = "", split: str = ""
  ) -> None:
    """Writes what is known of the real images, so that they are read once.

    Args:
      path: A `.npz` file. It has the features, their mean and covariance, the
        labels, how images were resized, and a digest of the feature network.
      data_set: The name of the real images' data set.
      split: The split of it, such as "train".

    Raises:
      ValueError: If there can be no such file.
    """
    self.data_set = self._real.data_set = data_set or self.data_set
    self.split = self._real.split = split or self.split
    self._real.save(path)

  @classmethod
  def load(
    cls,
    path: str | os.PathLike,
    feature_model: keras.Model,
    batch_size: int = 256,
    max_rows: int = 10_000,
  ) -> "Evaluator":
    """Returns an evaluator with the real images of a file.

    Args:
      path: The file that `save` wrote.
      feature_model: The network that it was written with.
      batch_size: As of the constructor.
      max_rows: As of the constructor.

    Raises:
      ValueError: If it is no such file, or of another network.
    """
    real = references.Reference.load(path)
    model = feature_models.FeatureModel(feature_model, real.resize)
    real.check_network(model.digest(), feature_model.name, path)
    evaluator = cls.__new__(cls)
    batch_size = arguments.whole("batch_size", batch_size, 1)
    evaluator._begin(model, batch_size, max_rows)
    evaluator._take(real)
    return evaluator

  def logits(
    self,
    images: image_features.Images,
    value_range: tuple[float, float] | None = None,
  ) -> np.ndarray:
    """Returns the classifier's logits of images.

    Args:
      images: `[n, height, width, channels]`, floats in [-1, 1], or an iterable
        of batches.
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
    found: Any = self._compute(images, "images", value_range, least=1)
    return found.logits

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
      self._references[n] = held_out.held_out(
        *(self.real_features, self._real.found_labels, self.num_classes),
        n=n,
        max_rows=self._max_rows,
      )
    return dict(self._references[n])

  def collapse(
    self, results: Mapping[str, float | int], num_images: int, when: str = ""
  ) -> str | None:
    """Returns a sentence on mode collapse; None if the metrics show none.

    Args:
      results: The metrics that `evaluate` returned.
      num_images: The number of images that they are of.
      when: Words after "Mode collapse", such as "after epoch 3".
    """
    return collapse.collapse_sentence(results, self.reference(num_images), when)
