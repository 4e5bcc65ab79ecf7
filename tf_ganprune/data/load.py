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
"""Loads any TFDS image data set as batches of images in [-1, 1]."""

import os
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from tf_ganprune import arguments
from tf_ganprune.data import preprocess, sources

_CACHE_BYTES = 512 * 2**20
_SHUFFLE_BYTES = 128 * 2**20
_ARRAYS_BATCH_SIZE = 256


def _label(builder: tfds.core.DatasetBuilder) -> str:
  label = sources.label_of(builder)
  if label is None:
    raise ValueError(
      f"`with_labels` needs a whole number for each image, as the feature"
      f" `label` or with TFDS's as_supervised=True; the features of"
      f" {builder.name!r} are {sorted(builder.info.features)}."
    )
  return label


def _open(
  name: str, data_dir: str | os.PathLike | None, size: tuple[int, int] | None
) -> tfds.core.DatasetBuilder:
  builder = sources.open_builder(name, data_dir)
  sources.check_image(builder, size is not None)
  return builder


def _map_to_pixels(
  examples: tf.data.Dataset,
  builder: tfds.core.DatasetBuilder,
  size: tuple[int, int] | None,
  channels: int | None,
  value_range: tuple[float, float] | None,
  label: str | None,
) -> tf.data.Dataset:
  """Maps TFDS's examples to uint8 images of one shape, or to (image, label)."""
  feature = builder.info.features["image"]
  preprocess.check_channels(feature.shape[-1], channels, builder.name)
  known_range = preprocess.value_range_of(
    feature.np_dtype, value_range, builder.name
  )

  def to_pixels(example):
    image = tf.ensure_shape(example["image"], feature.shape)
    pixels = preprocess.to_pixels(image, size, channels, known_range)
    return (pixels, tf.cast(example[label], tf.int64)) if label else pixels

  return examples.map(to_pixels, num_parallel_calls=tf.data.AUTOTUNE)


def _cache_and_shuffle(
  pixels: tf.data.Dataset, num_images: int, shuffle: bool, seed: int | None
) -> tf.data.Dataset:
  """Caches images if they fit into memory, and shuffles them."""
  image_bytes = tf.nest.flatten(pixels.element_spec)[0].shape.num_elements()
  cached = num_images * image_bytes <= _CACHE_BYTES
  if cached:
    pixels = pixels.cache()
  if not shuffle:
    return pixels
  buffer_size = num_images if cached else max(1, _SHUFFLE_BYTES // image_bytes)
  return pixels.shuffle(min(num_images, buffer_size), seed=seed)


def load(
  name: str = "mnist_5k",
  split: str = "train",
  image_size: int | Sequence[int] | None = None,
  batch_size: int = 64,
  *,
  data_dir: str | os.PathLike | None = None,
  shuffle: bool = True,
  seed: int | None = 0,
  with_labels: bool = False,
  drop_remainder: bool = False,
  channels: int | None = None,
  value_range: tuple[float, float] | None = None,
) -> tf.data.Dataset:
  """Loads a split of an image data set, and builds the data set if needed.

  Images of another size than `image_size` are cropped to its aspect ratio
  around their centre, then resized with an antialiased bilinear filter and
  rounded to one of 256 grey levels. A data set of up to 512 MB is decoded once,
  kept in memory and shuffled completely; of larger ones 128 MB are shuffled at
  a time.
  Nothing is downloaded unless TFDS has to download the data set.

  Args:
    name: "mnist_5k", "emoji", any other image data set of TFDS ("cifar10",
      "celeb_a" …), or "image_folder".
    split: A split or a part of one in TFDS's notation, such as "train[:90%]".
    image_size: The pixels of both sides, or (height, width); by default the
      images' own size.
    batch_size: The number of images in a batch.
    data_dir: The folder in which TFDS keeps data sets (by default
      ~/tensorflow_datasets); for "image_folder" the folder that holds
      split/label/image.png; for "emoji" the folder of the npm package
      emoji-datasource-google, the node_modules that it is in, or the folder in
      which `npm install` was run (what is built from it goes into TFDS's own
      folder).
    shuffle: Whether to shuffle, anew in each epoch.
    seed: The seed of the shuffling: the same seed gives the same epochs, unless
      `tf.random.set_seed` differs. None is a new order each time.
    with_labels: Whether to give (images, labels) in place of images. Labels are
      what TFDS gives with `as_supervised=True`, else the feature `label`.
    drop_remainder: Whether to leave out a last batch that is not full, so that
      the batch has a static size.
    channels: 1 converts colour to grey, 3 grey to colour; by default the
      images' own channels (3 for an image folder).
    value_range: The pixel values that mean black and white; needed only for
      images that are stored as floating-point numbers.

  Returns:
    A data set of batches, float32 in [-1, 1], `[batch, height, width,
    channels]`, or of these and labels, int64 `[batch]`. A pixel outside
    `value_range` raises a `tf.errors.InvalidArgumentError` when it is read.

  Raises:
    ValueError: If the data set, the split, its images or labels, or the folder
      do not exist or cannot be used; if the images differ in size and
      `image_size` is not given; if an argument is out of its range; or if there
      would be no batch.
  """
  arguments.whole("batch_size", batch_size, 1)
  size = preprocess.check_image_size(image_size)
  builder = _open(name, data_dir, size)
  label = _label(builder) if with_labels else None
  examples = sources.read(builder, split, shuffle_files=shuffle, seed=seed)
  num_images = int(examples.cardinality())
  if drop_remainder and batch_size > num_images:
    raise ValueError(
      f"`batch_size` {batch_size} is more than the {num_images} images of"
      f" {split!r}, so that drop_remainder=True leaves no batch."
    )
  pixels = _map_to_pixels(examples, builder, size, channels, value_range, label)
  pixels = _cache_and_shuffle(pixels, num_images, shuffle, seed)
  batches = pixels.batch(batch_size, drop_remainder=drop_remainder)
  return _untuned(_scale_batches(batches).prefetch(tf.data.AUTOTUNE))


def _untuned(batches: tf.data.Dataset) -> tf.data.Dataset:
  """Returns a data set whose parallelism TensorFlow does not tune.

  TensorFlow's tuner sleeps for twice as long each time, from 10 ms on, and an
  iterator does not end while it sleeps. Keras makes one iterator an epoch, so
  that an epoch of 2.6 s would take 5.1 s.
  """
  options = tf.data.Options()
  options.autotune.enabled = False
  return batches.with_options(options)


def _scale_batches(batches: tf.data.Dataset) -> tf.data.Dataset:
  def scale(pixels, *labels):
    images = preprocess.scale(pixels)
    return (images, *labels) if labels else images

  return batches.map(scale, num_parallel_calls=tf.data.AUTOTUNE)


def load_arrays(
  name: str = "mnist_5k",
  split: str = "test",
  image_size: int | Sequence[int] | None = None,
  *,
  data_dir: str | os.PathLike | None = None,
  channels: int | None = None,
  value_range: tuple[float, float] | None = None,
) -> tuple[np.ndarray, np.ndarray | None]:
  """Loads all images of a split into memory, always in the same order.

  Args:
    name: As in `load`.
    split: As in `load`; a part such as "train[:10000]" limits the memory.
    image_size: As in `load`.
    data_dir: As in `load`.
    channels: As in `load`.
    value_range: As in `load`.

  Returns:
    Images, float32 in [-1, 1], `[n, height, width, channels]`, and labels,
    int64 `[n]`, or None if the data set has no labels that are whole numbers.

  Raises:
    ValueError: As in `load`.
  """
  size = preprocess.check_image_size(image_size)
  builder = _open(name, data_dir, size)
  label = sources.label_of(builder)
  pixels = _map_to_pixels(
    sources.read(builder, split), builder, size, channels, value_range, label
  )
  batches = _scale_batches(pixels.batch(_ARRAYS_BATCH_SIZE)).as_numpy_iterator()
  if label is None:
    return np.concatenate(list(batches)), None
  images, labels = zip(*batches, strict=True)
  return np.concatenate(images), np.concatenate(labels)


def splits(
  name: str = "mnist_5k", data_dir: str | os.PathLike | None = None
) -> dict[str, int]:
  """Returns the number of images of each split of a data set, by its name.

  Args:
    name: As in `load`.
    data_dir: As in `load`.

  Raises:
    ValueError: If the data set is not known, or `data_dir` cannot be used.
  """
  return sources.sizes(sources.open_builder(name, data_dir))


def class_names(
  name: str = "mnist_5k", data_dir: str | os.PathLike | None = None
) -> list[str]:
  """Returns the names of a data set's classes; a label is an index of these.

  Args:
    name: As in `load`.
    data_dir: As in `load`.

  Raises:
    ValueError: If the data set is not known, `data_dir` cannot be used, or
      labels have no names.
  """
  builder = sources.open_builder(name, data_dir)
  label = sources.label_of(builder)
  names = label and getattr(builder.info.features[label], "names", None)
  if not names:
    raise ValueError(
      f"The labels of {name!r} have no names; its features are"
      f" {sorted(builder.info.features)}."
    )
  return list(names)
