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
"""Computes features of images that come as an array or batch by batch."""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import numpy as np
import tensorflow as tf

from tf_ganprune import array_types
from tf_ganprune.metrics import (
  arrays,
  feature_model,
  kinds,
  label_checks,
  progress,
)

# An array, a tf.data.Dataset of batches, or any iterable of batches. A batch
# has the shape [n, height, width, channels], or is (images, labels).
Images: TypeAlias = array_types.Array | tf.data.Dataset | Iterable[Any]


@dataclasses.dataclass
class ImageFeatures:
  """The features and logits of images, which themselves are not kept.

  Example:
    `features = compute(model, images, "images").features`

  Attributes:
    features: `[n, d]`.
    logits: `[n, num_classes]`; None without a classifier.
    labels: The labels that batches came with, `[n]`; None without any.
    kind: The shape and the range of the images.
  """

  features: np.ndarray
  logits: np.ndarray | None
  labels: np.ndarray | None
  kind: kinds.Kind

  def checked_labels(
    self, labels: array_types.Array | None
  ) -> np.ndarray | None:
    """Returns labels that were passed, or else came with batches, or None.

    Args:
      labels: Whole numbers, `[n]`.

    Raises:
      ValueError: If they are of another number or not among the classes.
    """
    labels = self.labels if labels is None else labels
    if labels is None:
      return None
    most = None if self.logits is None else max(2, self.logits.shape[1])
    return label_checks.check_labels(labels, len(self.features), most)


def compute(
  model: feature_model.FeatureModel,
  images: Images,
  name: str,
  batch_size: int = 256,
  value_range: tuple[float, float] | None = None,
  least: int = 1,
) -> ImageFeatures:
  """Computes features batch by batch; the images are not kept.

  Args:
    model: The feature network.
    images: `[n, height, width, channels]`, floats in [-1, 1]; or a
      `tf.data.Dataset` or another iterable of such batches, or of (images,
      labels), which is read once.
    name: The name of the argument, for messages.
    batch_size: The number of images that the network takes at a time.
    value_range: The values that mean black and white, if not -1 and 1.
    least: The least number of images.

  Raises:
    ValueError: If the images are not as described.
  """
  if not is_stream(images):
    images = arrays.check_images(images, name, least, value_range)
    found = model.compute(images, batch_size)
    return ImageFeatures(*found, None, kinds.Kind(images))
  parts = []
  kind = None
  for batch, labels in _checked_batches(images, name, value_range):
    kind = _with(kind, batch, name)
    parts.append((*model.compute(batch, batch_size), labels))
  count = sum(len(features) for features, _, _ in parts)
  if kind is None or count < least:
    raise ValueError(f"`{name}` holds {count} images; pass at least {least}.")
  features, logits, labels = zip(*parts, strict=True)
  return ImageFeatures(
    np.concatenate(features), _joined(logits), _joined(labels), kind
  )


def is_stream(images: Any) -> bool:
  """Tells whether images come batch by batch.

  Args:
    images: An array, or what can be iterated.
  """
  if isinstance(images, list | tuple):
    first = images[0] if images else None
    first = first[0] if isinstance(first, tuple) and first else first
    return getattr(first, "ndim", 0) == 4
  return hasattr(images, "__iter__") and not hasattr(images, "__array__")


def _with(kind: kinds.Kind | None, batch: np.ndarray, name: str) -> kinds.Kind:
  """Returns the kind of the images so far and those of a batch."""
  if kind is None:
    return kinds.Kind(batch)
  if batch.shape[1:] != kind.shape:
    raise ValueError(
      f"Batches of `{name}` must have images of one shape; one has"
      f" {list(batch.shape[1:])} after {list(kind.shape)}."
    )
  kind.add(batch)
  return kind


def _joined(parts: tuple) -> np.ndarray | None:
  if any(part is None for part in parts):
    return None
  return np.concatenate(parts)


def _checked_batches(images, name: str, value_range) -> Iterator[tuple]:
  """Yields images in [-1, 1] and labels, or None, of each batch."""
  total = _length(images, name)
  for batch in progress.shown(images, f"features of {name}", total):
    batch, labels = _unpacked(batch, name)
    batch = arrays.check_images(batch, name, value_range=value_range)
    if labels is not None:
      labels = label_checks.check_labels(
        labels, len(batch), name=f"labels of {name}"
      )
    yield batch, labels


def _unpacked(batch, name: str) -> tuple:
  if isinstance(batch, tuple) and len(batch) == 2:
    return batch
  if not hasattr(batch, "__array__"):
    raise ValueError(
      f"Batches of `{name}` must be arrays of images, or (images, labels); got"
      f" {type(batch).__name__}."
    )
  return batch, None


def _length(images, name: str) -> int | None:
  """Returns the number of batches, None if it is not known."""
  if isinstance(images, tf.data.Dataset):
    length = int(images.cardinality())
    if length == tf.data.INFINITE_CARDINALITY:
      raise ValueError(
        f"`{name}` is a data set without an end; add `.take(...)` to it."
      )
    return length if length >= 0 else None
  return len(images) if hasattr(images, "__len__") else None
