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
"""Operators that GPU delegates refuse or compute wrongly, each in a layer."""

import numpy as np
import tensorflow as tf

from tf_ganprune.keras_compat import keras

_layers = keras.layers


def _matrix(x):
  return tf.reshape(x, (-1, 30, 8))


def _parts(x, sizes, axis=-1):
  parts = tf.split(x, sizes, axis)
  return tf.concat(parts[1:] + parts[:1], axis)


def _broadcast(x):
  row = tf.reduce_mean(x, [1, 2], keepdims=True)
  return tf.broadcast_to(row, (1, 2, 3, 8))


# What the delegate says that it does not take: the operator, and a function.
REFUSED = {
  "sum_of_three": ("ADD_N", lambda x: tf.add_n([x, tf.tanh(x), x * x])),
  "argmin": ("ARG_MIN", lambda x: tf.argmin(x, -1, output_type=tf.int32)),
  "argmax_64": ("ARG_MAX", lambda x: tf.cast(tf.argmax(x, 1), tf.float32)),
  "broadcast": ("BROADCAST_TO", _broadcast),
  "lookup_2d": (
    "GATHER",
    lambda x: tf.gather(tf.reshape(x, (-1, 240)), [[3, 1], [2, 0]], axis=1),
  ),
  "lookup_scalar": ("GATHER", lambda x: tf.gather(x, 2, axis=1)),
  "unit_length": ("L2_NORMALIZATION", lambda x: tf.nn.l2_normalize(x, -1)),
  "log_softmax": ("LOG_SOFTMAX", tf.nn.log_softmax),
  "symmetric": (
    "MIRROR_PAD",
    lambda x: tf.pad(x, [[0, 0], [1, 2], [2, 1], [0, 0]], "SYMMETRIC"),
  ),
  "pad_vector": (
    "PAD",
    lambda x: tf.pad(tf.reshape(x, (-1, 240)), [[0, 0], [1, 2]]),
  ),
  "difference": (
    "SUB",
    lambda x: (lambda y: y - tf.reduce_mean(y, [1, 2], keepdims=True))(
      tf.reduce_max(x, [1, 2], keepdims=True)
    ),
  ),
  "is_nan": ("NOT_EQUAL", lambda x: tf.cast(tf.math.is_nan(x), tf.float32)),
  "maximum_of_one": ("MAXIMUM", lambda x: tf.maximum(x, x)),
  "sum_of_integers": (
    "ADD_N",
    lambda x: tf.add_n([tf.cast(x * 9, tf.int32)] * 2),
  ),
  "by_channel": (
    "SELECT_V2",
    lambda x: tf.where(x > 0, x, np.linspace(-1, 1, 8, dtype="f")),
  ),
  "channel_0": ("STRIDED_SLICE", lambda x: x[..., 0]),
  "last_row": ("STRIDED_SLICE", lambda x: x[:, -1]),
  "sample": ("STRIDED_SLICE", lambda x: x[0][None]),
  "backward": ("STRIDED_SLICE", lambda x: x[:, ::-1, 3:0:-2]),
}
# What it computes wrongly, without a word.
WRONG = {
  "exclusive": ("CUMSUM", lambda x: tf.cumsum(x, 1, exclusive=True)),
  "pad_ones": (
    "PADV2",
    lambda x: tf.nn.conv2d(
      tf.pad(x, [[0, 0], [1, 1], [2, 0], [0, 0]], constant_values=1.0),
      np.ones((1, 1, 8, 2), "f"),
      1,
      "VALID",
    ),
  ),
  "steep": ("LEAKY_RELU", lambda x: tf.nn.leaky_relu(x, 1.5)),
  "thirds": ("SPLIT", lambda x: _parts(x[..., :6], 3)),
  "uneven": ("SPLIT_V", lambda x: _parts(x, [3, 5])),
  "uneven_rows": ("SPLIT_V", lambda x: _parts(x, [2, 4], 1)),
}
# What fails when the delegate compiles it: nothing else may be in the file.
BROKEN = {
  "backward_sum": lambda x: tf.cumsum(x, -1, exclusive=True, reverse=True),
  "gram": lambda x: tf.matmul(_matrix(x), _matrix(x), transpose_a=True),
  "norm": _layers.LayerNormalization(axis=[1, 2, 3], name="norm"),
  "pairs": lambda x: tf.nn.conv2d(
    x, np.linspace(-1, 1, 144, dtype="f").reshape(3, 3, 2, 8), 1, "SAME"
  ),
}
# Of one label, of several, and of a map of them: the operator, the number of
# the input, and the layer, or a function.
LABELS = {
  "embedding": ("GATHER", 0, _layers.Embedding(10, 6, name="embedding")),
  "two_embeddings": (
    "GATHER",
    1,
    _layers.Embedding(10, 6, name="two_embeddings"),
  ),
  "map_codes": ("ONE_HOT", 2, lambda x: tf.one_hot(x, 5)),
  "first_axis": ("ONE_HOT", 1, lambda x: tf.one_hot(x, 5, 2.0, -1.0, axis=1)),
  "int_codes": ("ONE_HOT", 0, lambda x: tf.one_hot(x, 5, dtype=tf.int32)),
}


def _layer(name, function):
  if isinstance(function, keras.layers.Layer):
    return function
  return _layers.Lambda(function, name=name)


def of_images(functions) -> keras.Model:
  """Returns a network that gives each function's value of some images."""
  keras.utils.set_random_seed(0)
  x = keras.Input((6, 5, 8), name="x")
  y = _layers.Conv2D(8, 3, padding="same", name="conv")(x)
  outputs = {}
  for name, function in functions.items():
    outputs[name] = _layer(name, function)(_layers.Activation("tanh")(y))
  return keras.Model(x, outputs)


def of_labels() -> keras.Model:
  """Returns a network that gives each function's value of some labels."""
  keras.utils.set_random_seed(0)
  inputs = [
    keras.Input((1,), dtype="int32", name="label"),
    keras.Input((2,), dtype="int32", name="labels"),
    keras.Input((4, 3), dtype="int32", name="map"),
  ]
  outputs = {
    name: _layer(name, function)(inputs[number])
    for name, (_, number, function) in LABELS.items()
  }
  return keras.Model(inputs, outputs)
