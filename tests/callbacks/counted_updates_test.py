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

import gc

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import ownership

_IMAGES = tiny.images(4)
_BATCHES = 6


def _schedule():
  return tfmot.sparsity.keras.ConstantSparsity(0.5, 2, frequency=1)


def _networks():
  return [
    tgp.prune_low_magnitude(network, _schedule())
    for network in (tiny.discriminator(), tiny.generator())
  ]


def _alive(network) -> tf.Tensor:
  """Returns how many pruned weights are not zero, a scalar."""
  return tf.add_n(
    [
      tf.math.count_nonzero(tf.where(mask == 0, weight, 0.0))
      for layer in ownership.pruned_layers(network)
      for weight, mask, _ in layer.pruning_vars
    ]
  )


def _steps(network):
  return {int(x.pruning_step) for x in ownership.pruned_layers(network)}


def _zeros(network):
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
    z = tf.random.normal([len(_IMAGES), tiny.LATENT_DIM])
    self.discriminator.trainable = True
    self._train_critic(data, z)
    self.discriminator.trainable = False
    self.alive.assign(tf.maximum(self.alive, _alive(self.discriminator)))
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


class TracedCritic(Toggling):
  """Updates its critic in a function that is compiled by itself."""

  @tf.function
  def _update_critic(self, data, z):
    super()._update_critic(data, z)


_ELSEWHERE = []


class Hidden(Toggling):
  """Keeps its optimizers where no attribute leads to them."""

  def compile(self, d_optimizer, g_optimizer, **kwargs):
    keras.Model.compile(self, **kwargs)
    _ELSEWHERE[:] = d_optimizer, g_optimizer

  d_optimizer = property(lambda self: _ELSEWHERE[0])
  g_optimizer = property(lambda self: _ELSEWHERE[1])


def _adams():
  return keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01)


def _legacy():
  adam = keras.optimizers.legacy.Adam
  return adam(0.01), adam(0.01)


def _scaled():
  scale = keras.mixed_precision.LossScaleOptimizer
  return [scale(one, dynamic=False, initial_scale=1) for one in _adams()]


def _fit(gan, **kwargs):
  data = tf.data.Dataset.from_tensors(_IMAGES).repeat(_BATCHES)
  return gan.fit(data, verbose=0, callbacks=[tgp.UpdatePruningStep()], **kwargs)


@pytest.mark.parametrize("critic_steps", [1, 3])
@pytest.mark.parametrize(
  ("kind", "how", "optimizers", "options"),
  [
    (Toggling, "loop", _adams, {}),
    (Toggling, "loop", _adams, {"run_eagerly": True}),
    (Toggling, "loop", _adams, {"steps_per_execution": 3}),
    (Toggling, "loop", _legacy, {}),
    (Toggling, "loop", _scaled, {}),
    (Toggling, "while", _adams, {}),
    (TracedCritic, "loop", _adams, {}),
    (Hidden, "loop", _adams, {}),
  ],
)
def test_each_update_is_a_step_and_prunes(
  kind, how, optimizers, options, critic_steps
):
  discriminator, generator = _networks()
  gan = kind(discriminator, generator)
  gan.critic_steps, gan.how = critic_steps, how
  gan.compile(*optimizers(), **options)
  _fit(gan)
  assert _steps(discriminator) == {_BATCHES * critic_steps}
  assert _steps(generator) == {_BATCHES}
  assert _zeros(discriminator) == pytest.approx(0.5, abs=0.01)
  assert _zeros(generator) == pytest.approx(0.5, abs=0.01)
  assert int(gan.alive) == 0


def test_what_was_traced_before_counts_when_the_batch_ends():
  discriminator, generator = _networks()
  gan = TracedCritic(discriminator, generator)
  gan.critic_steps = 3
  gan.compile(*_adams())
  for network in (discriminator, generator):
    for layer in ownership.pruned_layers(network):
      layer.claim(gan)  # a first run without the callback
  z = tf.random.normal([len(_IMAGES), tiny.LATENT_DIM])
  gan._update_critic(tf.constant(_IMAGES), z)
  before = int(gan.d_optimizer.iterations)
  _fit(gan)
  assert int(gan.d_optimizer.iterations) == before + 3 * _BATCHES
  assert _steps(discriminator) == {3 * _BATCHES}
  assert _zeros(discriminator) == pytest.approx(0.5, abs=0.01)


def test_a_second_fit_counts_once():
  discriminator, generator = _networks()
  gan = TracedCritic(discriminator, generator)
  gan.compile(*_adams())
  _fit(gan)
  _fit(gan)
  assert _steps(discriminator) == _steps(generator) == {2 * _BATCHES}
  assert int(gan.alive) == 0


class Frozen(Toggling):
  """Never trains its discriminator."""

  def _train_critic(self, data, z):
    pass


def test_a_network_that_is_frozen_on_purpose_is_left_alone():
  discriminator, generator = _networks()
  gan = Frozen(discriminator, generator)
  gan.compile(*_adams())
  before = [x.numpy() for x in discriminator.weights]
  _fit(gan)
  assert _steps(discriminator) == {0} and _steps(generator) == {_BATCHES}
  assert _zeros(discriminator) == 0.0
  for ours, theirs in zip(discriminator.weights, before, strict=True):
    if "step" not in ours.name:
      np.testing.assert_array_equal(ours, theirs)


class OneOptimizer(Toggling):
  """Has one optimizer for both networks."""

  def compile(self, optimizer, **kwargs):
    super().compile(optimizer, optimizer, **kwargs)
    optimizer.build(
      self.discriminator.trainable_variables
      + self.generator.trainable_variables
    )


@pytest.mark.parametrize("critic_steps", [1, 2])
def test_one_optimizer_counts_for_what_it_was_given(critic_steps):
  discriminator, generator = _networks()
  gan = OneOptimizer(discriminator, generator)
  gan.critic_steps = critic_steps
  gan.compile(_adams()[0])
  _fit(gan)
  assert _steps(discriminator) == {critic_steps * _BATCHES}
  assert _steps(generator) == {_BATCHES}


def test_one_frozen_layer_of_a_network_does_not_count():
  discriminator, generator = _networks()
  frozen, trained = ownership.pruned_layers(generator)
  frozen.trainable = False
  gan = Toggling(discriminator, generator)
  gan.compile(*_adams())
  _fit(gan)
  assert (int(frozen.pruning_step), int(trained.pruning_step)) == (0, _BATCHES)
  assert not np.any(np.asarray(frozen.layer.kernel) == 0)


def _textbook():
  """Returns the parts of the first GAN tutorials: d, combined, generator."""
  discriminator, generator = _networks()
  discriminator.compile(_adams()[0], keras.losses.BinaryCrossentropy(True))
  discriminator.trainable = False
  z = keras.Input((tiny.LATENT_DIM,))
  combined = keras.Model(z, discriminator(generator(z)))
  combined.compile(_adams()[0], keras.losses.BinaryCrossentropy(True))
  return discriminator, combined, generator


def test_the_textbook_loop_with_a_pruner_for_each_network():
  discriminator, combined, generator = _textbook()
  pruners = tgp.Pruner(discriminator), tgp.Pruner(generator)
  rng = np.random.default_rng(0)
  for _ in range(_BATCHES):
    z = rng.normal(size=(4, tiny.LATENT_DIM)).astype("float32")
    fake = generator.predict_on_batch(z)
    discriminator.train_on_batch(_IMAGES, np.ones((4, 1)))
    pruners[0].advance()
    discriminator.train_on_batch(fake, np.zeros((4, 1)))
    pruners[0].advance()
    assert int(_alive(discriminator)) == 0
    combined.train_on_batch(z, np.ones((4, 1)))
    pruners[1].advance()
    assert int(_alive(generator)) == 0
  assert _steps(discriminator) == {2 * _BATCHES}
  assert _steps(generator) == {_BATCHES}
  for network in (discriminator, generator):
    assert _zeros(network) == pytest.approx(0.5, abs=0.01)


def test_a_pruner_that_comes_after_the_first_update():
  discriminator, _, _ = _textbook()
  ownership.claim(discriminator, discriminator)
  discriminator.train_on_batch(_IMAGES, np.ones((4, 1)))
  pruner = tgp.Pruner(discriminator)
  for _ in range(_BATCHES):
    discriminator.train_on_batch(_IMAGES, np.ones((4, 1)))
    pruner.advance()
    assert int(_alive(discriminator)) == 0
  assert _steps(discriminator) == {_BATCHES}


def test_the_textbook_s_combined_model_with_the_callback():
  discriminator, combined, generator = _textbook()
  data = tf.data.Dataset.from_tensors(
    (np.ones((4, tiny.LATENT_DIM), "float32"), np.ones((4, 1), "float32"))
  )
  combined.fit(
    data.repeat(_BATCHES), verbose=0, callbacks=[tgp.UpdatePruningStep()]
  )
  assert _steps(generator) == {_BATCHES}
  assert max(_steps(discriminator)) == 0
  assert _zeros(discriminator) == 0.0


def _update(network, optimizer):
  with tf.GradientTape() as tape:
    loss = tf.reduce_mean(network(_IMAGES, training=True) ** 2)
  variables = network.trainable_variables
  gradients = tape.gradient(loss, variables)
  optimizer.apply_gradients(zip(gradients, variables, strict=True))


@pytest.mark.parametrize("is_compiled", [False, True])
@pytest.mark.parametrize("before", [False, True])
def test_a_loop_that_freezes_before_it_advances(is_compiled, before):
  discriminator, _ = _networks()
  optimizer = _adams()[0]
  update = tf.function(_update) if is_compiled else _update
  if before:
    ownership.claim(discriminator, optimizer)
    update(discriminator, optimizer)  # traced before there is a Pruner
  pruner = tgp.Pruner(discriminator, optimizer=optimizer)
  for _ in range(_BATCHES):
    discriminator.trainable = True
    update(discriminator, optimizer)
    discriminator.trainable = False
    pruner.advance()
    assert int(_alive(discriminator)) == 0
  assert _steps(discriminator) == {_BATCHES}
  assert _zeros(discriminator) == pytest.approx(0.5, abs=0.01)


def test_a_loop_that_updates_some_layers_only():
  discriminator, _ = _networks()
  optimizer, pruner = _adams()[0], tgp.Pruner(discriminator)
  first, last = ownership.pruned_layers(discriminator)
  for _ in range(_BATCHES):
    with tf.GradientTape() as tape:
      loss = tf.reduce_mean(discriminator(_IMAGES, training=True) ** 2)
    variables = last.trainable_variables
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    pruner.advance()
  assert (int(first.pruning_step), int(last.pruning_step)) == (0, _BATCHES)


def test_an_advance_without_an_update_counts_nothing():
  discriminator, _ = _networks()
  optimizer, pruner = _adams()[0], tgp.Pruner(discriminator)
  _update(discriminator, optimizer)
  pruner.advance()
  pruner.advance()
  assert _steps(discriminator) == {1}


def test_nothing_is_left_of_a_pruner_that_is_gone():
  gc.collect()  # of the tests before
  before = keras.optimizers.Optimizer.apply_gradients
  pruner = tgp.Pruner(_networks()[0])
  assert keras.optimizers.Optimizer.apply_gradients is not before
  del pruner
  assert keras.optimizers.Optimizer.apply_gradients is before


def _layer_update(network, layer, optimizer):
  with tf.GradientTape() as tape:
    loss = tf.reduce_mean(network(_IMAGES, training=True) ** 2)
  variables = layer.trainable_variables
  gradients = tape.gradient(loss, variables)
  optimizer.apply_gradients(zip(gradients, variables, strict=True))


def _of_layers(network):
  return [int(x.pruning_step) for x in ownership.pruned_layers(network)]


def test_compiled_functions_that_update_a_layer_each_take_turns():
  discriminator, _ = _networks()
  optimizer, pruner = _adams()[0], tgp.Pruner(discriminator)
  optimizer.build(discriminator.trainable_variables)
  update = tf.function(_layer_update)
  for _ in range(_BATCHES):
    update(discriminator, discriminator.layers[1], optimizer)
    pruner.advance()
  for _ in range(2):
    update(discriminator, discriminator.layers[-1], optimizer)
    pruner.advance()
    update(discriminator, discriminator.layers[1], optimizer)
    pruner.advance()
  assert _of_layers(discriminator) == [_BATCHES + 2, 2]


def test_one_pruner_of_both_networks_of_the_textbook_loop():
  discriminator, combined, generator = _textbook()
  pruner = tgp.Pruner(discriminator, generator)
  z = np.ones((4, tiny.LATENT_DIM), "float32")
  for _ in range(_BATCHES):
    discriminator.train_on_batch(_IMAGES, np.ones((4, 1)))
    pruner.advance()
    combined.train_on_batch(z, np.ones((4, 1)))
    pruner.advance()
  assert _steps(discriminator) == _steps(generator) == {_BATCHES}


@pytest.mark.parametrize("is_compiled", [False, True])
def test_a_network_that_was_frozen_for_good_does_not_count(is_compiled):
  discriminator, _ = _networks()
  if is_compiled:
    discriminator.compile("adam", "mse")
  discriminator.trainable = False
  pruner = tgp.Pruner(discriminator)
  for _ in range(_BATCHES):
    pruner.advance()
  assert _steps(discriminator) == {0} and _zeros(discriminator) == 0.0


def test_a_phase_without_updates_counts_nothing():
  discriminator, _ = _networks()
  optimizer, pruner = _adams()[0], tgp.Pruner(discriminator)
  update = tf.function(_update)
  for is_updated in (True, False, True, False, False):
    if is_updated:
      update(discriminator, optimizer)
    pruner.advance()
  assert _steps(discriminator) == {2}


def test_one_optimizer_for_two_and_one_of_them_is_frozen():
  discriminator, generator = _networks()
  gan = Frozen(discriminator, generator)
  optimizer = _adams()[0]
  optimizer.build(
    discriminator.trainable_variables + generator.trainable_variables
  )
  discriminator.trainable = False
  gan.compile(optimizer, optimizer)
  _fit(gan)
  assert _steps(discriminator) == {0} and _steps(generator) == {_BATCHES}
  assert _zeros(discriminator) == 0.0


def test_a_layer_that_is_frozen_in_a_second_phase():
  network, _ = _networks()
  optimizer = _adams()[0]
  data = tf.data.Dataset.from_tensors((_IMAGES, np.ones((4, 1), "float32")))
  for trainable in (True, False):
    network.layers[1].trainable = trainable
    network.compile(optimizer, "mse")
    network.fit(
      data.repeat(_BATCHES), verbose=0, callbacks=[tgp.UpdatePruningStep()]
    )
  assert _of_layers(network) == [_BATCHES, 2 * _BATCHES]


class LooksAhead(keras.optimizers.Adam):
  """Changes weights once more after Keras's own update."""

  def apply_gradients(self, grads_and_vars, **kwargs):
    pairs = list(grads_and_vars)
    result = super().apply_gradients(pairs, **kwargs)
    for _, variable in pairs:
      variable.assign(variable + 1e-3)
    return result


def test_an_optimizer_that_does_more_after_the_update():
  discriminator, generator = _networks()
  gan = Toggling(discriminator, generator)
  gan.critic_steps = 2
  gan.compile(LooksAhead(0.01), LooksAhead(0.01))
  _fit(gan)
  assert _steps(discriminator) == {2 * _BATCHES} and int(gan.alive) == 0


class ByHand(Toggling):
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


@pytest.mark.parametrize(
  ("only", "steps"), [("", [6, 6]), ("bias", [0, 0]), ("logit", [0, 6])]
)
def test_updates_by_hand_count_where_weights_change(only, steps):
  discriminator, generator = _networks()
  gan = ByHand(discriminator, generator)
  gan.only = only
  gan.compile(*_adams())
  _fit(gan)
  assert _of_layers(discriminator) == steps
  assert set(_of_layers(generator)) == {0}
  assert int(_alive(discriminator)) == 0
