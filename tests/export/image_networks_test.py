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
"""Tests the files of networks that turn images into images, on each target."""

import functools

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.export import adapters, existing
from tf_ganprune.keras_compat import keras

networks = tgp.networks
_SHAPE = (64, 64, 3)
_NETWORKS = {
  "resnet": lambda: networks.resnet_generator(_SHAPE, 4, num_blocks=6),
  "u_net_5": lambda: networks.u_net_generator(_SHAPE, 4, num_downs=5),
  "u_net_6": lambda: networks.u_net_generator(_SHAPE, 4, num_downs=6),
  "u_net_instance": lambda: networks.u_net_generator(
    _SHAPE, 4, num_downs=6, normalization="instance"
  ),
  "patch": lambda: networks.patch_discriminator(_SHAPE, width=4),
  "patch_of_pairs": lambda: networks.patch_discriminator(
    _SHAPE, _SHAPE, width=4, normalization="batch"
  ),
  "patch_of_pairs_instance": lambda: networks.patch_discriminator(
    _SHAPE, _SHAPE, width=4
  ),
}
_TARGETS = ("cpu", "cpu-fp16", "cpu-int8", "gpu", "npu")
# What LiteRT lists as refused, or computed wrongly, by GPUs.
_REFUSED = {"GATHER_ND", "PRELU", "SELECT", "SELECT_V2"}


@functools.cache
def _network(name) -> keras.Model:
  keras.utils.set_random_seed(0)
  return _NETWORKS[name]()


def _images(network, count=12):
  rng = np.random.default_rng(0)
  arrays = [
    rng.uniform(-1, 1, (count, *x.shape[1:])).astype("float32")
    for x in network.inputs
  ]
  return arrays[0] if len(arrays) == 1 else tuple(arrays)


def _operators(path) -> list:
  return [x.name for x in existing.read(path).graph.operators]


def _check(network, target, path):
  """Exports, and returns the report and the kinds of operators."""
  report = tgp.export_tflite(network, path, target, _images(network))
  operators = _operators(report.path)
  assert not _REFUSED & set(operators)
  if target in ("cpu", "gpu"):
    assert report.max_abs_error < 1e-5
  if target == "gpu" and adapters.software_folder() is not None:
    assert report.delegated == 1.0
  if target == "gpu":
    (half,) = (x for x in report.notes if x.startswith("Computed in float16"))
    assert "; layer" not in half
  return report, operators


@pytest.mark.slow
@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("name", _NETWORKS)
def test_each_target_takes_each_network(name, target, tmp_path):
  _check(_network(name), target, tmp_path / "n.tflite")


@pytest.mark.parametrize("target", ["gpu", "npu"])
def test_a_small_residual_generator(target, tmp_path):
  keras.utils.set_random_seed(0)
  network = networks.resnet_generator((16, 16, 3), 4, num_blocks=1)
  _, operators = _check(network, target, tmp_path / "n.tflite")
  # One for each convolution that keeps the size.
  assert operators.count("MIRROR_PAD") == 4


def test_a_small_discriminator_of_pairs(tmp_path):
  keras.utils.set_random_seed(0)
  network = networks.patch_discriminator((16, 16, 3), (16, 16, 3), width=4)
  report, _ = _check(network, "gpu", tmp_path / "n.tflite")
  assert len(existing.read(report.path).graph.inputs) == 2


@pytest.mark.slow
def test_instance_norm_of_large_numbers_is_safe_in_float16(tmp_path):
  # The squares of this norm's inputs add up to more than 65,504.
  keras.utils.set_random_seed(0)
  network = networks.resnet_generator((16, 16, 3), 4, num_blocks=1)
  first = network.get_layer("conv_in")
  first.set_weights([x * 1000.0 for x in first.get_weights()])
  inside = keras.Model(network.inputs, first.output)(_images(network))
  assert np.square(inside).sum(axis=(1, 2)).max() > 65_504
  report = tgp.export_tflite(
    network, tmp_path / "n.tflite", "gpu", _images(network)
  )
  (half,) = (x for x in report.notes if x.startswith("Computed in float16"))
  assert "infinite" not in half and "; layer" not in half


@pytest.mark.parametrize("shared", [None, [1], [1, 2], [1, 2, 3]])
def test_reflections_and_slopes(shared, tmp_path):
  keras.utils.set_random_seed(0)
  x = keras.Input((8, 8, 3), name="images")
  y = tf.pad(x, [[0, 0], [2, 2], [2, 2], [0, 0]], "REFLECT")
  y = keras.layers.Conv2D(4, 5)(y)
  y = keras.layers.PReLU("random_uniform", shared_axes=shared)(y)
  y = keras.layers.Conv2D(3, 1, activation="tanh")(y)
  _, operators = _check(keras.Model(x, y), "gpu", tmp_path / "n.tflite")
  assert {"MIRROR_PAD", "RELU"} < set(operators)
