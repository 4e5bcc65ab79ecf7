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
"""Networks that translate pictures, in a page, and what it shows of them."""

import contextlib
import functools
import io
import threading

import numpy as np
from PIL import Image

import tf_ganprune as tgp
from examples import demo_files, demo_server
from tests.web import reading

INVERSE = -np.eye(3, dtype=np.float32)
_SWAP = np.eye(3, dtype=np.float32)[::-1]  # red for blue


def mixing(image_shape, kernel, bias=0.0):
  """Returns a network that mixes colours with a matrix, and adds a number."""
  layer = tgp.keras.layers.Conv2D(len(kernel), 1)
  network = tgp.keras.Sequential([tgp.keras.Input(image_shape), layer])
  layer.set_weights([kernel[None, None], np.full(len(kernel), bias)])
  return network


def write(path):
  """Writes three networks' files, one of another size and grey."""
  networks = {
    "dense": mixing((12, 16, 3), INVERSE),
    "slim": mixing((8, 8, 1), INVERSE[:1, :1]),
    "zeros": mixing((12, 16, 3), _SWAP),
  }
  for name, network in networks.items():
    tgp.export_tflite(network, path / f"{name}_cpu.tflite")
  return path


@contextlib.contextmanager
def served(browser, path, **kwargs):
  """Opens the page of a folder's files, and waits until they are ready."""
  list_networks = functools.partial(demo_files.networks, path, "cpu", "gpu")
  with demo_server.DemoServer(path, list_networks) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with browser.new_context(**kwargs) as context:
      page = context.new_page()
      page.set_default_timeout(120_000)
      page.errors = []
      page.on("pageerror", lambda error: page.errors.append(str(error)))
      page.goto(server.url)
      reading.settle(page)
      yield page
      assert not page.errors
    server.shutdown()


def random(height=12, width=16, seed=0):
  """Returns a picture of noise, uint8 `[height, width, 3]`."""
  rng = np.random.default_rng(seed)
  return rng.integers(0, 256, (height, width, 3), np.uint8)


def png(pixels):
  """Returns what is in a file of pixels."""
  content = io.BytesIO()
  Image.fromarray(pixels).save(content, "png")
  return content.getvalue()


def choose(page, content, name="mine.png", kind="image/png"):
  """Gives a file to the picker of pictures."""
  page.get_by_label(
    "Choose a picture, or drop one on the page"
  ).set_input_files({"name": name, "mimeType": kind, "buffer": content})
  reading.settle(page)


def seen(page, network, accelerator):
  """Returns what a network made of the picture, as it is on the screen."""
  (picture,) = reading.pictures(reading.panel(page, network, accelerator))
  return picture[..., :3].astype(int)


def given(page, network):
  """Returns the picture as a network gets it."""
  section = page.get_by_role("region", name=network, exact=True)
  (picture,) = reading.pictures(section.locator("[data-part=given]"))
  return picture[..., :3].astype(int)
