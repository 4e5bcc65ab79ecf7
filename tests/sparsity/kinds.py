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
"""Networks of every kind, small."""

import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.wrapping import wrapped_layers

layers = keras.layers
SCHEDULE = tfmot.sparsity.keras.ConstantSparsity(0.5, 1, frequency=1)


@keras.utils.register_keras_serializable(package="tests")
class Block(layers.Layer):
  """Layers in a list, made when it is built; and a weight of its own."""

  def build(self, input_shape):
    self.convs = [layers.Conv2D(4, 3, padding="same") for _ in range(2)]
    self.scale = self.add_weight("scale", [4])
    super().build(input_shape)

  def call(self, x, training=None):
    for conv in self.convs:
      x = conv(x) * self.scale
    return x


@keras.utils.register_keras_serializable(package="tests")
class Subclassed(keras.Model):
  """Layers in attributes, a list, a dict, a nested model and a block."""

  def __init__(self, units=8):
    super().__init__(name="subclassed")
    self.units = units
    self.first = layers.Dense(units * 4)
    self.blocks = [layers.Dense(units * 4) for _ in range(2)]
    self.heads = {"shape": layers.Reshape((2, 2, units))}
    self.block = Block()
    self.tail = keras.Sequential([layers.Flatten(), layers.Dense(3)])

  def call(self, x, training=None):
    x = self.first(x)
    for block in self.blocks:
      x = tf.nn.relu(block(x))
    return self.tail(self.block(self.heads["shape"](x)))

  def get_config(self):
    return {"units": self.units}


@keras.utils.register_keras_serializable(package="tests")
class Offers(layers.Layer):
  def build(self, input_shape):
    self.matrix = self.add_weight("matrix", [input_shape[-1], 4])
    super().build(input_shape)

  def call(self, x):
    return x @ self.matrix

  def get_prunable_weights(self):
    return [self.matrix]


@keras.utils.register_keras_serializable(package="tests")
class Outer(keras.Model):
  def __init__(self):
    super().__init__(name="outer")
    self.inner = Subclassed()
    self.offers = Offers()

  def call(self, x):
    return self.offers(self.inner(x))

  def get_config(self):
    return {}


class OnlyOffers(keras.Model):
  def __init__(self):
    super().__init__()
    self.offers = Offers()

  def call(self, x):
    return self.offers(x)


def subclassed(make):
  network = make()
  network(tf.zeros([1, 8]))
  return network


def functional(*parts, shape=(8,)):
  x = inputs = keras.Input(shape)
  for part in parts:
    x = part(x)
  return keras.Model(inputs, x)


def attention():
  x = keras.Input((4, 8))
  y = layers.MultiHeadAttention(2, 4, name="mha")(x, x)
  z = layers.MultiHeadAttention(2, 4, name="two")(y, value=x)
  return keras.Model(x, z)


def recurrent():
  return functional(
    layers.Embedding(16, 6, mask_zero=True),
    # Unrolled, it is traced in a third of the time.
    layers.Bidirectional(layers.LSTM(4, return_sequences=True, unroll=True)),
    layers.GRU(4),
    layers.Dense(2),
    shape=(5,),
  )


def with_state():
  x = keras.Input((5, 3))
  state = layers.Dense(4)(layers.GlobalAveragePooling1D()(x))
  return keras.Model(x, layers.GRU(4)(x, initial_state=state))


def raw_ops():
  x = keras.Input((8,))
  y = tf.reshape(layers.Dense(16)(x), [-1, 4, 4, 1])
  y = tf.nn.relu(y)[:, :2] * 2.0 + tf.reduce_mean(y, axis=1, keepdims=True)
  return keras.Model(x, layers.Conv2D(2, 2)(y))


def shared():
  x = keras.Input((8,))
  layer = layers.Dense(8)
  return keras.Model(x, layer(layer(x)))


def images(*parts):
  return functional(*parts, layers.Flatten(), layers.Dense(2), shape=(8, 8, 2))


NETWORKS = {  # how many kernels are pruned in each
  "subclassed": (lambda: subclassed(Subclassed), 6),
  "nested subclasses": (lambda: subclassed(Outer), 7),
  "subclass in a graph": (
    lambda: functional(layers.Dense(8), Subclassed(), layers.Dense(2)),
    8,
  ),
  "custom layers": (
    lambda: functional(layers.Reshape((2, 2, 2)), Block(), Offers()),
    3,
  ),
  "nested graphs": (
    lambda: functional(functional(functional(layers.Dense(8))), Offers()),
    2,
  ),
  "shared": (shared, 1),
  "group norm": (
    lambda: images(layers.Conv2D(4, 3), layers.GroupNormalization(2)),
    2,
  ),
  "spectral norm": (
    lambda: images(
      layers.SpectralNormalization(layers.Conv2D(4, 3)), layers.ReLU()
    ),
    2,
  ),
  "prelu": (lambda: images(layers.Conv2D(2, 3), layers.PReLU()), 2),
  "resized": (
    lambda: images(layers.Rescaling(2.0), layers.Resizing(4, 4)),
    1,
  ),
  "time distributed": (
    lambda: functional(
      layers.Reshape((2, 4)), layers.TimeDistributed(layers.Dense(4))
    ),
    1,
  ),
  "attention": (attention, 8),
  "recurrent": (recurrent, 8),
  "initial state": (with_state, 3),
  "raw ops": (raw_ops, 2),
  "transposed": (
    lambda: functional(
      layers.Reshape((4, 2)), layers.Conv1DTranspose(4, 3), layers.Flatten()
    ),
    1,
  ),
}


def kernels(network):
  wrappers = wrapped_layers.pruned_layers(network)
  return [entry for one in wrappers for entry in one.pruning_vars]
