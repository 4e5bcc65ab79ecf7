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
from tests.channels import cutting

keras = tgp.keras
layers = keras.layers


def _images(*shape):
  return keras.Input(shape or (8, 8, 3))


def _dense():
  x = inputs = _images(5)
  for units in (8, 6):
    x = layers.Dense(units, activation="relu")(x)
  return inputs, layers.Dense(2)(x)


def _dense_of_steps():
  inputs = _images(4, 3)
  return inputs, layers.Dense(2)(layers.Dense(6)(inputs))


def _dcgan():
  network = tgp.networks.dcgan_generator((16, 16, 1), 6, 4)
  return network.inputs, network.outputs


def _discriminator():
  network = tgp.networks.dcgan_discriminator((16, 16, 1), 4)
  return network.inputs, network.outputs


def _conv_1d():
  inputs = _images(8, 3)
  x = layers.Conv1D(6, 3, padding="same")(inputs)
  x = layers.SeparableConv1D(8, 3, depth_multiplier=2)(x)
  x = layers.DepthwiseConv1D(3, depth_multiplier=2)(x)
  x = layers.UpSampling1D()(layers.MaxPooling1D()(x))
  x = layers.Conv1DTranspose(6, 3)(layers.ZeroPadding1D()(x))
  return inputs, layers.Conv1D(2, 1)(layers.Cropping1D()(x))


def _conv_3d():
  inputs = _images(4, 4, 4, 2)
  x = layers.Conv3D(6, 3, padding="same")(inputs)
  x = layers.AveragePooling3D()(x)
  x = layers.Conv3DTranspose(4, 2, strides=2)(x)
  return inputs, layers.Conv3D(2, 1)(x)


def _grouped():
  inputs = _images(8, 8, 4)
  x = layers.Conv2D(12, 3)(inputs)
  x = layers.Conv2D(18, 3, groups=3)(x)
  x = layers.Conv2D(9, 1)(x)
  return inputs, layers.Conv2D(2, 1)(layers.Conv2D(18, 1, groups=9)(x))


def _depthwise():
  inputs = _images()
  x = layers.Conv2D(6, 3)(inputs)
  x = layers.DepthwiseConv2D(3, depth_multiplier=2)(x)
  x = layers.SeparableConv2D(8, 3, depth_multiplier=2)(x)
  return inputs, layers.Conv2D(2, 1)(x)


def _norms():
  inputs = _images()
  x = layers.Conv2D(8, 3)(inputs)
  x = layers.BatchNormalization(momentum=0.5)(x)
  x = layers.PReLU(shared_axes=[1, 2])(x)
  x = layers.Conv2D(6, 3)(x)
  x = layers.GroupNormalization(-1)(x)
  x = layers.PReLU()(x)
  x = layers.Conv2D(5, 1)(x)
  x = layers.GroupNormalization(5)(x)
  return inputs, layers.Conv2D(2, 1)(layers.LeakyReLU()(x))


def _residual():
  inputs = _images()
  x = layers.Conv2D(6, 3, padding="same")(inputs)
  for _ in range(2):
    y = layers.ReLU()(layers.Conv2D(4, 3, padding="same")(x))
    x = layers.Add()([x, layers.Conv2D(6, 3, padding="same")(y)])
  return inputs, layers.Conv2D(2, 1)(x)


def _u_net():
  inputs = _images()
  a = layers.Conv2D(4, 3, padding="same", activation="relu")(inputs)
  b = layers.Conv2D(6, 3, padding="same", strides=2)(a)
  c = layers.Conv2D(8, 3, padding="same", strides=2)(layers.ReLU()(b))
  x = layers.Concatenate()([layers.Conv2DTranspose(5, 4, 2, "same")(c), b])
  x = layers.Conv2DTranspose(6, 4, 2, "same")(layers.LeakyReLU()(x))
  x = layers.Concatenate()([inputs, x, a])
  return inputs, layers.Conv2D(2, 3, activation="tanh")(x)


def _squeeze_and_excitation():
  inputs = _images()
  x = layers.Conv2D(8, 3)(inputs)
  y = layers.Dense(4, activation="relu")(layers.GlobalAveragePooling2D()(x))
  y = layers.Reshape((1, 1, 8))(layers.Dense(8, activation="sigmoid")(y))
  return inputs, layers.Conv2D(2, 1)(layers.Multiply()([x, y]))


def _gated():
  inputs = _images()
  x = layers.Conv2D(8, 3)(inputs)
  a, b = tf.split(x, 2, axis=-1)
  gate = layers.Conv2D(1, 1, activation="sigmoid")(x)
  return inputs, layers.Conv2D(2, 1)(tf.nn.relu(a) * tf.tanh(b) * gate)


def _operators():
  inputs = _images()
  x = layers.Conv2D(8, 3, padding="same")(inputs)
  y = tf.concat([x * 2.0, tf.nn.leaky_relu(x - 0.0)], -1)
  y = tf.transpose(tf.reshape(y, [-1, 64, 16]), [0, 2, 1])
  y = tf.reshape(tf.transpose(y, [0, 2, 1]), [-1, 8, 8, 16])
  y = tf.expand_dims(tf.reduce_mean(y[:, ::2, 1:], [1, 2], keepdims=True), 1)
  y = tf.pad(tf.squeeze(y, 1), [[0, 0], [1, 0], [0, 1], [0, 0]])
  return inputs, layers.Conv2D(2, 1)(y)


def _blocks_of_channels():
  inputs = _images()
  x = layers.Conv2D(16, 3, padding="same")(inputs)
  x = layers.Conv2D(6, 1)(tf.nn.depth_to_space(x, 2))
  return inputs, layers.Conv2D(2, 1)(tf.nn.space_to_depth(x, 2))


def _conditioned():
  latents, label = _images(6), keras.Input((1,), dtype="int32")
  x = layers.Flatten()(layers.Embedding(3, 8)(label))
  x = layers.Multiply()([layers.Dense(8)(latents), x])
  x = layers.Reshape((4, 4, 5))(layers.Dense(80)(x))
  return [latents, label], layers.Conv2DTranspose(2, 3)(x)


def _spectral():
  inputs = _images()
  norm = layers.SpectralNormalization
  x = norm(layers.Conv2D(6, 3))(inputs)
  x = norm(layers.Conv2DTranspose(5, 3))(x)
  return inputs, norm(layers.Dense(2))(layers.Flatten()(x))


def _nested():
  inner_inputs = _images(8, 8, 6)
  x = layers.Conv2D(4, 3, padding="same", name="inner")(inner_inputs)
  x = layers.Add()([inner_inputs, layers.Conv2D(6, 1)(x)])
  inner = keras.Model(inner_inputs, x, name="block")
  tail = keras.Sequential([layers.Flatten(), layers.Dense(5), layers.ReLU()])
  inputs = _images()
  x = inner(inner(layers.Conv2D(6, 3, padding="same")(inputs)))
  return inputs, layers.Dense(2)(tail(x))


def _shared():
  a, b = _images(), _images()
  first, second = layers.Conv2D(6, 3), layers.Conv2D(4, 3)
  x = layers.Concatenate()([second(first(a)), second(first(b))])
  return [a, b], layers.Dense(2)(layers.Flatten()(x))


def _attention():
  inputs = _images(6, 5)
  x = layers.Dense(8)(inputs)
  y = layers.MultiHeadAttention(4, 3, value_dim=2)(x, layers.Dense(7)(inputs))
  x = layers.Add()([x, y])
  return inputs, layers.Dense(2)(x)


def _attention_by_hand():
  inputs = _images(6, 5)
  query, key, value = (layers.Dense(n)(inputs) for n in (8, 8, 6))
  scores = tf.nn.softmax(tf.matmul(query, key, transpose_b=True))
  return inputs, layers.Dense(2)(tf.matmul(scores, value))


def _dot():
  a, b = _images(4, 5), _images(6, 5)
  x = layers.Dot(2)([layers.Dense(8)(a), layers.Dense(8)(b)])
  return [a, b], layers.Dense(2)(x)


def _steps():
  inputs = _images(3, 8, 8, 2)
  x = layers.TimeDistributed(layers.Conv2D(6, 3))(inputs)
  x = layers.TimeDistributed(layers.Flatten())(x)
  return inputs, layers.TimeDistributed(layers.Dense(2))(x)


def _repeated():
  inputs = _images(5)
  x = layers.RepeatVector(4)(layers.Dense(6)(inputs))
  x = layers.Permute((2, 1))(layers.Permute((2, 1))(x))
  return inputs, layers.Conv1D(2, 3)(x)


def _channels_after_steps():
  inputs = _images(3, 4)
  x = layers.Reshape((-1, 8))(layers.Conv1D(16, 2)(inputs))
  return inputs, layers.Dense(2)(x)


def _shared_by_ranks():
  a, b = _images(6), _images(3, 6)
  shared = layers.Dense(4)
  outputs = [shared(layers.Dense(8)(x)) for x in (a, b)]
  return [a, b], [layers.Dense(2)(x) for x in outputs]


def _reshaped_between_calls():
  a, b = _images(2, 5), _images(5)
  shared = layers.Reshape((6,))
  outputs = [shared(layers.Dense(3)(a)), shared(layers.Dense(6)(b))]
  return [a, b], [layers.Dense(2)(x) for x in outputs]


def _mixed_pixels():
  inputs = _images(6, 5)
  x = layers.Dense(8)(inputs)
  y = layers.Permute((2, 1))(x)
  for units in (4, 6):
    y = layers.Dense(units, use_bias=False)(y)
  return inputs, layers.Dense(2)(layers.Add()([x, layers.Permute((2, 1))(y)]))


def _product_by_channels():
  inputs = _images(3, 4, 5)
  a, b = (layers.Dense(8, use_bias=False)(inputs) for _ in range(2))
  x = tf.matmul(tf.transpose(a, [0, 3, 1, 2]), tf.transpose(b, [0, 3, 2, 1]))
  return inputs, layers.Dense(2)(tf.transpose(x, [0, 2, 3, 1]))


def _steps_to_the_batch():
  inputs = _images(6, 5)
  x = tf.transpose(layers.Dense(8)(inputs), [0, 2, 1])
  x = layers.Dense(16)(tf.reshape(x, [-1, 6]))
  return inputs, layers.Dense(2)(tf.reshape(x, [-1, 8, 16]))


def _steps_of_attention():
  inputs = _images(6, 5)
  x = layers.Permute((2, 1))(layers.Dense(8)(inputs))
  return inputs, layers.Dense(2)(layers.MultiHeadAttention(4, 3)(x, x))


def _nested_by_names():
  p, q = keras.Input((4,), name="p"), keras.Input((6,), name="q")
  x = layers.Add()([layers.Dense(8)(p), layers.Dense(8)(q)])
  inner = keras.Model([q, p], x)
  inputs = _images(5)
  parts = {"p": layers.Dense(4)(inputs), "q": layers.Dense(6)(inputs)}
  return inputs, layers.Dense(2)(inner(parts))


def _spectral_embedding():
  inputs = keras.Input((2,), dtype="int32")
  x = layers.SpectralNormalization(layers.Embedding(3, 8))(inputs)
  return inputs, layers.Dense(2)(x)


def _lists_of_numbers():
  inputs = _images(5)
  x = layers.Dense(3)(layers.Dense(8)(inputs)) * [1.0, 2.0, 3.0]
  return inputs, layers.Dense(2)(x)


NETWORKS = {
  function.__name__.strip("_"): function
  for function in (
    _attention,
    _attention_by_hand,
    _blocks_of_channels,
    _channels_after_steps,
    _conditioned,
    _conv_1d,
    _conv_3d,
    _dcgan,
    _dense,
    _dense_of_steps,
    _depthwise,
    _discriminator,
    _dot,
    _gated,
    _grouped,
    _lists_of_numbers,
    _mixed_pixels,
    _nested,
    _nested_by_names,
    _norms,
    _operators,
    _product_by_channels,
    _repeated,
    _reshaped_between_calls,
    _residual,
    _shared,
    _shared_by_ranks,
    _spectral,
    _spectral_embedding,
    _squeeze_and_excitation,
    _steps,
    _steps_of_attention,
    _steps_to_the_batch,
    _u_net,
  )
}
# The least part of the kernels that is left when half of the units go.
_AT_MOST = 0.75


@pytest.mark.parametrize("name", NETWORKS)
def test_channels_of_zeros_go_exactly(name):
  model = keras.Model(*NETWORKS[name]())
  small = cutting.cut(model)
  assert small.count_params() < _AT_MOST * model.count_params()
  assert small.input_shape == model.input_shape
  assert small.output_shape == model.output_shape
  assert cutting.difference(model, small) < 1e-5


@pytest.mark.parametrize("name", ["nested", "conditioned", "attention"])
def test_the_small_network_is_a_plain_one(name, tmp_path):
  small = cutting.cut(keras.Model(*NETWORKS[name]()))
  tgp.save_model(small, tmp_path / "small.keras")
  loaded = tgp.load_model(tmp_path / "small.keras")
  assert cutting.difference(small, loaded) == 0.0
  small.compile("adam", "mse")
  inputs = cutting.random_inputs(small)
  history = small.fit(inputs, small(inputs) * 0, epochs=3, verbose=0)
  assert history.history["loss"][-1] < history.history["loss"][0]


def test_a_sequential_network_stays_one():
  model = keras.Sequential(
    [_images(6, 6, 2), layers.Conv2D(8, 3), layers.Flatten(), layers.Dense(3)]
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
  inputs = _images()
  x = norm(layers.Conv2D(8, 3)(inputs))
  model = keras.Model(inputs, layers.Conv2D(2, 1)(x))
  small = cutting.cut(model)
  assert small.layers[2].gamma.shape == [4]
  assert np.isfinite(small(cutting.random_inputs(small))).all()


def test_groups_stay_alike():
  inputs = _images(8, 8, 4)
  x = layers.Conv2D(12, 3, groups=2)(inputs)
  model = keras.Model(inputs, layers.Conv2D(2, 1)(x))
  first, *_ = tgp.channel_groups(model).removable
  assert first.size == 6  # a place in both groups at once


@pytest.mark.parametrize("layer", ["lstm", "lambda", "custom"])
def test_what_has_no_rule_is_left_whole(layer):
  made = {
    "lstm": lambda: layers.LSTM(4),
    "lambda": lambda: layers.Lambda(lambda x: tf.reduce_mean(x, 1)),
    "custom": lambda: _Mixing(name="mixing"),
  }[layer]()
  inputs = _images(6, 5)
  x = made(layers.Dense(6, name="before")(inputs))
  model = keras.Model(inputs, layers.Dense(2)(x))
  groups = tgp.channel_groups(model)
  (left,) = [g for g in groups.fixed if "before" in g.layers]
  assert made.name in left.reason or "Lambda" in left.reason
  assert any(made.name in note for note in groups.notes)
  assert cutting.cut(model).get_layer("before").units == 6


def test_what_competes_is_left_whole():
  inputs = _images(5)
  x = layers.Dense(8, activation=tf.nn.softmax, name="before")(inputs)
  model = keras.Model(inputs, layers.Dense(2)(x))
  assert cutting.cut(model).get_layer("before").units == 8


def test_a_layer_without_a_rule_is_called_on_several_widths():
  shared = layers.Lambda(tf.nn.relu)
  inputs = _images(5)
  outputs = [layers.Dense(2)(shared(layers.Dense(n)(inputs))) for n in (6, 8)]
  model = keras.Model(inputs, outputs)
  assert cutting.difference(model, cutting.cut(model)) == 0


def test_a_block_is_called_at_two_scales():
  block_inputs = _images(None, None, 4)
  x = layers.Conv2D(6, 3, padding="same", name="inner")(block_inputs)
  block = keras.Model(block_inputs, layers.Conv2D(4, 3, padding="same")(x))
  inputs = _images(8, 8, 3)
  x = block(layers.Conv2D(4, 1)(inputs))
  y = block(layers.AveragePooling2D()(x))
  model = keras.Model(inputs, [layers.Conv2D(2, 1)(x), layers.Conv2D(2, 1)(y)])
  small = tgp.prune_channels(model, channels=0.5, allocation="uniform")
  assert small.get_layer(block.name).get_layer("inner").filters == 3
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

  inputs = _images(6, 5)
  x = _Scale()(layers.Dense(6)(inputs))
  model = keras.Model(inputs, layers.Dense(2)(x))
  small = cutting.cut(model)
  assert small.layers[2].factor.shape == [3]
  assert cutting.difference(model, small) < 1e-5


def test_a_class_that_overrides_call_does_not_inherit_a_rule():
  class Reversed(layers.Dense):
    def call(self, inputs):
      return super().call(inputs[..., ::-1])

  inputs = _images(5)
  x = Reversed(4)(layers.Dense(6, name="before")(inputs))
  groups = tgp.channel_groups(keras.Model(inputs, x))
  assert any("before" in group.layers for group in groups.fixed)


def test_rules_are_for_layers():
  with pytest.raises(ValueError, match="layer classes"):
    tgp.channel_rule(int)
