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
"""GANs that freeze and thaw their networks, and what became of them."""

import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.wrapping import wrapped_layers

IMAGES = tiny.images(4)
BATCHES = 6


def schedule():
  return tfmot.sparsity.keras.ConstantSparsity(0.5, 2, frequency=1)


def networks():
  return [
    tgp.prune_low_magnitude(network, schedule())
    for network in (tiny.discriminator(), tiny.generator())
  ]


def alive(network) -> tf.Tensor:
  """Returns how many pruned weights are not zero, a scalar."""
  return tf.add_n(
    [
      tf.math.count_nonzero(tf.where(mask == 0, weight, 0.0))
      for layer in wrapped_layers.pruned_layers(network)
      for weight, mask, _ in layer.pruning_vars
    ]
  )


def steps(network):
  return {int(x.pruning_step) for x in wrapped_layers.pruned_layers(network)}


def steps_of_layers(network):
  return [int(x.pruning_step) for x in wrapped_layers.pruned_layers(network)]


def zeros(network):
  return tgp.sparsity_report(network).overall


class Toggling(keras.Model):
  """Freezes the discriminator while the generator learns, and looks at it.

  Attributes:
    critic_steps: Updates of the discriminator in a batch.
  """

  critic_steps = 1
  how = "loop"

  def __init__(self, discriminator, generator):
    super().__init__()
    self.discriminator, self.generator = discriminator, generator
    self.alive = tf.Variable(0, dtype=tf.int64, trainable=False)

  def compile(self, d_optimizer, g_optimizer, **kwargs):
    super().compile(**kwargs)
    self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer

  def train_step(self, data):
    z = tf.random.normal([len(IMAGES), tiny.LATENT_DIM])
    self.discriminator.trainable = True
    self._train_critic(data, z)
    self.discriminator.trainable = False
    self.alive.assign(tf.maximum(self.alive, alive(self.discriminator)))
    with tf.GradientTape() as tape:
      loss = -tf.reduce_mean(
        self.discriminator(self.generator(z, training=True), training=True)
      )
    self._apply(self.g_optimizer, tape, loss, self.generator)
    return {"loss": loss}

  def _train_critic(self, data, z):
    if self.how == "while":
      tf.while_loop(
        lambda i: i < self.critic_steps,
        lambda i: (self._update_critic(data, z), i + 1)[1:],
        [0],
      )
      return
    for _ in range(self.critic_steps):
      self._update_critic(data, z)

  def _update_critic(self, data, z):
    with tf.GradientTape() as tape:
      loss = tf.reduce_mean(
        self.discriminator(self.generator(z, training=True), training=True)
        - self.discriminator(data, training=True)
      )
    self._apply(self.d_optimizer, tape, loss, self.discriminator)

  def _apply(self, optimizer, tape, loss, network):
    variables = network.trainable_variables
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))


def adams():
  return keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01)


def textbook():
  """Returns the parts of the first GAN tutorials: d, combined, generator."""
  discriminator, generator = networks()
  discriminator.compile(adams()[0], keras.losses.BinaryCrossentropy(True))
  discriminator.trainable = False
  z = keras.Input((tiny.LATENT_DIM,))
  combined = keras.Model(z, discriminator(generator(z)))
  combined.compile(adams()[0], keras.losses.BinaryCrossentropy(True))
  return discriminator, combined, generator


def fit(gan, **kwargs):
  data = tf.data.Dataset.from_tensors(IMAGES).repeat(BATCHES)
  return gan.fit(data, verbose=0, callbacks=[tgp.UpdatePruningStep()], **kwargs)
