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
"""Tests of reading the operators of a file."""

import numpy as np
import pytest
import tensorflow as tf

from tf_ganprune.export import convert, graph, number_formats, samples
from tf_ganprune.keras_compat import keras


def _read(network, flag=False, numbers=number_formats.FLOAT32):
  setting = number_formats.Setting(numbers, flag=flag)
  given = samples.draw(network, 4)
  with convert.saved(network) as folder:
    return graph.read(convert.convert(folder, setting, given), network)


def test_operators_and_their_layers(generator):
  file = _read(generator)
  assert file.network == "generator"
  assert [(x.name, x.layer) for x in file.operators] == [
    ("FULLY_CONNECTED", generator.layers[0].name),
    ("RESHAPE", generator.layers[3].name),
    ("TRANSPOSE_CONV", generator.layers[4].name),
    ("TRANSPOSE_CONV", "image"),
    ("TANH", "image"),
  ]
  (latent,) = file.inputs
  assert (latent.shape, latent.dtype) == ((1, 16), "float32")
  assert file.consumers(latent) == [file.operators[0]]
  assert file.producer(latent) is None
  assert file.producer(file.outputs[0]) is file.operators[-1]


def test_constants(generator):
  operator = _read(generator).operators[2]
  assert operator.options.strideH == 2
  shapes = [x.value.shape for x in operator.constants if x.value.ndim > 1]
  assert shapes == [(8, 4, 4, 8)]


def test_inputs_that_are_left_out_are_not_given():
  x = graph.Tensor("x", (1, 2), "float32")
  kernel = graph.Tensor("kernel", (2,), "float32", np.ones(2, "f"))
  operator = graph.Operator("CONV_2D", 1, "conv", (x, None, kernel), (x,), None)
  assert operator.given == (x, kernel)
  assert operator.constants == [kernel]
  assert operator.values[0] is kernel.value


def test_kernels_keep_their_zeros(dense_network, zero):
  zero(dense_network, 0.5)
  for operator, layer in zip(
    _read(dense_network).operators, dense_network.layers, strict=False
  ):
    np.testing.assert_array_equal(
      operator.constants[0].value.T, layer.kernel.numpy()
    )
    assert operator.layer == layer.name


def test_sparse_kernels_have_no_value(dense_network, zero):
  zero(dense_network, 0.8, block=4)
  operator = _read(dense_network, flag=True).operators[0]
  assert operator.inputs[1].shape == (64, 64)
  assert operator.inputs[1].value is None


@pytest.mark.parametrize("name", ["alone", "a.b-1"])
def test_a_network_of_one_layer(name):
  x = keras.Input((4, 4, 2))
  network = keras.Model(x, keras.layers.Conv2D(3, 3, name=name)(x))
  (operator,) = _read(network).operators
  assert operator.layer == name


def test_what_a_recurrent_layer_becomes_has_its_name():
  x = keras.Input((6, 5))
  y = keras.layers.Dense(3, name="last")(keras.layers.LSTM(4, name="lstm")(x))
  found = _read(keras.Model(x, y)).operators
  assert [one.layer for one in found] == ["lstm", "lstm", "last"]


def test_what_comes_last_in_integers_has_a_name():
  x = keras.Input((4, 4, 3))
  y = keras.layers.Conv2D(3, 3, name="first")(x)
  y = keras.layers.Lambda(lambda v: v + tf.tanh(v), name="sum")(y)
  *_, found, _ = _read(keras.Model(x, y), numbers=number_formats.INT8).operators
  assert (found.name, found.layer) == ("ADD", "sum")
