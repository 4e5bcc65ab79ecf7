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
"""Tests of the U-Net generator: shapes, limits, saving, exact shrinking."""

import numpy as np
import pytest

import tf_ganprune as tgp
from tests.channels import cutting
from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import u_net


def _tiny(**kwargs):
  kwargs = {"image_shape": (16, 8, 2), "width": 4, "num_downs": 3} | kwargs
  return u_net.u_net_generator(**kwargs)


def _kernels(generator):
  return {
    layer.name: layer.kernel.shape.as_list()
    for layer in generator.layers
    if hasattr(layer, "kernel")
  }


@pytest.mark.parametrize("num_downs", [2, 3])
def test_it_makes_images_of_the_shape_in_range(num_downs):
  generator = _tiny(num_downs=num_downs, output_channels=3)
  cutting.randomize(generator)
  images = generator(cutting.random_inputs(generator))
  assert images.shape == (2, 16, 8, 3)
  assert 0.5 < np.max(np.abs(images)) <= 1.0


def test_it_has_the_layers_of_the_paper():
  generator = u_net.u_net_generator((256, 256, 3), width=2)
  makes = {
    name: shape[2 if name.startswith("up") else 3] // 2
    for name, shape in _kernels(generator).items()
  }
  widths = [1, 2, 4, 8, 8, 8, 8, 8]
  sides = [128, 64, 32, 16, 8, 4, 2, 1]
  expected = {
    f"down_{n}x{n}": width for n, width in zip(sides, widths, strict=True)
  }
  expected |= {
    f"up_{n}x{n}": width
    for n, width in zip(sides[-2::-1], widths[-2::-1], strict=True)
  }
  assert makes == expected | {"up_256x256": 1}  # 3 colors, halved
  dropouts = [x.name for x in generator.layers if "dropout" in x.name]
  assert dropouts == ["dropout_up_2x2", "dropout_up_4x4", "dropout_up_8x8"]


def test_skips_double_what_the_decoder_takes():
  generator = _tiny()
  kernels = _kernels(generator)
  assert kernels["up_4x2"] == [4, 4, 8, 16]
  assert kernels["up_8x4"] == [4, 4, 4, 8 + 8]
  assert kernels["up_16x8"] == [4, 4, 2, 4 + 4]
  for name, skip in (("4x2", "norm_down_4x2"), ("8x4", "down_8x4")):
    _, second = generator.get_layer(f"join_up_{name}").input
    assert second is generator.get_layer(skip).output


def test_only_inner_stages_are_normalized():
  generator = _tiny(num_downs=3)
  norms = [x.name for x in generator.layers if x.name.startswith("norm")]
  assert norms == ["norm_down_4x2", "norm_up_4x2", "norm_up_8x4"]
  has_bias = {
    name: generator.get_layer(name).use_bias for name in _kernels(generator)
  }
  assert {x for x, y in has_bias.items() if y} == {
    "down_8x4",
    "down_2x1",
    "up_16x8",
  }


def test_no_relu_follows_a_transposed_convolution():
  for layer in _tiny().layers:
    if isinstance(layer, keras.layers.ReLU):
      before = layer.inbound_nodes[0].inbound_layers
      assert not isinstance(before, keras.layers.BatchNormalization)
      assert not isinstance(before, keras.layers.Conv2DTranspose)


def test_dropout_is_active_in_training_only():
  images = np.ones((1, 64, 64, 1), np.float32)
  generator = u_net.u_net_generator((64, 64, 1), width=2, num_downs=6)
  made = [np.array(generator(images, training=False)) for _ in range(2)]
  np.testing.assert_array_equal(*made)
  keras.utils.set_random_seed(1)
  made = [np.array(generator(images, training=True)) for _ in range(2)]
  assert np.max(np.abs(made[0] - made[1])) > 1e-6
  steady = u_net.u_net_generator((64, 64, 1), 2, num_downs=6, dropout=0.0)
  assert not any("dropout" in layer.name for layer in steady.layers)


def test_it_shrinks_exactly():
  generator = _tiny()
  small = cutting.cut(generator)
  assert cutting.difference(generator, small) < 1e-5


def test_every_layer_but_the_last_shrinks():
  generator = _tiny()
  small = tgp.prune_channels(generator, channels=0.5, allocation="uniform")
  for name in _kernels(generator):
    if name != "up_16x8":
      filters = generator.get_layer(name).filters
      assert small.get_layer(name).filters == filters // 2


def test_save_and_load_computes_the_same(tmp_path):
  generator = _tiny()
  tgp.save_model(generator, tmp_path / "generator.keras")
  loaded = tgp.load_model(tmp_path / "generator.keras")
  images = cutting.random_inputs(generator)
  np.testing.assert_array_equal(loaded(images), generator(images))


@pytest.mark.parametrize(
  ("kwargs", "message"),
  [
    ({"image_shape": (8, 8)}, "`image_shape` .*\\(height.*\\(8, 8\\)"),
    (
      {"image_shape": (28, 28, 1)},
      "halved 3 times.*to 32x32.*multiples of 8, or lower `num_downs`",
    ),
    ({"width": 0}, "`width`.*got 0"),
    ({"num_downs": 1}, "`num_downs` .*got 1"),
    ({"num_downs": True}, "`num_downs`.*got True"),
    ({"output_channels": 0}, "`output_channels`.*got 0"),
    ({"dropout": 1.0}, "`dropout` .*got 1.0"),
  ],
)
def test_bad_arguments_are_refused(kwargs, message):
  with pytest.raises(ValueError, match=message):
    _tiny(**kwargs)
