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
"""Tests of batch normalizations with the sample's own statistics."""

import pytest

import tf_ganprune as tgp
from tf_ganprune.export import convert, graph, number_formats
from tf_ganprune.keras_compat import keras

layers = keras.layers


def _network(size, skips=True):
  """A U-net, as pix2pix is, down to maps of that size."""
  inputs = keras.Input((8, 8, 3))
  down = layers.Conv2D(8, 3, 2, "same")(inputs)
  x = layers.Conv2D(8, 5 - size, use_bias=False)(down)
  norm = layers.BatchNormalization(beta_initializer="ones", name="norm")
  x = layers.ReLU()(norm(x, training=True))
  x = layers.Conv2DTranspose(8, 5 - size)(x)
  x = layers.Concatenate()([x, down]) if skips else x
  return keras.Model(inputs, layers.Conv2DTranspose(3, 4, 2, "same")(x))


@pytest.mark.slow
@pytest.mark.parametrize("target", ["cpu-int8", "npu", "gpu"])
def test_at_one_pixel_it_is_its_offset(target, tmp_path):
  network = _network(1)
  assert not [x for x in tgp.check_target(network, target) if x.refused]
  report = tgp.export_tflite(network, tmp_path / "a.tflite", target)
  assert report.max_abs_error < 0.1


def test_where_nothing_is_left_that_is_said():
  found = tgp.check_target(_network(1, skips=False), "npu")
  assert "the same output for all inputs" in found[0].reason


def test_its_operators_have_its_name():
  network = _network(3)
  with convert.saved(network) as folder:
    setting = number_formats.Setting(number_formats.FLOAT32)
    content = convert.convert(folder, setting, [])
  names = {x.layer for x in graph.read(content, network).operators}
  assert names <= {x.name for x in network.layers}


@pytest.mark.parametrize("shape", [(1, 1), (2, 1), (3, 3)])
def test_the_same_numbers(shape, tmp_path):
  inputs = keras.Input((*shape, 4))
  norm = layers.BatchNormalization(beta_initializer="ones")
  outputs = inputs + norm(inputs, training=True)
  report = tgp.export_tflite(keras.Model(inputs, outputs), tmp_path / "a")
  assert report.max_abs_error < 1e-5
