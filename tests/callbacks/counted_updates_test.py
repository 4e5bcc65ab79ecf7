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
"""Tests of which updates count in training loops that others wrote."""

import keras as keras3
import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tests.callbacks import toggling
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.wrapping import wrapped_layers


class TracedCritic(toggling.Toggling):
  """Updates its critic in a function that is compiled by itself."""

  @tf.function
  def _update_critic(self, data, z):
    super()._update_critic(data, z)


_ELSEWHERE = []


class Hidden(toggling.Toggling):
  """Keeps its optimizers where no attribute leads to them."""

  def compile(self, d_optimizer, g_optimizer, **kwargs):
    keras.Model.compile(self, **kwargs)
    _ELSEWHERE[:] = d_optimizer, g_optimizer

  d_optimizer = property(lambda self: _ELSEWHERE[0])
  g_optimizer = property(lambda self: _ELSEWHERE[1])


def _legacy():
  adam = keras.optimizers.legacy.Adam
  return adam(0.01), adam(0.01)


def _scaled():
  scale = keras.mixed_precision.LossScaleOptimizer
  return [
    scale(one, dynamic=False, initial_scale=1) for one in toggling.adams()
  ]


class Storing(toggling.Toggling):
  """Keeps what applies gradients, from before there is a callback."""

  def compile(self, *optimizers, **kwargs):
    super().compile(*optimizers, **kwargs)
    self.applies = {id(x): x.apply_gradients for x in optimizers}

  def _apply(self, optimizer, tape, loss, network):
    variables = network.trainable_variables
    gradients = tape.gradient(loss, variables)
    self.applies[id(optimizer)](zip(gradients, variables, strict=True))


def _of_tf1():
  adam = tf.compat.v1.train.AdamOptimizer
  return adam(0.01), adam(0.01)


class Delegating(keras.optimizers.Optimizer):
  """Leaves its updates to another optimizer."""

  def __init__(self, inner):
    super().__init__("delegating")
    self.opt = inner

  def apply_gradients(self, grads_and_vars, **kwargs):
    pairs = list(grads_and_vars)
    result = self.opt.apply_gradients(pairs, **kwargs)
    for _, variable in pairs:
      variable.assign(variable + 1e-3)
    return result


class Sharing(Delegating):
  """Has no counter of its own."""

  opt = None

  @property
  def iterations(self):
    return self.opt.iterations if self.opt else self._iterations


def _delegating(kind, make):
  return lambda: [kind(one) for one in make()]


@pytest.mark.slow
@pytest.mark.parametrize("critic_steps", [1, 3])
@pytest.mark.parametrize(
  ("kind", "how", "optimizers", "options"),
  [
    (toggling.Toggling, "loop", toggling.adams, {}),
    (toggling.Toggling, "loop", toggling.adams, {"run_eagerly": True}),
    (toggling.Toggling, "loop", toggling.adams, {"steps_per_execution": 3}),
    (toggling.Toggling, "loop", _legacy, {}),
    (toggling.Toggling, "loop", _scaled, {}),
    (toggling.Toggling, "while", toggling.adams, {}),
    (TracedCritic, "loop", toggling.adams, {}),
    (Hidden, "loop", toggling.adams, {}),
    (Storing, "loop", toggling.adams, {}),
    (Storing, "loop", _legacy, {}),
    (Storing, "loop", _scaled, {}),
    (toggling.Toggling, "loop", _of_tf1, {}),
    (toggling.Toggling, "loop", _delegating(Sharing, toggling.adams), {}),
    (toggling.Toggling, "loop", _delegating(Sharing, _legacy), {}),
    (toggling.Toggling, "loop", _delegating(Delegating, toggling.adams), {}),
    (toggling.Toggling, "loop", _delegating(Delegating, _of_tf1), {}),
  ],
)
def test_each_update_is_a_step_and_prunes(
  kind, how, optimizers, options, critic_steps
):
  discriminator, generator = toggling.networks()
  gan = kind(discriminator, generator)
  gan.critic_steps, gan.how = critic_steps, how
  gan.compile(*optimizers(), **options)
  toggling.fit(gan)
  assert toggling.steps(discriminator) == {toggling.BATCHES * critic_steps}
  assert toggling.steps(generator) == {toggling.BATCHES}
  assert toggling.zeros(discriminator) == pytest.approx(0.5, abs=0.01)
  assert toggling.zeros(generator) == pytest.approx(0.5, abs=0.01)
  assert int(gan.alive) == 0


@pytest.mark.slow
def test_the_other_keras_s_optimizers_are_told_of():
  discriminator, generator = toggling.networks()
  gan = toggling.Toggling(discriminator, generator)
  gan.compile(keras3.optimizers.Adam(0.01), toggling.adams()[1])
  with pytest.warns(UserWarning, match="`d_optimizer` is of Keras 3"):
    toggling.fit(gan)
  assert toggling.steps(discriminator) == {toggling.BATCHES}


@pytest.mark.slow
def test_what_was_traced_before_counts_when_the_batch_ends():
  discriminator, generator = toggling.networks()
  gan = TracedCritic(discriminator, generator)
  gan.critic_steps = 3
  gan.compile(*toggling.adams())
  for network in (discriminator, generator):
    for layer in wrapped_layers.pruned_layers(network):
      layer.claim(gan)  # a first run without the callback
  z = tf.random.normal([len(toggling.IMAGES), tiny.LATENT_DIM])
  gan._update_critic(tf.constant(toggling.IMAGES), z)
  before = int(gan.d_optimizer.iterations)
  toggling.fit(gan)
  assert int(gan.d_optimizer.iterations) == before + 3 * toggling.BATCHES
  assert toggling.steps(discriminator) == {3 * toggling.BATCHES}
  assert toggling.zeros(discriminator) == pytest.approx(0.5, abs=0.01)


@pytest.mark.slow
def test_a_second_fit_counts_once():
  discriminator, generator = toggling.networks()
  gan = TracedCritic(discriminator, generator)
  gan.compile(*toggling.adams())
  toggling.fit(gan)
  toggling.fit(gan)
  assert (
    toggling.steps(discriminator)
    == toggling.steps(generator)
    == {2 * toggling.BATCHES}
  )
  assert int(gan.alive) == 0


class Frozen(toggling.Toggling):
  """Never trains its discriminator."""

  def _train_critic(self, data, z):
    pass


@pytest.mark.slow
def test_a_network_that_is_frozen_on_purpose_is_left_alone():
  discriminator, generator = toggling.networks()
  gan = Frozen(discriminator, generator)
  gan.compile(*toggling.adams())
  before = [x.numpy() for x in discriminator.weights]
  toggling.fit(gan)
  assert toggling.steps(discriminator) == {0} and toggling.steps(generator) == {
    toggling.BATCHES
  }
  assert toggling.zeros(discriminator) == 0.0
  for ours, theirs in zip(discriminator.weights, before, strict=True):
    if "step" not in ours.name:
      np.testing.assert_array_equal(ours, theirs)


class OneOptimizer(toggling.Toggling):
  """Has one optimizer for both networks."""

  def compile(self, optimizer, **kwargs):
    super().compile(optimizer, optimizer, **kwargs)
    optimizer.build(
      self.discriminator.trainable_variables
      + self.generator.trainable_variables
    )


@pytest.mark.slow
@pytest.mark.parametrize("critic_steps", [1, 2])
def test_one_optimizer_counts_for_what_it_was_given(critic_steps):
  discriminator, generator = toggling.networks()
  gan = OneOptimizer(discriminator, generator)
  gan.critic_steps = critic_steps
  gan.compile(toggling.adams()[0])
  toggling.fit(gan)
  assert toggling.steps(discriminator) == {critic_steps * toggling.BATCHES}
  assert toggling.steps(generator) == {toggling.BATCHES}


@pytest.mark.slow
def test_one_frozen_layer_of_a_network_does_not_count():
  discriminator, generator = toggling.networks()
  frozen, trained = wrapped_layers.pruned_layers(generator)
  frozen.trainable = False
  gan = toggling.Toggling(discriminator, generator)
  gan.compile(*toggling.adams())
  toggling.fit(gan)
  assert (int(frozen.pruning_step), int(trained.pruning_step)) == (
    0,
    toggling.BATCHES,
  )
  assert not np.any(np.asarray(frozen.layer.kernel) == 0)


@pytest.mark.slow
def test_the_textbook_s_combined_model_with_the_callback():
  discriminator, combined, generator = toggling.textbook()
  data = tf.data.Dataset.from_tensors(
    (np.ones((4, tiny.LATENT_DIM), "float32"), np.ones((4, 1), "float32"))
  )
  combined.fit(
    data.repeat(toggling.BATCHES),
    verbose=0,
    callbacks=[tgp.UpdatePruningStep()],
  )
  assert toggling.steps(generator) == {toggling.BATCHES}
  assert max(toggling.steps(discriminator)) == 0
  assert toggling.zeros(discriminator) == 0.0


def test_one_optimizer_for_two_and_one_of_them_is_frozen():
  discriminator, generator = toggling.networks()
  gan = Frozen(discriminator, generator)
  optimizer = toggling.adams()[0]
  optimizer.build(
    discriminator.trainable_variables + generator.trainable_variables
  )
  discriminator.trainable = False
  gan.compile(optimizer, optimizer)
  toggling.fit(gan)
  assert toggling.steps(discriminator) == {0} and toggling.steps(generator) == {
    toggling.BATCHES
  }
  assert toggling.zeros(discriminator) == 0.0


@pytest.mark.slow
def test_a_layer_that_is_frozen_in_a_second_phase():
  network, _ = toggling.networks()
  optimizer = toggling.adams()[0]
  data = tf.data.Dataset.from_tensors(
    (toggling.IMAGES, np.ones((4, 1), "float32"))
  )
  for trainable in (True, False):
    network.layers[1].trainable = trainable
    network.compile(optimizer, "mse")
    network.fit(
      data.repeat(toggling.BATCHES),
      verbose=0,
      callbacks=[tgp.UpdatePruningStep()],
    )
  assert toggling.steps_of_layers(network) == [
    toggling.BATCHES,
    2 * toggling.BATCHES,
  ]
