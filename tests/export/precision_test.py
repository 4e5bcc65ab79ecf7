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
"""Tests of the export of networks of mixed precision."""

import numpy as np
import pytest

import tf_ganprune as tgp

keras = tgp.keras
layers = keras.layers


def _network(dtype):
  keras.mixed_precision.set_global_policy(dtype)
  try:
    inputs = keras.Input((6,))
    x = layers.Reshape((2, 2, 8))(layers.Dense(32, name="first")(inputs))
    x = layers.LeakyReLU()(layers.BatchNormalization()(x))
    up = layers.Conv2DTranspose(6, 3, strides=2, padding="same")
    x = layers.SpectralNormalization(up)(x)
    inner = keras.Sequential(
      [keras.Input((4, 4, 6)), layers.Conv2D(6, 3, padding="same")]
    )
    x = layers.Add()([x, inner(x)])
    x = layers.Conv2D(1, 3, activation="tanh", dtype="float32")(x)
    return keras.Model(inputs, x)
  finally:
    keras.mixed_precision.set_global_policy("float32")


@pytest.mark.parametrize("dtype", ["mixed_float16", "mixed_bfloat16"])
@pytest.mark.parametrize("target", ["cpu", "cpu-int8"])
@pytest.mark.parametrize("is_pruned", [False, True])
def test_a_float32_copy_is_converted(dtype, target, is_pruned, tmp_path):
  network = _network(dtype)
  if is_pruned:
    network = tgp.prune_low_magnitude(network)
  before = network.get_weights()
  report = tgp.export_tflite(network, tmp_path / "net.tflite", target=target)
  assert report.max_abs_error < (1e-5 if target == "cpu" else 0.1)
  assert any(f"computes in {dtype[6:]}" in note for note in report.notes)
  for old, new in zip(before, network.get_weights(), strict=True):
    np.testing.assert_array_equal(old, new)
  assert network.get_layer(index=1).compute_dtype == dtype[6:]


def test_float32_needs_no_copy(tmp_path):
  report = tgp.export_tflite(_network("float32"), tmp_path / "net.tflite")
  assert not any("copy" in note for note in report.notes)


@pytest.mark.slow
def test_budgets_of_files():
  network = _network("mixed_float16")
  small = tgp.prune_channels(network, num_bytes=0.9)
  assert small.count_params() < network.count_params()
  assert small.get_layer("first").compute_dtype == "float16"


def test_weights_of_less_than_float32_are_refused(tmp_path):
  inputs = keras.Input((4,))
  network = keras.Model(
    inputs, layers.Dense(3, name="half", dtype="float16")(inputs)
  )
  path = tmp_path / "net.tflite"
  with pytest.raises(
    ValueError, match="'half' .*float16 weights.*mixed_float16"
  ):
    tgp.export_tflite(network, path)
  assert not path.exists()
