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
"""Tests of rounding to int8."""

import numpy as np
import tensorflow as tf

from tf_ganprune.compression import integers
from tf_ganprune.keras_compat import keras


def test_the_largest_weight_is_127_steps():
  kernel = tf.constant([[-127.0, 0.4, 0.6], [0.0, 100.2, 2.5]])
  np.testing.assert_array_equal(
    integers.rounded(kernel, None),
    [[-127.0, 0.0, 1.0], [0.0, 100.0, 2.0]],
  )


def test_each_channel_has_its_scale():
  kernel = tf.constant([[-127.0, 12.7], [0.4, 0.16]])
  expected = [[-127.0, 12.7], [0.0, 0.2]]
  np.testing.assert_allclose(integers.rounded(kernel, 1), expected, 1e-6)


def test_zeros_alone_stay_zero():
  np.testing.assert_array_equal(integers.rounded(tf.zeros([2, 3]), 1), 0.0)


def test_gradients_go_straight_through():
  kernel = tf.constant([-5.0, 0.3, 0.0])
  with tf.GradientTape() as tape:
    tape.watch(kernel)
    loss = tf.reduce_sum(integers.rounded(kernel, None) * [1.0, 2.0, 3.0])
  np.testing.assert_array_equal(tape.gradient(loss, kernel), [1.0, 2.0, 3.0])


def test_the_axis_is_that_of_the_output_channels():
  layers = keras.layers
  for layer, axis in (
    (layers.Conv2D(5, 3), 3),
    (layers.Conv2DTranspose(5, 3), 2),
  ):
    layer.build((None, 8, 8, 2))
    assert integers.channel_axis(layer) == axis
    assert layer.kernel.shape[axis] == 5
  assert integers.channel_axis(layers.Dense(5)) is None


def test_ranges_move_in_training_only():
  layer = integers.FakeQuantize()
  layer(tf.zeros([1, 2]))
  layer.observe(tf.constant([[-2.0, 3.1]]))
  assert (layer.lowest.numpy(), layer.highest.numpy()) == (
    -2.0,
    np.float32(3.1),
  )
  layer(tf.constant([[-100.0, 100.0]]))
  assert layer.lowest.numpy() == -2.0
  layer(tf.constant([[-100.0, 1.0]]), training=True)
  np.testing.assert_allclose(layer.lowest.numpy(), -2.098, 1e-5)
  np.testing.assert_allclose(layer.highest.numpy(), 3.0979, 1e-5)


def test_numbers_between_layers_are_256_values_with_zero():
  layer = integers.FakeQuantize()
  x = tf.reshape(tf.linspace(-1.0, 3.0, 1001), [1, -1])
  layer(x)
  layer.observe(x)
  found = np.unique(layer(x))
  assert len(found) == 256 and 0.0 in found
  np.testing.assert_allclose(np.diff(found), 4 / 255, rtol=1e-3)


def test_a_range_has_zero_in_it():
  layer = integers.FakeQuantize()
  layer(tf.ones([1, 2]))
  layer.observe(tf.constant([[2.0, 5.0]]))
  assert layer.lowest.numpy() == 0.0
  layer.observe(tf.constant([[-2.0, -5.0]]))
  assert layer.highest.numpy() >= 0.0
  np.testing.assert_allclose(layer(tf.constant([[-5.0, 0.0]])), [[-5, 0]], 1e-2)
