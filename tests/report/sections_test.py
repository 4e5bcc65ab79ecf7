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
"""Tests the sections of a page: pictures, rows of them, sounds, texts."""

import base64
import dataclasses
import html
import io
import re
import wave

import numpy as np
import pytest
import tensorflow as tf

from tf_ganprune import report
from tf_ganprune.report import page, sections


def _decoded(cell):
  return tf.io.decode_png(cell.image).numpy()


def _show(comparison, *shown):
  """Returns the part of the page that the sections are."""
  text = page.render(dataclasses.replace(comparison, sections=shown))
  return text[text.index(f"<h2>{shown[0].title}") :].partition("<h2>Train")[0]


_GREY = np.zeros((4, 2, 2, 1), np.float32)


def test_pictures_are_a_grid_for_each_network(comparison):
  white = np.ones((1, 64, 64, 3), np.float32)
  section = report.Pictures("Faces", {"dense": _GREY, "slim": white}, columns=4)
  drawn = section.drawn()
  assert drawn.columns == ["dense", "slim"]
  ((dense, slim),) = drawn.rows
  grid = _decoded(dense)
  assert grid.shape == (64, 4 * 64 + 3 * 2, 1)  # zoomed by 32
  assert set(np.unique(grid)) == {128, 255}
  assert _decoded(slim).min() == 255 and slim.alt == "Faces, slim: 1"
  text = _show(comparison, section)
  assert re.findall("<figcaption>(.*)</figcaption>", text) == ["dense", "slim"]
  shown = re.findall(r'src="data:image/png;base64,([^"]+)"', text)
  assert [base64.b64decode(x) for x in shown] == [dense.image, slim.image]


def test_bytes_and_images_without_channels():
  for images in (
    np.full((1, 8, 8), 51, np.uint8),
    np.full((1, 8, 8), -0.6, np.float32),
  ):
    ((cell,),) = report.Pictures("x", {"a": images}).drawn().rows
    assert np.unique(_decoded(cell)) == [51]
  section = report.Pictures("x", {"a": _GREY + 0.5}, value_range=(0, 1))
  assert np.unique(_decoded(section.drawn().rows[0][0])[:32]).tolist() == [
    128,
    255,
  ]


def test_rows_of_pictures_of_several_sizes(comparison):
  images = {
    "input": np.stack([np.full((2, 3, 1), x, np.float32) for x in (-1, 1)]),
    "truth": np.zeros((2, 8, 8, 3), np.uint8),
  }
  section = report.PictureRows("Edges", images, ["<b>one</b>", "two"])
  drawn = section.drawn()
  assert [[_decoded(x).shape for x in row] for row in drawn.rows] == [
    [(2, 3, 1), (8, 8, 3)]
  ] * 2
  assert [_decoded(row[0]).max() for row in drawn.rows] == [0, 255]
  assert drawn.rows[1][1].alt == "truth, example 2"
  text = _show(comparison, section)
  assert text.count("<img") == 4 and '<tbody class="small">' in text
  assert '<th scope="col">truth</th>' in text
  assert '<th scope="row">&lt;b&gt;one&lt;/b&gt;</th>' in text


def test_sounds_can_be_heard_and_seen(comparison):
  sound = np.array([[0.0, 1.0, -1.0, 0.5]], np.float32)
  section = report.Sounds(
    "Speech", {"dense": sound, "truth": [2 * sound[0]]}, 8000
  )
  ((dense, truth),) = section.drawn().rows
  with wave.open(io.BytesIO(dense.audio)) as file:
    form = file.getframerate(), file.getnchannels(), file.getsampwidth()
    assert form == (8000, 1, 2)
    samples = np.frombuffer(file.readframes(9), "<i2")
  np.testing.assert_array_equal(samples, [0, 32767, -32767, 16384])
  assert dense.note == "" and "50.0% of its samples" in truth.note
  assert _decoded(dense).shape[2] == 4
  text = _show(comparison, section)
  heard = re.findall(r'src="data:audio/wav;base64,([^"]+)"', text)
  assert [base64.b64decode(x) for x in heard] == [dense.audio, truth.audio]
  assert 'aria-label="truth, example 1"' in text


def test_texts_are_escaped_and_missing_ones_are_said(comparison):
  section = report.Texts(
    "Captions",
    {"<i>prompt</i>": ["<script>x</script>\n & y", "b"], "pruned": [None, ""]},
    caption="<u>said</u>",
  )
  text = _show(comparison, section)
  assert "<script" not in text and "<i>" not in text and "<u>" not in text
  found = [html.unescape(x) for x in re.findall("<p>(.*?)</p>", text, re.S)]
  assert found == ["<script>x</script>\n & y", "n/a", "b", ""]
  assert '<p class="caption">&lt;u&gt;said&lt;/u&gt;</p>' in text


def test_a_section_of_ones_own(comparison):
  class Own:
    title, caption = "Own", ""

    def drawn(self):
      cell = sections.Cell(text="one", note="noted")
      return sections.Drawn(["a"], [[cell]])

  text = _show(comparison, Own())
  assert "<p>one</p>" in text and '<p class="note">noted</p>' in text


def test_sections_stand_in_their_order(comparison):
  text = _show(
    comparison, report.Texts("A", {"x": ["1"]}), report.Texts("B", {"x": ["2"]})
  )
  assert re.findall("<h2>(.*?)</h2>", text) == ["A", "B"]


_SOUND = np.zeros((2, 9), np.float32)


@pytest.mark.parametrize(
  ("section", "reason"),
  [
    (report.Pictures("P", {}), "'P' has no pictures"),
    (report.Pictures("P", {"a": _GREY + 3}), r"must lie in \[-1, 1\]"),
    (
      report.Pictures("P", {"a": np.full((1, 2, 2, 1), np.nan)}),
      "`images` .*nan to nan",
    ),
    (report.PictureRows("R", {}), "'R' must have columns of one length"),
    (
      report.PictureRows("R", {"a": _GREY, "b": _GREY[1:]}),
      "{'a': 4, 'b': 3}",
    ),
    (report.PictureRows("R", {"a": _GREY}, ["x"]), "each of its 4 rows; got 1"),
    (report.Sounds("S", {"a": _SOUND}, 0), "`sample_rate`"),
    (report.Sounds("S", {"a": _SOUND[:, :0]}, 8), "S, a, example 1 has no"),
    (
      report.Sounds("S", {"a": [_SOUND[0], _SOUND[0] / 0]}, 8),
      "example 2 .*NaN",
    ),
    (report.Sounds("S", {"a": np.zeros((1, 9, 3))}, 8), r"float64, \[9, 3\]"),
    (report.Sounds("S", {"a": np.zeros((1, 9), int)}, 8), "int64"),
    (report.Texts("T", {"a": "abc"}), "'a' in the section 'T' .* got 'abc'"),
    (report.Texts("T", {"a": [1]}), r"must be a list of texts; got \[1\]"),
    (report.Texts("T", {"a": []}), "at least 1; got {'a': 0}"),
  ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_refused(section, reason):
  with pytest.raises(ValueError, match=reason):
    section.drawn()


def test_what_is_no_section(comparison):
  with pytest.raises(ValueError, match="`sections` .*got 'text'"):
    dataclasses.replace(comparison, sections=["text"])
