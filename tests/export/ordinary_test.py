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
"""Tests that ordinary generators have no findings and are right on GPUs."""

import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.export import adapters
from tf_ganprune.keras_compat import keras

_L = keras.layers


def _conditional():
  latent = keras.Input((6,), name="latent")
  label = keras.Input((1,), dtype="int32", name="label")
  embedded = _L.Flatten()(_L.Embedding(10, 4)(label))
  x = _L.Dense(4 * 4 * 4)(_L.Concatenate()([latent, embedded]))
  x = _L.LeakyReLU()(_L.Reshape((4, 4, 4))(x))
  x = _L.Conv2DTranspose(3, 4, 2, "same", activation="tanh")(x)
  return keras.Model([latent, label], x)


def _super_resolution():
  x = inputs = keras.Input((6, 6, 3))
  x = _L.PReLU(shared_axes=[1, 2])(_L.Conv2D(8, 9, padding="same")(x))
  y = _L.Conv2D(8, 3, padding="same")(x)
  y = _L.PReLU(shared_axes=[1, 2])(_L.BatchNormalization()(y))
  x = _L.Conv2D(16, 3, padding="same")(_L.Add()([x, y]))
  x = _L.PReLU(shared_axes=[1, 2, 3])(tf.nn.depth_to_space(x, 2))
  return keras.Model(inputs, _L.Conv2D(3, 9, padding="same")(x))


def _semantic():
  """Images from a map of classes, by the statistics of its codes."""
  classes = keras.Input((8, 8), dtype="int32", name="classes")
  codes = tf.one_hot(classes, 4)
  x = _L.Conv2D(8, 3, padding="same")(codes)
  mean = tf.reduce_mean(x, [1, 2], keepdims=True)
  variance = tf.reduce_mean(tf.square(x - mean), [1, 2], keepdims=True)
  x = (x - mean) * tf.math.rsqrt(variance + 1e-3)
  gamma, beta = tf.split(_L.Conv2D(16, 3, padding="same")(codes), 2, -1)
  x = _L.LeakyReLU(0.2)(x * (1.0 + gamma) + beta)
  x = _L.UpSampling2D(2, interpolation="bilinear")(x)
  return keras.Model(classes, _L.Conv2D(3, 3, activation="tanh")(x))


def _attending():
  """Self-attention between positions, as in SAGAN."""
  latent = keras.Input((6,))
  x = _L.Reshape((4, 4, 8))(_L.Dense(128, "elu")(latent))
  keys, queries, values = (
    _L.Reshape((16, 8))(_L.Conv2D(8, 1)(x)) for _ in range(3)
  )
  weights = tf.nn.softmax(tf.matmul(queries, keys, transpose_b=True))
  attended = _L.Reshape((4, 4, 8))(tf.matmul(weights, values))
  return keras.Model(latent, _L.Conv2D(3, 3)(x + attended))


def _styled():
  """A mapping network, and styles that scale and shift."""
  latent = keras.Input((8,))
  z = latent * tf.math.rsqrt(
    tf.reduce_mean(latent * latent, -1, keepdims=True) + 1e-8
  )
  style = _L.Dense(16, activation=tf.nn.leaky_relu)(z)
  x = _L.Reshape((4, 4, 8))(_L.Dense(128)(style))
  scale = _L.Reshape((1, 1, 8))(_L.Dense(8)(style))
  shift = _L.Reshape((1, 1, 8))(_L.Dense(8)(style))
  x = _L.LayerNormalization()(x) * scale + shift
  x = tf.image.resize(tf.nn.gelu(x), (8, 8), "nearest")
  return keras.Model(latent, tf.clip_by_value(_L.Conv2D(3, 1)(x), 0.0, 1.0))


def _reflecting():
  x = inputs = keras.Input((8, 8, 3))
  x = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT")
  x = _L.SeparableConv2D(8, 3, 2)(x)
  x = _L.Conv2D(8, 3, dilation_rate=2, padding="same", activation="swish")(x)
  y = _L.GlobalAveragePooling2D(keepdims=True)(x)
  x = _L.Multiply()([x, _L.Dense(8, activation="sigmoid")(y)])
  x = _L.Concatenate()([x, _L.MaxPooling2D(3, 1, "same")(x)])
  return keras.Model(inputs, [_L.Conv2D(1, 1)(x), _L.Softmax()(x)])


@pytest.mark.slow
@pytest.mark.parametrize(
  "make",
  [
    _conditional,
    _super_resolution,
    _semantic,
    _attending,
    _styled,
    _reflecting,
  ],
)
def test_no_false_alarms(make, tmp_path):
  keras.utils.set_random_seed(0)
  network = make()
  assert not tgp.check_target(network, "gpu")
  report = tgp.export_tflite(network, tmp_path / "g", "gpu")
  assert report.max_abs_error < 1e-4
  if adapters.software_folder() is not None:
    assert report.delegated == 1.0
