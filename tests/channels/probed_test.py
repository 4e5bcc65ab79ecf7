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
"""Tests layers without weights and without rules, whose calls are tried."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests.channels import cutting

keras = tgp.keras
layers = keras.layers


@keras.utils.register_keras_serializable("probed_test")
class _Reflected(layers.Layer):
  def call(self, x):
    return tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT")


class _Noise(layers.Layer):
  def call(self, x):
    return x + tf.random.normal(tf.shape(x))


class _Scaled(layers.Layer):
  def build(self, shape):
    self.scale = self.add_weight("scale", (shape[-1],))

  def call(self, x):
    return x * self.scale


def _network(layer, size=6):
  inputs = keras.Input((size, size, 3))
  x = layer(layers.Conv2D(8, 3, padding="same", name="before")(inputs))
  return keras.Model(inputs, layers.Conv2D(2, 1)(x))


def _instance_norm(x):
  mean, variance = tf.nn.moments(x, [1, 2], keepdims=True)
  return (x - mean) / tf.sqrt(variance + 1e-3)


def _shuffle(x):
  return tf.gather(x, [1, 0, 3, 2, 5, 4, 7, 6], axis=-1)


def _minibatch_deviation(x):
  one = tf.reduce_mean(tf.math.reduce_std(x, 0, keepdims=True))
  return tf.concat([x, tf.ones_like(x[..., :1]) * one], -1)


_APART = {
  "reflected": _Reflected,
  "relu": lambda: layers.Lambda(tf.nn.relu),
  "instance norm": lambda: layers.Lambda(_instance_norm),
  "resized": lambda: layers.Lambda(lambda x: tf.image.resize(x, [3, 3])),
  "op": lambda: lambda x: tf.roll(x, 1, 1),
}
_MIXING = {
  "pixel norm": lambda x: x / tf.norm(x, axis=-1, keepdims=True),
  "shuffle": _shuffle,
  "softmax": lambda x: tf.nn.softmax(x),
  "constants": lambda x: x * np.arange(8, dtype="float32"),
  "reversed": lambda x: x[..., ::-1],
  "deviation": _minibatch_deviation,
  "number": lambda x: x / tf.cast(tf.shape(x)[-1], tf.float32),
  "random": lambda x: x + tf.random.normal(tf.shape(x)),
  "rolled": lambda x: tf.roll(x, 1, -1),
}


@pytest.mark.parametrize("name", _APART)
def test_channels_pass_what_leaves_them_apart(name):
  model = _network(_APART[name]())
  small = cutting.cut(model)
  assert small.get_layer("before").filters < 8
  assert cutting.difference(model, small) < 1e-5


@pytest.mark.parametrize("name", _MIXING)
def test_channels_stay_that_are_mixed(name):
  model = _network(layers.Lambda(_MIXING[name], name="mixing"))
  groups = tgp.channel_groups(model)
  assert not [g for g in groups.removable if "before" in g.layers]
  assert any("mixing" in note for note in groups.notes)


@pytest.mark.parametrize("kind", [_Noise, _Scaled])
def test_channels_stay_of_layers_with_weights_or_noise(kind):
  groups = tgp.channel_groups(_network(kind(name="own")))
  assert not [g for g in groups.removable if "before" in g.layers]
  assert any("tgp.channel_rule" in note for note in groups.notes)


def test_sides_that_are_not_known():
  model = _network(_Reflected(), None)
  small = tgp.prune_channels(model, macs=0.5, input_shape=(6, 6, 3))
  assert small.get_layer("before").filters < 8
  assert small(tf.ones((1, 5, 9, 3))).shape == (1, 7, 11, 2)
