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
"""What the page shows, and what LiteRT in Python makes of the same files."""

"""Tests of networks that translate a picture, a file's or the camera's."""

import functools
import io
import re
import threading

import numpy as np
import pytest
from PIL import Image

import tf_ganprune as tgp
from examples import demo_files, demo_server
from tests.web import conftest, reading

pytestmark = [  # one browser for all
  pytest.mark.slow,
  pytest.mark.xdist_group("web"),
]
_INVERSE = -np.eye(3, dtype=np.float32)
_SWAP = np.eye(3, dtype=np.float32)[::-1]  # red for blue
_DARK, _BRIGHT = 60, 200  # of the camera's two halves, from 16 to 235
_FRAME = (64, 48)


def _network(image_shape, kernel):
  """Returns a network that mixes colours with a matrix."""
  layer = tgp.keras.layers.Conv2D(len(kernel), 1, use_bias=False)
  network = tgp.keras.Sequential([tgp.keras.Input(image_shape), layer])
  layer.set_weights([kernel[None, None]])
  return network


@pytest.fixture(scope="module")
def files(tmp_path_factory):
  """Returns a folder with three networks, one of another size and grey."""
  path = tmp_path_factory.mktemp("translating")
  networks = {
    "dense": _network((12, 16, 3), _INVERSE),
    "slim": _network((8, 8, 1), _INVERSE[:1, :1]),
    "zeros": _network((12, 16, 3), _SWAP),
  }
  for name, network in networks.items():
    tgp.export_tflite(network, path / f"{name}_cpu.tflite")
  return path


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


@pytest.fixture
def page(filming, files):
  """Returns the page with three networks that wait for a picture."""
  list_networks = functools.partial(demo_files.networks, files, "cpu", "gpu")
  with demo_server.DemoServer(files, list_networks) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with filming.new_context(permissions=["camera"]) as context:
      opened = context.new_page()
      opened.set_default_timeout(120_000)
      opened.errors = []
      opened.on("pageerror", lambda error: opened.errors.append(str(error)))
      opened.goto(server.url)
      reading.settle(opened)
      yield opened
      assert not opened.errors
    server.shutdown()


def _random(height=12, width=16, seed=0):
  rng = np.random.default_rng(seed)
  return rng.integers(0, 256, (height, width, 3), np.uint8)


def _png(pixels):
  content = io.BytesIO()
  Image.fromarray(pixels).save(content, "png")
  return content.getvalue()


def _choose(page, content, name="mine.png", kind="image/png"):
  page.get_by_label(
    "Choose a picture, or drop one on the page"
  ).set_input_files({"name": name, "mimeType": kind, "buffer": content})
  reading.settle(page)


def _seen(page, network, accelerator):
  (picture,) = reading.pictures(reading.panel(page, network, accelerator))
  return picture[..., :3].astype(int)


def _given(page, network):
  section = page.get_by_role("region", name=network, exact=True)
  (picture,) = reading.pictures(section.locator("[data-part=given]"))
  return picture[..., :3].astype(int)


def _open(page, path):
  page.get_by_label("Open a .tflite file").set_input_files(path)
  reading.settle(page)


@pytest.mark.parametrize("accelerator", reading.ACCELERATORS)
def test_a_picture_is_translated_exactly(page, accelerator):
  assert page.locator("#source").inner_text().startswith("No picture yet")
  pixels = _random()
  _choose(page, _png(pixels))
  assert page.locator("#source").inner_text() == "mine.png"
  for network, expected in [
    ("dense", 255 - pixels),
    ("zeros", pixels[..., ::-1]),
  ]:
    np.testing.assert_array_equal(_given(page, network), pixels)
    np.testing.assert_array_equal(_seen(page, network, accelerator), expected)
    panel = reading.panel(page, network, accelerator)
    time = reading.part(panel, "time")
    assert 0 < float(time.get_attribute("data-ms")) < 5000
    assert re.fullmatch(r"[\d.]+ ms", time.inner_text())
  assert page.get_by_role("alert").count() == 0


def test_the_middle_is_cropped_and_made_smaller_or_grey(page):
  pixels = np.zeros((24, 64, 3), np.uint8)
  pixels[:, 16:48] = [200, 100, 50]  # is left of 32:24
  pixels[:12, 16:48] = [20, 10, 240]
  _choose(page, _png(pixels))
  expected = pixels[::2, 16:48:2].astype(int)
  inner = [0, 1, 2, 3, 8, 9, 10, 11]  # not the rows where both colours meet
  for accelerator in reading.ACCELERATORS:
    np.testing.assert_allclose(
      _seen(page, "dense", accelerator)[inner], 255 - expected[inner], atol=1
    )
  grey = np.rint(expected @ [0.299, 0.587, 0.114])
  seen = _seen(page, "slim", "wasm")
  assert seen.shape == (8, 8, 3)
  for row, source in [(0, 0), (7, 11)]:
    np.testing.assert_allclose(seen[row], 255 - grey[source, 0], atol=1)


def test_a_drawing_without_pixels(page):
  drawing = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3">'
    b'<rect width="4" height="3" fill="#102030"/></svg>'
  )
  _choose(page, drawing, "mine.svg", "image/svg+xml")
  given = _given(page, "dense")
  np.testing.assert_array_equal(given, np.full_like(given, [16, 32, 48]))


def test_what_is_transparent_is_white(page):
  pixels = np.dstack([_random(), np.zeros((12, 16), np.uint8)])
  pixels[:, :8, 3] = 255
  _choose(page, _png(pixels))
  expected = np.where(pixels[..., 3:] == 255, pixels[..., :3], 255)
  np.testing.assert_array_equal(_given(page, "dense"), expected)


@pytest.mark.parametrize(
  ("name", "kind", "content"),
  [
    ("notes.txt", "text/plain", b"not a picture"),
    ("cut.png", "image/png", _png(_random())[:60]),
    ("empty.png", "image/png", b""),
    ("cut.svg", "image/svg+xml", b"<svg"),
  ],
  ids=["text", "cut", "empty", "drawing"],
)
def test_a_wrong_file_says_a_sentence(page, name, kind, content):
  right = _random()
  _choose(page, _png(right))
  _choose(page, content, name, kind)
  assert page.get_by_role("alert").inner_text() == (
    f"{name} cannot be shown: it is not a picture that this browser can read."
  )
  np.testing.assert_array_equal(_seen(page, "dense", "wasm"), 255 - right)
  assert page.locator("#source").inner_text() == "mine.png"
  _choose(page, _png(right[::-1]))
  assert page.get_by_role("alert").count() == 0
  np.testing.assert_array_equal(_seen(page, "dense", "wasm"), 255 - right[::-1])


def test_a_picture_is_dropped(page):
  pixels = _random(seed=3)
  reading.drop(page, "mine.png", _png(pixels), "image/png")
  np.testing.assert_array_equal(_seen(page, "dense", "webgpu"), 255 - pixels)
  reading.drop(page, "notes.txt", b"not a picture", "text/plain")
  assert page.get_by_role("alert").inner_text() == (
    "notes.txt cannot be run: it is not a .tflite file."
  )


def test_no_network_takes_the_picture_that_is_dropped(drawn):
  assert not drawn.get_by_role("group", name="The picture").is_visible()
  reading.drop(drawn, "mine.png", _png(_random()), "image/png")
  assert drawn.get_by_role("alert").inner_text() == (
    "mine.png cannot be translated: no network on the page takes a picture."
  )


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
      _check_halves(_seen(page, network, accelerator))
  page.get_by_role("button", name="Stop the camera").click()
  reading.settle(page)
  assert page.locator("#rate").inner_text() == ""
  assert page.evaluate("document.querySelector('main').ariaBusy") == "false"
  button.click()
  _rates(page, 2)
  pixels = _random()
  _choose(page, _png(pixels))  # takes the camera's place
  assert button.is_visible()
  np.testing.assert_array_equal(_seen(page, "dense", "wasm"), 255 - pixels)


def test_the_camera_goes_to_one_network_alone(page):
  pixels = _random()
  _choose(page, _png(pixels))
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
  _check_halves(_seen(page, "dense", "wasm"))


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
  _choose(page, _png(_random()))
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
