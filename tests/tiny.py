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
"""Networks and images that are small enough to check every weight."""

import numpy as np

from tf_ganprune.keras_compat import keras

LATENT_DIM = 4
layers = keras.layers


def generator(latent_dim=LATENT_DIM, activation="tanh", width=3):
  """Returns a Sequential generator of 8x8x1 images, 219 prunable weights."""
  return keras.Sequential(
    [
      keras.Input((latent_dim,)),
      layers.Dense(16 * width, use_bias=False, name="dense"),
      layers.BatchNormalization(name="norm"),
      layers.LeakyReLU(),
      layers.Reshape((4, 4, width)),
      layers.Conv2DTranspose(
        1, 3, strides=2, padding="same", activation=activation, name="image"
      ),
    ],
    name="generator",
  )


def discriminator(image_shape=(8, 8, 1)):
  """Returns a functional discriminator."""
  image = keras.Input(image_shape)
  x = layers.Conv2D(4, 3, strides=2, name="conv")(image)
  x = layers.LeakyReLU()(x)
  x = layers.Flatten()(x)
  logit = layers.Dense(1, name="logit")(x)
  return keras.Model(image, logit, name="discriminator")


def classifier():
  """Returns a Sequential classifier of 6 features in 3 classes."""
  return keras.Sequential(
    [
      keras.Input((6,)),
      layers.Dense(8, activation="relu"),
      layers.Dropout(0.0),
      layers.Dense(3),
    ]
  )


def images(n=32, seed=0):
  """Returns images in [-1, 1], `[n, 8, 8, 1]`."""
  uniform = np.random.default_rng(seed).uniform(-1, 1, (n, 8, 8, 1))
  return uniform.astype(np.float32)
