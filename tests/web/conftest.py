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
"""A real browser with WebGPU, and the page in it."""

import contextlib
import functools
import os
import shutil
import threading

import numpy as np
import pytest

import tf_ganprune as tgp
from examples import (
  demo_files,
  demo_server,
)

# Chromium's own software adapter does, where there is no GPU.
FLAGS = ("--headless=new", "--no-sandbox", "--enable-unsafe-webgpu")
_TIMEOUT_MS = 120_000  # tests share the machine with others


def chromium():
  """Returns the path of Chromium; None if there is none."""
  return os.environ.get("CHROMIUM") or shutil.which("chromium")


@pytest.fixture(scope="package")
def browser():
  """Returns a browser with WebGPU; skips where there is none."""
  playwright = pytest.importorskip(
    "playwright.sync_api", reason="pip's playwright is not installed"
  )
  if not chromium():
    pytest.skip("Chromium is not installed, nor named by $CHROMIUM")
  try:
    demo_files.check_installed()
  except ValueError as error:
    pytest.skip(str(error))
  with playwright.sync_playwright() as started:
    launched = started.chromium.launch(
      executable_path=chromium(), args=list(FLAGS)
    )
    yield launched
    launched.close()


def _sharp(network, zeros=0.0):
  """Makes a random network's images as lively as a trained one's."""
  for weight in network.trainable_weights:
    if weight.shape.rank > 1:
      value = weight.numpy() * 3
      value[np.abs(value) < np.quantile(np.abs(value), zeros)] = 0
      weight.assign(value)
  return network


def _generator(image_shape=(28, 28, 1)):
  return tgp.networks.dcgan_generator(image_shape, latent_dim=16, width=8)


@pytest.fixture(scope="package")
def folder(tmp_path_factory):
  """Returns a folder with files as the main job leaves them."""
  tgp.keras.utils.set_random_seed(0)
  path = tmp_path_factory.mktemp("exported")
  networks = {
    "colour": _sharp(_generator((16, 24, 3))),
    "dense": _sharp(_generator()),
    "pruned": _sharp(_generator(), zeros=0.8),
  }
  for name, network in networks.items():
    tgp.export_tflite(network, path / f"{name}_cpu.tflite")
  return path


@pytest.fixture(scope="package")
def url(folder):
  """Returns the address of the page."""
  list_networks = functools.partial(
    demo_files.networks, folder, wasm_target="cpu", webgpu_target="gpu"
  )
  with demo_server.DemoServer(folder, list_networks) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.url
    server.shutdown()


@pytest.fixture(scope="package")
def open_page(browser, url):
  """Opens the page, and waits until it has drawn everything."""

  @contextlib.contextmanager
  def opened(prepare=None, **kwargs):
    with browser.new_context(**kwargs) as context:
      page = context.new_page()
      page.set_default_timeout(_TIMEOUT_MS)
      page.said = []
      page.on("console", lambda message: page.said.append(message.text))
      page.on("pageerror", lambda error: page.said.append(f"thrown: {error}"))
      if prepare:
        prepare(page)
      page.goto(url)
      page.locator("main[aria-busy=false]").wait_for()
      yield page
      assert not [line for line in page.said if line.startswith("thrown")]

  return opened


@pytest.fixture(scope="package")
def drawn(open_page):
  """Returns the page; tests leave the three networks as they are."""
  with open_page() as page:
    if not page.evaluate("navigator.gpu?.requestAdapter().then(Boolean)"):
      pytest.skip("Chromium offers no WebGPU adapter")
    yield page
