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
"""Tests how far networks see, against their own gradients."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests.export.tiling import networks as made
from tf_ganprune.export.tiling import receptive_field
from tf_ganprune.keras_compat import keras

layers = keras.layers
_SIDE = 48


def _seen(model) -> int:
  """Returns the farthest pixel that any pixel of a network depends on."""
  x = tf.random.normal((1, _SIDE, _SIDE, model.inputs[0].shape[-1]), seed=0)
  with tf.GradientTape(persistent=True) as tape:
    tape.watch(x)
    y = model(x, training=False)
    factor = y.shape[1] // _SIDE
    middle = [factor * _SIDE // 2 + i for i in range(8 * factor)]
    pixels = [tf.reduce_sum(y[0, i, i]) for i in middle]
  most = 0
  for place, pixel in zip(middle, pixels, strict=True):
    gradient = np.abs(tape.gradient(pixel, x)[0]).sum(-1)
    seen = np.argwhere(gradient > 0)
    most = max(most, np.abs(seen - place / factor).max())
  return int(np.ceil(most))


def _of(*between) -> keras.Model:
  keras.utils.set_random_seed(0)
  network = keras.Sequential([keras.Input((_SIDE, _SIDE, 3)), *between])
  for weight in network.trainable_weights:
    weight.assign(tf.abs(weight) + 0.1)  # nothing cancels, no ReLU is off
  return network


_CASES = {
  "convolutions": lambda: _of(
    layers.Conv2D(4, 5, padding="same"),
    layers.Conv2D(4, 3, padding="same", dilation_rate=2),
    layers.DepthwiseConv2D(3, padding="same"),
    layers.SeparableConv2D(4, 3, padding="same"),
  ),
  "halved": lambda: _of(
    layers.Conv2D(4, 3, 2, "same"),
    layers.Conv2D(4, 4, 2, "same"),
    layers.Conv2DTranspose(4, 3, 2, "same"),
    layers.Conv2DTranspose(4, 5, 2, "same"),
  ),
  "pooled": lambda: _of(
    layers.AveragePooling2D(2),
    layers.Conv2D(4, 3, padding="same"),
    layers.UpSampling2D(2),
    layers.ZeroPadding2D(((2, 1), (2, 1))),
    layers.Conv2D(4, 4),
    layers.Cropping2D(0),
  ),
  "padded": lambda: _of(layers.ZeroPadding2D(6), layers.Conv2D(4, 13)),
  "cropped": lambda: _of(
    layers.ZeroPadding2D(12), layers.Cropping2D(6), layers.Conv2D(4, 13)
  ),
  "bilinear": lambda: _of(
    layers.AveragePooling2D(2),
    layers.UpSampling2D(2, interpolation="bilinear"),
  ),
  "nested": lambda: _of(
    keras.Sequential(
      [keras.Input((_SIDE, _SIDE, 3)), layers.Conv2D(2, 7, padding="same")]
    ),
    layers.Conv2D(2, 3, padding="same"),
  ),
  "larger": lambda: made.larger((_SIDE, _SIDE, 3)),
  "skips": lambda: made.halving((_SIDE, _SIDE, 3)),
}


@pytest.mark.parametrize("name", _CASES)
def test_it_is_what_gradients_say(name):
  network = _CASES[name]()
  found, seen = receptive_field.of_network(network), _seen(network)
  # One pixel more is a step of rounding, of pixels between pixels.
  assert seen <= found.radius <= seen + 2


def test_multiples_are_those_of_the_halvings():
  network = tgp.networks.u_net_generator((64, 64, 3), 2, num_downs=4)
  assert receptive_field.of_network(network).multiple == 16
  assert receptive_field.of_network(_CASES["larger"]()).multiple == 1


@pytest.mark.parametrize(
  "layer",
  [
    layers.GroupNormalization(-1),
    layers.LayerNormalization(axis=[1, 2]),
    layers.PReLU(),
    layers.PReLU(shared_axes=[1]),
    layers.Lambda(lambda x: x - tf.reduce_mean(x, [1, 2], keepdims=True)),
    layers.Resizing(_SIDE, _SIDE),
  ],
)
def test_others_see_all_of_a_picture(layer):
  network = _of(layers.Conv2D(4, 3, 2, "same"), layer)
  assert receptive_field.of_network(network) == receptive_field.Field(None, 2)


def test_a_gate_of_the_whole_picture_is_seen():
  x = keras.Input((_SIDE, _SIDE, 3))
  y = layers.Conv2D(3, 3, padding="same")(x)
  gate = layers.GlobalAveragePooling2D(keepdims=True)(y)
  network = keras.Model(x, layers.Multiply()([y, gate]))
  assert receptive_field.of_network(network).radius is None


def test_code_of_ones_own_is_not_known():
  class Own(keras.Model):
    def call(self, inputs):
      return inputs

  assert receptive_field.of_network(Own()) is None
