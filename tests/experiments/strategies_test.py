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
"""Tests of the strategies of a sweep."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.experiments import strategies
from tf_ganprune.keras_compat import keras


class _Evaluator:
  """Likes bright images."""

  def evaluate(self, images):
    return {"frechet_distance": 2.0 + np.mean(images)}


_PLAN = strategies.Plan(
  0.75,
  epochs=4,
  steps_per_epoch=6,
  frequency=2,
  seed=0,
  evaluator=_Evaluator(),
  images=np.zeros((8, 8, 8, 1), "float32"),
  batch_size=2,
)


def _gan() -> tgp.GAN:
  keras.utils.set_random_seed(0)
  gan = tgp.GAN(
    tgp.networks.dcgan_discriminator((8, 8, 1), 4),
    tgp.networks.dcgan_generator((8, 8, 1), 4, 8),
    latent_dim=4,
    ema_decay=0.9,
  )
  adam = keras.optimizers.Adam
  gan.compile(adam(1e-3), adam(1e-3), loss="hinge")
  return gan


def _images():
  noise = tf.random.stateless_uniform((12, 8, 8, 1), (1, 2), -1.0, 1.0)
  return tf.data.Dataset.from_tensor_slices(noise).batch(2)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(strategies.STRATEGIES))
def test_each_leaves_as_many_weights_as_it_should(name):
  strategy = strategies.STRATEGIES[name]
  gan = strategy.make(_gan(), _PLAN)
  dense = tgp.sparsity_report(_gan().generator).size
  gan.fit(
    _images(),
    epochs=_PLAN.epochs,
    callbacks=strategy.callbacks(_PLAN),
    verbose=0,
  )
  report = tgp.sparsity_report(gan.ema_generator)
  left = (1 - report.overall) * report.size / dense
  if strategy.is_dense:
    assert left == 1
  elif name == "channels":
    assert 0.15 < left <= 0.25
  else:
    assert left == pytest.approx(0.25, abs=0.01)
  shares = [x.sparsity for x in tgp.sparsity_report(gan.discriminator).layers]
  assert (np.max(shares) > 0.7) == (name in ("both", "balanced"))


@pytest.mark.parametrize("name", ["dense_latents", "lamp_latents"])
@pytest.mark.parametrize(("suffix", "times"), [("", 2), ("_4", 4)])
def test_more_latents_and_a_higher_rate(name, suffix, times):
  gan = strategies.STRATEGIES[name + suffix].make(_gan(), _PLAN)
  assert gan.generator_batch_size == times * _PLAN.batch_size
  assert float(gan.g_optimizer.learning_rate) == pytest.approx(2.5e-3)
  assert float(gan.d_optimizer.learning_rate) == pytest.approx(1e-3)


def test_a_plan_leaves_time_to_recover():
  assert _PLAN.end_step == 16  # of 24, and a multiple of the frequency
  short = dataclasses.replace(_PLAN, epochs=1, steps_per_epoch=1, frequency=50)
  assert short.end_step == 50
