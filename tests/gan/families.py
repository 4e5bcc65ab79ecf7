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
"""Families of networks that nothing in the package was written for."""

import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny

keras = tgp.keras
layers = keras.layers
SHAPE = (4, 4, 1)


def image_network(name, shape=SHAPE, activation="tanh"):
  """Returns a functional network from images to images, with batch norm."""
  x = keras.Input(shape)
  y = layers.Conv2D(4, 3, padding="same", name="conv")(x)
  y = layers.LeakyReLU()(layers.BatchNormalization(name="norm")(y))
  y = layers.Conv2D(1, 3, padding="same", activation=activation, name="image")(
    y
  )
  return keras.Model(x, y, name=name)


def judge(name, shape=SHAPE):
  """Returns a functional discriminator."""
  x = keras.Input(shape)
  y = layers.LeakyReLU()(layers.Conv2D(3, 3, strides=2, name="conv")(x))
  return keras.Model(x, layers.Dense(1)(layers.Flatten()(y)), name=name)


def vector_network(name, size_in, size_out, activation=None):
  """Returns a functional network from tensors to tensors."""
  x = keras.Input(size_in)
  y = layers.Dense(6, activation="relu", name="hidden")(layers.Flatten()(x))
  count = tf.TensorShape(size_out).num_elements()
  y = layers.Dense(count, activation, name="out")(y)
  return keras.Model(x, layers.Reshape(size_out)(y), name=name)


@keras.utils.register_keras_serializable(package="tests")
class Cycle(tgp.PrunedGAN):
  """Four networks: two tapes, each of which serves two of them."""

  optimizer_names = {
    "generator_G": "gen_G_optimizer",
    "generator_F": "gen_F_optimizer",
    "discriminator_X": "disc_X_optimizer",
    "discriminator_Y": "disc_Y_optimizer",
  }

  def __init__(
    self,
    generator_G,
    generator_F,
    discriminator_X,
    discriminator_Y,
    lambda_cycle=10.0,
    data=None,
    **kwargs,
  ):
    inputs = None if data is None else tgp.inputs.Examples(data)
    super().__init__(
      {
        "generator_G": generator_G,
        "generator_F": generator_F,
        "discriminator_X": discriminator_X,
        "discriminator_Y": discriminator_Y,
      },
      inputs,
      average=["generator_G", "generator_F"],
      **kwargs,
    )
    self.lambda_cycle = lambda_cycle

  def compile(
    self,
    gen_G_optimizer,
    gen_F_optimizer,
    disc_X_optimizer,
    disc_Y_optimizer,
    loss="least_squares",
    **kwargs,
  ):
    super().compile(
      {
        "generator_G": gen_G_optimizer,
        "generator_F": gen_F_optimizer,
        "discriminator_X": disc_X_optimizer,
        "discriminator_Y": disc_Y_optimizer,
      },
      **kwargs,
    )
    self.loss_kind = loss
    self.adversarial = tgp.losses.get(loss)

  def judge_of(self, name):
    return {
      "generator_G": "discriminator_Y",
      "generator_F": "discriminator_X",
    }.get(name)

  def update(self, batch):
    x, y = batch
    with tf.GradientTape(persistent=True) as tape:
      (fake_y, more_G), (fake_x, more_F) = (
        self.forward("generator_G", x),
        self.forward("generator_F", y),
      )
      cycle = self.distance(self.generator_F(fake_y, training=True), x)
      cycle += self.distance(self.generator_G(fake_x, training=True), y)
      losses = {
        "generator_G": more_G + self.fooled("generator_G", fake_y),
        "generator_F": more_F + self.fooled("generator_F", fake_x),
      }
      total = tf.add_n(list(losses.values())) + self.lambda_cycle * cycle
      fakes = [tf.stop_gradient(z) for z in (fake_x, fake_y)]
      pairs = {
        "discriminator_X": (x, fakes[0]),
        "discriminator_Y": (y, fakes[1]),
      }
      scorers = {name: self.scorer(name) for name in pairs}
      d_losses = {
        name: self.judged(scorers[name], *pair) for name, pair in pairs.items()
      }
      judged = tf.add_n(list(d_losses.values()))
    both = {tuple(losses): total, tuple(d_losses): judged}
    self.apply(self.gradients(tape, both), both)
    for name, pair in pairs.items():
      scorers[name].observe(*pair)
    return {
      "G_loss": losses["generator_G"],
      "F_loss": losses["generator_F"],
      "D_X_loss": d_losses["discriminator_X"],
      "D_Y_loss": d_losses["discriminator_Y"],
    }

  def distance(self, one, other):
    one = tf.cast(one, self.variable_dtype)
    return tf.reduce_mean(tf.abs(one - tf.cast(other, one.dtype)))

  def fooled(self, generator, fake):
    scorer = self.scorer(self.judge_of(generator), generator)
    return self.adversarial.generator(scorer(fake))

  def judged(self, scorer, real, fake):
    loss = self.adversarial.discriminator(scorer(real), scorer(fake))
    return loss + scorer.penalty(real, fake)


CYCLE = {
  "generator_G": image_network,
  "generator_F": image_network,
  "discriminator_X": judge,
  "discriminator_Y": judge,
}


def cycle(schedules=None, **arguments):
  """Returns a `Cycle`, not compiled, whose networks are pruned by schedules."""
  networks = {name: make(name) for name, make in CYCLE.items()}
  for name, schedule in (schedules or {}).items():
    networks[name] = tgp.prune_low_magnitude(networks[name], schedule)
  return Cycle(**networks, **arguments)


def pairs(n=32, batch_size=4):
  """Returns a data set of (x, y), unpaired images of `SHAPE`."""
  x, y = (tiny.images(n, seed)[:, :4, :4] for seed in (0, 1))
  both = tf.data.Dataset.from_tensor_slices((x, y))
  return both.batch(batch_size, drop_remainder=True)
