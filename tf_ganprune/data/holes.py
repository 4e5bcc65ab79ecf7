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
"""Images with holes, for generators that fill them."""

import numpy as np
import tensorflow as tf

from tf_ganprune import arguments, array_types
from tf_ganprune.data import pairs


def random_masks(
  n: int,
  image_size: tuple[int, int],
  min_size: float = 0.25,
  max_size: float = 0.5,
  seed: int = 0,
) -> np.ndarray:
  """Returns masks of random rectangles, one for each image.

  Args:
    n: How many.
    image_size: Height and width in pixels.
    min_size: The least height and width of a hole, as a share of the image's.
    max_size: The greatest.
    seed: The seed of places and sizes.

  Returns:
    `[n, height, width, 1]`, float32, 1 in the hole and 0 elsewhere.

  Raises:
    ValueError: If a share does not lie between 0 and 1, or the least is above
      the greatest.
  """
  arguments.whole("n", n, 1)
  if not 0 < min_size <= max_size < 1:
    raise ValueError(
      "`min_size` and `max_size` must be shares between 0 and 1, the first not"
      f" above the second; got {min_size!r} and {max_size!r}."
    )
  random = np.random.default_rng(seed)
  masks = np.zeros((n, *image_size, 1), np.float32)
  sides = np.array(image_size)
  for mask in masks:
    hole = np.maximum(1, sides * random.uniform(min_size, max_size, 2))
    hole = hole.astype(int)
    top, left = random.integers(0, sides - hole + 1)
    mask[top : top + hole[0], left : left + hole[1]] = 1.0
  return masks


def holed(
  images: array_types.Array,
  masks: array_types.Array | None = None,
  min_size: float = 0.25,
  max_size: float = 0.5,
  seed: int = 0,
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
  """Returns images with a hole, the holes' masks, and the whole images.

  Args:
    images: `[n, height, width, channels]`, floats in [-1, 1].
    masks: `[n, height, width, 1]`, 1 in the hole and 0 elsewhere; by default
      those of `random_masks`.
    min_size: As of `random_masks`.
    max_size: As of `random_masks`.
    seed: As of `random_masks`.

  Returns:
    A pair of the images with 0 in the hole (grey) and the masks; and the
    images.

  Raises:
    ValueError: If images or masks have another shape, or a mask covers nothing
      or all.
  """
  images = np.asarray(images, np.float32)
  if images.ndim != 4 or not len(images):
    raise ValueError(
      "`images` must be [n, height, width, channels], at least one; got the"
      f" shape {images.shape}."
    )
  if masks is None:
    masks = random_masks(
      len(images), images.shape[1:3], min_size, max_size, seed
    )
  masks = _checked(masks, images)
  return (images * (1 - masks), masks), images


def _checked(masks, images) -> np.ndarray:
  masks = np.asarray(masks, np.float32)
  wanted = (*images.shape[:3], 1)
  if masks.shape != wanted or not np.isin(masks, (0, 1)).all():
    raise ValueError(
      f"`masks` must be {wanted}, of 0 and 1; got the shape {masks.shape}."
    )
  shares = masks.mean((1, 2, 3))
  for share, word in ((0, "nothing"), (1, "all")):
    if (shares == share).any():
      index = int(np.argmax(shares == share))
      raise ValueError(
        f"`masks` must cover a part of each image; number {index} covers"
        f" {word}."
      )
  return masks


def with_holes(
  images: array_types.Array | tf.data.Dataset,
  batch_size: int = 32,
  min_size: float = 0.25,
  max_size: float = 0.5,
  seed: int = 0,
) -> tf.data.Dataset:
  """Returns batches of images with holes, with new holes in each epoch.

  Args:
    images: `[n, height, width, channels]`, floats in [-1, 1]; or a data set of
      batches of them, such as of `tgp.data.load`.
    batch_size: The number of images in a batch, of an array.
    min_size: As of `random_masks`.
    max_size: As of `random_masks`.
    seed: The seed of the order and of the holes.

  Returns:
    A data set of batches, as `tgp.Pix2Pix.fit` takes them: a pair of images
    with a hole and of masks, and the whole images.

  Raises:
    ValueError: As of `holed`.
  """
  random_masks(1, (8, 8), min_size, max_size, seed)  # checks the sizes
  if not isinstance(images, tf.data.Dataset):
    holed(images[:1])  # checks the shape
    images = pairs.batches(
      np.asarray(images, np.float32), batch_size, seed=seed
    )
  seeds = tf.data.Dataset.random(seed, rerandomize_each_iteration=True)
  sizes = min_size, max_size
  return tf.data.Dataset.zip((images, seeds.batch(2))).map(
    lambda batch, pair: _cut(batch, tf.cast(pair, tf.int64), sizes),
    num_parallel_calls=tf.data.AUTOTUNE,
  )


def _cut(images, seed, sizes: tuple[float, float]):
  """Returns a batch with holes, masks, and the batch."""
  shape = tf.shape(images)
  uniform = tf.random.stateless_uniform([shape[0], 4], seed)
  rows, columns = (
    _inside(shape[axis], uniform[:, i], uniform[:, i + 1], sizes)
    for axis, i in ((1, 0), (2, 2))
  )
  masks = rows[:, :, None, None] & columns[:, None, :, None]
  masks = tf.cast(masks, images.dtype)
  return (images * (1 - masks), masks), images


def _inside(side, size, place, sizes) -> tf.Tensor:
  """Returns which pixels of a side are in the hole, a row an image."""
  length = tf.cast(side, tf.float32)
  share = sizes[0] + size * (sizes[1] - sizes[0])
  hole = tf.maximum(1.0, tf.floor(share * length))
  first = tf.floor(place * (length - hole + 1))
  pixel = tf.range(length)[None]
  return (pixel >= first[:, None]) & (pixel < (first + hole)[:, None])
