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
"""Tests of images of other values than those in [-1, 1], and of bytes."""

import shutil

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests.web import reading, translating
from tf_ganprune import value_range
from tf_ganprune.export import image_ranges_file

pytestmark = [  # one browser for all
  pytest.mark.slow,
  pytest.mark.xdist_group("web"),
]
_SHAPE = (12, 16, 3)
_LATENT_DIM = 6


def _bytes(network):
  """Returns the network's file with bytes in and out, as others make it."""
  spec = tf.TensorSpec((1, *_SHAPE))
  called = tf.function(network.call).get_concrete_function(spec)
  converter = tf.lite.TFLiteConverter.from_concrete_functions([called], network)
  converter.optimizations = [tf.lite.Optimize.DEFAULT]
  ends = (-np.ones((1, *_SHAPE), "float32"), np.ones((1, *_SHAPE), "float32"))
  converter.representative_dataset = lambda: ([end] for end in ends)
  converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
  converter.inference_input_type = tf.uint8
  converter.inference_output_type = tf.uint8
  return converter.convert()


def _sigmoid():
  layers = tgp.keras.layers
  return tgp.keras.Sequential(
    [
      tgp.keras.Input((_LATENT_DIM,)),
      layers.Dense(64, "sigmoid"),
      layers.Reshape((8, 8, 1)),
    ]
  )


@pytest.fixture(scope="module")
def sigmoid():
  tgp.keras.utils.set_random_seed(0)
  return _sigmoid()


@pytest.fixture(scope="module")
def files(sigmoid, tmp_path_factory):
  """Returns a folder of networks that give a negative of a picture."""
  path = tmp_path_factory.mktemp("ranges")
  inverse = translating.INVERSE
  tgp.export_tflite(sigmoid, path / "drawn_cpu.tflite")
  network = translating.mixing(_SHAPE, inverse / 2, 0.5)
  tgp.export_tflite(network, path / "half_cpu.tflite", value_range=(0, 1))
  network = translating.mixing(_SHAPE, inverse, 1.0)
  tgp.export_tflite(network, path / "silent_cpu.tflite")
  unit = value_range.ValueRange(0, 1)
  content = image_ranges_file.appended(
    (path / "silent_cpu.tflite").read_bytes(), input=unit, output=unit
  )
  (path / "telling_cpu.tflite").write_bytes(content)
  content = _bytes(translating.mixing(_SHAPE, inverse))
  (path / "bytes_cpu.tflite").write_bytes(content)
  return path


@pytest.fixture
def page(browser, files):
  with translating.served(browser, files) as opened:
    yield opened


def test_a_generator_whose_file_says_that_its_images_are_in_0_to_1(
  page, sigmoid
):
  latents = reading.latents(page, _LATENT_DIM)
  expected = reading.as_seen(2 * np.asarray(sigmoid(latents)) - 1)
  for accelerator in reading.ACCELERATORS:
    found = reading.pictures(reading.panel(page, "drawn", accelerator))
    np.testing.assert_allclose(found, expected, atol=1)
  assert page.get_by_label("Seed").is_visible()
  assert page.get_by_label("Choose a picture").is_visible()


def _check(page, name, pixels, atol=1):
  np.testing.assert_array_equal(translating.given(page, name), pixels)
  for accelerator in reading.ACCELERATORS:
    found = translating.seen(page, name, accelerator)
    negative = 255 - pixels.astype(int)
    np.testing.assert_allclose(found, negative, atol=atol, err_msg=name)


def test_the_values_are_those_that_files_say_or_the_user(page):
  pixels = translating.random()
  translating.choose(page, translating.png(pixels))
  for name in ("half", "telling"):
    _check(page, name, pixels)
  _check(page, "bytes", pixels, atol=2)
  with pytest.raises(AssertionError):
    _check(page, "silent", pixels, atol=50)
  page.get_by_label("Black and white, where").select_option("0 and 1")
  reading.settle(page)
  for name in ("silent", "telling"):
    _check(page, name, pixels)


def test_files_that_say_their_values_need_no_choice(browser, files, tmp_path):
  for name in ("bytes_cpu.tflite", "telling_cpu.tflite"):
    shutil.copy(files / name, tmp_path)
  with translating.served(browser, tmp_path) as page:
    assert page.get_by_label("Choose a picture").is_visible()
    assert not page.get_by_label("Black and white, where").is_visible()
