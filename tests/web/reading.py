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

import base64

import numpy as np
from ai_edge_litert import interpreter as litert

NETWORKS = ("colour", "dense", "pruned")
ACCELERATORS = ("wasm", "webgpu")
EACH = [(n, a) for n in NETWORKS for a in ACCELERATORS]
IMAGES = 24


def settle(page):
  """Waits until the page has drawn everything."""
  page.locator("main[aria-busy=false]").wait_for()


def drop(page, name, content, kind=""):
  """Drops a file on the page."""
  page.evaluate(
    """([name, content, type]) => {
      const carried = new DataTransfer();
      const file = new File([new Uint8Array(content)], name, {type});
      carried.items.add(file);
      for (const kind of ["dragover", "drop"]) {
        document.body.dispatchEvent(new DragEvent(kind, {
          bubbles: true, cancelable: true, dataTransfer: carried}));
      }
    }""",
    [name, list(content), kind],
  )
  settle(page)


def panel(page, network, accelerator):
  """Returns where a network's images on an accelerator are."""
  section = page.get_by_role("region", name=network, exact=True)
  return section.locator(f"[data-accelerator={accelerator}]")


def part(panel, name):
  """Returns a part of a panel, such as its time."""
  return panel.locator(f"[data-part={name}]")


def pictures(panel):
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


def latents(page, size, seed=0, position=0.0, n=IMAGES):
  """Returns the latents that the page draws, `[n, size]`."""
  drawn = page.evaluate(
    """async ([seed, position, n, size]) => {
      const {latents} = await import("./latents.js");
      return latents(seed, position, n, size).map(latent => [...latent]);
    }""",
    [seed, position, n, size],
  )
  return np.array(drawn, np.float32)


def in_python(path, latents):
  """Returns a file's images of latents, from LiteRT in Python."""
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


def as_seen(images):
  """Returns the pixels that a screen shows of images in [-1, 1]."""
  seen = np.full((*images.shape[:3], 4), 255.0)
  seen[..., :3] = np.round((images + 1) * 127.5)
  return seen
