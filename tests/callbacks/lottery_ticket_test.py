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
"""Tests of lottery tickets: what is pruned, and what is rewound to."""

import warnings

import numpy as np
import pytest

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.callbacks import snapshots

keras = tgp.keras


def _gan(networks=("generator",), **kwargs):
  keras.utils.set_random_seed(0)
  parts = {
    "generator": tiny.generator(),
    "discriminator": tiny.discriminator(),
  }
  for name in networks:
    parts[name] = tgp.prune_low_magnitude(parts[name], tgp.AdaptiveSparsity())
  gan = tgp.GAN(**parts, latent_dim=4, ema_decay=0.9, **kwargs)
  gan.compile(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01))
  return gan


class _Record(keras.callbacks.Callback):
  """Keeps weights, zeros and steps after each batch."""

  def __init__(self):
    super().__init__()
    self.weights, self.averages, self.zeros, self.steps = [], [], [], []

  def on_train_batch_end(self, batch, logs=None):
    gan = self.model
    self.weights.append([x.numpy() for x in _plain(gan.generator)])
    self.averages.append(gan.ema_generator.get_weights())
    self.zeros.append(tgp.sparsity_report(gan.generator).overall)
    wrappers = tgp.sparsity.pruned_layers(gan)
    self.steps.append({int(x.pruning_step) for x in wrappers})
    assert self.steps[-1] == {int(gan.g_optimizer.iterations)}


def _plain(network):
  """Returns the weights of the layers, without those of the wrappers."""
  return [
    weight
    for layer in network.layers
    for weight in getattr(layer, "layer", layer).weights
  ]


def _fit(gan, epochs, watch, **kwargs):
  """Trains a GAN for 2 updates an epoch; returns who watched."""
  gan.fit(
    tiny.images(8),
    batch_size=4,
    epochs=epochs,
    verbose=0,
    callbacks=[tgp.LotteryTicket(**kwargs), watch],
  )
  return watch


def _seen(gan, epochs, look, when="on_train_batch_end", **kwargs):
  """Returns what `look` returned around each update."""
  seen = []
  watch = keras.callbacks.Callback()
  setattr(watch, when, lambda batch, logs=None: seen.append(look()))
  _fit(gan, epochs, watch, **kwargs)
  return seen


@pytest.mark.slow
@pytest.mark.parametrize("rewind_step", [0, 3])
def test_survivors_are_rewound_to_the_bit(rewind_step):
  gan = _gan()
  first = [x.numpy() for x in _plain(gan.generator)]
  seen = _fit(
    gan,
    6,
    _Record(),
    final_sparsity=0.75,
    rounds=2,
    epochs_per_round=2,
    rewind_step=rewind_step,
  )
  early = seen.weights[rewind_step - 1] if rewind_step else first
  # Rounds end after 4 and 8 updates, and the next one prunes.
  for update, zeros in ((5, 0.5), (9, 0.75)):
    found, average = seen.weights[update - 1], seen.averages[update - 1]
    assert seen.zeros[update - 1] == pytest.approx(zeros, abs=0.01)
    for ours, theirs in zip(found, early, strict=True):
      np.testing.assert_array_equal(ours, np.where(ours == 0, 0, theirs))
    for ours, theirs in zip(average, found, strict=True):
      np.testing.assert_array_equal(ours, theirs)
  np.testing.assert_allclose(
    seen.zeros, [0] * 4 + [0.5] * 4 + [0.75] * 4, atol=0.01
  )
  assert seen.steps[-1] == {12}


@pytest.mark.slow
def test_pruned_are_the_smallest_of_the_trained_weights():
  gan = _gan()
  kernel = gan.generator.layers[0].layer.kernel
  gan.g_optimizer.learning_rate = 0.0  # the update that prunes moves nothing
  before = _seen(
    gan,
    2,
    kernel.numpy,
    when="on_train_batch_begin",
    final_sparsity=0.5,
    rounds=1,
    epochs_per_round=1,
  )
  trained = np.abs(before[2])
  mask = gan.generator.layers[0].pruning_vars[0][1].numpy()
  assert trained[mask == 0].max() <= trained[mask == 1].min()


@pytest.mark.slow
def test_moments_are_rewound_and_steps_count_on():
  gan = _gan()
  slots = [
    x
    for x in gan.g_optimizer.variables
    if x is not gan.g_optimizer.iterations and x.shape.rank
  ]
  found = _seen(
    gan,
    3,
    lambda: [x.numpy() for x in slots],
    final_sparsity=0.5,
    rounds=1,
    epochs_per_round=2,
    rewind_step=1,
  )
  for early, rewound, trained in zip(found[0], found[4], found[3], strict=True):
    np.testing.assert_array_equal(rewound, early)
    assert np.any(trained != early)
  assert int(gan.g_optimizer.iterations) == 6


@pytest.mark.slow
def test_the_discriminator_can_be_one_as_well():
  gan = _gan(("generator", "discriminator"))
  _fit(gan, 4, _Record(), final_sparsity=0.6, rounds=1, epochs_per_round=2)
  for network in (gan.generator, gan.discriminator):
    zeros = tgp.sparsity_report(network).overall
    assert zeros == pytest.approx(0.6, abs=0.02)


@pytest.mark.slow
def test_the_network_that_is_not_pruned_trains_on():
  gan = _gan()
  seen = _seen(
    gan,
    2,
    lambda: gan.discriminator.get_weights()[0],
    final_sparsity=0.5,
    rounds=1,
    epochs_per_round=1,
  )
  steps = [np.abs(x - y).max() for x, y in zip(seen, seen[1:], strict=False)]
  assert all(0 < step < 0.03 for step in steps)


@pytest.mark.parametrize(
  ("kwargs", "message"),
  [
    ({"final_sparsity": 1.0}, "`final_sparsity`.*got 1.0"),
    ({"rounds": 0}, "`rounds`.*got 0"),
    ({"epochs_per_round": 1.5}, "`epochs_per_round`.*got 1.5"),
    ({"rewind_step": -1}, "`rewind_step`.*got -1"),
  ],
)
def test_numbers_out_of_range_are_refused(kwargs, message):
  arguments = {"final_sparsity": 0.5, "rounds": 1, "epochs_per_round": 1}
  with pytest.raises(ValueError, match=message):
    tgp.LotteryTicket(**arguments | kwargs)


@pytest.mark.slow
def test_a_round_that_ends_before_the_early_step_is_refused():
  with pytest.raises(ValueError, match="`rewind_step` 9.*`epochs_per_round`"):
    _fit(
      _gan(),
      2,
      _Record(),
      final_sparsity=0.5,
      rounds=1,
      epochs_per_round=1,
      rewind_step=9,
    )


def test_a_network_with_another_schedule_is_refused():
  with pytest.raises(ValueError, match=r"tgp.AdaptiveSparsity\(\)"):
    _fit(
      _gan(()), 1, _Record(), final_sparsity=0.5, rounds=1, epochs_per_round=1
    )


@pytest.mark.slow
def test_a_snapshot_is_of_all_that_training_changes():
  gan = _gan()
  good = snapshots.Snapshot(snapshots.state(gan))
  images = gan.generate(4, seed=0)
  gan.fit(tiny.images(8), batch_size=4, verbose=0)
  assert np.any(gan.generate(4, seed=0) != images)
  good.restore()
  np.testing.assert_array_equal(gan.generate(4, seed=0), images)
  assert int(gan.g_optimizer.iterations) == 0
  assert int(gan.d_optimizer.iterations) == 0


@pytest.mark.parametrize(("epochs", "told"), [(4, 1), (5, 0)])
def test_too_few_epochs_for_the_last_pruning_are_told(epochs, told):
  ticket = tgp.LotteryTicket(0.5, rounds=2, epochs_per_round=2)
  ticket.set_params({"epochs": epochs})
  ticket.set_model(_gan())
  with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    ticket.on_train_begin()
  assert len(caught) == told
  if told:
    assert " 4 epochs" in str(caught[0].message)
    assert "epochs=6" in str(caught[0].message)
