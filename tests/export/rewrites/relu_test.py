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
"""Tests of ReLUs that are not fused into transposed convolutions."""

import pytest
import tensorflow as tf
from ai_edge_litert import interpreter as litert

from tf_ganprune.export import convert, number_formats, rewrites
from tf_ganprune.keras_compat import keras

layers = keras.layers


def _network(*following, activation=None):
  up = layers.Conv2DTranspose(2, 4, 2, activation=activation, name="up")
  return keras.Sequential([keras.Input((4, 4, 2)), up, *following])


def _operators(network):
  with convert.saved(network) as folder:
    content = convert.convert(
      folder, number_formats.Setting(number_formats.FLOAT32), []
    )
  interpreter = litert.Interpreter(
    model_content=content,
    experimental_op_resolver_type=(
      litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    ),
  )
  interpreter.allocate_tensors()
  return [entry["op_name"] for entry in interpreter._get_ops_details()]


@pytest.mark.parametrize(
  "network",
  [
    _network(activation="relu"),
    _network(activation=tf.nn.relu),
    _network(layers.ReLU()),
    _network(layers.BatchNormalization(), layers.Activation("relu")),
  ],
)
def test_the_relu_stays_an_operator_of_its_own(rewritten, network):
  done = rewritten(network, rewrites.SEPARATE_RELU)
  assert _operators(network) == ["TRANSPOSE_CONV"]
  assert _operators(done.model) == ["TRANSPOSE_CONV", "LEAKY_RELU"]


@pytest.mark.parametrize(
  "network", [_network(activation=tf.nn.relu6), _network(layers.ReLU(6.0))]
)
def test_a_limited_relu_is_two_operators(rewritten, network):
  done = rewritten(network, rewrites.SEPARATE_RELU)
  assert _operators(network) == ["TRANSPOSE_CONV"]
  expected = ["TRANSPOSE_CONV", "LEAKY_RELU", "MINIMUM"]
  assert _operators(done.model) == expected


@pytest.mark.parametrize(
  "network",
  [
    _network(),
    _network(layers.LeakyReLU()),
    _network(layers.ReLU(), activation="tanh"),
  ],
)
def test_others_stay(network):
  assert rewrites.apply(network, [rewrites.SEPARATE_RELU]).model is network
