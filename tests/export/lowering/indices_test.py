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
"""Tests of indices of the largest and the least numbers, on a GPU."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests.export.lowering import running
from tf_ganprune.keras_compat import keras

_L = keras.layers
_TABLE = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")


def _quantized(x):
  flat = tf.reshape(x, [-1, 4, 1])
  far = tf.reduce_sum(tf.math.squared_difference(flat, _TABLE.T), 1)
  return tf.gather(_TABLE, tf.argmin(far, 1))


def _quantized_image(x):
  flat = tf.reshape(x, [-1, 4])
  far = tf.reduce_sum(_TABLE**2, 1) - 2 * flat @ _TABLE.T
  indices = tf.reshape(tf.argmin(far, 1), [-1, 5, 6])
  return tf.nn.embedding_lookup(_TABLE, indices)


_INDICES = {
  "codes_of_largest": lambda x: tf.one_hot(tf.argmax(x, -1), 4),
  "codes_of_least": lambda x: tf.one_hot(tf.argmin(x, -1), 4),
  "rows_of_largest": lambda x: tf.gather(_TABLE, tf.argmax(x, -1)),
  "rows_of_some": lambda x: tf.gather(_TABLE, tf.argmin(x, -1)[:, 0]),
  "codebook": _quantized,
  "codebook_of_image": _quantized_image,
  "cast_too": lambda x: (
    tf.gather(_TABLE, tf.argmin(x, -1))
    + tf.cast(tf.argmin(x, -1), tf.float32)[..., None]
  ),
}


@pytest.mark.slow
def test_indices_that_are_looked_up():
  x = keras.Input((5, 6, 4), name="x")
  network = keras.Model(
    x, {name: _L.Lambda(f, name=name)(x) for name, f in _INDICES.items()}
  )
  assert not tgp.check_target(network, "gpu")
  running.assert_right_on_gpu(network)
  running.assert_right_on_cpu(network)


def test_what_helps_where_a_user_gets_them():
  x = keras.Input((5, 6, 4), name="x")
  network = keras.Model(x, _L.Lambda(lambda x: tf.argmin(x, -1))(x))
  (found,) = tgp.check_target(network, "gpu")
  assert "output_type=tf.int32" in found.remedy
