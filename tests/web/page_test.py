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
"""Tests of the page in a real browser, against LiteRT in Python."""

import base64
import gzip
import re

import numpy as np
import pytest
from ai_edge_litert import interpreter as litert

import tf_ganprune as tgp
from tests import tiny

pytestmark = pytest.mark.xdist_group("web")  # one browser for all

_NETWORKS = ("colour", "dense", "pruned")
_ACCELERATORS = ("wasm", "webgpu")
_EACH = [(n, a) for n in _NETWORKS for a in _ACCELERATORS]
_IMAGES = 24
_BEGUN = "Initializing WebGPU-based API from graph"
_REFUSALS = (
  "not supported by GPU delegate",
  "will run on the GPU, and the remaining",
  "only supports static-sized",
)


def _settled(page):
  page.locator("main[aria-busy=false]").wait_for()


def _panel(page, network, accelerator):
  section = page.get_by_role("region", name=network, exact=True)
  return section.locator(f"[data-accelerator={accelerator}]")


def _part(panel, name):
  return panel.locator(f"[data-part={name}]")


def _pictures(panel):
  """Returns the pixels on the screen, uint8 `[n, height, width, 4]`."""
  height, width, pixels = panel.locator("canvas").evaluate_all(
    """canvases => {
      const {width, height} = canvases[0];
      const pixels = canvases.map(canvas => new Uint8Array(
        canvas.getContext("2d").getImageData(0, 0, width, height).data
      ).toBase64());
      return [height, width, pixels];
    }"""
  )
  content = b"".join(map(base64.b64decode, pixels))
  return np.frombuffer(content, np.uint8).reshape(-1, height, width, 4)


def _latents(page, size, seed=0, position=0.0, n=_IMAGES):
  drawn = page.evaluate(
    """async ([seed, position, n, size]) => {
      const {latents} = await import("./latents.js");
      return latents(seed, position, n, size).map(latent => [...latent]);
    }""",
    [seed, position, n, size],
  )
  return np.array(drawn, np.float32)


def _in_python(path, latents):
  interpreter = litert.Interpreter(str(path), num_threads=1)
  interpreter.allocate_tensors()
  (into,), (out,) = (
    interpreter.get_input_details(),
    interpreter.get_output_details(),
  )
  images = []
  for latent in latents:
    interpreter.set_tensor(into["index"], latent[None])
    interpreter.invoke()
    images.append(interpreter.get_tensor(out["index"])[0])
  return np.array(images)


def _as_seen(images):
  seen = np.full((*images.shape[:3], 4), 255.0)
  seen[..., :3] = np.round((images + 1) * 127.5)
  return seen


@pytest.mark.parametrize(("network", "accelerator"), _EACH)
def test_images_are_those_of_litert_in_python(
  drawn, folder, network, accelerator
):
  found = _pictures(_panel(drawn, network, accelerator))
  images = _in_python(folder / f"{network}_cpu.tflite", _latents(drawn, 16))
  assert images.std() > 0.1 and images.std(0).max() > 0.1
  assert found.shape == (_IMAGES, *images.shape[1:3], 4)
  np.testing.assert_allclose(found, _as_seen(images), atol=1)


@pytest.mark.parametrize(("network", "accelerator"), _EACH)
def test_numbers_are_those_of_litert_in_python(
  drawn, folder, network, accelerator
):
  latents = _latents(drawn, 16, seed=7, position=0.3, n=3)
  found = drawn.evaluate(
    """async ([file, accelerator, latents]) => {
      const {Generator} = await import("./generator.js");
      const bytes = await (await fetch(file)).arrayBuffer();
      const generator = await Generator.open(
        new Uint8Array(bytes), accelerator);
      const images = [];
      for (const latent of latents) {
        images.push((await generator.image(new Float32Array(latent))).pixels);
      }
      generator.close();
      return images.map(image => [...image]);
    }""",
    [f"files/{network}_cpu.tflite", accelerator, latents.tolist()],
  )
  images = _in_python(folder / f"{network}_cpu.tflite", latents)
  np.testing.assert_allclose(
    np.reshape(found, images.shape), images, rtol=0, atol=1e-5
  )


def test_what_runs_on_the_gpu_is_read_from_the_console(drawn):
  text = "\n".join(drawn.said)
  assert text.count(_BEGUN) >= len(_NETWORKS)
  # Sparse files are unpacked by an operator that the GPU lacks.
  assert _REFUSALS[0] in text and "DENSIFY: Operation is not" in text
  for network, complete, sentence in [
    ("colour", "true", "all of it on the GPU"),
    ("dense", "true", "all of it on the GPU"),
    ("pruned", "false", r"\d+ of \d+ operations on the GPU;.* DENSIFY"),
  ]:
    panel = _panel(drawn, network, "webgpu")
    assert panel.get_attribute("data-complete") == complete
    assert re.fullmatch(sentence, _part(panel, "delegated").inner_text())
  panel = _panel(drawn, "pruned", "wasm")
  assert _part(panel, "delegated").inner_text() == "on the CPU"


@pytest.mark.parametrize(
  ("text", "complete", "sentence"),
  [
    ("", False, "nothing of it on the GPU"),
    ("INFO: Created XNNPACK delegate", False, "nothing of it on the GPU"),
    (f"I1 x.cc:855] {_BEGUN}.", True, "all of it on the GPU"),
    (f"{_BEGUN}\n{_REFUSALS[2]} tensors", False, "a part of it on the GPU"),
    (
      "ERROR: Following operations are not supported by GPU delegate:\n"
      "DENSIFY: Operation is not supported.\n"
      "TRANSPOSE_CONV: Max version supported: 3.\n"
      "11 operations will run on the GPU, and the remaining 4 operations"
      f" will run on the CPU.\n{_BEGUN}",
      False,
      "11 of 15 operations on the GPU; the CPU does DENSIFY, TRANSPOSE_CONV",
    ),
  ],
)
def test_what_the_console_means(drawn, text, complete, sentence):
  found = drawn.evaluate(
    "async text => (await import('./delegation.js')).onGpu(text)", text
  )
  assert found == {"complete": complete, "sentence": sentence}


@pytest.mark.parametrize(("network", "accelerator"), _EACH)
def test_times_and_bytes(drawn, folder, network, accelerator):
  panel = _panel(drawn, network, accelerator)
  content = (folder / f"{network}_cpu.tflite").read_bytes()
  size = int(_part(panel, "size").get_attribute("value"))
  packed = int(_part(panel, "gzipped").get_attribute("value"))
  assert size == len(content)
  assert packed == pytest.approx(len(gzip.compress(content)), rel=0.02)
  kilobytes = f"{round(size / 1000):,}\u00a0kB"
  assert _part(panel, "size").text_content() == kilobytes
  time = float(_part(panel, "time").get_attribute("data-ms"))
  assert 0 < time < 5000
  assert re.fullmatch(r"[\d.]+ ms", _part(panel, "time").inner_text())


def _difference(page, network):
  section = page.get_by_role("region", name=network, exact=True)
  part = section.locator("[data-part=difference]")
  text = part.inner_text()
  value = float(re.search(r"at most ([\d.e-]+)\.", text)[1])
  return value, part.get_attribute("data-visible")


def test_slider_walks_by_keyboard(drawn, folder):
  walk = drawn.get_by_label("Walk through the latents")
  walk.focus()
  for _ in range(3):
    drawn.keyboard.press("ArrowRight")
  assert walk.input_value() == "0.03"
  drawn.keyboard.press("End")
  _settled(drawn)
  latents = _latents(drawn, 16, position=1)
  images = _in_python(folder / "dense_cpu.tflite", latents)
  for accelerator in _ACCELERATORS:
    found = _pictures(_panel(drawn, "dense", accelerator))
    np.testing.assert_allclose(found, _as_seen(images), atol=1)
  for network in _NETWORKS:
    value, visible = _difference(drawn, network)
    assert value < 1e-4 and visible == "false"
  walk.fill("0")
  _settled(drawn)


def test_new_images(drawn):
  panel = _panel(drawn, "pruned", "webgpu")
  before = _pictures(panel)
  drawn.get_by_role("button", name="New images").press("Enter")
  _settled(drawn)
  seed = drawn.get_by_label("Seed")
  assert seed.input_value() != "0"
  assert np.abs(_pictures(panel) - before.astype(float)).max() > 10
  seed.fill("0")
  seed.press("Tab")
  _settled(drawn)
  np.testing.assert_array_equal(_pictures(panel), before)


def test_latents_are_normal_everywhere(drawn):
  for position in (0, 0.5, 1):
    sample = _latents(drawn, 256, position=position)
    assert abs(sample.mean()) < 0.05 and abs(sample.std() - 1) < 0.05
    assert np.abs(np.corrcoef(sample)[0, 1:]).max() < 0.3
  first, last = (_latents(drawn, 64, position=p) for p in (0, 1))
  halfway = _latents(drawn, 64, position=0.5)
  np.testing.assert_allclose(halfway, (first + last) / 2**0.5, atol=1e-6)
  assert abs(np.corrcoef(first.ravel(), last.ravel())[0, 1]) < 0.1
  np.testing.assert_array_equal(first, _latents(drawn, 64))
  assert np.abs(first - _latents(drawn, 64, seed=1)).max() > 1


def _drop(page, name, content):
  page.evaluate(
    """([name, content]) => {
      const carried = new DataTransfer();
      carried.items.add(new File([new Uint8Array(content)], name));
      for (const kind of ["dragover", "drop"]) {
        document.body.dispatchEvent(new DragEvent(kind, {
          bubbles: true, cancelable: true, dataTransfer: carried}));
      }
    }""",
    [name, list(content)],
  )
  _settled(page)


def test_dropped_and_chosen_files(drawn, folder):
  content = (folder / "pruned_cpu.tflite").read_bytes()
  _drop(drawn, "mine.tflite", content)
  names = drawn.get_by_role("heading", level=2).all_inner_texts()
  assert names == ["mine.tflite", *_NETWORKS]
  for accelerator in _ACCELERATORS:
    np.testing.assert_array_equal(
      _pictures(_panel(drawn, "mine.tflite", accelerator)),
      _pictures(_panel(drawn, "pruned", accelerator)),
    )
  drawn.get_by_label("Open a .tflite file").set_input_files(
    folder / "dense_cpu.tflite"
  )
  _settled(drawn)
  names = drawn.get_by_role("heading", level=2).all_inner_texts()
  assert names == ["dense_cpu.tflite", *_NETWORKS]
  assert drawn.get_by_role("alert").count() == 0


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
  """Returns what is in a file that makes no images."""
  path = tmp_path_factory.mktemp("classifier") / "classifier.tflite"
  tgp.export_tflite(tiny.classifier(), path)
  return path.read_bytes()


def _broken(kind, folder, classifier):
  content = (folder / "dense_cpu.tflite").read_bytes()
  return {
    "empty": b"",
    "text": b"not a network" * 100,
    "cut": content[: len(content) // 2],
    "head": content[:8],
    "classifier": classifier,
  }[kind]


@pytest.mark.parametrize(
  ("kind", "reason"),
  [
    ("empty", "it is not a .tflite file"),
    ("text", "it is not a .tflite file"),
    ("cut", "LiteRT refuses it (Failed to load model from buffer)"),
    ("head", "LiteRT refuses it (Failed to load model from buffer)"),
    ("classifier", "it takes float32 [1, 6] and gives float32 [1, 3]; "),
  ],
)
def test_broken_file(drawn, folder, classifier, kind, reason):
  headings = drawn.get_by_role("heading", level=2)
  before = headings.all_inner_texts()
  _drop(drawn, f"{kind}.tflite", _broken(kind, folder, classifier))
  alert = drawn.get_by_role("alert").inner_text()
  assert alert.startswith(f"{kind}.tflite cannot be run: {reason}")
  assert headings.all_inner_texts() == before


def test_page_goes_on_after_a_broken_file(drawn, folder):
  content = (folder / "dense_cpu.tflite").read_bytes()
  _drop(drawn, "cut.tflite", content[:5000])
  assert drawn.get_by_role("alert").count() == 1
  _drop(drawn, "right.tflite", content)
  assert drawn.get_by_role("alert").count() == 0
  for accelerator in _ACCELERATORS:
    np.testing.assert_array_equal(
      _pictures(_panel(drawn, "right.tflite", accelerator)),
      _pictures(_panel(drawn, "dense", accelerator)),
    )


def test_every_control_has_a_name_and_its_turn(drawn):
  drawn.evaluate("document.activeElement.blur()")
  drawn.get_by_label("Walk through the latents").focus()
  turns = []
  for _ in range(4):
    turns.append(drawn.evaluate("document.activeElement.id"))
    drawn.keyboard.press("Tab")
  assert turns == ["walk", "seed", "new", "choose"]
  for control in drawn.locator("input, button").all():
    assert control.evaluate(
      "e => e.labels?.[0]?.textContent.trim() || e.textContent.trim()"
    )
  for network in _NETWORKS:
    name = f"{_IMAGES} images that {network} draws on WebGPU"
    assert drawn.get_by_role("img", name=name).count() == 1


def test_on_a_phone_and_without_webgpu(open_page):
  asked = []

  def prepare(page):
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(
      "Object.defineProperty(navigator, 'gpu', {value: undefined})"
    )

  with open_page(prepare, viewport={"width": 360, "height": 640}) as page:
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    status = page.locator("#status").inner_text()
    assert status == "This browser offers no WebGPU adapter, so only WASM runs."
    panel = _panel(page, "dense", "webgpu")
    reason = "this browser offers no WebGPU adapter"
    assert _part(panel, "delegated").inner_text() == reason
    assert _pictures(_panel(page, "dense", "wasm")).std() > 10
    # Nothing comes from elsewhere.
    assert {u.split("/")[2] for u in asked} == {page.url.split("/")[2]}
    # Threads, and clocks fine enough for a millisecond.
    assert page.evaluate("crossOriginIsolated")
