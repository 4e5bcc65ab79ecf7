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
"""Tests grids pixel by pixel on tiny images, and PNG files."""

import os

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies

from tf_ganprune import pictures


def _constant(values, channels=1):
  images = np.array(values, np.float32).reshape(-1, 1, 1, 1)
  return np.broadcast_to(images, (len(images), 1, 2, channels))


def test_grid_is_exact():
  grid = pictures.image_grid(_constant([-1, 0, 1]), columns=2, gap=1)
  assert grid.dtype == np.uint8
  assert grid[:, :, 0].tolist() == [
    [0, 0, 255, 128, 128],
    [255, 255, 255, 255, 255],
    [255, 255, 255, 255, 255],
  ]


def test_zoom_repeats_pixels():
  image = np.array([[-1.0, 1.0]], np.float32).reshape(1, 1, 2, 1)
  grid = pictures.image_grid(image, zoom=2)
  assert grid[:, :, 0].tolist() == [[0, 0, 255, 255]] * 2


def test_colours_keep_their_channels():
  image = np.array([-1.0, 0.0, 1.0], np.float32).reshape(1, 1, 1, 3)
  assert pictures.image_grid(image).tolist() == [[[0, 128, 255]]]


@hypothesis.settings(deadline=None, max_examples=50)
@hypothesis.given(
  strategies.integers(1, 30),
  strategies.integers(1, 8),
  strategies.integers(0, 3),
)
def test_every_image_has_its_place(n, columns, gap):
  images = np.linspace(-1, 1, n, dtype=np.float32).reshape(n, 1, 1, 1)
  images = np.broadcast_to(images, (n, 2, 3, 1))
  grid = pictures.image_grid(images, columns, gap)
  rows = -(-n // columns)
  assert grid.shape == (rows * (2 + gap) - gap, columns * (3 + gap) - gap, 1)
  for i, image in enumerate(images):
    top, left = i // columns * (2 + gap), i % columns * (3 + gap)
    expected = np.round((image + 1) * 127.5)
    found = grid[top : top + 2, left : left + 3]
    np.testing.assert_array_equal(found, expected)


def test_default_grid_is_about_square():
  images = np.zeros((10, 4, 4, 1), np.float32)
  assert pictures.image_grid(images, gap=0).shape == (12, 16, 1)


def test_bad_images():
  for bad in (1.1, -1.1, np.nan, np.inf):
    with pytest.raises(ValueError, match=r"must lie in \[-1, 1\]"):
      pictures.image_grid(_constant([0, bad]))
  for shape in ((0, 4, 4, 1), (4, 4, 1), (1, 4, 4, 2)):
    with pytest.raises(ValueError, match=r"`images` .*\[n, height"):
      pictures.image_grid(np.zeros(shape))
  for name, number in {"columns": 0, "zoom": 0, "gap": -1}.items():
    with pytest.raises(ValueError, match=f"`{name}` .*got {number}"):
      pictures.image_grid(_constant([0]), **{name: number})


def test_png_round_trip(tmp_path):
  array = np.random.default_rng(0).integers(0, 256, (5, 4, 3), dtype=np.uint8)
  path = pictures.write_png(tmp_path / "new" / "x.png", array)
  restored = tf.io.decode_png(path.read_bytes()).numpy()
  np.testing.assert_array_equal(restored, array)


def test_png_of_something_else(tmp_path):
  with pytest.raises(
    ValueError, match=r"`array` must be uint8.*float64, \[3, 3\]"
  ):
    pictures.write_png(tmp_path / "x.png", np.zeros((3, 3)))
  assert not list(tmp_path.iterdir())


def test_interrupted_writing_leaves_the_old_file(tmp_path, monkeypatch):
  path = pictures.write_png(tmp_path / "x.png", np.zeros((2, 2, 1), np.uint8))
  old = path.read_bytes()

  def fail(source, target):
    assert open(source, "rb").read() and open(target, "rb").read() == old
    raise OSError(28, "No space left on device")

  monkeypatch.setattr(os, "replace", fail)
  with pytest.raises(OSError, match="28"):
    pictures.write_png(path, np.ones((2, 2, 1), np.uint8))
  assert path.read_bytes() == old
  assert [p.name for p in tmp_path.iterdir()] == ["x.png"]
