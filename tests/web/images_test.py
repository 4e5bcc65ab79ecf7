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
"""Tests of the page's images and numbers, against LiteRT in Python."""

import gzip
import re

import numpy as np
import pytest

from tests.web import reading

pytestmark = [  # one browser for all
  pytest.mark.slow,
  pytest.mark.xdist_group("web"),
]


@pytest.mark.parametrize(("network", "accelerator"), reading.EACH)
def test_images_are_those_of_litert_in_python(
  drawn, folder, network, accelerator
):
  found = reading.pictures(reading.panel(drawn, network, accelerator))
  images = reading.in_python(
    folder / f"{network}_cpu.tflite", reading.latents(drawn, 16)
  )
  assert images.std() > 0.1 and images.std(0).max() > 0.1
  assert found.shape == (reading.IMAGES, *images.shape[1:3], 4)
  np.testing.assert_allclose(found, reading.as_seen(images), atol=1)


@pytest.mark.parametrize(("network", "accelerator"), reading.EACH)
def test_numbers_are_those_of_litert_in_python(
  drawn, folder, network, accelerator
):
  latents = reading.latents(drawn, 16, seed=7, position=0.3, n=3)
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
  images = reading.in_python(folder / f"{network}_cpu.tflite", latents)
  np.testing.assert_allclose(
    np.reshape(found, images.shape), images, rtol=0, atol=1e-5
  )


@pytest.mark.parametrize(("network", "accelerator"), reading.EACH)
def test_times_and_bytes(drawn, folder, network, accelerator):
  panel = reading.panel(drawn, network, accelerator)
  content = (folder / f"{network}_cpu.tflite").read_bytes()
  size = int(reading.part(panel, "size").get_attribute("value"))
  packed = int(reading.part(panel, "gzipped").get_attribute("value"))
  assert size == len(content)
  assert packed == pytest.approx(len(gzip.compress(content)), rel=0.02)
  kilobytes = f"{round(size / 1000):,}\u00a0kB"
  assert reading.part(panel, "size").text_content() == kilobytes
  time = float(reading.part(panel, "time").get_attribute("data-ms"))
  assert 0 < time < 5000
  assert re.fullmatch(r"[\d.]+ ms", reading.part(panel, "time").inner_text())


def test_latents_are_normal_everywhere(drawn):
  for position in (0, 0.5, 1):
    sample = reading.latents(drawn, 256, position=position)
    assert abs(sample.mean()) < 0.05 and abs(sample.std() - 1) < 0.05
    assert np.abs(np.corrcoef(sample)[0, 1:]).max() < 0.3
  first, last = (reading.latents(drawn, 64, position=p) for p in (0, 1))
  halfway = reading.latents(drawn, 64, position=0.5)
  np.testing.assert_allclose(halfway, (first + last) / 2**0.5, atol=1e-6)
  assert abs(np.corrcoef(first.ravel(), last.ravel())[0, 1]) < 0.1
  np.testing.assert_array_equal(first, reading.latents(drawn, 64))
  assert np.abs(first - reading.latents(drawn, 64, seed=1)).max() > 1
