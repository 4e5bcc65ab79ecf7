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
"""Tests of copies of networks in which some layers are replaced."""

import numpy as np
import pytest
import tensorflow as tf

from tf_ganprune.export import rewrites
from tf_ganprune.keras_compat import keras

layers = keras.layers
PHASES = rewrites.PHASES


def _up(name=None):
  return layers.Conv2DTranspose(2, 4, 2, "same", name=name)


def _norm(name=None):
  return layers.BatchNormalization(name=name)


def _kept(done, kind):
  return [x.name for x in done.model.layers if type(x) is kind]


def test_names_and_reasons_are_noted(rewritten):
  image = keras.Input((4, 4, 2))
  inner = keras.Sequential([keras.Input((8, 8, 2)), _up("b")], name="block")
  network = keras.Model(image, inner(_up("a")(image)))
  done = rewritten(network, PHASES)
  assert done.notes == (f"{PHASES.note}: a, block/b.",)


def test_nothing_found_is_no_copy():
  network = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
  assert rewrites.apply(network, [PHASES]) == rewrites.Rewritten(network)


def test_a_tensor_that_others_take_ends_a_run(rewritten):
  image = keras.Input((4, 4, 2))
  x = _up()(image)
  network = keras.Model(image, layers.Add()([_norm("norm")(x), x]))
  done = rewritten(network, PHASES)
  assert _kept(done, layers.BatchNormalization) == ["norm"]


def test_an_output_ends_a_run(rewritten):
  image = keras.Input((4, 4, 2))
  x = _up()(image)
  network = keras.Model(image, [x, _norm("norm")(x)])
  done = rewritten(network, PHASES)
  assert _kept(done, layers.BatchNormalization) == ["norm"]


def test_a_normalization_in_training_ends_a_run():
  image = keras.Input((4, 4, 2))
  x = _norm("norm")(_up()(image), training=True)
  done = rewrites.apply(keras.Model(image, x), [PHASES])
  assert _kept(done, layers.BatchNormalization) == ["norm"]


def test_a_layer_that_is_called_twice_stays():
  image = keras.Input((4, 4, 2))
  layer = _up()
  network = keras.Model(image, layer(layer(image)))
  assert rewrites.apply(network, [PHASES]).model is network


def test_a_network_that_is_called_twice_is_copied_once():
  image = keras.Input((4, 4, 2))
  block = keras.Sequential(
    [keras.Input((4, 4, 2)), _up(), layers.MaxPool2D()], name="block"
  )
  network = keras.Model(image, block(block(image)))
  done = rewrites.apply(network, [PHASES])
  inputs = tf.random.stateless_normal([2, 4, 4, 2], [0, 0])
  np.testing.assert_allclose(done.model(inputs), network(inputs), atol=1e-5)
  assert len(done.model.layers) == 2
  assert done.model.layers[1] is not block
  assert len(done.model.weights) == len(network.weights)


def test_what_is_not_replaced_shares_its_weights(rewritten):
  network = keras.Sequential(
    [keras.Input((3,)), layers.Dense(32), layers.Reshape((4, 4, 2)), _up()]
  )
  done = rewritten(network, PHASES)
  assert done.model.layers[1].kernel is network.layers[0].kernel
  assert done.model.layers[1] is not network.layers[0]


def test_functions_and_layers_of_ones_own_are_copied(rewritten):
  class Gain(layers.Layer):
    def __init__(self, gain):  # has no get_config
      super().__init__()
      self.gain = gain
      self.dense = layers.Dense(2)

    def call(self, inputs):
      return self.gain * self.dense(inputs)

  image = keras.Input((4, 4, 2))
  label = keras.Input((3,))
  x = Gain(2.0)(_up()(tf.abs(image)))
  x = layers.Lambda(lambda x: x + tf.constant(1.0))(x)
  scale = layers.Dense(2)(label)[:, None, None]
  network = keras.Model({"image": image, "label": label}, {"x": x * scale})
  inputs = {"image": tf.ones([1, 4, 4, 2]), "label": tf.ones([1, 3])}
  done = rewrites.apply(network, [PHASES])
  np.testing.assert_allclose(
    done.model(inputs)["x"], network(inputs)["x"], atol=1e-5
  )


def test_a_subclassed_network_is_left_and_named():
  class Block(keras.Model):
    def __init__(self):
      super().__init__(name="block")
      self.up = _up()

    def call(self, inputs):
      return self.up(inputs)

  image = keras.Input((4, 4, 2))
  network = keras.Model(image, Block()(image))
  done = rewrites.apply(network, [PHASES])
  assert done.model is network
  (note,) = done.notes
  assert "'block', a Block" in note


@pytest.mark.parametrize("order", [1, -1])
def test_rewrites_follow_each_other(order):
  image = keras.Input((7, 7, 2))
  up = layers.Conv2DTranspose(2, 5, 2, "same", activation="relu", name="image")
  network = keras.Model(image, up(image))
  both = [rewrites.VALID_TRANSPOSED, rewrites.SEPARATE_RELU][::order]
  done = rewrites.apply(network, both)
  inputs = tf.random.stateless_normal([2, 7, 7, 2], [0, 0])
  np.testing.assert_allclose(done.model(inputs), network(inputs), atol=1e-5)
  assert done.model.output_names == ["image"]


@pytest.mark.parametrize(
  "layer",
  [
    layers.LSTM(3),
    layers.Bidirectional(layers.GRU(3, return_sequences=True)),
    layers.TimeDistributed(layers.Dense(3)),
    layers.SeparableConv1D(3, 3, strides=2, activation="gelu"),
    layers.PReLU(),
    layers.Rescaling(2.0),
    layers.UnitNormalization(),
  ],
)
def test_other_layers_are_copied(rewritten, layer):
  image = keras.Input((3, 4, 2))
  x = layers.Reshape((8, 12))(_up()(image))
  rewritten(keras.Model(image, layer(x)), PHASES)


def test_attention_is_copied(rewritten):
  image = keras.Input((3, 4, 2))
  x = layers.Reshape((8, 12))(_up()(image))
  network = keras.Model(image, layers.MultiHeadAttention(2, 3)(x, x))
  rewritten(network, PHASES)
