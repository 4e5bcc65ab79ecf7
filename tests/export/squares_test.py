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
"""Tests of roots of sums of squares that float16 holds."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.export import convert, float16, graph_rewrite, verify
from tf_ganprune.keras_compat import keras

layers = keras.layers
_SIZE = 6


def _moments(x):
  mean, variance = tf.nn.moments(x, [1, 2], keepdims=True)
  return (x - mean) * tf.math.rsqrt(variance + 1e-5)


def _moments_without_axes(x):
  mean, variance = tf.nn.moments(x, [1, 2])
  return tf.nn.batch_normalization(
    x, mean[:, None, None], variance[:, None, None], 0.5, 2.0, 1e-3
  )


def _divided(x):
  centered = x - tf.reduce_mean(x, [1, 2], keepdims=True)
  variance = tf.reduce_mean(centered**2, [1, 2], keepdims=True)
  return centered / tf.sqrt(variance + 1e-5)


def _power(x):
  centered = x - tf.reduce_mean(x, [1, 2, 3], keepdims=True)
  variance = tf.reduce_mean(centered * centered, [1, 2, 3], keepdims=True)
  return centered * (variance + 1e-5) ** -0.5


def _pixel_norm(x):
  return x * tf.math.rsqrt(tf.reduce_mean(x**2, -1, keepdims=True) + 1e-8)


def _pixel_norm_by_root(x):
  return x / tf.sqrt(tf.reduce_mean(tf.square(x), axis=3, keepdims=True) + 1e-8)


def _deviation(x):
  mean = tf.reduce_mean(x, [1, 2], keepdims=True)
  return (x - mean) / (tf.math.reduce_std(x, [1, 2], keepdims=True) + 1e-5)


def _by_backend(x):
  return x / (keras.backend.std(x, axis=[1, 2], keepdims=True) + 1e-3)


def _unit(x):
  return tf.math.l2_normalize(x, axis=[1, 2])


def _length(x):
  return x / tf.maximum(tf.norm(x, axis=-1, keepdims=True), 1e-3)


def _demodulated(x):
  sums = tf.reduce_sum(tf.square(x), [1, 2])
  return x * tf.math.rsqrt(sums + 1e-8)[:, None, None, :]


def _adaptive(x):
  """AdaIN: one half of the channels gives the other its statistics."""
  content, style = x[..., :2], x[..., 2:]
  mean, variance = tf.nn.moments(content, [1, 2], keepdims=True)
  new_mean, new_variance = tf.nn.moments(style, [1, 2], keepdims=True)
  scaled = (content - mean) / tf.sqrt(variance + 1e-5)
  return (scaled * tf.sqrt(new_variance + 1e-5) + new_mean) / 300.0


_KINDS = [
  _moments,
  _moments_without_axes,
  _divided,
  _power,
  _pixel_norm,
  _pixel_norm_by_root,
  _deviation,
  _by_backend,
  _unit,
  _length,
  _demodulated,
  _adaptive,
]


class _Norm(layers.Layer):
  """Computes a function in its own `call`."""

  def __init__(self, function, **kwargs):
    super().__init__(**kwargs)
    self._function = function

  def call(self, inputs):
    return self._function(inputs)


def _network(function, scale=1.0, size=_SIZE):
  inputs = keras.Input((size, size, 4))
  x = layers.Rescaling(scale)(inputs)
  return keras.Model(inputs, _Norm(function, name="norm")(x))


def _images(network, count=3):
  shape = network.input_shape[1:]
  rng = np.random.default_rng(0)
  return rng.normal(size=(count, *shape)).astype("float32")


def _computed(network, images):
  function, notes = convert.traced(network, [graph_rewrite.scaled_squares])
  rows = [
    next(iter(function(tf.constant(x[None])).values())).numpy() for x in images
  ]
  return np.concatenate(rows), notes


def _reference(network, images):
  name = network.input_names[0]
  return verify.refer(network, [{name: x[None]} for x in images])


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 2, _SIZE])
@pytest.mark.parametrize("scale", [1e-4, 1.0, 3000.0])
@pytest.mark.parametrize("function", _KINDS)
def test_the_same_numbers(function, scale, size):
  network = _network(function, scale, size)
  images = _images(network)
  found, notes = _computed(network, images)
  expected = network(images).numpy()
  np.testing.assert_allclose(
    found, expected, rtol=1e-5, atol=2e-5 * max(1, np.abs(expected).max())
  )
  assert "norm" in notes[-1] and "Divided before it is squared" in notes[-1]


def _behind(layer, function):
  """Returns a network whose norm follows a layer with weights."""
  inputs = keras.Input((_SIZE, _SIZE, 4))
  x = layer(layers.Rescaling(1000.0)(inputs))
  network = keras.Model(inputs, _Norm(function, name="norm")(x))
  for weight in network.weights:
    weight.assign_add(tf.random.stateless_normal(weight.shape, [1, 2]))
  return network


@pytest.mark.parametrize(
  "layer",
  [
    layers.Conv2D(4, 3),
    layers.Dense(4),
    layers.Conv2DTranspose(4, 3, 2),
    layers.DepthwiseConv2D(3),
  ],
)
@pytest.mark.parametrize("function", [_moments, _divided, _pixel_norm, _unit])
def test_behind_layers_with_weights(function, layer):
  network = _behind(type(layer).from_config(layer.get_config()), function)
  found = float16.run(network, _reference(network, _images(network)))
  assert found.error < 0.01 * found.spread and not found.layer


def test_means_of_large_numbers():
  network = _network(lambda x: _moments(x + 3000.0), size=16)
  images = _images(network, 2) * 500.0
  found = float16.run(network, _reference(network, images))
  assert found.error < 0.01 * found.spread and not found.layer


@pytest.mark.parametrize("function", _KINDS)
def test_float16_holds_it(function):
  network = _network(function, 1000.0)
  found = float16.run(network, _reference(network, _images(network)))
  assert found.error < 0.01 * found.spread and not found.layer


@pytest.mark.slow
@pytest.mark.parametrize("function", _KINDS)
def test_files_for_gpus_have_it(function, tmp_path):
  network = _network(function, 1000.0)
  path = tmp_path / "a.tflite"
  report = tgp.export_tflite(network, path, "gpu")
  assert any("Divided before it is squared" in x for x in report.notes)
  assert tgp.check_target(network, "gpu") == []


def test_other_targets_keep_it(tmp_path):
  report = tgp.export_tflite(_network(_moments), tmp_path / "a.tflite", "cpu")
  assert not any("Divided" in x for x in report.notes)


def _root_of_sums(x):
  return tf.sqrt(tf.reduce_sum(tf.abs(x), -1, keepdims=True))


def _root_of_one(x):
  return tf.sqrt(tf.square(x) + 1.0)


def _root_of_products(x):
  return tf.sqrt(tf.abs(tf.reduce_sum(x * x[..., ::-1], -1)))


def _root_of_a_difference(x):
  return tf.sqrt(tf.maximum(tf.reduce_sum(x * x, -1) - 1.0, 0.0))


def _root_of_less(x):
  return tf.sqrt(tf.reduce_sum(x * x, -1) + (-1e-4))


def _root_of_turned_sums(x):
  return tf.sqrt(tf.reduce_sum(x * x, -1)[:, ::-1] + 1e-3)


@pytest.mark.parametrize(
  "function",
  [
    _root_of_less,
    _root_of_turned_sums,
    _root_of_sums,
    _root_of_one,
    _root_of_products,
    _root_of_a_difference,
  ],
)
def test_what_is_no_root_of_a_sum_of_squares(function):
  network = _network(function)
  images = _images(network)
  found, notes = _computed(network, images)
  np.testing.assert_allclose(found, network(images), atol=1e-5)
  assert not notes


def test_a_network_without_roots_is_traced_once():
  network = _network(tf.nn.softmax)
  _, notes = _computed(network, _images(network))
  assert not notes
