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
"""Tests of networks that translate a picture, which is in a file."""

import re

import numpy as np
import pytest

from tests.web import reading, translating

pytestmark = [  # one browser for all
  pytest.mark.slow,
  pytest.mark.xdist_group("web"),
]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
  return translating.write(tmp_path_factory.mktemp("translating"))


@pytest.fixture
def page(browser, files):
  """Returns the page with three networks that wait for a picture."""
  with translating.served(browser, files) as opened:
    yield opened


@pytest.mark.parametrize("accelerator", reading.ACCELERATORS)
def test_a_picture_is_translated_exactly(page, accelerator):
  assert page.locator("#source").inner_text().startswith("No picture yet")
  assert page.locator("canvas:visible").count() == 0
  pixels = translating.random()
  translating.choose(page, translating.png(pixels))
  assert page.locator("#source").inner_text() == "mine.png"
  for network, expected in [
    ("dense", 255 - pixels),
    ("zeros", pixels[..., ::-1]),
  ]:
    np.testing.assert_array_equal(translating.given(page, network), pixels)
    np.testing.assert_array_equal(
      translating.seen(page, network, accelerator), expected
    )
    panel = reading.panel(page, network, accelerator)
    time = reading.part(panel, "time")
    assert 0 < float(time.get_attribute("data-ms")) < 5000
    assert re.fullmatch(r"[\d.]+ ms", time.inner_text())
  assert page.get_by_role("alert").count() == 0
  said = page.get_by_role("region", name="dense").locator("header p")
  assert re.fullmatch(
    r"The same picture on both: values in \[−1, 1\] differ by at most"
    r" [\d.e-]+\.",
    said.inner_text(),
  )


def test_the_middle_is_cropped_and_made_smaller_or_grey(page):
  pixels = np.zeros((24, 64, 3), np.uint8)
  pixels[:, 16:48] = [200, 100, 50]  # is left of 32:24
  pixels[:12, 16:48] = [20, 10, 240]
  translating.choose(page, translating.png(pixels))
  expected = pixels[::2, 16:48:2].astype(int)
  inner = [0, 1, 2, 3, 8, 9, 10, 11]  # not the rows where both colours meet
  for accelerator in reading.ACCELERATORS:
    np.testing.assert_allclose(
      translating.seen(page, "dense", accelerator)[inner],
      255 - expected[inner],
      atol=1,
    )
  grey = np.rint(expected @ [0.299, 0.587, 0.114])
  seen = translating.seen(page, "slim", "wasm")
  assert seen.shape == (8, 8, 3)
  for row, source in [(0, 0), (7, 11)]:
    np.testing.assert_allclose(seen[row], 255 - grey[source, 0], atol=1)


def test_a_drawing_without_pixels(page):
  drawing = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3">'
    b'<rect width="4" height="3" fill="#102030"/></svg>'
  )
  translating.choose(page, drawing, "mine.svg", "image/svg+xml")
  given = translating.given(page, "dense")
  np.testing.assert_array_equal(given, np.full_like(given, [16, 32, 48]))


def test_controls_have_names_and_turns(page):
  assert not page.get_by_label("Seed").is_visible()
  assert page.get_by_role("group", name="The picture to translate").is_visible()
  page.get_by_label("Choose a picture, or drop one on the page").focus()
  turns = []
  for _ in range(4):
    turns.append(page.evaluate("document.activeElement.id"))
    page.keyboard.press("Tab")
  assert turns == ["picture", "camera", "range", "choose"]
  for control in page.locator("input, button, select").all():
    assert control.evaluate(
      "e => e.labels?.[0]?.textContent.trim() || e.textContent.trim()"
    )
  translating.choose(page, translating.png(translating.random()))
  name = "What dense makes of the picture on WebGPU"
  assert page.get_by_role("img", name=name).count() == 1
  name = "The picture as the network takes it"
  assert page.get_by_role("img", name=name).count() == 3


@pytest.mark.parametrize("width", [360, 1200])
def test_the_page_is_as_wide_as_the_screen(page, width):
  page.set_viewport_size({"width": width, "height": 900})
  translating.choose(page, translating.png(translating.random()))
  assert page.evaluate("document.documentElement.scrollWidth") == width


def test_what_is_transparent_is_white(page):
  pixels = np.dstack([translating.random(), np.zeros((12, 16), np.uint8)])
  pixels[:, :8, 3] = 255
  translating.choose(page, translating.png(pixels))
  expected = np.where(pixels[..., 3:] == 255, pixels[..., :3], 255)
  np.testing.assert_array_equal(translating.given(page, "dense"), expected)


@pytest.mark.parametrize(
  ("name", "kind", "content"),
  [
    ("notes.txt", "text/plain", b"not a picture"),
    ("cut.png", "image/png", translating.png(translating.random())[:60]),
    ("empty.png", "image/png", b""),
    ("cut.svg", "image/svg+xml", b"<svg"),
  ],
  ids=["text", "cut", "empty", "drawing"],
)
def test_a_wrong_file_says_a_sentence(page, name, kind, content):
  right = translating.random()
  translating.choose(page, translating.png(right))
  translating.choose(page, content, name, kind)
  assert page.get_by_role("alert").inner_text() == (
    f"{name} cannot be shown: it is not a picture that this browser can read."
  )
  np.testing.assert_array_equal(
    translating.seen(page, "dense", "wasm"), 255 - right
  )
  assert page.locator("#source").inner_text() == "mine.png"
  translating.choose(page, translating.png(right[::-1]))
  assert page.get_by_role("alert").count() == 0
  np.testing.assert_array_equal(
    translating.seen(page, "dense", "wasm"), 255 - right[::-1]
  )


def test_a_picture_is_dropped(page):
  pixels = translating.random(seed=3)
  reading.drop(page, "mine.png", translating.png(pixels), "image/png")
  np.testing.assert_array_equal(
    translating.seen(page, "dense", "webgpu"), 255 - pixels
  )
  reading.drop(page, "notes.txt", b"not a picture", "text/plain")
  assert page.get_by_role("alert").inner_text() == (
    "notes.txt cannot be run: it is not a .tflite file."
  )


def test_no_network_takes_the_picture_that_is_dropped(drawn):
  assert not drawn.get_by_role("group", name="The picture").is_visible()
  reading.drop(
    drawn, "mine.png", translating.png(translating.random()), "image/png"
  )
  assert drawn.get_by_role("alert").inner_text() == (
    "mine.png cannot be translated: no network on the page takes a picture."
  )
