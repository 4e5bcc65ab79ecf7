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
"""Tests of int8 scales that are too far apart."""

import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.export import graph
from tf_ganprune.export.rules import int8_loading
from tf_ganprune.keras_compat import keras

layers = keras.layers


def _operator(name, taken, given):
  inputs = [graph.Tensor("x", (1, 4), "int8", scale=x) for x in taken]
  outputs = (graph.Tensor("y", (1, 4), "int8", scale=given),)
  return graph.Operator(name, 1, "norm", tuple(inputs), outputs, None)


def _found(*operators):
  return int8_loading.scales_too_far_apart(
    graph.Graph("net", operators, (), ())
  )


@pytest.mark.parametrize(
  ("name", "taken", "given", "is_found"),
  [
    ("ADD", (2.0, 1.0), 4 / 2**20, True),
    ("ADD", (2.0, 1.0), 5 / 2**20, False),
    ("SUB", (1.0, 2.0), 4 / 2**20, True),
    ("SQUARED_DIFFERENCE", (1.0, 1.0), 4 / 2**14, True),
    ("SQUARED_DIFFERENCE", (1.0, 1.0), 5 / 2**14, False),
    ("MUL", (1.0, 1.0), 1e-9, False),
    ("ADD", (None, 1.0), 1e-9, False),
    ("ADD", (1.0, 1.0), None, False),
  ],
)
def test_the_limit_is_litert_s(name, taken, given, is_found):
  assert bool(_found(_operator(name, taken, given))) == is_found


class _Shifted(layers.Layer):
  """An instance norm whose last sum is zero at one pixel."""

  def call(self, inputs):
    mean, variance = tf.nn.moments(inputs, [1, 2], keepdims=True)
    zeros, ones = tf.zeros_like(mean), tf.ones_like(mean)
    return tf.nn.batch_normalization(inputs, mean, variance, zeros, ones, 1e-5)


class _Deviation(layers.Layer):
  def call(self, inputs):
    mean = tf.reduce_mean(inputs, [1, 2], keepdims=True)
    deviation = tf.math.reduce_std(inputs, [1, 2], keepdims=True)
    return (inputs - mean) / (deviation + 1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("target", ["cpu-int8", "npu"])
@pytest.mark.parametrize("norm", [_Shifted, _Deviation])
def test_a_norm_of_one_pixel_is_named(norm, target, tmp_path):
  keras.utils.set_random_seed(0)
  inputs = keras.Input((2, 2, 3))
  x = down = layers.Conv2D(8, 3, 2, "same")(inputs)
  for i in range(2):
    x = layers.Conv2D(8, 3, 2, "same")(x)
    x = norm(name=f"norm_{i}")(x)
  x = layers.Concatenate()([x, down])
  network = keras.Model(inputs, layers.Conv2D(3, 1)(x))
  path = tmp_path / "a.tflite"
  with pytest.raises(ValueError, match="'norm_0' gives numbers of at most"):
    tgp.export_tflite(network, path, target)
  assert not path.exists()
