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
"""Tests of the page's controls in a browser, and on a phone."""

import re

import numpy as np
import pytest

from tests.web import reading

pytestmark = [  # one browser for all
  pytest.mark.slow,
  pytest.mark.xdist_group("web"),
]


def _difference(page, network):
  section = page.get_by_role("region", name=network, exact=True)
  part = section.locator("[data-part=difference]")
  text = part.inner_text()
  value = float(re.search(r"at most ([\d.e-]+)\.", text)[1])
  return value, part.get_attribute("data-visible")


@pytest.mark.slow
def test_slider_walks_by_keyboard(drawn, folder):
  walk = drawn.get_by_label("Walk through the latents")
  walk.focus()
  for _ in range(3):
    drawn.keyboard.press("ArrowRight")
  assert walk.input_value() == "0.03"
  drawn.keyboard.press("End")
  reading.settle(drawn)
  latents = reading.latents(drawn, 16, position=1)
  images = reading.in_python(folder / "dense_cpu.tflite", latents)
  for accelerator in reading.ACCELERATORS:
    found = reading.pictures(reading.panel(drawn, "dense", accelerator))
    np.testing.assert_allclose(found, reading.as_seen(images), atol=1)
  for network in reading.NETWORKS:
    value, visible = _difference(drawn, network)
    assert value < 1e-4 and visible == "false"
  walk.fill("0")
  reading.settle(drawn)


@pytest.mark.slow
def test_new_images(drawn):
  panel = reading.panel(drawn, "pruned", "webgpu")
  before = reading.pictures(panel)
  drawn.get_by_role("button", name="New images").press("Enter")
  reading.settle(drawn)
  seed = drawn.get_by_label("Seed")
  assert seed.input_value() != "0"
  assert np.abs(reading.pictures(panel) - before.astype(float)).max() > 10
  seed.fill("0")
  seed.press("Tab")
  reading.settle(drawn)
  np.testing.assert_array_equal(reading.pictures(panel), before)


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
  for network in reading.NETWORKS:
    name = f"{reading.IMAGES} images that {network} draws on WebGPU"
    assert drawn.get_by_role("img", name=name).count() == 1


@pytest.mark.slow
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
    panel = reading.panel(page, "dense", "webgpu")
    reason = "this browser offers no WebGPU adapter"
    assert reading.part(panel, "delegated").inner_text() == reason
    assert reading.pictures(reading.panel(page, "dense", "wasm")).std() > 10
    # Nothing comes from elsewhere.
    assert {u.split("/")[2] for u in asked} == {page.url.split("/")[2]}
    # Threads, and clocks fine enough for a millisecond.
    assert page.evaluate("crossOriginIsolated")
