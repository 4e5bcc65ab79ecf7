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
"""Tests of networks that translate what a camera sees."""

import re

import numpy as np
import pytest

from tests.web import conftest, reading, translating

pytestmark = [  # one browser for all
  pytest.mark.slow,
  pytest.mark.xdist_group("web"),
]
_DARK, _BRIGHT = 60, 200  # of the camera's two halves, from 16 to 235
_FRAME = (64, 48)


def _halves(path):
  """Writes a video of two frames, dark on the left and bright on the right."""
  width, height = _FRAME
  luma = np.full((height, width), _DARK, np.uint8)
  luma[:, width // 2 :] = _BRIGHT
  chroma = np.full(height * width // 2, 128, np.uint8)
  frame = b"FRAME\n" + luma.tobytes() + chroma.tobytes()
  head = f"YUV4MPEG2 W{width} H{height} F30:1 Ip A1:1 C420jpeg\n"
  path.write_bytes(head.encode() + 2 * frame)
  return path


@pytest.fixture(scope="module")
def filming(browser, tmp_path_factory):
  """Returns a browser whose camera shows the halves."""
  video = _halves(tmp_path_factory.mktemp("camera") / "halves.y4m")
  launched = browser.browser_type.launch(
    executable_path=conftest.chromium(),
    args=[
      *conftest.FLAGS,
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      f"--use-file-for-fake-video-capture={video}",
    ],
  )
  yield launched
  launched.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
  return translating.write(tmp_path_factory.mktemp("translating"))


@pytest.fixture
def page(filming, files):
  """Returns the page with three networks that wait for a picture."""
  with translating.served(filming, files) as opened:
    yield opened


def _rates(page, n):
  """Returns how many frames in a second the page says, n times."""
  said = []
  while len(said) < n:
    rate = page.locator("#rate[data-rate]").get_attribute("data-rate")
    if rate not in said:
      said.append(rate)
    page.wait_for_timeout(50)
  return [float(rate) for rate in said]


def _check_halves(picture):
  height, width, _ = picture.shape
  dark, bright = ((x - 16) * 255 / 219 for x in (_DARK, _BRIGHT))
  left, right = picture[:, : width // 2 - 1], picture[:, width // 2 + 1 :]
  np.testing.assert_allclose(left, 255 - dark, atol=3)
  np.testing.assert_allclose(right, 255 - bright, atol=3)


def test_the_camera_is_translated_live(page):
  button = page.get_by_role("button", name="Start the camera")
  button.focus()
  page.keyboard.press("Enter")
  assert all(1 < rate < 100 for rate in _rates(page, 5))
  assert re.fullmatch(
    r"[\d.]+ frames per second", page.locator("#rate").inner_text()
  )
  assert page.locator("#source").inner_text() == "the camera"
  for network in ("dense", "slim"):
    for accelerator in reading.ACCELERATORS:
      _check_halves(translating.seen(page, network, accelerator))
  page.get_by_role("button", name="Stop the camera").click()
  reading.settle(page)
  assert page.locator("#rate").inner_text() == ""
  assert page.evaluate("document.querySelector('main').ariaBusy") == "false"
  button.click()
  _rates(page, 2)
  pixels = translating.random()
  translating.choose(page, translating.png(pixels))  # takes the camera's place
  assert button.is_visible()
  np.testing.assert_array_equal(
    translating.seen(page, "dense", "wasm"), 255 - pixels
  )


def test_the_camera_goes_to_one_network_alone(page):
  pixels = translating.random()
  translating.choose(page, translating.png(pixels))
  page.get_by_role("button", name="Start the camera").click()
  _rates(page, 2)
  choice = page.get_by_label("The camera goes to")
  assert choice.locator("option").all_inner_texts() == [
    "all, one after the other",
    *(
      f"{network} on {accelerator}"
      for network in ("dense", "slim", "zeros")
      for accelerator in ("WASM", "WebGPU")
    ),
  ]
  choice.select_option("zeros on WebGPU")
  _rates(page, 2)
  counted = """async () => {
    const painted = {};
    const put = CanvasRenderingContext2D.prototype.putImageData;
    CanvasRenderingContext2D.prototype.putImageData = function (...given) {
      const place = this.canvas.closest("[data-accelerator]");
      if (place) {
        const name = place.closest("section").querySelector("h2").textContent;
        const key = `${name} ${place.dataset.accelerator}`;
        painted[key] = (painted[key] ?? 0) + 1;
      }
      return put.apply(this, given);
    };
    await new Promise(resolve => setTimeout(resolve, 1500));
    CanvasRenderingContext2D.prototype.putImageData = put;
    return painted;
  }"""
  painted = page.evaluate(counted)
  assert list(painted) == ["zeros webgpu"] and painted["zeros webgpu"] > 2
  page.get_by_role("button", name="Stop the camera").click()
  reading.settle(page)  # all have the last frame now
  _check_halves(translating.seen(page, "dense", "wasm"))


@pytest.mark.parametrize(
  ("camera", "sentence"),
  [
    ("undefined", "This browser gives pages no camera; it does only over "),
    ("NotAllowedError", "The camera was refused. Allow it for this page in "),
    ("NotFoundError", "This device has no camera. Choose a picture."),
    ("NotReadableError", "The camera gives no picture; another program may "),
    ("AbortError", "The camera cannot be used: told so."),
  ],
)
def test_no_camera_says_a_sentence(page, camera, sentence):
  page.evaluate(
    """name => Object.defineProperty(navigator, "mediaDevices", {
      value: name === "undefined" ? undefined : {
        getUserMedia: async () => { throw new DOMException("told so", name); }
      }
    })""",
    camera,
  )
  page.get_by_role("button", name="Start the camera").click()
  alert = page.get_by_role("alert")
  alert.wait_for()
  assert alert.inner_text().startswith(sentence)
  assert page.get_by_role("button", name="Start the camera").is_visible()
  translating.choose(page, translating.png(translating.random()))
  assert alert.count() == 0


def test_a_camera_that_goes_away(page):
  page.evaluate("""() => {
    const ask = navigator.mediaDevices.getUserMedia;
    navigator.mediaDevices.getUserMedia = async function (wanted) {
      window.stream = await ask.call(this, wanted);
      return window.stream;
    };
  }""")
  page.get_by_role("button", name="Start the camera").click()
  _rates(page, 2)
  page.evaluate(
    "window.stream.getTracks()[0].dispatchEvent(new Event('ended'))"
  )
  alert = page.get_by_role("alert")
  alert.wait_for()
  assert alert.inner_text() == "The camera went away."
  assert page.get_by_role("button", name="Start the camera").is_visible()
  assert page.evaluate("window.stream.getTracks()[0].readyState") == "ended"
