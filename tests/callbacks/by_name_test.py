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
"""Tests that callbacks know networks and optimizers whatever their names."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tests.gan import families
from tf_ganprune.callbacks import decisions, snapshots
from tf_ganprune.sparsity.wrapping import wrapped_layers

keras = tgp.keras


def _cycle(schedule=None, names=tuple(families.CYCLE), **arguments):
  keras.utils.set_random_seed(0)
  schedules = {name: schedule or tgp.AdaptiveSparsity() for name in names}
  data = tiny.images(12)[:, :4, :4]
  model = families.cycle(schedules, ema_decay=0.9, data=data, **arguments)
  model.compile("adam", "adam", "adam", "adam", run_eagerly=True)
  return model


def _zeros(model):
  return {
    name: 1 - np.mean(np.concatenate([m.numpy().ravel() for m in masks]))
    for name, network in model.networks.items()
    if (
      masks := [
        mask
        for layer in wrapped_layers.pruned_layers(network)
        for _, mask, _ in layer.pruning_vars
      ]
    )
  }


class _Weights(keras.callbacks.Callback):
  """Keeps weights before training and after each batch."""

  def __init__(self):
    super().__init__()
    self.found = []

  def _keep(self):
    networks = self.model.networks.items()
    self.found.append({k: x.trainable_weights[0].numpy() for k, x in networks})

  def on_train_begin(self, logs=None):
    self._keep()

  def on_train_batch_end(self, batch, logs=None):
    self._keep()


@pytest.mark.slow
def test_a_ticket_rewinds_every_network():
  model = _cycle()
  ticket = tgp.LotteryTicket(0.5, rounds=1, epochs_per_round=1)
  kept = _Weights()
  data = families.pairs(12)
  model.fit(data, epochs=2, verbose=0, callbacks=[ticket, kept])
  assert _zeros(model) == pytest.approx(
    dict.fromkeys(families.CYCLE, 0.5), abs=0.04
  )
  for name, early in kept.found[0].items():
    after = kept.found[4][name]  # the first update of the second round
    np.testing.assert_array_equal(after[after != 0], early[after != 0])
    assert np.mean(after == 0) == pytest.approx(0.5, abs=0.05)
    assert not np.array_equal(kept.found[3][name], after)


class _Evaluator:
  """Finds as many images good as a script says."""

  def __init__(self, distances):
    self.distances = list(distances)

  def evaluate(self, images):
    assert images.shape[1:] == families.SHAPE
    return {"frechet_distance": self.distances.pop(0)}

  def collapse(self, results, count, when=""):
    return None


@pytest.mark.slow
def test_adaptive_pruning_takes_any_family():
  model = _cycle(names=["generator_G"])
  callback = tgp.AdaptivePruning(
    _Evaluator([1.0, 1.0, 2.0, 1.0]), step=0.2, num_images=8
  )
  model.fit(families.pairs(8), epochs=3, verbose=0, callbacks=[callback])
  verdicts = [x.verdict for x in callback.decisions]
  assert [round(x.sparsity, 3) for x in callback.decisions] == [0.2, 0.4, 0.3]
  assert verdicts[1] == decisions.BACK


@pytest.mark.slow
def test_density_is_balanced_for_the_discriminator_that_is_named():
  model = _cycle(tgp.SET(0.5, update_frequency=2), ["discriminator_Y"])
  images = tiny.images(8)[:, :4, :4]
  arguments = {"measure_frequency": 1, "num_images": 4}
  data = families.pairs(16)
  with pytest.raises(ValueError, match="`discriminator` .* discriminator_X"):
    balance = tgp.BalancedDensity(images, **arguments)
    model.fit(data, verbose=0, callbacks=[balance])
  balance = tgp.BalancedDensity(
    images,
    discriminator="discriminator_Y",
    generator="generator_G",
    **arguments,
  )
  model.fit(data, verbose=0, callbacks=[balance])
  assert [x.step for x in balance.decisions] == [2, 4]


def test_the_monitor_draws_of_examples(tmp_path):
  model = _cycle()
  monitor = tgp.GANMonitor(str(tmp_path), num_images=4)
  model.fit(families.pairs(4), verbose=0, callbacks=[monitor])
  assert (tmp_path / "epoch_0001.png").exists()


class _Holding(keras.Model):
  """A model of the user's that holds everything in lists and dicts."""

  def __init__(self):
    super().__init__()
    self.nets = {"G": tiny.generator(), "D": [tiny.discriminator()]}
    self.built = True

  def compile(self):
    super().compile()
    adam = keras.optimizers.Adam
    self.optimizers = {"G": adam(0.01), "D": [(adam(0.01),)]}

  def train_step(self, images):
    with tf.GradientTape() as tape:
      fake = self.nets["G"](tf.ones([4, 4]), training=True)
      loss = tf.reduce_mean(self.nets["D"][0](fake)) ** 2
    pairs = [
      (self.nets["G"], self.optimizers["G"]),
      (self.nets["D"][0], self.optimizers["D"][0][0]),
    ]
    networks = [network.trainable_weights for network, _ in pairs]
    gradients = tape.gradient(loss, networks)
    for (_, optimizer), of_one, weights in zip(
      pairs, gradients, networks, strict=True
    ):
      optimizer.apply_gradients(zip(of_one, weights, strict=True))
    return {"loss": loss}


def test_a_snapshot_has_optimizers_in_lists_and_dicts():
  model = _Holding()
  model.compile()
  model.fit(tiny.images(4), batch_size=4, verbose=0)
  good = snapshots.Snapshot(snapshots.state(model))
  before = [int(model.optimizers["D"][0][0].iterations)]
  moments = [v.numpy() for v in model.optimizers["G"].variables]
  model.fit(tiny.images(8), batch_size=4, verbose=0)
  assert int(model.optimizers["D"][0][0].iterations) == 3
  good.restore()
  assert [int(model.optimizers["D"][0][0].iterations)] == before
  for ours, theirs in zip(
    model.optimizers["G"].variables, moments, strict=True
  ):
    np.testing.assert_array_equal(ours, theirs)
