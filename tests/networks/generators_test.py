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
"""Tests what is asked of generators, alone and in GANs."""

import numpy as np
import pytest

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import generators

layers = keras.layers


def test_a_gan_stands_for_its_averaged_generator_or_its_live_one():
  live = tiny.generator()
  gan = tgp.GAN(tiny.discriminator(), live, tiny.LATENT_DIM)
  assert generators.generator_of(gan, "x") is live
  assert generators.generator_of(live, "x") is live
  gan = tgp.GAN(tiny.discriminator(), live, tiny.LATENT_DIM, ema_decay=0.9)
  assert generators.generator_of(gan, "x") is gan.ema_generator


def test_what_is_no_model_is_refused():
  with pytest.raises(ValueError, match="`x` .*str"):
    generators.generator_of("generator.keras", "x")


class _Subclassed(keras.Model):
  def call(self, inputs):
    return tiny.generator()(inputs)


def test_sizes():
  assert generators.sizes(tiny.generator(5), "x") == (5, (8, 8, 1))
  network = _Subclassed()
  with pytest.raises(ValueError, match=f"'{network.name}' .*`build"):
    generators.sizes(network, "x")
  network(np.ones((2, 4)))
  assert generators.sizes(network, "x") == (4, (8, 8, 1))


def _two_inputs():
  a, b = keras.Input((4,)), keras.Input((4,))
  return keras.Model([a, b], tiny.generator()(a + b))


@pytest.mark.parametrize(
  "make",
  [
    _two_inputs,
    lambda: keras.Sequential([keras.Input((4,)), layers.Dense(3)]),
    lambda: keras.Sequential([keras.Input((None, None, 1)), layers.ReLU()]),
    lambda: keras.Sequential([keras.Input((8, 8, 1)), layers.ReLU()]),
  ],
)
def test_other_networks_are_refused(make):
  with pytest.raises(
    ValueError, match=r"`x` \(.*must map latents, .*; it maps"
  ):
    generators.sizes(make(), "x")
