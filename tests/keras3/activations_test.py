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
"""Tests that activations of Keras 3 compute the same in tf_keras, and back."""

import keras as keras3
import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests.keras3 import nets
from tf_ganprune.keras3 import activations, from_keras3, to_keras3

_WITHOUT_ARGUMENTS = """
  celu elu exponential gelu hard_shrink hard_sigmoid hard_silu hard_tanh
  leaky_relu linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu
  soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid squareplus
  tanh tanh_shrink
""".split()


def _dense(activation):
  return nets.around((4,), keras3.layers.Dense(8, activation=activation))


@pytest.mark.parametrize("name", _WITHOUT_ARGUMENTS)
def test_an_activation(name, tmp_path):
  model = _dense(name)
  given = [np.linspace(-4, 4, 40, dtype="float32").reshape(10, 4)]
  theirs = from_keras3(model)
  assert nets.difference(model, theirs, given) <= 1e-6
  again = to_keras3(theirs)
  assert again.layers[1].activation is model.layers[1].activation
  theirs.save(tmp_path / "model.keras")
  loaded = tgp.keras.models.load_model(tmp_path / "model.keras")
  assert nets.difference(theirs, loaded, given) == 0.0


def test_tf_kerass_hard_sigmoid_survives_the_way_there_and_back():
  x = tgp.keras.Input((3, 2))
  layer = tgp.keras.layers.LSTM(2, recurrent_activation="hard_sigmoid")
  model = tgp.keras.Model(x, layer(x))
  given = [np.linspace(-4, 4, 12, dtype="float32").reshape(2, 3, 2)]
  ours = to_keras3(model)
  assert nets.difference(model, ours, given) <= 1e-6
  again = from_keras3(ours).layers[1]
  assert again.recurrent_activation is tgp.keras.activations.hard_sigmoid


def test_layers_and_tensorflows_functions_as_activations():
  for activation in (keras3.layers.LeakyReLU(0.2), tf.nn.relu6, tf.nn.tanh):
    model = _dense(activation)
    assert nets.difference(model, from_keras3(model), nets.inputs(model)) == 0.0


def test_the_users_activation_is_kept_or_mapped():
  def doubled(x):
    return 2.0 * x

  def added(x):
    return tf.add(x, x)

  model = _dense(doubled)
  assert from_keras3(model).layers[-1].activation is doubled
  theirs = from_keras3(model, custom={doubled: added})
  assert theirs.layers[-1].activation is added
  assert nets.difference(model, theirs, nets.inputs(model)) == 0.0


def test_what_changes_the_number_of_channels_is_no_activation_of_a_layer():
  with pytest.raises(ValueError, match=r"'dense\w*' .*\bglu\b"):
    from_keras3(_dense("glu"))
  assert activations.of_tf_keras(keras3.activations.sparsemax) is None
