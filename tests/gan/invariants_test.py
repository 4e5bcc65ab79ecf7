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
"""Tests that a GAN keeps the invariants of pruning after every train step."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tests import tiny, watch
from tf_ganprune import callbacks, gan
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, strip
from tf_ganprune.sparsity.wrapping import wrapped_layers

sparsity = tfmot.sparsity.keras
_STEPS = 9
_SCHEDULES = {
  "generator": sparsity.PolynomialDecay(0.2, 0.8, 2, 8, frequency=2),
  "discriminator": sparsity.ConstantSparsity(0.5, 3, frequency=1),
}
_WRAP = {
  "ours": prune.prune_low_magnitude,
  "tfmot": sparsity.prune_low_magnitude,
}


_OPTIMIZERS = {"generator": "g_optimizer", "discriminator": "d_optimizer"}


def _updates(model, name):
  return int(getattr(model, _OPTIMIZERS[name]).iterations)


def _train(model_class, wrap, pruned, steps_per_batch, extra=()):
  networks = {
    "generator": tiny.generator(),
    "discriminator": tiny.discriminator(),
  }
  for name in pruned:
    networks[name] = wrap(networks[name], _SCHEDULES[name])
  model = model_class(
    **networks, latent_dim=4, discriminator_steps=steps_per_batch
  )
  # Momentum and weight decay bring pruned weights back, if they can.
  model.compile(
    keras.optimizers.Adam(0.01), keras.optimizers.AdamW(0.01, weight_decay=0.1)
  )
  schedules = {name: _SCHEDULES[name] for name in pruned}
  watched = watch.Watch(schedules, _updates)
  model.fit(
    tiny.images(4 * _STEPS),
    batch_size=4,
    verbose=0,
    callbacks=[*extra, watched],
  )
  assert watched.steps == _STEPS
  assert int(model.g_optimizer.iterations) == _STEPS
  assert int(model.d_optimizer.iterations) == _STEPS * steps_per_batch
  return model


_BOTH = ("generator", "discriminator")
_CLASSES = [(gan.GAN, 1), (gan.GAN, 3), (gan.WGANGP, 1), (gan.WGANGP, 5)]


@pytest.mark.slow
@pytest.mark.parametrize(
  ("pruned", "model_class", "steps"),
  # Where not both are pruned, each class is met and each kind of number.
  [(_BOTH, *each) for each in _CLASSES]
  + [(_BOTH[:1], *each) for each in (_CLASSES[0], _CLASSES[3])]
  + [(_BOTH[1:], *each) for each in (_CLASSES[1], _CLASSES[2])]
  + [((), *each) for each in (_CLASSES[0], _CLASSES[3])],
)
def test_every_step(pruned, model_class, steps):
  _train(model_class, prune.prune_low_magnitude, pruned, steps)


@pytest.mark.slow
@pytest.mark.parametrize("wrap", ["ours", "tfmot"])
@pytest.mark.parametrize(
  "callback", [callbacks.UpdatePruningStep, sparsity.UpdatePruningStep]
)
def test_callbacks_and_tfmot_wrappers_change_nothing(wrap, callback):
  _train(gan.GAN, _WRAP[wrap], _BOTH, 3, extra=[callback()])


@pytest.mark.slow
def test_tfmot_wrappers_need_no_callback():
  _train(gan.GAN, sparsity.prune_low_magnitude, ("generator",), 1)


def _pruned_gan(**arguments):
  generator = prune.prune_low_magnitude(
    tiny.generator(), sparsity.ConstantSparsity(0.75, 1, frequency=1)
  )
  model = gan.GAN(tiny.discriminator(), generator, 4, **arguments)
  model.compile(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01))
  return model


@pytest.mark.slow
def test_forward_passes_change_no_mask_and_no_step():
  model = _pruned_gan()
  model.fit(tiny.images(16), batch_size=4, verbose=0)
  (layer, *_) = wrapped_layers.pruned_layers(model.generator)
  before = [layer.pruning_step.numpy(), layer.pruning_vars[0][1].numpy()]
  z = tf.ones([2, 4])
  model.generator(z, training=True)
  tf.function(model.generator)(z, training=True)
  model.generator.predict(z, verbose=0)
  model.generate(3)
  assert layer.pruning_step.numpy() == before[0]
  np.testing.assert_array_equal(layer.pruning_vars[0][1], before[1])


@pytest.mark.slow
def test_average_checkpoint_and_samples_are_as_sparse(tmp_path):
  model = _pruned_gan(ema_decay=0.9)
  pruned = strip.strip_pruning(model.generator).weights
  masks = {
    weight.ref(): mask
    for layer in wrapped_layers.pruned_layers(model.generator)
    for weight, mask, _ in layer.pruning_vars
  }
  for _ in range(4):
    model.fit(tiny.images(4), batch_size=4, verbose=0)
    for average, weight in zip(
      model.ema_generator.weights, pruned, strict=True
    ):
      if weight.ref() in masks:
        gone = masks[weight.ref()].numpy() == 0
        assert gone.any()
        assert (average.numpy()[gone] == 0).all()
        assert not (average.numpy()[~gone] == 0).any()
  model.save_weights(tmp_path / "checkpoint")
  for name, _ in tf.train.list_variables(str(tmp_path / "checkpoint")):
    if "kernel" in name and "optimizer" not in name and "generator" in name:
      value = tf.train.load_variable(str(tmp_path / "checkpoint"), name)
      assert (value == 0).mean() > 0.7


@pytest.mark.slow
def test_a_network_goes_to_whoever_trains_it():
  first = _pruned_gan()
  second = gan.GAN(first.discriminator, first.generator, 4)
  second.compile("adam", "adam")
  layer = wrapped_layers.pruned_layers(first.generator)[0]
  assert layer.owner() is second
  first.fit(tiny.images(8), batch_size=4, verbose=0)
  assert layer.owner() is first
  assert int(layer.pruning_step) == 2
  second.fit(tiny.images(8), batch_size=4, verbose=0)
  assert int(layer.pruning_step) == 4


@pytest.mark.slow
def test_weight_clipping_bounds_the_discriminator():
  model = gan.GAN(tiny.discriminator(), tiny.generator(), 4)
  model.compile("adam", "adam", loss="wasserstein")
  model.fit(tiny.images(8), batch_size=4, verbose=0)
  for weight in model.discriminator.trainable_variables:
    assert np.abs(weight.numpy()).max() <= 0.01
  critic = gan.WGANGP(tiny.discriminator(), tiny.generator(), 4)
  critic.compile("adam", "adam")
  critic.fit(tiny.images(8), batch_size=4, verbose=0)
  assert np.abs(critic.discriminator.get_weights()[0]).max() > 0.01
