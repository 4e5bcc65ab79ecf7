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
"""Small trainings to be interrupted: models, data, and what interrupts."""

import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tests import tiny
from tf_ganprune import gan as gans
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune

IMAGES = np.tanh(tiny.images(18)[:, :4, :4])
EPOCHS = 3
layers = keras.layers


class Interrupted(Exception):
  """Stands for the end of a process."""


class InterruptAt(keras.callbacks.Callback):
  def __init__(self, batches):
    super().__init__()
    self._left = batches

  def on_train_batch_end(self, batch, logs=None):
    self._left -= 1
    if not self._left:
      raise Interrupted


def schedule():
  return tfmot.sparsity.keras.PolynomialDecay(0.1, 0.8, 1, 9, frequency=2)


def discriminator():
  network = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten()])
  network.add(layers.Dense(1))
  return prune.prune_low_magnitude(network, schedule())


def generator():
  network = keras.Sequential([keras.Input((4,))])
  network.add(layers.Dense(16, activation="tanh"))
  network.add(layers.Reshape((4, 4, 1)))
  return prune.prune_low_magnitude(network, schedule())


def gan(**options):
  keras.utils.set_random_seed(0)
  model = gans.GAN(discriminator(), generator(), 4)
  model.compile("adam", "adam", **options)
  return model


def classifier():
  keras.utils.set_random_seed(0)
  model = prune.prune_low_magnitude(tiny.classifier(), schedule())
  loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
  model.compile("adam", loss=loss, metrics=["accuracy"])
  return model


class KerasStyleGAN(keras.Model):
  """Written as the Keras examples are, without a base class of ours."""

  def __init__(self):
    super().__init__()
    self.discriminator = discriminator()
    self.generator = generator()
    self.random = tf.random.Generator.from_seed(3)

  def compile(self, d_optimizer, g_optimizer):
    super().compile()
    self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer

  def train_step(self, real):
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
      fake = self.generator(self.random.normal([tf.shape(real)[0], 4]))
      d_loss = tf.reduce_mean(
        tf.nn.softplus(-self.discriminator(real))
        + tf.nn.softplus(self.discriminator(fake))
      )
      g_loss = tf.reduce_mean(tf.nn.softplus(-self.discriminator(fake)))
    for tape, loss, network, optimizer in (
      (d_tape, d_loss, self.discriminator, self.d_optimizer),
      (g_tape, g_loss, self.generator, self.g_optimizer),
    ):
      weights = network.trainable_variables
      gradients = tape.gradient(loss, weights)
      optimizer.apply_gradients(zip(gradients, weights, strict=True))
    return {"d_loss": d_loss}


def keras_style_gan():
  keras.utils.set_random_seed(0)
  model = KerasStyleGAN()
  adam = keras.optimizers.Adam
  model.compile(adam(1e-2), adam(1e-2))
  return model


def array():
  return {"x": IMAGES, "batch_size": 4}


def plain():
  dataset = tf.data.Dataset.from_tensor_slices(IMAGES)
  return {"x": dataset.batch(4)}


def shuffled():
  dataset = tf.data.Dataset.from_tensor_slices(IMAGES)
  return {"x": dataset.shuffle(18, seed=3).batch(4)}


def cached():
  # What is cached is in the order that was drawn for the first epoch.
  dataset = tf.data.Dataset.from_tensor_slices(IMAGES).shuffle(18, seed=5)
  return {"x": dataset.cache().shuffle(18, seed=3).batch(4).prefetch(2)}


def endless():
  dataset = tf.data.Dataset.from_tensor_slices(IMAGES).shuffle(18, seed=3)
  return {"x": dataset.batch(4).repeat(), "steps_per_epoch": 4}


def of_unknown_length():
  def images():
    yield from IMAGES

  dataset = tf.data.Dataset.from_generator(
    images, output_signature=tf.TensorSpec((4, 4, 1))
  )
  return {"x": dataset.shuffle(18, seed=3).batch(4)}


def labelled():
  rng = np.random.default_rng(0)
  x = rng.normal(size=(18, 6)).astype(np.float32)
  return {"x": x, "y": np.arange(18) % 3, "batch_size": 4}
