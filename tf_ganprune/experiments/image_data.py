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
"""Loads the images of a task, to train on and held out."""

import functools
from typing import Protocol, TypedDict

import numpy as np
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.experiments import class_section

_MOST_IMAGE_BYTES = 8 * 2**30


class ImageSettings(Protocol):
  """Settings that tell which images to load, as in `image_task.Settings`.

  Example:
    `ImageData(settings)`
  """

  @property
  def dataset(self) -> str:
    """The name of the data set."""

  @property
  def data_dir(self) -> str | None:
    """The folder of data sets; None for the default."""

  @property
  def train_split(self) -> str:
    """The images to train on."""

  @property
  def test_split(self) -> str:
    """The held-out images."""

  @property
  def image_size(self) -> int | None:
    """The height and width to resize images to; None to leave them."""

  @property
  def batch_size(self) -> int:
    """The number of images in a batch."""

  @property
  def seed(self) -> int:
    """The seed of the order of images."""

  @property
  def feature_model(self) -> str | None:
    """The saved network for features; None if a classifier is trained."""

  @property
  def eval_images(self) -> int:
    """The number of generated images to measure."""


class _Source(TypedDict):
  """The arguments of `tgp.data.load` that all splits share."""

  name: str
  image_size: int | None
  data_dir: str | None


class ImageData:
  """The training images and the held-out images of a task.

  Example:
    `ImageData(image_task.Settings()).test`

  Attributes:
    train_images: Shuffled batches, in the same order in each process.
    image_shape: `(height, width, channels)`.
    test: Held-out images and labels.
  """

  def __init__(self, settings: ImageSettings):
    """Loads the images, and checks their number and sizes.

    Args:
      settings: The settings of the task, an `image_task.Settings`.

    Raises:
      ValueError: If there are no such images, too few, too many for the memory,
        or of other than 1 or 3 channels.
    """
    self._settings = settings
    self._source: _Source = {
      "name": settings.dataset,
      "image_size": settings.image_size,
      "data_dir": settings.data_dir,
    }
    print(f"Data: {settings.dataset}.")
    split = settings.test_split
    held_out = tgp.data.load(split=split, batch_size=1, **self._source)
    self.image_shape = tuple(held_out.element_spec.shape[1:])
    self.train_images = tgp.data.load(
      split=settings.train_split,
      batch_size=settings.batch_size,
      seed=settings.seed,
      drop_remainder=True,
      **self._source,
    )
    self._check_sizes(int(held_out.cardinality()))
    self.test = tgp.data.load_arrays(split=split, **self._source)

  @property
  def labelled_images(self) -> tf.data.Dataset:
    """Batches of images and labels, in the order of `train_images`."""
    return tgp.data.load(
      split=self._settings.train_split,
      batch_size=self._settings.batch_size,
      seed=self._settings.seed,
      drop_remainder=True,
      with_labels=True,
      **self._source,
    )

  @functools.cached_property
  def class_names(self) -> list[str]:
    """The classes' names as the data set has them; empty if it has none."""
    try:
      return tgp.data.class_names(
        self._source["name"], self._source["data_dir"]
      )
    except ValueError:
      return []

  @functools.cached_property
  def num_classes(self) -> int:
    """How many classes the labels are of; there must be labels."""
    if self.class_names:
      return len(self.class_names)
    _, labels = self.real()
    known = [x for x in (labels, self.test_labels) if x is not None]
    return 1 + int(np.concatenate(known).max())

  @property
  def test_labels(self) -> np.ndarray:
    """The labels of the held-out images.

    Raises:
      ValueError: If the data set has no labels.
    """
    _, labels = self.test
    if labels is None:
      raise ValueError(
        f"The data set --dataset {self._settings.dataset!r} has no labels."
      )
    return labels

  def too_few(self) -> tuple[str, int] | None:
    """Returns the first class that has too few held-out images for scores.

    Returns:
      Its name and its number of images, or None.
    """
    counts = np.bincount(self.test_labels, minlength=self.num_classes)
    (few,) = np.nonzero(counts < class_section.LEAST)
    if not len(few):
      return None
    name = class_section.class_name(self.class_names, int(few[0]))
    return name, int(counts[few[0]])

  def _check_sizes(self, num_test: int) -> None:
    """Raises unless the images have 1 or 3 channels, and fit into memory."""
    settings = self._settings
    height, columns, channels = self.image_shape
    if channels not in (1, 3):
      raise ValueError(
        f"The images of --dataset {settings.dataset!r} have {channels}"
        " channels, and only 1 or 3 can be drawn; use another data set."
      )
    if num_test < 4:
      raise ValueError(
        f"--test_split {settings.test_split!r} holds {num_test} images, and the"
        " metrics need at least 4; use another split."
      )
    learnt = int(self.train_images.cardinality()) * settings.batch_size
    if settings.feature_model:
      learnt = 0  # no classifier is trained
    num_images = max(learnt, num_test, settings.eval_images)
    num_bytes = 4 * num_images * height * columns * channels
    if num_bytes > _MOST_IMAGE_BYTES:
      raise ValueError(
        f"{num_images:,} images of {height}x{columns}x{channels} take"
        f" {num_bytes / 2**30:.0f} GB of memory, and"
        f" {_MOST_IMAGE_BYTES / 2**30:.0f} GB is the most; lower --image_size"
        " or --eval_images, or take a part of a split, such as"
        " --train_split='train[:10000]'."
      )

  def real(
    self, most: int | None = None
  ) -> tuple[np.ndarray, np.ndarray | None]:
    """Loads training images and their labels.

    Args:
      most: The most images to load, if the split's size is known; by default
        all.

    Returns:
      The images, `[n, height, width, channels]` in [-1, 1], and their labels,
      `[n]`, or None.
    """
    split = self._settings.train_split
    source = self._source
    size = tgp.data.splits(source["name"], source["data_dir"]).get(split)
    if most and size:
      split = f"{split}[:{min(size, most)}]"
    return tgp.data.load_arrays(split=split, **source)
