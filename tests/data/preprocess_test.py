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
"""Tests cropping, resizing and scaling on images small enough to know."""

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies

from tf_ganprune.data import preprocess

_BYTES = (0.0, 255.0)


def _columns(height, width):
  """An image whose pixels are the number of their column."""
  row = np.arange(width, dtype=np.uint8)
  return tf.constant(np.tile(row[None, :, None], (height, 1, 1)))


def test_scale_is_exact_at_both_ends():
  scaled = preprocess.scale(tf.constant([0, 255], tf.uint8))
  assert scaled.dtype == tf.float32
  assert scaled.numpy().tolist() == [-1.0, 1.0]


def test_crop_takes_the_centre():
  cropped = preprocess.crop_to_aspect(_columns(4, 10), 8, 8)
  assert cropped.numpy()[:, :, 0].tolist() == [[3, 4, 5, 6]] * 4


def test_crop_of_a_tall_image():
  tall = tf.transpose(_columns(4, 12), (1, 0, 2))
  cropped = preprocess.crop_to_aspect(tall, 6, 4).numpy()
  assert cropped.shape == (6, 4, 1)
  assert cropped[:, 0, 0].tolist() == [3, 4, 5, 6, 7, 8]


@hypothesis.settings(deadline=None, max_examples=60)
@hypothesis.given(
  *[strategies.integers(1, 300)] * 2, *[strategies.integers(4, 64)] * 2
)
def test_crop_is_the_largest_of_its_aspect(height, width, to_height, to_width):
  image = np.zeros((height, width, 1), np.uint8)
  shape = preprocess.crop_to_aspect(image, to_height, to_width).shape
  scale = min(height / to_height, width / to_width)
  assert shape[0] == height or shape[1] == width
  assert abs(shape[0] - to_height * scale) <= max(0.5, 1 - to_height * scale)
  assert abs(shape[1] - to_width * scale) <= max(0.5, 1 - to_width * scale)


def test_shrinking_is_antialiased():
  # One white column in four: between its neighbours lies only black, which is
  # all that a filter of two pixels would see.
  lines = np.tile(np.array([255, 0, 0, 0], np.uint8), 8)[None, :, None]
  lines = np.broadcast_to(lines, (32, 32, 1))
  small = preprocess.to_pixels(tf.constant(lines), (8, 8), None, _BYTES).numpy()
  assert small.shape == (8, 8, 1)
  inner = small[:, 1:-1]
  assert inner.min() >= 60 and inner.max() <= 68


def test_the_same_size_changes_nothing():
  image = np.random.default_rng(0).integers(0, 256, (9, 7, 3), dtype=np.uint8)
  for size in (None, (9, 7)):
    pixels = preprocess.to_pixels(tf.constant(image), size, None, _BYTES)
    np.testing.assert_array_equal(pixels, image)


def test_a_constant_image_stays_constant():
  image = tf.fill((13, 31, 3), tf.constant(77, tf.uint8))
  pixels = preprocess.to_pixels(image, (20, 10), None, _BYTES).numpy()
  assert pixels.shape == (20, 10, 3)
  assert (pixels == 77).all()


@pytest.mark.parametrize(
  ("dtype", "value_range", "values"),
  [
    (np.uint16, None, [0, 257, 65535]),
    (np.float32, (0, 1), [0.0, 1 / 255, 1.0]),
    (np.float32, (-1, 1), [-1.0, 2 / 255 - 1, 1.0]),
  ],
)
def test_other_types_become_8_bits(dtype, value_range, values):
  known = preprocess.value_range_of(np.dtype(dtype), value_range, "x")
  image = tf.constant(np.array(values, dtype).reshape(1, 3, 1))
  pixels = preprocess.to_pixels(image, None, None, known)
  assert pixels.dtype == tf.uint8
  assert pixels.numpy().ravel().tolist() == [0, 1, 255]


def test_pixels_outside_the_range_are_refused():
  for value in (-0.1, 1.1, float("nan")):
    image = tf.fill((4, 4, 1), value)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"\[0\.0, 1\.0\]"):
      preprocess.to_pixels(image, None, None, (0.0, 1.0))


def test_channels():
  colour = tf.constant([[[255, 0, 0], [0, 255, 0]]], tf.uint8)
  grey = preprocess.to_pixels(colour, None, 1, _BYTES)
  assert grey.numpy().tolist() == [[[76], [150]]]  # ITU-R 601 luma
  back = preprocess.to_pixels(grey, None, 3, _BYTES)
  assert back.numpy().tolist() == [[[76] * 3, [150] * 3]]
  with pytest.raises(ValueError, match="`channels` .*4"):
    preprocess.check_channels(4, 1, "x")


@pytest.mark.parametrize(
  ("image_size", "expected"),
  [(None, None), (4, (4, 4)), ((8, 6), (8, 6)), ([5, 9], (5, 9))],
)
def test_image_size(image_size, expected):
  assert preprocess.check_image_size(image_size) == expected


@pytest.mark.parametrize(
  "image_size", [3, 0, -8, True, 8.0, "32", (8,), (8, 3), (8, 8, 3), {8: 8}]
)
def test_bad_image_size(image_size):
  with pytest.raises(ValueError, match="`image_size`"):
    preprocess.check_image_size(image_size)


def test_value_range_errors():
  with pytest.raises(ValueError, match="float32.*pass `value_range`"):
    preprocess.value_range_of(np.dtype(np.float32), None, "x")
  with pytest.raises(ValueError, match=r"`value_range`.*\(1, 1\)"):
    preprocess.value_range_of(np.dtype(np.float32), (1, 1), "x")
