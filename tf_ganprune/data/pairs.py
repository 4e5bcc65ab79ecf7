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
"""Loads pairs of images, and images of two domains that do not belong together.

A data set of pairs has two images in each example, such as an outline and its
colouring.
"""

import os
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from tf_ganprune import arguments, array_types
from tf_ganprune.data import load, preprocess, sources

PAIR = ("input", "target")
_BATCH_SIZE = 256
# TFDS's CycleGAN sets have both domains as splits.
_DOMAINS = {"train": ("trainA", "trainB"), "test": ("testA", "testB")}


def is_paired(name: str, data_dir: str | os.PathLike | None = None) -> bool:
  """Returns whether the examples of a data set are pairs of images.

  Args:
    name: As of `load_pairs`.
    data_dir: As of `load`.

  Raises:
    ValueError: If the data set is not known, or `data_dir` cannot be used.
  """
  return _has_pairs(sources.open_builder(name, data_dir))


def _has_pairs(builder: tfds.core.DatasetBuilder) -> bool:
  return all(one in builder.info.features for one in PAIR)


def load_pair_arrays(
  name: str,
  split: str = "test",
  data_dir: str | os.PathLike | None = None,
  image_size: int | Sequence[int] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
  """Loads all pairs of a split into memory, always in the same order.

  Args:
    name: A data set of TFDS with the image features `input` and `target`; or of
      single images in colour, such as photographs: then the inputs are grey.
    split: As of `load`.
    data_dir: As of `load`.
    image_size: As of `load`.

  Returns:
    Inputs and targets, float32 in [-1, 1], `[n, height, width, channels]` each.

  Raises:
    ValueError: As of `load`; or if the data set has neither pairs nor images in
      colour.
  """
  size = preprocess.check_image_size(image_size)
  builder = sources.open_builder(name, data_dir)
  if not _has_pairs(builder):
    return _grey_and_colored(name, split, data_dir, image_size)
  pixels = sources.read(builder, split).map(
    _pixels_of_pairs(builder, size), num_parallel_calls=tf.data.AUTOTUNE
  )
  batches = pixels.batch(_BATCH_SIZE).as_numpy_iterator()
  inputs, targets = zip(*batches, strict=True)
  return _scaled(np.concatenate(inputs)), _scaled(np.concatenate(targets))


def _scaled(pixels: np.ndarray) -> np.ndarray:
  return preprocess.scale(pixels).numpy()


def _grey_and_colored(name, split, data_dir, image_size):
  arguments_ = {"image_size": image_size, "data_dir": data_dir}
  targets, _ = load.load_arrays(name, split, **arguments_)
  if targets.shape[-1] != 3:
    raise ValueError(
      f"The data set {name!r} has neither the features `input` and `target` nor"
      " images in colour, so that there are no pairs to learn from."
    )
  inputs, _ = load.load_arrays(name, split, channels=1, **arguments_)
  return inputs, targets


def _pixels_of_pairs(builder, size):
  """Returns a function from examples to pairs of uint8 images of one shape."""
  features = {name: builder.info.features[name] for name in PAIR}
  if size is None and any(None in x.shape for x in features.values()):
    raise ValueError(
      f"The images of {builder.name!r} differ in size: pass `image_size`, to"
      " which they are resized."
    )

  def pixels(example):
    return tuple(
      preprocess.to_pixels(
        tf.ensure_shape(example[name], feature.shape),
        size,
        None,
        preprocess.value_range_of(feature.np_dtype, None, builder.name),
      )
      for name, feature in features.items()
    )

  return pixels


def load_pairs(
  name: str,
  split: str = "train",
  data_dir: str | os.PathLike | None = None,
  batch_size: int = 32,
  image_size: int | Sequence[int] | None = None,
  shuffle: bool = True,
  seed: int | None = 0,
  drop_remainder: bool = False,
) -> tf.data.Dataset:
  """Loads pairs of a split as batches, as `tgp.Pix2Pix.fit` takes them.

  Args:
    name: As of `load_pair_arrays`.
    split: As of `load`, like all others.
    data_dir: As well.
    batch_size: As well.
    image_size: As well.
    shuffle: As well.
    seed: As well.
    drop_remainder: As well.

  Returns:
    A data set of batches of inputs and targets, float32 in [-1, 1].

  Raises:
    ValueError: As of `load_pair_arrays`.
  """
  arguments.whole("batch_size", batch_size, 1)
  inputs, targets = load_pair_arrays(name, split, data_dir, image_size)
  return batches((inputs, targets), batch_size, shuffle, seed, drop_remainder)


def batches(
  arrays: array_types.Tensors,
  batch_size: int,
  shuffle: bool = True,
  seed: int | None = 0,
  drop_remainder: bool = False,
) -> tf.data.Dataset:
  """Returns batches of arrays, shuffled anew in each epoch.

  Args:
    arrays: Arrays with equal first axes, in tuples.
    batch_size: The number of rows in a batch.
    shuffle: Whether to shuffle them.
    seed: The seed of the order; None for a new one each time.
    drop_remainder: Whether to leave out a last batch that is not full.
  """
  rows = len(tf.nest.flatten(arrays)[0])
  data = tf.data.Dataset.from_tensor_slices(arrays)
  data = data.shuffle(rows, seed=seed) if shuffle else data
  return data.batch(batch_size, drop_remainder=drop_remainder).prefetch(2)


def load_unpaired(
  name: str,
  target: str | None = None,
  split: str = "train",
  data_dir: str | os.PathLike | None = None,
  batch_size: int = 32,
  image_size: int | Sequence[int] | None = None,
  seed: int = 0,
) -> tf.data.Dataset:
  """Loads two domains as batches of (x, y), each shuffled by itself.

  An epoch has as many batches as the smaller domain fills.

  Args:
    name: The data set of x; or one of both domains: of pairs, such as
      emoji_styles, or of TFDS's cycle_gan, such as cycle_gan/horse2zebra.
    target: The data set of y; None for a data set of both.
    split: As of `load`; of cycle_gan "train" or "test".
    data_dir: As of `load`.
    batch_size: The number of images of each domain in a batch.
    image_size: As of `load`.
    seed: The seed of both orders.

  Returns:
    A data set of pairs of batches, float32 in [-1, 1], as `tgp.CycleGAN.fit`
    takes them.

  Raises:
    ValueError: As of `load`; or if one data set is named that has one domain.
  """
  (x, _), (y, _) = domains(name, target, split, data_dir, image_size)
  return unpaired(x, y, batch_size, seed)


def unpaired(
  x: array_types.Array,
  y: array_types.Array,
  batch_size: int = 32,
  seed: int = 0,
) -> tf.data.Dataset:
  """Returns batches of images of two domains, each shuffled by itself.

  Args:
    x: Images of x, `[n, height, width, channels]`.
    y: Images of y, which need not be as many.
    batch_size: The number of images of each domain in a batch.
    seed: The seed of both orders.

  Returns:
    A data set of pairs of batches, as many as the smaller domain fills.

  Raises:
    ValueError: If a domain does not fill a batch.
  """
  arguments.whole("batch_size", batch_size, 1)
  if batch_size > min(len(x), len(y)):
    raise ValueError(
      f"`batch_size` {batch_size} is more than the {len(x)} images of x or the"
      f" {len(y)} of y; use a smaller one."
    )
  parts = [
    batches(images, batch_size, seed=seed + i, drop_remainder=True)
    for i, images in enumerate((x, y))
  ]
  return tf.data.Dataset.zip(tuple(parts))


def domains(
  name: str,
  target: str | None,
  split: str,
  data_dir: str | os.PathLike | None = None,
  image_size: int | Sequence[int] | None = None,
) -> tuple[tuple, tuple]:
  """Loads the images of two domains into memory, and their labels.

  Args:
    name: As of `load_unpaired`, like all others.
    target: As well.
    split: As well.
    data_dir: As well.
    image_size: As well.

  Returns:
    For each domain its images, `[n, height, width, channels]` in [-1, 1], and
    their labels, `[n]`, or None.

  Raises:
    ValueError: As of `load_unpaired`.
  """

  def read(name, split):
    return load.load_arrays(name, split, image_size, data_dir=data_dir)

  if target is not None:
    return read(name, split), read(target, split)
  builder = sources.open_builder(name, data_dir)
  if _has_pairs(builder):
    inputs, targets = load_pair_arrays(name, split, data_dir, image_size)
    return (inputs, None), (targets, None)
  first, second = _DOMAINS.get(split, (split, split))
  if first not in builder.info.splits:
    raise ValueError(
      f"The data set {name!r} has one domain; name that of the other as"
      " `target`, or a data set of both, such as cycle_gan/horse2zebra."
    )
  # The labels of these say which domain it is.
  return (read(name, first)[0], None), (read(name, second)[0], None)
