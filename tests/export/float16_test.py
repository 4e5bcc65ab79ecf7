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
"""Tests of networks computed in float16."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.export import float16, rewrites, verify
from tf_ganprune.keras_compat import keras

layers = keras.layers


class _BySquares(layers.Layer):
  """Divides by the logarithm of a mean of squares."""

  def call(self, inputs):
    squares = tf.reduce_mean(tf.square(inputs), [1, 2], keepdims=True)
    return inputs / tf.math.log(squares + 10.0)


def _by_keras(name):
  return layers.GroupNormalization(-1, epsilon=1e-5, name=name)


def _normal(stddev, seed):
  return keras.initializers.RandomNormal(0.0, stddev, seed=seed)


def _style(norm):
  """A network that takes and gives images in [0, 255]."""
  inputs = x = keras.Input((16, 16, 3))
  for i in (1, 2):
    x = layers.Conv2D(8 * i, 3, i, "same", kernel_initializer=_normal(0.5, i))(
      x
    )
    x = layers.ReLU()(norm(name=f"norm_{i}")(x))
  x = layers.UpSampling2D(2)(x)
  x = layers.Conv2D(
    3, 3, padding="same", activation="tanh", kernel_initializer=_normal(0.1, 9)
  )(x)
  return keras.Model(inputs, layers.Rescaling(127.5, 127.5, name="image")(x))


def _images(n=2):
  rng = np.random.default_rng(0)
  return rng.uniform(0, 255, (n, 16, 16, 3)).astype("float32")


def _run(network, inputs):
  name = network.input_names[0]
  samples = [{name: one[np.newaxis]} for one in inputs]
  return float16.run(network, verify.refer(network, samples))


def test_squares_that_overflow():
  found = _run(_style(_BySquares), _images())
  assert (found.layer, found.is_infinite) == ("norm_1", True)
  for words in ("float16", "norm_1", "infinite", "FP32", "GroupNormalization"):
    assert words in str(found)


def test_an_overflow_that_the_output_hides():
  inputs = keras.Input((8, 8, 2))
  x = _BySquares(name="norm")(layers.Rescaling(2000.0)(inputs))
  network = keras.Model(inputs, layers.Activation("tanh", name="y")(x))
  images = np.random.default_rng(0).normal(size=(2, 8, 8, 2))
  found = _run(network, images.astype("float32"))
  assert np.isfinite(found.error) and found.error > 0.5
  assert (found.layer, found.is_infinite) == ("norm", True)


@pytest.mark.slow
def test_the_rewritten_norm_does_not_overflow():
  network = _style(_by_keras)
  before = _run(network, _images())
  assert (before.layer, before.is_infinite) == ("norm_1", True)
  done = rewrites.apply(network, rewrites.NORMS)
  after = _run(done.model, _images())
  assert after.error < 2.0 and after.spread > 100.0 and not after.layer
  assert f"{after.error:.2g}" in str(after)


def test_a_sum_that_overflows_though_its_mean_does_not():
  inputs = keras.Input((64, 64, 1))
  pooled = layers.Lambda(lambda x: tf.reduce_mean(x, [1, 2]), name="pool")
  network = keras.Model(inputs, pooled(inputs))
  found = _run(network, np.full((1, 64, 64, 1), 100.0, "float32"))
  assert (found.layer, found.is_infinite) == ("pool", True)


def _energy(x):
  return tf.math.log(tf.reduce_mean(tf.square(x), -1, keepdims=True))


def test_vectors_of_style():
  dense = layers.Dense(8, name="map", kernel_initializer=_normal(400.0, 0))
  network = keras.Sequential(
    [keras.Input((16,)), dense, layers.Lambda(_energy, name="energy")]
  )
  rng = np.random.default_rng(0)
  found = _run(network, rng.normal(size=(2, 16)).astype("float32"))
  assert (found.layer, found.is_infinite) == ("energy", True)


def test_what_is_lost_but_stays_finite():
  row = [
    keras.Input((4,)),
    layers.Lambda(lambda x: x + 10000.0, name="up"),
    layers.Lambda(lambda x: x - 10000.0, name="down"),
  ]
  network = keras.Sequential(row)
  rng = np.random.default_rng(0)
  found = _run(network, rng.normal(size=(2, 4)).astype("float32"))
  assert (found.layer, found.is_infinite) == ("up", False)
  assert "far off" in str(found)


def test_small_numbers_are_close():
  network = keras.Sequential(
    [keras.Input((8, 3)), layers.LSTM(4), layers.Dense(2)]
  )
  rng = np.random.default_rng(0)
  found = _run(network, rng.normal(size=(2, 8, 3)).astype("float32"))
  assert 0 < found.error < 1e-2 and not found.layer


def test_integers_are_not_compared():
  network = keras.Sequential(
    [keras.Input((4,)), layers.Lambda(lambda x: tf.argmax(x, -1))]
  )
  assert _run(network, np.eye(4, dtype="float32")) is None


@pytest.mark.slow
def test_batch_statistics_of_a_sample(tmp_path):
  inputs = keras.Input((8, 8, 3))
  norm = layers.BatchNormalization(name="norm")
  network = keras.Model(
    inputs, norm(layers.Conv2D(4, 3)(inputs), training=True)
  )
  report = tgp.export_tflite(network, tmp_path / "a.tflite", "gpu")
  (note,) = [note for note in report.notes if "float16, as many" in note]
  assert "off, of a spread" in note


@pytest.mark.slow
@pytest.mark.parametrize("norm", [_by_keras, _BySquares])
def test_the_report_of_an_export_says_it(norm, tmp_path):
  network = _style(norm)
  report = tgp.export_tflite(
    network, tmp_path / "a.tflite", "gpu", representative_data=_images(8)
  )
  notes = [note for note in report.notes if "float16" in note]
  assert any("Computed in float16" in note for note in notes)
  assert ("norm_1' is the first" in notes[-1]) == (norm is _BySquares)
  assert not any("1e-3" in note for note in notes)
