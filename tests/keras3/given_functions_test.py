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
"""Tests of initializers and functions that a user gave to layers."""

import keras as keras3
import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests.keras3 import nets

L3, L = keras3.layers, tgp.keras.layers


def _ones(shape, dtype=None):
  return tf.ones(shape, dtype)


def _penalty(weight):
  return 0.5 * tf.reduce_sum(weight**2)


def _clip(weight):
  return tf.clip_by_value(weight, -0.1, 0.1)


def _steep(x):
  return tf.nn.leaky_relu(x, 0.3)


# Of the tutorials of TensorFlow, and of its first version.
_INITIALIZERS = {
  "RandomNormal": lambda: tf.random_normal_initializer(0.0, 0.02),
  "RandomUniform": lambda: tf.random_uniform_initializer(-1.0, 1.0),
  "Zeros": lambda: tf.zeros_initializer(),
  "Ones": lambda: tf.ones_initializer(),
  "Constant": lambda: tf.constant_initializer(2.0),
  "TruncatedNormal": lambda: tf.compat.v1.truncated_normal_initializer(),
  "Orthogonal": lambda: tf.compat.v1.orthogonal_initializer(),
  "VarianceScaling": lambda: tf.compat.v1.variance_scaling_initializer(),
  "GlorotUniform": lambda: tgp.keras.initializers.GlorotUniform(),
}


@pytest.mark.parametrize("name", _INITIALIZERS)
def test_tensorflows_initializers_become_kerass(name, tmp_path):
  initializer = _INITIALIZERS[name]()
  layer = L3.Conv2D(4, 3, kernel_initializer=initializer)
  theirs = tgp.from_keras3(nets.around((6, 6, 4), layer))
  made = theirs.layers[1].kernel_initializer
  assert type(made) is getattr(tgp.keras.initializers, name)
  if name == "RandomNormal":
    assert made.get_config() == {"mean": 0.0, "stddev": 0.02, "seed": None}
  path = tmp_path / "net.keras"
  tgp.save_model(theirs, path)
  tgp.load_model(path)


def test_tensorflows_initializers_go_to_keras_3():
  x = tgp.keras.Input((3,))
  initializer = tf.random_normal_initializer(0.0, 0.02)
  model = tgp.keras.Model(x, L.Dense(2, kernel_initializer=initializer)(x))
  made = tgp.to_keras3(model).layers[1].kernel_initializer
  assert type(made) is keras3.initializers.RandomNormal
  assert made.stddev == 0.02


@pytest.mark.parametrize(
  "kwargs",
  [
    {"kernel_initializer": _ones},
    {"kernel_regularizer": _penalty},
    {"kernel_constraint": _clip},
    {"activation": _steep},
    {"activation": lambda x: x * tf.sigmoid(x)},
    {"activation": keras3.ops.leaky_relu},
    {"activation": keras3.ops.hard_sigmoid},
  ],
  ids=lambda kwargs: f"{[*kwargs][0]} {[*kwargs.values()][0].__name__}",
)
def test_functions_of_the_users_are_kept(kwargs):
  model = nets.around((6,), L3.Dense(4, **kwargs))
  theirs = tgp.from_keras3(model)
  assert nets.difference(model, theirs, nets.inputs(model)) <= 1e-5
  if "kernel_regularizer" in kwargs:
    expected = 0.5 * np.sum(model.get_weights()[0] ** 2)
    np.testing.assert_allclose(theirs.losses[0], expected, rtol=1e-5)


def test_a_function_of_keras_3s_own_without_counterpart_is_named():
  model = nets.around((6,), L3.Dense(4, activation=keras3.ops.gelu))
  with pytest.raises(ValueError, match=r"'dense\w*' .*\bgelu\b"):
    tgp.from_keras3(model)
