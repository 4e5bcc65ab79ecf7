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
"""Tests the way of a network of Keras 3: pruned, cut, trained, exported."""

import keras as keras3
import numpy as np
import pytest

import tf_ganprune as tgp
from tests.keras3 import nets
from tf_ganprune.sparsity.schedules import schedule_checks


@pytest.fixture(name="generator")
def _generator(tmp_path):
  nets.dcgan_generator().save(tmp_path / "generator.keras")
  return keras3.saving.load_model(tmp_path / "generator.keras")


def test_pruned(generator):
  theirs = tgp.from_keras3(generator)
  schedule = schedule_checks.ConstantSparsity(0.5, 0, frequency=1)
  pruned = tgp.prune_low_magnitude(theirs, schedule)
  tgp.Pruner(pruned).advance()
  stripped = tgp.strip_pruning(pruned)
  for name in ("dense", "up"):
    kernel = stripped.get_layer(name).kernel.numpy()
    assert np.mean(kernel == 0.0) == 0.5
    before = generator.get_layer(name).kernel.numpy()
    np.testing.assert_array_equal(kernel[kernel != 0], before[kernel != 0])


@pytest.mark.slow
def test_exported(generator, tmp_path):
  path = tmp_path / "generator.tflite"
  report = tgp.export_tflite(generator, path)
  assert report.max_abs_error <= 1e-5
  theirs = tgp.export_tflite(tgp.from_keras3(generator), tmp_path / "b.tflite")
  assert theirs.num_bytes == report.num_bytes


def test_counted(generator):
  assert tgp.profile(generator) == tgp.profile(tgp.from_keras3(generator))


def test_channels_are_removed(generator):
  theirs = tgp.from_keras3(generator)
  small = tgp.prune_channels(theirs, macs=0.5)
  assert small.count_params() < theirs.count_params()
  with pytest.raises(ValueError, match="from_keras3"):
    tgp.prune_channels(generator, macs=0.5)
  again = tgp.to_keras3(small)
  assert nets.difference(small, again, nets.inputs(again)) <= 1e-6


def test_channels_are_removed_through_operations_of_keras_3():
  theirs = tgp.from_keras3(nets.conditional_generator())
  groups = tgp.channel_groups(theirs)
  assert any("shared" in str(group) for group in groups)


@pytest.mark.slow
def test_trained_in_a_gan(generator):
  x = keras3.Input((16, 16, 1))
  y = keras3.layers.Conv2D(4, 3, strides=2, activation="leaky_relu")(x)
  y = keras3.layers.Dense(1)(keras3.ops.reshape(y, (-1, 7 * 7 * 4)))
  discriminator = keras3.Model(x, y)
  gan = tgp.GAN(
    tgp.from_keras3(discriminator), tgp.from_keras3(generator), latent_dim=8
  )
  gan.compile("adam", "adam")
  before = gan.generator.get_weights()
  gan.fit(np.zeros((8, 16, 16, 1), "float32"), batch_size=4, verbose=0)
  assert any(
    np.any(a != b)
    for a, b in zip(gan.generator.get_weights(), before, strict=True)
  )
