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
"""Networks whose pictures can be compared with those of larger ones."""

import numpy as np
import tensorflow as tf

from tf_ganprune.keras_compat import keras

layers = keras.layers


def halving(shape, seed=0) -> keras.Model:
  """Halves, doubles, and adds a skip; sees a few pixels."""
  keras.utils.set_random_seed(seed)
  x = keras.Input(shape, name="images")
  y = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT")
  y = skip = layers.Conv2D(6, 3, activation="relu")(y)
  y = layers.Conv2D(8, 4, 2, "same", activation="relu")(y)
  y = layers.BatchNormalization()(y)
  y = layers.Conv2DTranspose(6, 4, 2, "same", activation="relu")(y)
  y = layers.Concatenate()([y, skip])
  y = layers.Conv2D(3, 3, padding="same", activation="tanh", name="out")(y)
  return _sharp(keras.Model(x, y))


def larger(shape, seed=0) -> keras.Model:
  """Makes pictures of twice the size."""
  keras.utils.set_random_seed(seed)
  x = keras.Input(shape, name="images")
  y = layers.Conv2D(12, 3, padding="same")(x)
  y = layers.PReLU("random_uniform", shared_axes=[1, 2])(y)
  y = tf.nn.depth_to_space(y, 2)
  y = layers.Add()([y, layers.UpSampling2D(2)(x)])
  y = layers.Conv2D(3, 3, padding="same", activation="tanh", name="out")(y)
  return _sharp(keras.Model(x, y))


def normed(shape, seed=0) -> keras.Model:
  """Has a norm over the picture."""
  keras.utils.set_random_seed(seed)
  x = keras.Input(shape, name="images")
  y = layers.Conv2D(6, 3, padding="same", use_bias=False)(x)
  y = layers.GroupNormalization(-1, epsilon=1e-5)(y)
  y = layers.Conv2D(3, 3, padding="same", activation="tanh")(y)
  return keras.Model(x, y)


def whole(make, picture) -> np.ndarray:
  """Returns what a network of a picture's own size makes of it."""
  network = make(picture.shape)
  return network(picture[None], training=False).numpy()[0]


def _sharp(network) -> keras.Model:
  for weight in network.trainable_weights:
    if weight.shape.rank == 4:
      weight.assign(weight * 2.0)
  return network
