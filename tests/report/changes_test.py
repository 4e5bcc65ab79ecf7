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
"""Tests the part of a page that shows what pruning changed."""

import base64
import dataclasses
import re

import numpy as np
import pytest

from tf_ganprune import interpretation, pictures, report
from tf_ganprune.interpretation import directions
from tf_ganprune.report import changes, page


def _pairs(n, pruned=1.0):
  dense = np.full((n, 4, 4, 1), -1.0, np.float32)
  images = np.full((n, 4, 4, 1), pruned, np.float32)
  return interpretation.Pairs(np.zeros((n, 2)), dense, images)


def _explanation():
  vector = np.array([0.0, 1.0])
  return interpretation.Explanation(
    layers=(
      interpretation.LayerChange("stem", 1000, 200, 64, 16),
      interpretation.LayerChange("gone", 7, 0, None, None, "not there"),
    ),
    directions=(
      directions.Direction(vector, 0.5, 0.125, _pairs(7)),
      directions.Direction(vector, 0.25, 0.0, _pairs(7)),
    ),
    classes=tuple(
      interpretation.ClassChange(i, 10, (14, 6)[i], 5) for i in range(2)
    ),
    image_pairs=_pairs(3, pruned=0.0),
    differences=np.full(20, 0.5),
  )


@pytest.fixture(scope="module")
def explained(comparison):
  return dataclasses.replace(
    comparison, explanations={"pruned": _explanation()}
  )


@pytest.fixture(scope="module")
def text(explained):
  return page.render(explained)


def test_page_says_what_changed(text, rendered):
  assert "<h2>What pruning changed" not in rendered
  assert text.count("<h2>What pruning changed: pruned</h2>") == 1
  for sentence in _explanation().sentences:
    assert f"<li>{sentence}</li>" in text
  assert text.count("<svg") == rendered.count("<svg") + 2
  assert text.count("<img") == rendered.count("<img") + 2


def test_page_has_a_row_for_each_layer(text):
  rows = re.findall(
    r'<th scope="row">(stem|gone)(.*?)</th>(.*?)</tr>', text, re.DOTALL
  )
  cells = {name: re.findall("<td>(.*?)</td>", row) for name, _, row in rows}
  assert cells == {
    "stem": ["1,000", "200", "20.0%", "64", "16"],
    "gone": ["7", "0", "0.0%", "", ""],
  }
  assert '<span class="hint">not there</span>' in rows[1][1]


def test_pictures_show_both_and_their_difference(explained, text):
  (drawn,) = changes.drawn(explained)
  zoomed = [
    report.comparison_grid({"x": images})[40:]
    for images in (_pairs(3).dense, _pairs(3, 0.0).pruned)
  ]
  dense, pruned, difference = _panels(drawn.pictures)
  np.testing.assert_array_equal(dense, zoomed[0])
  np.testing.assert_array_equal(pruned, zoomed[1])
  # Half of the way from black to white is half of white.
  np.testing.assert_array_equal(difference, zoomed[1])
  encoded = base64.b64encode(pictures.encode_png(drawn.pictures)).decode()
  assert encoded in text


def _panels(picture):
  """Returns the three parts of a picture, without their names."""
  width = (picture.shape[1] - 2 * 24) // 3
  starts = [i * (width + 24) for i in range(3)]
  return [picture[40:, start : start + width] for start in starts]


def test_each_direction_is_a_row(explained):
  (drawn,) = changes.drawn(explained)
  for walk, shade in zip(_panels(drawn.walks), (0, 255, 255), strict=True):
    assert walk.shape == (2 * 64 + 2, 7 * 64 + 6 * 2, 3)
    assert (walk[:64, :64] == shade).all()


def test_bars_are_as_high_as_the_values(monkeypatch, explained):
  found = {}
  monkeypatch.setattr(
    changes.charts,
    "paired_bars",
    lambda title, values, labels, *others: found.update(
      {title: (values, labels, others[-1])}
    ),
  )
  changes.drawn(explained)
  places = {"dense": 0, "pruned": 1}
  assert found == {
    "Change along latent directions: pruned": (
      {"dense": [0.5, 0.25], "pruned": [0.125, 0.0]},
      ["1", "2"],
      places,
    ),
    "Classes that are drawn: pruned": (
      {"dense": [50.0, 50.0], "pruned": [70.0, 30.0]},
      ["0", "1"],
      places,
    ),
  }


def test_what_was_not_found_is_left_out(comparison):
  bare = dataclasses.replace(_explanation(), directions=(), classes=())
  page_ = page.render(
    dataclasses.replace(comparison, explanations={"pruned": bare})
  )
  assert "The images that differ most" in page_
  assert "Along the latent directions that lost" not in page_
  assert "Classes that are drawn" not in page_


@pytest.mark.parametrize("name", ["dense", "slim"])
def test_only_contestants_after_the_first_have_changed(comparison, name):
  with pytest.raises(
    ValueError, match=rf"`explanations`.*\['pruned'\].*{name}"
  ):
    dataclasses.replace(comparison, explanations={name: _explanation()})
