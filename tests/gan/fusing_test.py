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
"""Tests of updates that are compiled together with the masks."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tests import tiny
from tf_ganprune import gan
from tf_ganprune.gan import fusing
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune
from tf_ganprune.sparsity.masks import applying

optimizers = keras.optimizers
_OPTIMIZERS = {
  "adadelta": optimizers.Adadelta,
  "adafactor": optimizers.Adafactor,
  "adagrad": optimizers.Adagrad,
  "adam": optimizers.Adam,
  "adamax": optimizers.Adamax,
  "adamw": lambda rate: optimizers.AdamW(rate, weight_decay=0.5),
  "ftrl": optimizers.Ftrl,
  "lion": optimizers.Lion,
  "nadam": optimizers.Nadam,
  "rmsprop": lambda rate: optimizers.RMSprop(rate, momentum=0.9),
  "sgd": lambda rate: optimizers.SGD(rate, momentum=0.9, global_clipnorm=0.1),
}


class OwnAdam(optimizers.Adam):
  """An optimizer that is not Keras's."""


class OwnSchedule(optimizers.schedules.LearningRateSchedule):
  """A schedule that is not Keras's."""

  def __call__(self, step):
    return 0.1


class OwnConstraint(keras.constraints.Constraint):
  """A constraint that is not Keras's."""

  def __call__(self, w):
    return w


def _pruned(network):
  schedule = tfmot.sparsity.keras.PolynomialDecay(0.2, 0.8, 2, 8, frequency=3)
  return prune.prune_low_magnitude(network, schedule)


def _updated(optimizer, in_one_pass: bool) -> np.ndarray:
  kernel = tf.Variable(np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4))
  bias = tf.Variable(tf.zeros(4))
  mask = tf.constant([[1.0, 0.0, 1.0, 0.0]] * 3)
  optimizer.build([kernel, bias])

  @tf.function
  def step(gradients):
    if in_one_pass:
      fusing.update(optimizer, gradients, [kernel, bias], [(kernel, mask)])
    else:
      optimizer.apply_gradients(zip(gradients, [kernel, bias], strict=True))
      applying.apply_mask(kernel, mask)

  random = np.random.default_rng(0)
  for _ in range(4):
    shapes = (3, 4), (4,)
    step([random.normal(size=x).astype(np.float32) for x in shapes])
  assert optimizer.iterations == 4
  return np.vstack([kernel, bias])


@pytest.mark.parametrize("name", _OPTIMIZERS)
def test_one_pass_does_what_the_optimizer_and_the_masks_do(name):
  found = _updated(_OPTIMIZERS[name](0.1), in_one_pass=True)
  expected = _updated(_OPTIMIZERS[name](0.1), in_one_pass=False)
  np.testing.assert_allclose(found, expected, atol=1e-6)
  assert (found[:3, 1::2] == 0).all() and (found[:3, ::2] != 0).all()


@pytest.mark.slow
@pytest.mark.parametrize("large", [1, 2**20])
def test_a_gan_updates_large_kernels_so(large, monkeypatch):
  passes, update = [], fusing.update
  monkeypatch.setattr(fusing, "_LARGE", large)
  monkeypatch.setattr(
    fusing, "update", lambda *args: passes.append(1) or update(*args)
  )
  model = gan.GAN(tiny.discriminator(), _pruned(tiny.generator()), latent_dim=4)
  model.compile(optimizers.Adam(0.01), optimizers.Adam(0.01))
  model.fit(tiny.images(4), batch_size=4, verbose=0)
  assert bool(passes) == (large == 1)


def _pays(network, optimizer, in_graph=True) -> bool:
  entries = [
    (weight, mask)
    for layer in network.layers
    for weight, mask, _ in getattr(layer, "pruning_vars", [])
  ]
  arguments = optimizer, network.trainable_variables, entries
  if not in_graph:
    return fusing.is_worthwhile(*arguments)
  return bool(
    tf.function(lambda: tf.constant(fusing.is_worthwhile(*arguments)))()
  )


@pytest.fixture(name="large")
def _large(monkeypatch):
  monkeypatch.setattr(fusing, "_LARGE", 192)  # of the generator's first kernel


def test_large_kernels_of_keras_optimizers_are_updated_in_one_pass(large):
  network = _pruned(tiny.generator())
  schedule = optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
  adam, sgd = optimizers.Adam(0.1), optimizers.SGD(schedule)
  assert _pays(network, adam) and _pays(network, sgd)


@pytest.mark.parametrize(
  "optimizer",
  [
    lambda: OwnAdam(0.1),
    lambda: optimizers.Adam(OwnSchedule()),
    lambda: optimizers.legacy.Adam(0.1),
    lambda: keras.mixed_precision.LossScaleOptimizer(optimizers.Adam(0.1)),
  ],
  ids=["own optimizer", "own schedule", "legacy", "scaled"],
)
def test_what_xla_may_not_know_is_left_alone(large, optimizer):
  assert not _pays(_pruned(tiny.generator()), optimizer())


def test_small_unpruned_constrained_and_eager_updates_are_left_alone(large):
  adam = optimizers.Adam(0.1)
  assert not _pays(_pruned(tiny.generator(width=2)), adam)
  assert not _pays(tiny.generator(), adam)
  assert not _pays(_pruned(tiny.generator()), adam, in_graph=False)
  constrained = keras.Sequential(
    [keras.layers.Dense(192, kernel_constraint=OwnConstraint())]
  )
  constrained.build((None, 4))
  assert not _pays(_pruned(constrained), adam)
