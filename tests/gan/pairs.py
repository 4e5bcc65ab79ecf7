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
"""A generator and a discriminator as a family, and how it is fitted."""

import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny

keras = tgp.keras


class Pair(tgp.PrunedGAN):
  """The least that a family can be."""

  def __init__(self, discriminator, generator, **kwargs):
    networks = {"discriminator": discriminator, "generator": generator}
    kwargs = {"inputs": tgp.inputs.Latents(4)} | kwargs
    super().__init__(networks, **kwargs)
    self.weight = 2.0

  def losses_of(self, real):
    fake = self.generator(tf.ones([4, 4]), training=True)
    scores = [self.discriminator(x, training=True) for x in (real, fake)]
    return {
      "discriminator": tf.reduce_mean(scores[1] - scores[0]),
      "generator": -self.weight * tf.reduce_mean(scores[1]),
    }

  def update(self, real):
    with tf.GradientTape(persistent=True) as tape:
      losses = self.losses_of(real)
    gradients = {
      name: tape.gradient(losses[name], network.trainable_variables)
      for name, network in self.networks.items()
    }
    self.apply(gradients, losses)
    return losses


def pair(model_class=Pair, schedule=None, **arguments):
  keras.utils.set_random_seed(0)
  networks = [tiny.discriminator(), tiny.generator()]
  if schedule:
    networks = [tgp.prune_low_magnitude(x, schedule) for x in networks]
  model = model_class(*networks, **arguments)
  sgd = keras.optimizers.SGD
  model.compile({"discriminator": sgd(0.1), "generator": sgd(0.1)})
  return model


def fit(model, n=8, **arguments):
  return model.fit(
    tiny.images(n), batch_size=4, verbose=0, shuffle=False, **arguments
  ).history
