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
"""Tests of transposed convolutions that become convolutions."""

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies as st

from tf_ganprune.export import rewrites
from tf_ganprune.export.rewrites import phases
from tf_ganprune.keras_compat import keras

layers = keras.layers
_PAIR = st.tuples(st.integers(1, 7), st.integers(1, 7))


def _kinds(model):
  return [type(layer).__name__ for layer in model.layers[1:]]


def _network(*following, shape=(5, 3, 2), **arguments):
  arguments = {"filters": 3, "kernel_size": 4, "strides": 2} | arguments
  transposed = layers.Conv2DTranspose(padding="same", **arguments)
  return keras.Sequential([keras.Input(shape), transposed, *following])


@pytest.mark.slow
@hypothesis.settings(max_examples=25, deadline=None)
@hypothesis.given(
  size=_PAIR,
  kernel=_PAIR,
  strides=st.tuples(st.integers(1, 4), st.integers(1, 4)),
  padding=st.sampled_from(["same", "valid"]),
  use_bias=st.booleans(),
  activation=st.sampled_from([None, None, "relu", "tanh", "softmax"]),
  following=st.sampled_from(
    [
      [],
      ["norm"],
      ["norm", "relu"],
      ["dropout", "norm", "dropout", "relu"],
      ["norm", "norm", "leaky"],
      ["relu", "norm"],
      ["leaky", "norm"],
    ]
  ),
)
def test_outputs_stay(
  rewritten, size, kernel, strides, padding, use_bias, activation, following
):
  makers = {
    "norm": layers.BatchNormalization,
    "relu": layers.ReLU,
    "dropout": lambda: layers.Dropout(0.5),
    "leaky": layers.LeakyReLU,
  }
  network = keras.Sequential(
    [
      keras.Input((*size, 2)),
      layers.Conv2DTranspose(
        3, kernel, strides, padding, use_bias=use_bias, activation=activation
      ),
      *(makers[name]() for name in following),
    ]
  )
  done = rewritten(network, phases.REWRITE)
  assert "Conv2DTranspose" not in _kinds(done.model)
  assert "Conv2D" in _kinds(done.model)


@pytest.mark.parametrize(
  ("kernel", "stride", "pad", "crop"),
  [
    (4, 2, (1, 1), (1, 1)),
    (3, 2, (1, 0), (0, 0)),
    (5, 2, (1, 1), (0, 0)),  # a zero leads, and nothing is cut off
    (6, 2, (1, 1), (0, 0)),
    (3, 1, (1, 1), (0, 0)),
    (2, 2, (0, 0), (0, 0)),
    (1, 2, (0, 0), (0, 0)),
  ],
)
def test_no_pixel_is_computed_in_vain(kernel, stride, pad, crop):
  side = phases.Side.for_axis(kernel, stride, "same")
  assert (side.pad, side.crop) == (pad, crop)


def test_a_kernel_that_is_a_multiple_of_the_stride_gets_no_zeros(rewritten):
  network = _network(kernel_size=(4, 6))
  done = rewritten(network, phases.REWRITE)
  (kernel, _) = done.model.get_weights()
  assert kernel.shape == (2, 3, 2, 4 * 3)
  np.testing.assert_array_equal(
    np.sort(kernel, axis=None),
    np.sort(network.layers[0].kernel.numpy(), axis=None),
  )


def test_what_follows_goes_into_the_convolution(rewritten):
  network = _network(
    layers.BatchNormalization(), layers.Dropout(0.5), layers.ReLU(name="last")
  )
  done = rewritten(network, phases.REWRITE)
  assert _kinds(done.model) == ["ZeroPadding2D", "Conv2D", "Interleave"]
  assert done.model.layers[2].activation is tf.nn.relu
  assert done.model.layers[-1].name == "last"
  done = rewritten(_network(activation=tf.nn.relu6), phases.REWRITE)
  assert done.model.layers[2].activation is tf.nn.relu6


def test_other_activations_stay_behind_the_crop(rewritten):
  done = rewritten(_network(layers.LeakyReLU(0.3)), phases.REWRITE)
  kinds = ["ZeroPadding2D", "Conv2D", "Interleave", "LeakyReLU"]
  assert _kinds(done.model) == kinds
  done = rewritten(_network(activation="tanh"), phases.REWRITE)
  assert _kinds(done.model) == [*kinds[:3], "Activation"]


@pytest.mark.parametrize(
  "following",
  [
    layers.ReLU(5.0),
    layers.ReLU(negative_slope=0.1),
    layers.ReLU(threshold=0.5),
    layers.BatchNormalization(axis=1),
    layers.LayerNormalization(),
  ],
)
def test_what_is_something_else_stays(rewritten, following):
  done = rewritten(_network(following), phases.REWRITE)
  assert _kinds(done.model)[-1] == type(following).__name__


def test_a_normalization_after_an_activation_stays(rewritten):
  network = _network(layers.BatchNormalization(), activation="relu")
  done = rewritten(network, phases.REWRITE)
  assert _kinds(done.model)[-1] == "BatchNormalization"


@pytest.mark.parametrize(
  ("arguments", "pays"),
  [
    ({"filters": 64}, True),
    ({"filters": 64, "kernel_size": 5}, True),
    ({"filters": 64, "kernel_size": 3}, False),
    ({"filters": 16, "kernel_size": 3}, True),
    ({"strides": (1, 2)}, True),
    ({"strides": 1}, False),
  ],
)
def test_in_float_some_would_gain_nothing(arguments, pays):
  network = _network(**arguments)
  done = rewrites.apply(network, [phases.IN_FLOAT])
  assert (done.model is not network) == pays
  assert rewrites.apply(network, [phases.REWRITE]).model is not network


@pytest.mark.parametrize(
  "arguments",
  [
    {"output_padding": 1},
    {"strides": 1, "dilation_rate": 2},
    {"dtype": "mixed_float16"},
  ],
)
def test_others_stay_as_they_are(arguments):
  network = _network(**arguments)
  done = rewrites.apply(network, [phases.REWRITE])
  assert done.model is network
  assert not done.notes


def test_a_subclass_of_the_layer_stays():
  class Doubled(layers.Conv2DTranspose):
    def call(self, inputs):
      return 2.0 * super().call(inputs)

  network = keras.Sequential([keras.Input((4, 4, 2)), Doubled(3, 4, 2)])
  assert rewrites.apply(network, [phases.REWRITE]).model is network


def test_spectral_normalization_is_taken_off(rewritten):
  image = keras.Input((4, 4, 2))
  layer = layers.SpectralNormalization(layers.Conv2DTranspose(3, 4, 2))
  network = keras.Model(image, layer(image))
  done = rewritten(network, phases.REWRITE)
  assert "Conv2D" in _kinds(done.model)
