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
"""Networks whose layers write into variables when they are called."""

import numpy as np
import tensorflow as tf

from tf_ganprune.keras_compat import keras

layers = keras.layers
LATENT_DIM = 4


class HandMadeNorm(layers.Layer):
  """A spectral norm that moves its estimate at each call."""

  def build(self, shape):
    self.w = self.add_weight("w", (shape[-1], 16))
    self.u = self.add_weight("u", (1, 16), trainable=False)

  def call(self, x):
    v = tf.linalg.l2_normalize(tf.matmul(self.u, self.w, transpose_b=True))
    self.u.assign(tf.linalg.l2_normalize(tf.matmul(v, self.w)))
    # Reads what was just written.
    norm = tf.matmul(tf.matmul(v, self.w), self.u, transpose_b=True)
    return tf.matmul(x, self.w / norm)


class Compiled(HandMadeNorm):
  """The same, in a function of its own."""

  @tf.function
  def call(self, x):
    return super().call(x)


class Counter(layers.Layer):
  """Counts its calls, and gives more each time; in inference only, if asked."""

  def __init__(self, only_inference=False, **kwargs):
    super().__init__(**kwargs)
    self.only_inference = only_inference

  def build(self, shape):
    self.calls = tf.Variable(1, trainable=False)

  def call(self, x, training=False):
    if not (self.only_inference and training):
      self.calls.assign_add(2)
    return x * tf.cast(self.calls, x.dtype)


class Codebook(layers.Layer):
  """Moves what it looks up, as vector quantizers do."""

  def build(self, shape):
    self.book = self.add_weight("book", (3, shape[-1]), trainable=False)

  def call(self, x):
    at = tf.argmax(tf.matmul(x, self.book, transpose_b=True), -1)
    self.book.assign_sub(0.1 * self.book)
    return tf.gather(self.book, at) + x


class Hidden(layers.Layer):
  """Has a variable where Keras does not look."""

  def __init__(self, **kwargs):
    super().__init__(**kwargs)
    variable = tf.Variable(1.0)
    self.get = lambda: variable

  def call(self, x):
    return x * self.get().assign_add(0.5)


class Measured(layers.Layer):
  """Adds a loss and a metric."""

  def call(self, x):
    self.add_loss(tf.reduce_mean(x))
    self.add_metric(tf.reduce_mean(x), name="mean")
    return x


def generator(*middle):
  """Returns a generator of 8x8x1 images around a layer on `[n, 16]`."""
  latent = keras.Input((LATENT_DIM,), name="latent")
  x = layers.Dense(16)(latent)
  for one in middle:
    x = one(x)
  x = layers.Reshape((4, 4, 1))(x)
  x = layers.Conv2DTranspose(1, 3, 2, "same", activation="tanh")(x)
  return keras.Model(latent, x, name="stateful")


def normalized(training=True, **arguments):
  """Returns a generator with a batch normalization called in training."""
  keras.utils.set_random_seed(0)
  latent = keras.Input((LATENT_DIM,), name="latent")
  x = layers.Reshape((4, 4, 3))(layers.Dense(48)(latent))
  norm = layers.BatchNormalization(name="bn_up", **arguments)
  x = layers.ReLU()(norm(x, training=training))
  x = layers.Conv2DTranspose(1, 3, 2, "same", activation="tanh")(x)
  return keras.Model(latent, x, name="pinned")


def values(network) -> list[np.ndarray]:
  """Returns all that a network holds, hidden variables included."""
  hidden = [x.get() for x in network._flatten_layers() if hasattr(x, "get")]
  states = [s for x in network._flatten_layers() for s in _states(x)]
  return [np.array(x) for x in (*network.variables, *hidden, *states)]


def _states(layer) -> list:
  if not getattr(layer, "stateful", False) or not hasattr(layer, "states"):
    return []
  return [x for x in tf.nest.flatten(layer.states) if x is not None]


def assert_same(before, network) -> None:
  """Raises if a bit of what a network holds is another than before."""
  for old, new in zip(before, values(network), strict=True):
    np.testing.assert_array_equal(old, new)
