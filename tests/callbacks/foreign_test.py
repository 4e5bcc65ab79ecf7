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
"""Tests that GANs which are not ours are pruned by one callback."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tests import tiny, watch
from tf_ganprune import callbacks
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, strip
from tf_ganprune.sparsity.wrapping import wrapped_layers

sparsity = tfmot.sparsity.keras


def _schedule(final, frequency=2):
  return sparsity.PolynomialDecay(0.0, final, 2, 8, frequency=frequency)


class Translator(keras.Model):
  """A subclassed network that maps images to images."""

  def __init__(self):
    super().__init__()
    conv = keras.layers.Conv2D
    self.blocks = [conv(4, 3, padding="same") for _ in range(2)]
    self.last = {"image": conv(1, 3, padding="same", activation="tanh")}

  def call(self, x):
    for block in self.blocks:
      x = tf.nn.relu(block(x))
    return self.last["image"](x)


class CycleGAN(keras.Model):
  """Four networks with an optimizer each, two of them in a dict."""

  def __init__(self, g_ab, g_ba, d_a, d_b):
    super().__init__()
    self.g_ab, self.g_ba = g_ab, g_ba
    self.critics = {"a": d_a, "b": d_b}

  def compile(self, optimizer):
    super().compile()
    names = ("g_ab", "g_ba", "a", "b")
    self.optimizers = {name: optimizer() for name in names}

  def _network(self, name):
    return self.critics.get(name) or getattr(self, name)

  def train_step(self, data):
    a, b = data
    with tf.GradientTape(persistent=True) as tape:
      fake_b, fake_a = self.g_ab(a), self.g_ba(b)
      cycle = tf.reduce_mean(tf.abs(self.g_ba(fake_b) - a))
      cycle += tf.reduce_mean(tf.abs(self.g_ab(fake_a) - b))
      losses = {}
      for name, real, fake in (("a", a, fake_a), ("b", b, fake_b)):
        score = self.critics[name]
        losses[name] = tf.reduce_mean((score(real) - 1.0) ** 2)
        losses[name] += tf.reduce_mean(score(fake) ** 2)
      losses["g_ab"] = tf.reduce_mean((self.critics["b"](fake_b) - 1.0) ** 2)
      losses["g_ba"] = tf.reduce_mean((self.critics["a"](fake_a) - 1.0) ** 2)
      losses["g_ab"] += 10.0 * cycle
      losses["g_ba"] += 10.0 * cycle
    for name, loss in losses.items():
      weights = self._network(name).trainable_weights
      gradients = tape.gradient(loss, weights)
      self.optimizers[name].apply_gradients(
        zip(gradients, weights, strict=True)
      )
    return losses


def _translator():
  network = Translator()
  network(tf.zeros([1, 8, 8, 1]))
  return network


_SCHEDULES = {
  "g_ab": _schedule(0.8),
  "g_ba": _schedule(0.5, frequency=3),
  "a": sparsity.ConstantSparsity(0.3, 3, frequency=1),
  "b": _schedule(0.6),
}


class _WatchFour(keras.callbacks.Callback):
  steps = 0

  def on_train_batch_end(self, batch, logs=None):
    self.steps += 1
    for name, schedule in _SCHEDULES.items():
      watch.check(self.model._network(name), schedule, self.steps)


@pytest.mark.slow
def test_four_networks_with_a_schedule_each():
  pairs = [
    prune.prune_low_magnitude(make(), _SCHEDULES[name])
    for name, make in (
      ("g_ab", _translator),
      ("g_ba", _translator),
      ("a", tiny.discriminator),
      ("b", tiny.discriminator),
    )
  ]
  model = CycleGAN(*pairs)
  model.compile(lambda: keras.optimizers.Adam(0.01))
  data = tf.data.Dataset.from_tensor_slices((tiny.images(40), tiny.images(40)))
  watched = _WatchFour()
  model.fit(
    data.batch(4),
    verbose=0,
    callbacks=[callbacks.UpdatePruningStep(), watched],
  )
  assert watched.steps == 10


class Critic(keras.Model):
  """Trains its two networks in turns, or one of them only."""

  def __init__(self, first, second, batches):
    super().__init__()
    self.first, self.second = first, second
    self.batches = batches

  def compile(self):
    super().compile()
    self.nets = [keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1)]

  def _update(self, network, optimizer, x):
    with tf.GradientTape() as tape:
      loss = tf.reduce_mean(network(x) ** 2)
    weights = network.trainable_weights
    gradients = tape.gradient(loss, weights)
    optimizer.apply_gradients(zip(gradients, weights, strict=True))
    return loss

  def train_step(self, x):
    for _ in range(self.batches):
      loss = self._update(self.first, self.nets[0], x)
    if self.batches == 1:
      self._update(self.second, self.nets[1], x)
    return {"loss": loss}


@pytest.mark.slow
@pytest.mark.parametrize(("batches", "steps"), [(1, [6, 6]), (5, [30, 0])])
def test_a_step_is_an_update(batches, steps):
  schedule = sparsity.ConstantSparsity(0.5, 2, frequency=1)
  model = Critic(
    *[
      prune.prune_low_magnitude(tiny.discriminator(), schedule)
      for _ in range(2)
    ],
    batches,
  )
  model.compile()
  for network, optimizer in zip(
    (model.first, model.second), model.nets, strict=True
  ):
    optimizer.build(network.trainable_variables)
  model.fit(
    tiny.images(24),
    batch_size=4,
    verbose=0,
    callbacks=[callbacks.UpdatePruningStep()],
  )
  found = [
    int(wrapped_layers.pruned_layers(network)[0].pruning_step)
    for network in (model.first, model.second)
  ]
  assert found == steps


def test_a_model_without_pruned_layers_is_warned_of():
  model = tiny.classifier()
  model.compile("adam", "mse")
  with pytest.warns(UserWarning, match="^UpdatePruningStep: .*attributes"):
    model.fit(
      np.ones((4, 6), "f"),
      np.ones((4, 3), "f"),
      verbose=0,
      callbacks=[callbacks.UpdatePruningStep()],
    )


class _Holder:
  """Not a Keras object: what it holds, the model does not show."""


class Hidden(Critic):
  """Its optimizer is no attribute; the one that is does nothing."""

  def compile(self):
    super().compile()
    self.holder = _Holder()
    self.holder.optimizers = self.nets
    self.nets = None
    self.optimizer.build(self.trainable_variables)

  def train_step(self, x):
    return {
      "loss": self._update(self.first, self.holder.optimizers[0], x),
    }


def _critic(kind=Critic, batches=1):
  schedule = sparsity.ConstantSparsity(0.5, 2, frequency=1)
  make = tiny.discriminator
  networks = [prune.prune_low_magnitude(make(), schedule) for _ in range(2)]
  model = kind(*networks, batches)
  model.compile()
  return model


def _steps(model):
  layer = wrapped_layers.pruned_layers(model.first)[0]
  return layer.pruning_step.numpy()


def _fit(model, callback, *more):
  model.fit(
    tiny.images(8), batch_size=4, verbose=0, callbacks=[callback, *more]
  )


@pytest.mark.slow
def test_an_optimizer_that_does_nothing_has_no_say():
  model = _critic(Hidden)
  _fit(model, callbacks.UpdatePruningStep())
  assert _steps(model) == 2


@pytest.mark.slow
def test_a_callback_that_was_interrupted_counts_once():
  class Interrupt(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
      raise KeyboardInterrupt

  first, second = _critic(), _critic()
  callback = callbacks.UpdatePruningStep()
  with pytest.raises(KeyboardInterrupt):
    _fit(first, callback, Interrupt())
  _fit(second, callback)
  _fit(first, callback)
  assert (_steps(first), _steps(second)) == (3, 2)
  assert "train_step" not in vars(first)


@pytest.mark.parametrize("legacy", [False, True])
def test_updates_that_loss_scaling_skips_are_no_steps(legacy):
  class Scaled(Critic):
    def compile(self):
      super().compile()
      kind = keras.optimizers.legacy if legacy else keras.optimizers
      self.nets = [
        keras.mixed_precision.LossScaleOptimizer(
          kind.SGD(0.1), initial_scale=64.0
        )
        for _ in range(2)
      ]

    def _update(self, network, optimizer, x):
      with tf.GradientTape() as tape:
        loss = optimizer.get_scaled_loss(tf.reduce_mean(network(x) ** 2))
      weights = network.trainable_weights
      gradients = tape.gradient(loss, weights)
      gradients = optimizer.get_unscaled_gradients(gradients)
      # Only the first two of a batch's updates are finite.
      self.calls = getattr(self, "calls", 0) + 1
      bad = np.inf if self.calls > self.good else 1.0
      gradients = [gradient * bad for gradient in gradients]
      optimizer.apply_gradients(zip(gradients, weights, strict=True))
      return loss

  for good, steps in ((2, 2), (0, 0)):
    model = _critic(Scaled, batches=3)
    model.good = good
    model.run_eagerly = True
    model.fit(
      tiny.images(4),
      batch_size=4,
      verbose=0,
      callbacks=[callbacks.UpdatePruningStep()],
    )
    assert _steps(model) == steps


@pytest.mark.slow
def test_a_stripped_subclass_trains_itself():
  network = _translator()
  prune.prune_low_magnitude(network, _schedule(0.5))
  network.compile("sgd", "mse")
  x = tiny.images(8)
  network.fit(x, x, verbose=0, callbacks=[callbacks.UpdatePruningStep()])
  stripped = strip.strip_pruning(network)
  stripped.compile(keras.optimizers.Adam(0.1), "mse")
  stripped.fit(x, x, verbose=0)
  assert stripped.optimizer.iterations.numpy() == 1
  assert network.optimizer.iterations.numpy() == 1
