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
"""Tests of what is said to stand between a network and a target."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune import export
from tf_ganprune.export import convert
from tf_ganprune.keras_compat import keras

_LAYERS = keras.layers


def _sparse_generator(zeros, stem_padding="valid"):
  """Makes a small network for the sparse kernels."""
  keras.utils.set_random_seed(0)
  pad = [_LAYERS.ZeroPadding2D(1)] if stem_padding == "valid" else []
  network = keras.Sequential(
    [
      keras.Input((4,)),
      _LAYERS.Dense(8 * 8 * 3),
      _LAYERS.Reshape((8, 8, 3)),
      *pad,
      _LAYERS.Conv2D(16, 3, 2, stem_padding, name="stem"),
      _LAYERS.BatchNormalization(),
      _LAYERS.ReLU(),
      _LAYERS.DepthwiseConv2D(3, padding="same"),
      _LAYERS.Conv2D(16, 1, name="pointwise"),
      _LAYERS.LeakyReLU(0.2),
      _LAYERS.Conv2D(12, 1, name="last"),
      _LAYERS.Lambda(lambda x: tf.nn.depth_to_space(x, 2)),
      _LAYERS.Activation("tanh"),
    ],
    name="sparse",
  )
  for name in ("pointwise", "last"):
    kernel = network.get_layer(name).kernel
    random = np.random.default_rng(0).random(kernel.shape)
    kernel.assign(np.where(random < zeros, 0.0, kernel))
  return network


@pytest.mark.slow
def test_a_network_for_the_sparse_kernels(tmp_path):
  network = _sparse_generator(0.8)
  assert not tgp.check_target(network, "arm-sparse")
  report = tgp.export_tflite(network, tmp_path / "g", "arm-sparse")
  assert report.max_abs_error < 1e-5
  assert any("flag was used" in note for note in report.notes)


@pytest.mark.slow
def test_too_few_zeros_for_the_sparse_kernels(tmp_path):
  network = _sparse_generator(0.5)
  (found,) = tgp.check_target(network, "arm-sparse")
  assert found.layer == "sparse"
  assert "above two thirds" in found.reason
  with pytest.raises(ValueError, match="does not take .*two thirds.*80 %"):
    tgp.export_tflite(network, tmp_path / "g", "arm-sparse")
  assert not list(tmp_path.iterdir())


def test_a_stem_that_cannot_be_put_right_is_named():
  (found,) = tgp.check_target(_sparse_generator(0.8, "same"), "arm-sparse")
  assert found.layer == "stem"
  assert "ZeroPadding2D(1)" in found.remedy


def test_what_is_put_right_is_no_finding(generator):
  # ReLU after a transposed convolution, which is 5x5 on 10x10 in the end.
  before = generator.get_weights()
  assert tgp.check_target(generator, "gpu") == []
  for old, new in zip(before, generator.get_weights(), strict=True):
    np.testing.assert_array_equal(old, new)


def test_operators_and_axes_of_gpus(tmp_path):
  x = keras.Input((4, 4, 4, 2))
  network = keras.Model(x, _LAYERS.Conv3D(2, 3, name="solid")(x))
  (found,) = tgp.check_target(network, "gpu")
  assert found.layer == "solid"
  assert "5 axes" in found.reason
  with pytest.raises(ValueError, match="'gpu' does not take .*'solid'"):
    tgp.export_tflite(network, tmp_path / "g", "gpu")


def test_groups_of_two_channels_are_put_right(tmp_path):
  x = keras.Input((4, 4, 8))
  y = _LAYERS.Conv2D(8, 3, groups=4, name="grouped")(x)
  network = keras.Model(x, _LAYERS.Activation("tanh")(y))
  assert not tgp.check_target(network, "gpu")
  report = tgp.export_tflite(network, tmp_path / "g", "gpu")
  assert any("groups of more channels" in note for note in report.notes)


@pytest.mark.slow
def test_blocks_of_a_pruned_network(dense_network, zero, tmp_path):
  assert len(tgp.check_target(dense_network, "cpu-block")) == 2
  with pytest.raises(ValueError, match="cpu-block' does not take.*0% zeros"):
    tgp.export_tflite(dense_network, tmp_path / "g", "cpu-block")
  zero(dense_network, 0.8, block=4)
  assert not tgp.check_target(dense_network, "cpu-block")
  report = tgp.export_tflite(dense_network, tmp_path / "g", "cpu-block")
  assert report.max_abs_error < 1e-5
  assert any("flag was used" in note for note in report.notes)
  # LiteRT runs the two layers with blocks with kernels of its own.
  assert report.delegated == pytest.approx(1 / 3)


def test_what_does_not_convert_is_a_finding():
  x = keras.Input((4, 4))
  inverse = _LAYERS.Lambda(tf.linalg.inv, name="inverse")
  network = keras.Model(x, inverse(x))
  (found,) = tgp.check_target(network)
  assert found.layer == "inverse"
  assert "no operator for tf.MatrixInverse" in found.reason
  assert found.refused


def test_what_stays_in_float_is_told(tmp_path):
  x = keras.Input((4, 4, 4, 2))
  network = keras.Model(x, _LAYERS.Conv3D(2, 3, name="solid")(x))
  (found,) = tgp.check_target(network, "cpu-int8")
  assert (found.layer, found.refused) == ("solid", False)
  report = tgp.export_tflite(network, tmp_path / "g", "cpu-int8")
  assert str(found) in report.notes
  assert report.delegated == 0.0


def test_refusals_come_first():
  network = _sparse_generator(0.8, "same")
  flags = [x.refused for x in tgp.check_target(network, "cpu-int8")]
  assert flags == sorted(flags, reverse=True)
  assert flags == [False]  # depthwise convolutions may be slower in int8


def test_nothing_is_run_and_bad_arguments_are_refused(generator, monkeypatch):
  monkeypatch.setattr(convert, "saved", lambda _: pytest.fail("too late"))
  with pytest.raises(ValueError, match="'tpu' is not known"):
    tgp.check_target(generator, "tpu")
  with pytest.raises(ValueError, match="`model` .*str"):
    tgp.check_target("generator", "gpu")


def test_findings_print_as_sentences():
  found = export.Finding("conv", "is grouped", "Use no groups.")
  assert str(found) == "'conv' is grouped. Use no groups."


def _of_labels(move):
  x = keras.Input((1,), dtype="int32", name="label")
  y = _LAYERS.Flatten()(_LAYERS.Embedding(10, 6)(move(x)))
  return keras.Model(x, _LAYERS.Dense(3)(y), name="labels")


@pytest.mark.parametrize("target", ["npu", "cpu-int8"])
def test_labels_from_one_on(target, tmp_path):
  network = _of_labels(lambda x: x - 1)
  assert not tgp.check_target(network, target)
  report = tgp.export_tflite(network, tmp_path / "g", target)
  assert any("from 1 to 10, which it looks up" in x for x in report.notes)


def test_inputs_that_are_not_known_are_no_refusal(tmp_path):
  network = _of_labels(lambda x: x * 2 - 7)
  (found,) = tgp.check_target(network, "cpu-int8")
  assert (found.layer, found.refused) == ("labels", False)
  assert "indices" in found.reason and "representative_data" in found.remedy
  labels = np.tile([[4], [5], [6], [7]], (8, 1))
  report = tgp.export_tflite(network, tmp_path / "g", "cpu-int8", labels)
  assert report.max_abs_error < 0.1
  with pytest.raises(ValueError, match="indices.*`representative_data`"):
    export.export_tflite(network, tmp_path / "h", "cpu-int8")


def test_a_look_up_by_axes_is_no_matter_of_the_batch(tmp_path):
  x = keras.Input((1,), dtype="int32", name="label")
  rows = _LAYERS.Lambda(lambda x: tf.gather_nd(np.eye(9, 3), x * 2 - 7))(x)
  with pytest.raises(ValueError, match="indices.*`representative_data`"):
    export.export_tflite(keras.Model(x, rows), tmp_path / "g")
