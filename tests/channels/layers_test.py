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
"""Tests that every kind of layer shrinks exactly, in all its connections."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests.channels import cutting, kinds

keras = tgp.keras
layers = keras.layers


# The least part of the kernels that is left when half of the units go.
_AT_MOST = 0.75


@pytest.mark.parametrize("name", kinds.NETWORKS)
def test_channels_of_zeros_go_exactly(name):
  model = keras.Model(*kinds.NETWORKS[name]())
  small = cutting.cut(model)
  assert small.count_params() < _AT_MOST * model.count_params()
  assert small.input_shape == model.input_shape
  assert small.output_shape == model.output_shape
  assert cutting.difference(model, small) < 1e-5


@pytest.mark.parametrize("name", ["nested", "conditioned", "attention"])
def test_the_small_network_is_a_plain_one(name, tmp_path):
  small = cutting.cut(keras.Model(*kinds.NETWORKS[name]()))
  tgp.save_model(small, tmp_path / "small.keras")
  loaded = tgp.load_model(tmp_path / "small.keras")
  assert cutting.difference(small, loaded) == 0.0
  small.compile("adam", "mse", run_eagerly=True)
  inputs = cutting.random_inputs(small)
  history = small.fit(inputs, small(inputs) * 0, epochs=3, verbose=0)
  assert history.history["loss"][-1] < history.history["loss"][0]


def test_a_sequential_network_stays_one():
  model = keras.Sequential(
    [
      kinds.images(6, 6, 2),
      layers.Conv2D(8, 3),
      layers.Flatten(),
      layers.Dense(3),
    ]
  )
  small = cutting.cut(model)
  assert isinstance(small, keras.Sequential)
  assert [x.name for x in small.layers] == [x.name for x in model.layers]
  assert cutting.difference(model, small) < 1e-5


def test_a_dense_layer_loses_the_pixels_of_channels():
  model = tgp.networks.dcgan_generator((28, 28, 1), 8, 4)
  small = tgp.prune_channels(model, channels=0.5, allocation="uniform")
  assert small.get_layer("dense").units == 7 * 7 * 4
  discriminator = tgp.networks.dcgan_discriminator((28, 28, 1), 4)
  small = tgp.prune_channels(discriminator, channels=0.5, allocation="uniform")
  assert small.get_layer("hidden").kernel.shape == (7 * 7 * 4, 8)


@pytest.mark.parametrize(
  "norm", [layers.LayerNormalization(), layers.GroupNormalization(2)]
)
def test_statistics_over_channels_shrink_with_them(norm):
  norm = type(norm).from_config(norm.get_config())
  inputs = kinds.images()
  x = norm(layers.Conv2D(8, 3)(inputs))
  model = keras.Model(inputs, layers.Conv2D(2, 1)(x))
  small = cutting.cut(model)
  assert small.layers[2].gamma.shape == [4]
  assert np.isfinite(small(cutting.random_inputs(small))).all()


def test_groups_stay_alike():
  inputs = kinds.images(8, 8, 4)
  x = layers.Conv2D(12, 3, groups=2)(inputs)
  model = keras.Model(inputs, layers.Conv2D(2, 1)(x))
  first, *_ = tgp.channel_groups(model).removable
  assert first.size == 6  # a place in both groups at once


@pytest.mark.parametrize("layer", ["lstm", "lambda", "custom"])
def test_what_has_no_rule_is_left_whole(layer):
  made = {
    "lstm": lambda: layers.LSTM(4),
    "lambda": lambda: layers.Lambda(lambda x: tf.nn.softmax(x)),
    "custom": lambda: _Mixing(name="mixing"),
  }[layer]()
  inputs = kinds.images(6, 5)
  x = made(layers.Dense(6, name="before")(inputs))
  model = keras.Model(inputs, layers.Dense(2)(x))
  groups = tgp.channel_groups(model)
  (left,) = [g for g in groups.fixed if "before" in g.layers]
  assert made.name in left.reason or "Lambda" in left.reason
  assert any(made.name in note for note in groups.notes)
  assert cutting.cut(model).get_layer("before").units == 6


def test_beside_arrays_channels_shrink_and_with_them_they_stay():
  inputs = keras.Input((4,), 2)
  multiplied = layers.Dense(6, name="multiplied")(inputs)
  x = layers.Multiply()([multiplied, np.ones([2, 6], np.float32)])
  y = layers.Dense(8, name="joined")(inputs)
  y = tf.concat([tf.ones([2, 3]), y], -1)
  z = layers.Dense(8, name="beside")(inputs)
  z = layers.Concatenate()([tf.ones([2, 5]), z])
  model = keras.Model(inputs, [layers.Dense(2)(one) for one in (x, y, z)])
  small = cutting.cut(model)
  assert small.get_layer("multiplied").units == 6
  assert small.get_layer("joined").units == 4
  assert small.get_layer("beside").units == 4
  assert cutting.difference(model, small) < 1e-5


def _pixel_norm(x):
  return x * tf.math.rsqrt(tf.reduce_mean(x * x, -1, keepdims=True) + 1e-8)


def _by_index(x):
  return x * tf.range(1.0, x.shape[-1] + 1.0)


@pytest.mark.parametrize(
  "activation",
  [
    tf.nn.softmax,
    lambda x: tf.nn.softmax(x),
    layers.Softmax(),
    _pixel_norm,
    _by_index,
    lambda x: x * tf.ones([8]),
    lambda x: x * x[..., :1],
    lambda x: x + x[..., -1:],
    lambda x: x + tf.random.normal(tf.shape(x)),
    layers.PReLU(),
  ],
)
def test_what_mixes_channels_is_left_whole(activation):
  inputs = kinds.images(5)
  x = layers.Dense(8, activation=activation, name="before")(inputs)
  model = keras.Model(inputs, layers.Dense(2)(layers.Dense(6)(x)))
  assert cutting.cut(model).get_layer("before").units == 8
  (stays,) = (
    x for x in tgp.channel_groups(model).fixed if "before" in x.layers
  )
  assert "'before': its activation mixes them" in stays.reason


@pytest.mark.parametrize(
  "activation",
  ["tanh", lambda x: tf.nn.leaky_relu(x, 0.1), layers.LeakyReLU(0.1)],
)
@pytest.mark.parametrize("dtype", ["float32", "mixed_float16"])
def test_what_takes_channels_by_themselves_shrinks(activation, dtype):
  inputs = kinds.images(6, 6, 5)
  policy = keras.mixed_precision.Policy(dtype)
  x = layers.Conv2D(8, 3, activation=activation, name="before", dtype=policy)
  y = layers.Activation(activation, dtype=policy)(x(inputs))
  model = keras.Model(inputs, layers.Conv2D(2, 1, dtype=policy)(y))
  assert cutting.cut(model).get_layer("before").filters == 4


def _gated(x):
  half = x.shape[-1] // 2
  return x[..., :half] * tf.sigmoid(x[..., half:])


@pytest.mark.parametrize("inside", [True, False])
def test_an_activation_that_halves_channels_is_left_whole(inside):
  inputs = kinds.images(5)
  if inside:
    x = layers.Dense(8, activation=_gated, name="before")(inputs)
  else:
    x = layers.Dense(8, name="before")(inputs)
    x = layers.Activation(_gated, name="gate")(x)
  model = keras.Model(inputs, layers.Dense(2)(layers.Dense(6)(x)))
  small = cutting.cut(model)
  assert small.get_layer("before").units == 8
  assert cutting.difference(model, small) < 1e-5


def test_a_layer_without_a_rule_is_called_on_several_widths():
  shared = layers.Lambda(tf.nn.relu)
  inputs = kinds.images(5)
  outputs = [layers.Dense(2)(shared(layers.Dense(n)(inputs))) for n in (6, 8)]
  model = keras.Model(inputs, outputs)
  assert cutting.difference(model, cutting.cut(model)) == 0


def test_a_block_is_called_at_two_scales():
  block_inputs = kinds.images(None, None, 4)
  x = layers.Conv2D(6, 3, padding="same", name="inner")(block_inputs)
  block = keras.Model(block_inputs, layers.Conv2D(4, 3, padding="same")(x))
  inputs = kinds.images(8, 8, 3)
  x = block(layers.Conv2D(4, 1)(inputs))
  y = block(layers.AveragePooling2D()(x))
  model = keras.Model(inputs, [layers.Conv2D(2, 1)(x), layers.Conv2D(2, 1)(y)])
  small = tgp.prune_channels(model, channels=0.5, allocation="uniform")
  assert small.get_layer(block.name).get_layer("inner").filters == 3
  assert small.output_shape == model.output_shape
  assert tgp.profile(model).macs == 768 + 432 * (64 + 16) + 8 * (64 + 16)
  whole = tgp.profile(model).macs
  small = tgp.prune_channels(model, macs=0.5)
  assert tgp.profile(small).macs <= 0.5 * whole
  assert small.output_shape == model.output_shape


class _Mixing(layers.Layer):
  def build(self, input_shape):
    size = input_shape[-1]
    self.mix = self.add_weight("mix", (size, size))

  def call(self, inputs):
    return tf.reduce_mean(inputs @ self.mix, 1)


class _Scale(layers.Layer):
  def build(self, input_shape):
    self.factor = self.add_weight("factor", input_shape[-1:])

  def call(self, inputs):
    return inputs * self.factor


def test_a_rule_of_ones_own():
  @tgp.channel_rule(_Scale)
  def scale(call):
    channels = call.channels()
    weights = {call.layer.factor.ref(): call.scale(channels)}
    return call.rule(channels, weights)

  inputs = kinds.images(6, 5)
  x = _Scale()(layers.Dense(6)(inputs))
  model = keras.Model(inputs, layers.Dense(2)(x))
  small = cutting.cut(model)
  assert small.layers[2].factor.shape == [3]
  assert cutting.difference(model, small) < 1e-5


def test_a_class_that_overrides_call_does_not_inherit_a_rule():
  class Reversed(layers.Dense):
    def call(self, inputs):
      return super().call(inputs[..., ::-1])

  inputs = kinds.images(5)
  x = Reversed(4)(layers.Dense(6, name="before")(inputs))
  groups = tgp.channel_groups(keras.Model(inputs, x))
  assert any("before" in group.layers for group in groups.fixed)


class _Standardized(layers.Conv2D):
  def convolution_op(self, inputs, kernel):
    mean, variance = tf.nn.moments(kernel, [0, 1, 2], keepdims=True)
    kernel = (kernel - mean) * tf.math.rsqrt(variance + 1e-5)
    return super().convolution_op(inputs, kernel)


class _Weighted(layers.Add):
  def _merge_function(self, inputs):
    return inputs[0] + inputs[1][..., ::-1]


class _Named(layers.Dense):
  def __init__(self, units, title="", **kwargs):
    super().__init__(units, **kwargs)
    self.title = title

  def get_config(self):
    return super().get_config() | {"title": self.title}


def test_a_class_that_computes_otherwise_does_not_inherit_a_rule():
  inputs = kinds.images(8, 8, 3)
  x = layers.Conv2D(8, 3, name="before")(inputs)
  x = _Standardized(8, 3, name="standardized")(x)
  y = layers.Conv2D(8, 1, name="beside")(x)
  x = _Weighted()([x, y])
  model = keras.Model(inputs, layers.Conv2D(2, 1)(layers.Conv2D(4, 1)(x)))
  small = cutting.cut(model)
  for name in ("before", "standardized", "beside"):
    assert small.get_layer(name).filters == 8
  assert cutting.difference(model, small) < 1e-5


def test_a_class_that_computes_the_same_inherits_a_rule():
  inputs = kinds.images(5)
  x = _Named(6, title="hidden", name="before")(inputs)
  small = cutting.cut(keras.Model(inputs, layers.Dense(2)(x)))
  assert small.get_layer("before").units == 3
  assert small.get_layer("before").title == "hidden"


def test_rules_are_for_layers():
  with pytest.raises(ValueError, match="`channel_rule`.*'int'"):
    tgp.channel_rule(int)


def test_what_is_cut_of_a_frozen_network_can_be_trained():
  """A moving average is frozen as a whole, and its cut is to be trained."""
  model = keras.Model(*kinds.NETWORKS["spectral"]())
  model.trainable = False
  small = tgp.prune_channels(model, channels=0.5)
  assert small.trainable_variables
  assert not model.trainable_variables
  model.trainable = True
  model.layers[1].trainable = False
  small = tgp.prune_channels(model, channels=0.5)
  assert not small.layers[1].trainable_variables
  assert small.layers[2].trainable_variables
