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
"""Tests that quantized networks compute what int8 files do."""

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert import interpreter

import tf_ganprune as tgp
from tests import tiny
from tests.compression import clustering_test
from tf_ganprune import compression
from tf_ganprune.keras_compat import keras

_LATENTS = tf.random.stateless_normal([64, tiny.LATENT_DIM], [1, 2])


def _ranges(network):
  return [x.name for x in network.layers if x.name.startswith("range_")]


def test_ranges_stand_where_the_file_rounds():
  quantized = tgp.quantize_model(tgp.networks.dcgan_generator((8, 8, 1), 4, 2))
  assert _ranges(quantized) == [
    "range_latents",
    "range_dense",
    "range_norm_4x4",
    "range_act_4x4",
    "range_norm_conv_4x4",
    "range_act_conv_4x4",
  ]


def test_a_relu_is_part_of_the_layer_before_it():
  x = keras.Input((4, 4, 2), name="x")
  y = keras.layers.Conv2D(3, 3, name="conv")(x)
  y = keras.layers.BatchNormalization(name="norm")(y)
  y = keras.layers.ReLU(name="relu")(y)
  y = keras.layers.Flatten()(y)
  y = keras.layers.Dense(2, name="last")(y)
  names = _ranges(tgp.quantize_model(keras.Model(x, y)))
  assert names == ["range_x", "range_relu", "range_last"]


def test_shared_and_nested_layers_are_quantized():
  dense = keras.layers.Dense(4, name="dense")
  inner_input = keras.Input((4,))
  inner = keras.Model(inner_input, dense(inner_input), name="inner")
  x = keras.Input((4,), name="x")
  network = keras.Model(x, inner(dense(dense(x))))
  quantized = tgp.quantize_model(network)
  stripped = tgp.strip_quantization(quantized)
  assert stripped.count_params() == network.count_params()
  x = tf.random.stateless_normal([8, 4], [1, 2])
  assert np.max(np.abs(quantized(x) - network(x))) < 0.2


@pytest.mark.slow
@pytest.mark.parametrize("number_of_clusters", [None, 5])
def test_kernels_are_whole_numbers_of_a_scale(number_of_clusters):
  generator = clustering_test.pruned_generator()
  if number_of_clusters:
    generator = tgp.cluster_weights(generator, number_of_clusters)
  quantized = tgp.quantize_model(generator)
  before = clustering_test.kernels(tgp.strip_clustering(generator))
  after = clustering_test.kernels(tgp.strip_quantization(quantized))
  # The norm makes a scale for each unit; there is one image channel.
  for name, axes in (("dense", 0), ("image", None)):
    old, kernel = before[name], after[name]
    np.testing.assert_array_equal(kernel == 0, old == 0)
    scale = np.abs(old).max(axes, keepdims=True) / 127
    assert np.all(np.abs(kernel - old) <= scale / 1.99)
    steps = np.divide(kernel, scale, where=scale > 0, out=np.zeros_like(old))
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-3)
    if number_of_clusters:
      assert len(np.unique(kernel)) <= number_of_clusters * steps.shape[1]


def test_outputs_are_near():
  generator = clustering_test.pruned_generator()
  quantized = tgp.quantize_model(generator)
  difference = np.abs(quantized(_LATENTS) - generator(_LATENTS))
  assert 0 < difference.mean() < 0.02


def test_a_file_keeps_everything(tmp_path):
  quantized = tgp.quantize_model(clustering_test.pruned_generator())
  loaded = tgp.load_model(tgp.save_model(quantized, tmp_path / "g.keras"))
  np.testing.assert_array_equal(loaded(_LATENTS), quantized(_LATENTS))


def test_stripping_takes_ranges_off():
  generator = clustering_test.pruned_generator()
  stripped = tgp.strip_quantization(tgp.quantize_model(generator))
  names = [x.name for x in generator.layers]
  assert [x.name for x in stripped.layers[1:]] == names
  assert not compression.is_quantized(stripped)
  assert not compression.is_compressed(stripped)


def _file(path):
  file = interpreter.Interpreter(str(path))
  return file, file.get_tensor_details()


def _kernel(path, shape):
  file, tensors = _file(path)
  (kernel,) = [
    file.get_tensor(x["index"]) for x in tensors if tuple(x["shape"]) == shape
  ]
  assert kernel.dtype == np.int8
  return kernel


def test_the_int8_file_has_our_ranges(tmp_path):
  quantized = tgp.quantize_model(clustering_test.pruned_generator())
  report = tgp.export_tflite(quantized, tmp_path / "g.tflite", "cpu-int8")
  assert report.max_abs_error < 0.1
  scales = [
    float(x["quantization_parameters"]["scales"][0])
    for x in _file(report.path)[1]
    if len(x["quantization_parameters"]["scales"]) == 1
  ]
  ranges = [
    x for x in quantized.layers if isinstance(x, compression.FakeQuantize)
  ]
  assert len(ranges) == 3
  for layer in ranges:
    scale = (layer.highest.numpy() - layer.lowest.numpy()) / 255
    assert np.isclose(scales, scale, rtol=1e-4).any(), layer.name


@pytest.mark.slow
def test_a_dense_kernel_has_one_scale_and_its_values_in_the_file(tmp_path):
  generator = tgp.networks.dcgan_generator((8, 8, 1), tiny.LATENT_DIM, 8)
  dense = generator.get_layer("dense")
  dense.kernel.assign(dense.kernel * (np.abs(dense.kernel) > 0.1))
  clustered = tgp.cluster_weights(generator, 5)
  quantized = tgp.quantize_model(clustered)
  ours = tgp.strip_quantization(quantized).get_layer("dense").kernel.numpy()
  steps = np.round(ours.T * 127 / np.abs(ours).max())
  for network in (quantized, clustered, tgp.strip_clustering(clustered)):
    report = tgp.export_tflite(network, tmp_path / "g.tflite", "cpu-int8")
    kernel = _kernel(report.path, (128, tiny.LATENT_DIM))
    np.testing.assert_array_equal(kernel, steps)
    assert len(np.unique(kernel)) == 5


@pytest.mark.slow
def test_a_dense_kernel_before_a_norm_has_a_scale_for_each_unit(tmp_path):
  generator = clustering_test.pruned_generator()
  quantized = tgp.quantize_model(tgp.cluster_weights(generator, 5))
  report = tgp.export_tflite(quantized, tmp_path / "g.tflite", "cpu-int8")
  ours = tgp.strip_quantization(quantized).get_layer("dense").kernel.numpy().T
  largest = np.abs(ours).max(axis=1, keepdims=True)
  steps = np.round(ours * 127 / np.where(largest > 0, largest, 1))
  kernel = _kernel(report.path, (48, tiny.LATENT_DIM))
  np.testing.assert_array_equal(kernel, steps)


@pytest.mark.slow
def test_other_targets_are_refused(tmp_path):
  quantized = tgp.quantize_model(clustering_test.pruned_generator())
  with pytest.raises(ValueError, match="strip_quantization"):
    tgp.export_tflite(quantized, tmp_path / "g.tflite", "cpu")
  clustered = tgp.cluster_weights(clustering_test.pruned_generator(), 5)
  report = tgp.export_tflite(clustered, tmp_path / "g.tflite", "cpu")
  assert report.max_abs_error < 1e-5


def test_bad_networks_are_refused():
  generator = clustering_test.pruned_generator()
  with pytest.raises(ValueError, match="tgp.strip_quantization"):
    tgp.quantize_model(tgp.quantize_model(generator))
  with pytest.raises(ValueError, match="strip_pruning"):
    tgp.quantize_model(tgp.prune_low_magnitude(generator))
  x = keras.Input((4,))
  network = keras.Model(x, keras.layers.LeakyReLU()(x), name="leaky")
  with pytest.raises(ValueError, match="'leaky.*' .*nothing"):
    tgp.quantize_model(network)


@pytest.mark.parametrize("name", ["preserve_sparsity", "preserve_clusters"])
def test_what_is_preserved_is_true_or_false(name):
  generator = clustering_test.pruned_generator()
  with pytest.raises(ValueError, match=f"`{name}` .*True or False"):
    tgp.quantize_model(generator, **{name: "no"})


@pytest.mark.parametrize(
  "data, message",
  [
    (np.zeros((0, tiny.LATENT_DIM)), "is empty"),
    (np.full((3, tiny.LATENT_DIM), np.nan), "NaN or infinite"),
    (np.full((3, tiny.LATENT_DIM), np.inf), "NaN or infinite"),
    (np.zeros((3, tiny.LATENT_DIM + 1)), "takes.*got"),
    (np.zeros((3, 8, 8, 1)), r"takes.*got \[3, 8, 8, 1\]"),
    ("latents.npy", "got a str"),
    ([1.0, 2.0, 3.0], "got a list"),
    (iter(()), "got a"),
  ],
)
def test_representative_data_that_do_not_fit(data, message):
  with pytest.raises(ValueError, match=f"representative_data.*{message}"):
    tgp.quantize_model(tiny.generator(), representative_data=data)


def test_labels_are_rows_that_exist_and_stay_whole_numbers():
  label = keras.Input((1,), name="label")
  y = keras.layers.Flatten()(keras.layers.Embedding(10, 4)(label))
  model = keras.Model(label, keras.layers.Dense(3)(y))
  quantized = compression.quantize_model(model)
  labels = np.arange(10.0)[:, None].astype("float32")
  ours, theirs = quantized(labels), model(labels)
  np.testing.assert_allclose(ours, theirs, atol=0.05 * np.ptp(theirs))


@pytest.mark.parametrize(
  ("value", "message"),
  [(10, "from 10 to 10.*the rows that it looks up"), (0.5, "fractions")],
)
def test_labels_that_do_not_exist_are_refused(value, message):
  x = keras.Input((1,))
  y = keras.layers.Flatten()(keras.layers.Embedding(10, 4)(x))
  network = keras.Model(x, keras.layers.Dense(3)(y))
  with pytest.raises(ValueError, match=f"`representative_data` .*{message}"):
    tgp.quantize_model(network, representative_data=np.full((4, 1), value))


def test_what_labels_must_be_may_not_be_known():
  x = keras.Input((1,))
  y = keras.layers.Flatten()(keras.layers.Embedding(10, 4)(x * 2 - 7))
  network = keras.Model(x, keras.layers.Dense(3)(y))
  with pytest.raises(ValueError) as caught:
    tgp.quantize_model(network)
  assert "Pass inputs that it takes" in str(caught.value)
  assert "batch size" not in str(caught.value)
