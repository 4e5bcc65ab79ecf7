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
"""Tests of updates by optimizers of one's own, and by hand."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests.callbacks import toggling
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.wrapping import wrapped_layers


class LooksAhead(keras.optimizers.Adam):
  """Changes weights once more after Keras's own update."""

  def apply_gradients(self, grads_and_vars, **kwargs):
    pairs = list(grads_and_vars)
    result = super().apply_gradients(pairs, **kwargs)
    for _, variable in pairs:
      variable.assign(variable + 1e-3)
    return result


@pytest.mark.slow
def test_an_optimizer_that_does_more_after_the_update():
  discriminator, generator = toggling.networks()
  gan = toggling.Toggling(discriminator, generator)
  gan.critic_steps = 2
  gan.compile(LooksAhead(0.01), LooksAhead(0.01))
  toggling.fit(gan)
  assert (
    toggling.steps(discriminator) == {2 * toggling.BATCHES}
    and int(gan.alive) == 0
  )


class ByHand(toggling.Toggling):
  """Updates its critic without an optimizer, maybe."""

  rate = 0.1
  only = ""

  def _apply(self, optimizer, tape, loss, network):
    if network is self.generator:
      return
    for one in network.trainable_variables:
      if self.only in one.name:
        one.assign_sub(self.rate * tape.gradient(loss, one))

  def train_step(self, data):
    self.discriminator.trainable = True
    with tf.GradientTape(persistent=True) as tape:
      loss = tf.reduce_mean(self.discriminator(data, training=True) ** 2)
    self._apply(None, tape, loss, self.discriminator)
    self.discriminator.trainable = False
    return {"loss": loss}


@pytest.mark.slow
@pytest.mark.parametrize(
  ("only", "steps"), [("", [6, 6]), ("bias", [0, 0]), ("logit", [0, 6])]
)
def test_updates_by_hand_count_where_weights_change(only, steps):
  discriminator, generator = toggling.networks()
  gan = ByHand(discriminator, generator)
  gan.only = only
  gan.compile(*toggling.adams())
  toggling.fit(gan)
  assert toggling.steps_of_layers(discriminator) == steps
  assert set(toggling.steps_of_layers(generator)) == {0}
  assert int(toggling.alive(discriminator)) == 0


class _Delegating(keras.optimizers.SGD):
  """Lets another optimizer do its work."""

  def __init__(self):
    super().__init__()
    self.inner = keras.optimizers.SGD()

  def build(self, variables):
    self.inner.build(variables)

  def apply_gradients(self, grads_and_vars, **kwargs):
    return self.inner.apply_gradients(grads_and_vars, **kwargs)


def _gathered(optimizer):
  layer = keras.layers.Dense(3, kernel_initializer="ones")
  network = tgp.prune_low_magnitude(
    keras.Sequential([keras.Input((4,)), layer]),
    tfmot.sparsity.keras.ConstantSparsity(0.5, 100),
    importance="taylor",
  )
  network.compile(optimizer, "mse")
  network.fit(
    *(np.ones((2, 4)), np.zeros((2, 3))),
    verbose=0,
    callbacks=[tgp.UpdatePruningStep()],
  )
  (pruned,) = wrapped_layers.pruned_layers(network)
  assert int(pruned.pruning_step) == 1
  return pruned.slots[0].numpy()


@pytest.mark.slow
def test_gradients_that_are_handed_on_are_gathered_once():
  expected = _gathered(keras.optimizers.SGD())
  assert expected.any()
  np.testing.assert_array_equal(_gathered(_Delegating()), expected)
