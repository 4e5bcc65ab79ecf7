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
"""Tests of pictures side by side."""

import sys

import numpy as np
import pytest

from tf_ganprune import report


def test_comparison_stands_side_by_side_under_names():
  black = np.full((4, 32, 32, 1), -1, np.float32)
  picture = report.comparison_grid(
    {"dense": black, "pruned": -black}, columns=2, gap=1, zoom=1
  )
  panel = 2 * 32 + 1
  assert picture.shape == (40 + panel, 2 * panel + 16, 3)
  left = picture[40:, :panel]
  expected = report.image_grid(black, 2, 1)
  np.testing.assert_array_equal(left, np.broadcast_to(expected, left.shape))
  assert (picture[40:, panel:] == 255).all()
  for strip in (picture[:40, :panel], picture[:40, panel + 16 :]):
    assert strip.min() < 100 and strip.max() == 255


def test_small_images_are_enlarged():
  images = np.zeros((1, 28, 28, 1), np.float32)
  assert report.comparison_grid({"a": images}).shape == (40 + 56, 56, 3)
  large = np.zeros((1, 200, 200, 3), np.float32)
  assert report.comparison_grid({"a": large}).shape == (240, 200, 3)


def test_comparison_needs_equal_shapes():
  images = np.zeros((2, 8, 8, 1), np.float32)
  with pytest.raises(ValueError, match=r"'b': \(1, 8, 8, 1\)"):
    report.comparison_grid({"a": images, "b": images[:1]})
  with pytest.raises(ValueError, match="`images` .*{}"):
    report.comparison_grid({})


def test_caption_without_matplotlib(monkeypatch):
  for module in [m for m in sys.modules if m.startswith("matplotlib")]:
    monkeypatch.setitem(sys.modules, module, None)
  monkeypatch.setitem(sys.modules, "matplotlib", None)
  with pytest.raises(ImportError, match=r"pip install 'tf_ganprune\[report\]'"):
    report.comparison_grid({"a": np.zeros((1, 8, 8, 1), np.float32)})
