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
"""Tests of which updates count in loops by hand, with a Pruner."""

import gc

import keras as keras3
import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tests.callbacks import toggling
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.training import ownership
from tf_ganprune.sparsity.wrapping import wrapped_layers


@pytest.mark.slow
def test_the_textbook_loop_with_a_pruner_for_each_network():
  discriminator, combined, generator = toggling.textbook()
  pruners = tgp.Pruner(discriminator), tgp.Pruner(generator)
  rng = np.random.default_rng(0)
  for _ in range(toggling.BATCHES):
    z = rng.normal(size=(4, tiny.LATENT_DIM)).astype("float32")
    fake = generator.predict_on_batch(z)
    discriminator.train_on_batch(toggling.IMAGES, np.ones((4, 1)))
    pruners[0].advance()
    discriminator.train_on_batch(fake, np.zeros((4, 1)))
    pruners[0].advance()
    assert int(toggling.alive(discriminator)) == 0
    combined.train_on_batch(z, np.ones((4, 1)))
    pruners[1].advance()
    assert int(toggling.alive(generator)) == 0
  assert toggling.steps(discriminator) == {2 * toggling.BATCHES}
  assert toggling.steps(generator) == {toggling.BATCHES}
  for network in (discriminator, generator):
    assert toggling.zeros(network) == pytest.approx(0.5, abs=0.01)


def test_a_pruner_that_comes_after_the_first_update():
  discriminator, _, _ = toggling.textbook()
  ownership.claim(discriminator, discriminator)
  discriminator.train_on_batch(toggling.IMAGES, np.ones((4, 1)))
  pruner = tgp.Pruner(discriminator)
  for _ in range(toggling.BATCHES):
    discriminator.train_on_batch(toggling.IMAGES, np.ones((4, 1)))
    pruner.advance()
    assert int(toggling.alive(discriminator)) == 0
  assert toggling.steps(discriminator) == {toggling.BATCHES}


def _update(network, optimizer):
  with tf.GradientTape() as tape:
    loss = tf.reduce_mean(network(toggling.IMAGES, training=True) ** 2)
  variables = network.trainable_variables
  gradients = tape.gradient(loss, variables)
  optimizer.apply_gradients(zip(gradients, variables, strict=True))


@pytest.mark.parametrize("is_compiled", [False, True])
@pytest.mark.parametrize("before", [False, True])
def test_a_loop_that_freezes_before_it_advances(is_compiled, before):
  discriminator, _ = toggling.networks()
  optimizer = toggling.adams()[0]
  update = tf.function(_update) if is_compiled else _update
  if before:
    ownership.claim(discriminator, optimizer)
    update(discriminator, optimizer)  # traced before there is a Pruner
  pruner = tgp.Pruner(discriminator, optimizer=optimizer)
  for _ in range(toggling.BATCHES):
    discriminator.trainable = True
    update(discriminator, optimizer)
    discriminator.trainable = False
    pruner.advance()
    assert int(toggling.alive(discriminator)) == 0
  assert toggling.steps(discriminator) == {toggling.BATCHES}
  assert toggling.zeros(discriminator) == pytest.approx(0.5, abs=0.01)


def test_a_loop_that_updates_some_layers_only():
  discriminator, _ = toggling.networks()
  optimizer, pruner = toggling.adams()[0], tgp.Pruner(discriminator)
  first, last = wrapped_layers.pruned_layers(discriminator)
  for _ in range(toggling.BATCHES):
    with tf.GradientTape() as tape:
      loss = tf.reduce_mean(discriminator(toggling.IMAGES, training=True) ** 2)
    variables = last.trainable_variables
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    pruner.advance()
  assert (int(first.pruning_step), int(last.pruning_step)) == (
    0,
    toggling.BATCHES,
  )


def test_an_advance_without_an_update_counts_nothing():
  discriminator, _ = toggling.networks()
  optimizer, pruner = toggling.adams()[0], tgp.Pruner(discriminator)
  _update(discriminator, optimizer)
  pruner.advance()
  pruner.advance()
  assert toggling.steps(discriminator) == {1}


def _gradients(network):
  with tf.GradientTape() as tape:
    loss = tf.reduce_mean(network(toggling.IMAGES, training=True) ** 2)
  variables = network.trainable_variables
  return list(zip(tape.gradient(loss, variables), variables, strict=True))


def _by_hand(pairs):
  for gradient, variable in pairs:
    variable.assign_sub(0.1 * gradient)


_OTHER_WAYS = {
  "by hand": lambda: _by_hand,
  "tf.compat.v1": lambda: (
    tf.compat.v1.train.AdamOptimizer(0.01).apply_gradients
  ),
  "Keras 3": lambda: keras3.optimizers.Adam(0.01).apply_gradients,
}


@pytest.mark.parametrize("how", _OTHER_WAYS)
def test_updates_by_whatever_changes_the_weights(how):
  discriminator, _ = toggling.networks()
  apply, pruner = _OTHER_WAYS[how](), tgp.Pruner(discriminator)
  for _ in range(toggling.BATCHES):
    discriminator.trainable = True
    apply(_gradients(discriminator))
    discriminator.trainable = False
    pruner.advance()
    assert int(toggling.alive(discriminator)) == 0
  pruner.advance()
  assert toggling.steps(discriminator) == {toggling.BATCHES}
  assert toggling.zeros(discriminator) == pytest.approx(0.5, abs=0.01)


def test_the_other_keras_s_optimizer_is_refused_where_it_is_passed():
  with pytest.raises(ValueError, match="`optimizer` is of Keras 3"):
    tgp.Pruner(toggling.networks()[0], optimizer=keras3.optimizers.Adam())


@pytest.mark.parametrize("is_compiled", [False, True])
def test_gradients_that_are_gathered_before_they_are_applied(is_compiled):
  discriminator, _ = toggling.networks()
  optimizer, pruner = toggling.adams()[0], tgp.Pruner(discriminator)
  apply = optimizer.apply_gradients
  apply = tf.function(apply) if is_compiled else apply
  for batch in range(toggling.BATCHES):
    gradients = _gradients(discriminator)
    if batch % 2 == 0:
      apply(gradients)
    pruner.advance()
  assert toggling.steps(discriminator) == {toggling.BATCHES // 2}


def test_a_network_that_nobody_updates_is_pruned_at_once():
  discriminator, _ = toggling.networks()
  tgp.Pruner(discriminator).advance()
  assert toggling.steps(discriminator) == {1}


def test_nothing_is_left_of_a_pruner_that_is_gone():
  gc.collect()  # of the tests before
  before = keras.optimizers.Optimizer.apply_gradients
  pruner = tgp.Pruner(toggling.networks()[0])
  assert keras.optimizers.Optimizer.apply_gradients is not before
  del pruner
  assert keras.optimizers.Optimizer.apply_gradients is before


def _layer_update(network, layer, optimizer):
  with tf.GradientTape() as tape:
    loss = tf.reduce_mean(network(toggling.IMAGES, training=True) ** 2)
  variables = layer.trainable_variables
  gradients = tape.gradient(loss, variables)
  optimizer.apply_gradients(zip(gradients, variables, strict=True))


def test_compiled_functions_that_update_a_layer_each_take_turns():
  discriminator, _ = toggling.networks()
  optimizer, pruner = toggling.adams()[0], tgp.Pruner(discriminator)
  optimizer.build(discriminator.trainable_variables)
  update = tf.function(_layer_update)
  for _ in range(toggling.BATCHES):
    update(discriminator, discriminator.layers[1], optimizer)
    pruner.advance()
  for _ in range(2):
    update(discriminator, discriminator.layers[-1], optimizer)
    pruner.advance()
    update(discriminator, discriminator.layers[1], optimizer)
    pruner.advance()
  assert toggling.steps_of_layers(discriminator) == [toggling.BATCHES + 2, 2]


@pytest.mark.slow
def test_one_pruner_of_both_networks_of_the_textbook_loop():
  discriminator, combined, generator = toggling.textbook()
  pruner = tgp.Pruner(discriminator, generator)
  z = np.ones((4, tiny.LATENT_DIM), "float32")
  for _ in range(toggling.BATCHES):
    discriminator.train_on_batch(toggling.IMAGES, np.ones((4, 1)))
    pruner.advance()
    combined.train_on_batch(z, np.ones((4, 1)))
    pruner.advance()
  assert (
    toggling.steps(discriminator)
    == toggling.steps(generator)
    == {toggling.BATCHES}
  )


@pytest.mark.parametrize("is_compiled", [False, True])
def test_a_network_that_was_frozen_for_good_does_not_count(is_compiled):
  discriminator, _ = toggling.networks()
  if is_compiled:
    discriminator.compile("adam", "mse")
  discriminator.trainable = False
  pruner = tgp.Pruner(discriminator)
  for _ in range(toggling.BATCHES):
    pruner.advance()
  assert (
    toggling.steps(discriminator) == {0}
    and toggling.zeros(discriminator) == 0.0
  )


def test_a_phase_without_updates_counts_nothing():
  discriminator, _ = toggling.networks()
  optimizer, pruner = toggling.adams()[0], tgp.Pruner(discriminator)
  update = tf.function(_update)
  for is_updated in (True, False, True, False, False):
    if is_updated:
      update(discriminator, optimizer)
    pruner.advance()
  assert toggling.steps(discriminator) == {2}
