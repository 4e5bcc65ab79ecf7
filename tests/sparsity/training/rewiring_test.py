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
"""Tests of what is dropped and grown, against a model in NumPy."""

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies as st

import tf_ganprune as tgp
from tf_ganprune.sparsity.training import rewiring
from tf_ganprune.sparsity.wrapping import scoring, wrapped_layers

keras = tgp.keras


def _highest(scores, places, count):
  """Returns which of some places have the highest scores, the first of ties."""
  order = sorted(places, key=lambda place: (-scores[place], place))
  return set(order[:count])


def _turn(weight, mask, growth, fraction):
  """Returns what a turn keeps, and what it grows."""
  weight, growth = np.abs(weight.ravel()), growth.ravel()
  alive = set(np.flatnonzero(mask.ravel()))
  dropped = min(int(np.round(fraction * len(alive))), len(alive) - 1)
  kept = _highest(weight, alive, len(alive) - dropped)
  grown = _highest(growth, set(range(weight.size)) - kept, dropped)
  return kept, grown


class _Given(tgp.SET):
  """Grows by numbers that are given."""

  def __init__(self, values, drop_fraction):
    super().__init__(0.5, drop_fraction=drop_fraction)
    self.values = tf.constant(values)

  def growth(self, entry):
    return self.values


def _entry(weight, mask, moments=()):
  return scoring.Entry(
    tf.Variable(weight),
    tf.Variable(mask),
    tf.Variable(0.0),
    tf.Variable(np.ones_like(mask)),
    0,
    tf.Variable(100, dtype=tf.int64),
    moments,
  )


_NUMBERS = st.sampled_from([-2.0, -0.5, 0.0, 0.0, 0.25, 0.5, 1.0, 3.0])


@pytest.mark.slow
@hypothesis.settings(max_examples=60, deadline=None)
@hypothesis.given(
  st.lists(
    st.tuples(_NUMBERS, st.booleans(), _NUMBERS), min_size=1, max_size=12
  ),
  st.sampled_from([0.0, 0.2, 0.5, 0.9]),
)
def test_a_turn_drops_and_grows_as_the_model_says(values, fraction):
  weight = np.array([value for value, _, _ in values], np.float32)
  mask = np.array([alive for _, alive, _ in values], np.float32)
  mask[0] = 1.0
  weight *= mask
  growth = np.abs(np.array([value for _, _, value in values], np.float32))
  kept, grown = _turn(weight, mask, growth, fraction)
  slot = tf.Variable(np.ones_like(weight))
  accumulator = tf.Variable(np.ones_like(weight))
  entry = _entry(weight, mask, ((slot, 0.0), (accumulator, 0.1)))
  rewiring.turn(_Given(growth, fraction), entry)
  assert set(np.flatnonzero(entry.mask)) == kept | grown
  is_kept = np.isin(np.arange(weight.size), list(kept))
  np.testing.assert_array_equal(entry.weight, np.where(is_kept, weight, 0.0))
  np.testing.assert_array_equal(slot, is_kept.astype(np.float32))
  start = np.where(is_kept, 1.0, 0.1).astype(np.float32)
  np.testing.assert_array_equal(accumulator, start)
  assert float(entry.threshold) > 0


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_gradients_that_are_not_finite_displace_nothing_that_is_kept(value):
  weight = np.array([1.0, 2.0, 3.0, 4.0, 0.0, 0.0], np.float32)
  growth = np.array([0.0, 0.0, 0.0, 0.0, 1.0, value], np.float32)
  entry = _entry(weight, (weight > 0).astype(np.float32))
  rewiring.turn(_Given(growth, 0.25), entry)
  grown = 4 if value == -np.inf else 5
  assert set(np.flatnonzero(entry.mask)) == {1, 2, 3, grown}


def _network(schedule):
  layers = [keras.layers.Dense(6, use_bias=False), keras.layers.Dense(5)]
  network = keras.Sequential([keras.Input((7,)), *layers])
  return tgp.prune_low_magnitude(network, schedule, allocation="erk")


class _Model:
  """What momentum, masks and turns make of one kernel, in NumPy."""

  def __init__(self, schedule, entry):
    self.schedule, self.entry = schedule, entry
    self.weight, self.mask = entry.weight.numpy(), entry.mask.numpy()
    self.speed = np.zeros_like(self.mask)
    self.changes = 0

  def update(self, gradient, step):
    self.speed = np.float32(0.5) * (self.speed - gradient)
    self.weight = (self.weight + self.speed) * self.mask
    if step % 2 or step > 9:
      return
    growth = np.abs(gradient)
    if isinstance(self.schedule, tgp.SET):
      growth = self.schedule.random(growth.shape, 0, step).numpy()
    share = float(self.schedule.fraction(step))
    kept, grown = _turn(self.weight, self.mask, growth, share)
    places = np.arange(self.mask.size).reshape(self.mask.shape)
    self.weight *= np.isin(places, list(kept))
    self.speed *= np.isin(places, list(kept))
    mask = np.isin(places, list(kept | grown)).astype(np.float32)
    self.changes += int((mask != self.mask).sum())
    self.mask = mask

  def check(self, optimizer):
    index = optimizer._index_dict[optimizer._var_key(self.entry.weight)]
    speed = optimizer.momentums[index]
    np.testing.assert_array_equal(self.entry.mask, self.mask)
    np.testing.assert_allclose(self.entry.weight, self.weight, atol=1e-5)
    np.testing.assert_allclose(speed, self.speed, atol=1e-5)


@pytest.mark.parametrize(
  "schedule",
  [
    tgp.SET(0.6, 2, drop_fraction=0.4, end_step=9, seed=1),
    tgp.RigL(0.6, 9, update_frequency=2, drop_fraction=0.4, seed=1),
  ],
)
def test_training_is_what_the_model_in_numpy_does(schedule):
  network = _network(schedule)
  sgd = keras.optimizers.SGD(0.5, momentum=0.5)
  pruner = tgp.Pruner(network, optimizer=sgd)
  models = [
    _Model(layer.pruning_schedule, layer.entries()[0])
    for layer in wrapped_layers.pruned_layers(network)
  ]
  random = np.random.default_rng(0)
  for step in range(1, 13):
    pairs = []
    for model in models:
      gradient = random.normal(size=model.mask.shape).astype(np.float32)
      pairs.append((tf.constant(gradient), model.entry.weight))
      model.update(gradient, step)
    pruner.gather(pairs)
    sgd.apply_gradients(pairs)
    pruner.advance()
    for model in models:
      model.check(sgd)
    alive = sum(int(model.mask.sum()) for model in models)
    assert alive == round(0.4 * (42 + 30))
  assert sum(model.changes for model in models) > 10


def test_first_masks_are_random_and_sparse_before_any_update():
  schedule = tgp.SET(0.5, seed=7)
  masks = []
  for _ in range(2):
    network = _network(schedule)
    assert tgp.sparsity_report(network).overall == 0
    tgp.Pruner(network, optimizer=keras.optimizers.SGD())
    assert tgp.sparsity_report(network).overall == 0.5
    layers = wrapped_layers.pruned_layers(network)
    masks.append([layer.pruning_vars[0][1].numpy() for layer in layers])
  for ours, theirs in zip(*masks, strict=True):
    np.testing.assert_array_equal(ours, theirs)
  shares = [mask.mean() for mask in masks[0]]
  assert shares[0] < 0.5 < shares[1]  # Erdos-Renyi-Kernel
  other = _network(tgp.SET(0.5, seed=8))
  tgp.Pruner(other, optimizer=keras.optimizers.SGD())
  mask = wrapped_layers.pruned_layers(other)[0].pruning_vars[0][1]
  assert (mask.numpy() != masks[0][0]).any()


def test_only_gradients_of_the_update_before_a_turn_count():
  network = _network(tgp.RigL(0.6, end_step=9, update_frequency=3))
  sgd = keras.optimizers.SGD()
  sgd.build(network.trainable_variables)
  pruner = tgp.Pruner(network, optimizer=sgd)
  layer = wrapped_layers.pruned_layers(network)[0]
  for step in range(1, 7):
    for _ in range(2):  # of two losses, which are summed
      pruner.gather([(tf.ones_like(x), x) for x in network.trainable_variables])
    # Those of the last turn stay until there are others.
    assert (layer.slots[0].numpy() == (0.0 if step < 3 else 2.0)).all()
    pruner.advance()
    kept = step in (3, 4, 6)
    assert (layer.slots[0].numpy() == 2.0 * kept).all()
