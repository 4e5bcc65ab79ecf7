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
"""Tests of the ResNet generator: shapes, limits, saving, exact shrinking."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests.channels import cutting
from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import resnet


def _tiny(**kwargs):
  kwargs = {"image_shape": (12, 8, 2), "width": 4, "num_blocks": 1} | kwargs
  return resnet.resnet_generator(**kwargs)


@pytest.mark.parametrize("padding", ["reflect", "zeros"])
def test_it_makes_images_of_the_shape_in_range(padding):
  generator = _tiny(padding=padding, output_channels=3)
  cutting.randomize(generator)
  images = generator(cutting.random_inputs(generator))
  assert images.shape == (2, 12, 8, 3)
  assert 0.5 < np.max(np.abs(images)) <= 1.0


@pytest.mark.slow
def test_it_has_the_layers_of_the_paper():
  generator = resnet.resnet_generator((64, 64, 3), num_blocks=9)
  kernels = {
    layer.name: layer.kernel.shape.as_list()
    for layer in generator.layers
    if hasattr(layer, "kernel")
  }
  assert len(kernels) == 2 + 2 + 9 * 2 + 2
  assert kernels["conv_in"] == [7, 7, 3, 64]
  assert kernels["down_32x32"] == [3, 3, 64, 128]
  assert kernels["down_16x16"] == [3, 3, 128, 256]
  assert kernels["block_9_conv_2"] == [3, 3, 256, 256]
  assert kernels["up_32x32"] == [3, 3, 128, 256]
  assert kernels["up_64x64"] == [3, 3, 64, 128]
  assert kernels["conv_out"] == [7, 7, 64, 3]
  norms = 2 * (64 + 128 + 256 + 9 * 2 * 256 + 128 + 64)
  assert generator.count_params() == 3 + norms + sum(
    np.prod(shape) for shape in kernels.values()
  )


def test_padding_reflects_the_images():
  generator = _tiny(width=1, num_blocks=1)
  padded = keras.Model(generator.inputs, generator.get_layer("conv_in").input)
  image = tf.reshape(tf.range(12.0 * 8 * 2), (1, 12, 8, 2))
  expected = np.pad(image, [(0, 0), (3, 3), (3, 3), (0, 0)], "reflect")
  np.testing.assert_array_equal(padded(image), expected)


def test_normalization_is_by_image_and_channel():
  generator = _tiny()
  norm = keras.Model(generator.inputs, generator.get_layer("norm_in").output)
  images = norm(cutting.random_inputs(norm))
  np.testing.assert_allclose(np.mean(images, (1, 2)), 0.0, atol=1e-4)
  np.testing.assert_allclose(np.std(images, (1, 2)), 1.0, atol=0.05)


@pytest.mark.parametrize("padding", ["reflect", "zeros"])
def test_it_shrinks_exactly(padding):
  generator = _tiny(padding=padding)
  small = cutting.cut(generator)
  assert cutting.difference(generator, small) < 1e-5


def test_every_layer_but_the_last_shrinks():
  generator = _tiny()
  small = tgp.prune_channels(generator, channels=0.5, allocation="uniform")
  for layer in generator.layers:
    if hasattr(layer, "kernel") and layer.name != "conv_out":
      assert small.get_layer(layer.name).filters == layer.filters // 2


@pytest.mark.slow
@pytest.mark.parametrize(
  "files",
  [
    (keras.models.save_model, keras.models.load_model),
    (tgp.save_model, tgp.load_model),
  ],
)
def test_save_and_load_computes_the_same(files, tmp_path):
  save, load = files
  generator = _tiny()
  save(generator, tmp_path / "generator.keras")
  loaded = load(tmp_path / "generator.keras")
  images = cutting.random_inputs(generator)
  np.testing.assert_array_equal(loaded(images), generator(images))


@pytest.mark.parametrize(
  ("kwargs", "message"),
  [
    ({"image_shape": (8, 8)}, "`image_shape` .*\\(height.*\\(8, 8\\)"),
    ({"image_shape": (30, 28, 1)}, "halved 2 times.*to 32x28.*multiples of 4"),
    ({"image_shape": (4, 8, 1)}, "`image_shape` .*8x8.*\\(4, 8, 1\\)"),
    ({"width": 0}, "`width`.*got 0"),
    ({"num_blocks": 1.5}, "`num_blocks`.*got 1.5"),
    ({"output_channels": -1}, "`output_channels`.*got -1"),
    ({"padding": "same"}, "`padding` .*'same'"),
  ],
)
def test_bad_arguments_are_refused(kwargs, message):
  with pytest.raises(ValueError, match=message):
    _tiny(**kwargs)
