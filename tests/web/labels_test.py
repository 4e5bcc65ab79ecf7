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
"""Tests of the page with generators that are told a class."""

import functools
import json
import threading

import numpy as np
import pytest

import tf_ganprune as tgp
from examples import demo_files, demo_server
from tests.web import reading

pytestmark = [  # one browser for all
  pytest.mark.slow,
  pytest.mark.xdist_group("web"),
]
_SHAPE, _LATENT_DIM, _CLASSES = (8, 8, 1), 6, 3
_NAMES = ("joined", "plain", "told")


def _lively(network, seed):
  rng = np.random.default_rng(seed)
  for weight in network.trainable_weights:
    weight.assign(weight + rng.normal(0, 0.4, weight.shape))
  return network


def _told(num_classes=_CLASSES):
  return tgp.networks.conditional_generator(
    _SHAPE, _LATENT_DIM, num_classes, "embedding", width=4
  )


def _joined():
  layers = tgp.keras.layers
  return tgp.keras.Sequential(
    [
      tgp.keras.Input((_LATENT_DIM + _CLASSES,)),
      layers.Dense(64, "tanh", name="out"),
      layers.Reshape(_SHAPE),
    ]
  )


@pytest.fixture(scope="module")
def networks():
  tgp.keras.utils.set_random_seed(0)
  made = {
    "joined": _joined(),
    "plain": tgp.networks.dcgan_generator(_SHAPE, _LATENT_DIM, width=4),
    "told": _told(),
  }
  return {name: _lively(x, i) for i, (name, x) in enumerate(made.items())}


@pytest.fixture(scope="module")
def folder(networks, tmp_path_factory):
  path = tmp_path_factory.mktemp("labels")
  source = tgp.inputs.LabelledLatents(_LATENT_DIM, _CLASSES, one_hot=True)
  for name, network in networks.items():
    given = source if name == "joined" else None
    tgp.export_tflite(
      network, path / f"{name}_cpu.tflite", representative_data=given
    )
  content = (path / "told_cpu.tflite").read_bytes()
  silent = content.replace(b"labels.txt", b"others.txt")
  (path / "silent.tflite").write_bytes(silent)
  tgp.export_tflite(_lively(_told(5), 9), path / "five.tflite")
  return path


@pytest.fixture
def page(browser, folder):
  """Returns the page with the three networks drawn."""
  list_networks = functools.partial(demo_files.networks, folder, "cpu", "gpu")
  with demo_server.DemoServer(folder, list_networks) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with browser.new_context() as context:
      opened = context.new_page()
      opened.set_default_timeout(120_000)
      opened.errors = []
      opened.on("pageerror", lambda error: opened.errors.append(str(error)))
      opened.goto(server.url)
      reading.settle(opened)
      yield opened
      assert not opened.errors
    server.shutdown()


def _expected(network, name, latents, labels):
  """Returns Keras' images of latents and labels, as they are seen."""
  if name == "told":
    images = network([latents, np.asarray(labels, np.int32)])
  elif name == "joined":
    columns = np.eye(_CLASSES, dtype=np.float32)[labels]
    images = network(np.concatenate([latents, columns], 1))
  else:
    images = network(latents)
  return reading.as_seen(np.asarray(images))


def _check(page, networks, labels, accelerators=reading.ACCELERATORS):
  latents = reading.latents(page, _LATENT_DIM)
  for name, network in networks.items():
    expected = _expected(network, name, latents, np.asarray(labels))
    for accelerator in accelerators:
      panel = reading.panel(page, name, accelerator)
      found = reading.pictures(panel)
      np.testing.assert_allclose(found, expected, atol=1, err_msg=name)


def _choose(page, label):
  page.get_by_label("Class").select_option(label)
  reading.settle(page)


def _open(page, path):
  page.get_by_label("Open a .tflite file").set_input_files(path)
  reading.settle(page)


def test_images_are_of_the_class_that_is_chosen(page, networks):
  options = page.get_by_label("Class").locator("option").all_inner_texts()
  assert options == ["all in turn", "0", "1", "2"]
  seen = []
  for choice in ("", "2", "0"):
    if choice:
      _choose(page, choice)
    turns = np.arange(reading.IMAGES) % _CLASSES
    labels = turns if not choice else np.full(reading.IMAGES, int(choice))
    _check(page, networks, labels)
    seen.append(reading.pictures(reading.panel(page, "told", "wasm")))
  # The network is not deaf to its label.
  assert np.abs(seen[1].astype(int) - seen[2]).max() > 20


def test_classes_of_the_files_on_the_page(page, folder):
  _open(page, folder / "five.tflite")
  options = page.get_by_label("Class").locator("option").all_inner_texts()
  assert options == ["all in turn", *"01234"]
  _choose(page, "4")
  for accelerator in reading.ACCELERATORS:
    panel = reading.panel(page, "told", accelerator)
    said = reading.part(panel, "classes").inner_text()
    assert said == "no class 4: its classes are 0 to 2"
    assert panel.locator("canvas").count() == 0
    panel = reading.panel(page, "five.tflite", accelerator)
    assert panel.locator("canvas").count() == reading.IMAGES
  _choose(page, "1")
  panel = reading.panel(page, "told", "wasm")
  assert panel.locator("canvas").count() == reading.IMAGES
  assert reading.part(panel, "classes").inner_text() == ""


def test_a_file_that_does_not_say_its_classes(page, networks, folder):
  _open(page, folder / "silent.tflite")
  hint = page.locator("#class-hint").inner_text()
  assert hint.startswith(
    "How many classes there are is not said in silent.tflite: a number"
  )
  number = page.get_by_label("Class")
  assert number.input_value() == "0"
  number.fill("2")
  number.blur()
  reading.settle(page)
  _check(page, networks, np.full(reading.IMAGES, 2))
  panel = reading.panel(page, "silent.tflite", "wasm")
  np.testing.assert_array_equal(
    reading.pictures(panel),
    reading.pictures(reading.panel(page, "told", "wasm")),
  )
  number.fill("7")  # which it has not
  number.blur()
  reading.settle(page)
  number.fill("1")
  number.blur()
  reading.settle(page)
  np.testing.assert_array_equal(
    reading.pictures(panel),
    reading.pictures(reading.panel(page, "told", "wasm")),
  )


def test_latents_alone_have_no_chooser(page, folder, networks):
  page.route(
    "**/networks.json",
    lambda route: route.fulfill(
      content_type="application/json",
      body=json.dumps(
        [
          {
            "name": "plain",
            "files": dict.fromkeys(reading.ACCELERATORS, "plain_cpu.tflite"),
          }
        ]
      ),
    ),
  )
  page.reload()
  reading.settle(page)
  assert not page.get_by_label("Class").is_visible()
  _check(page, {"plain": networks["plain"]}, np.zeros(reading.IMAGES, int))


@pytest.mark.parametrize("width", [390, 1200])
def test_the_page_is_as_wide_as_the_screen(page, width):
  page.set_viewport_size({"width": width, "height": 900})
  assert page.evaluate("document.documentElement.scrollWidth") == width
  assert page.get_by_label("Class").is_visible()
