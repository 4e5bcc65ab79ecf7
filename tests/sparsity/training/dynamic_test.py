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
"""Tests of SET and RigL in training: every invariant, in every kind of loop."""

import functools

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny, watch
from tests.callbacks import trainings
from tf_ganprune.sparsity import prune
from tf_ganprune.sparsity.wrapping import wrapped_layers

keras = tgp.keras
_SET = tgp.SET(0.6, update_frequency=2, drop_fraction=0.4, seed=1)
_RIGL = tgp.RigL(
  0.8, end_step=13, update_frequency=3, drop_fraction=0.4, seed=2
)


def _networks():
  return [
    tgp.prune_low_magnitude(make(), schedule, allocation="erk")
    for make, schedule in ((tiny.discriminator, _SET), (tiny.generator, _RIGL))
  ]


def _masks(network):
  layers = wrapped_layers.pruned_layers(network)
  return [mask.numpy() for x in layers for _, mask, _ in x.pruning_vars]


def _sum(masks):
  return int(sum(mask.sum() for mask in masks))


class _Watch(keras.callbacks.Callback):
  """Asserts after each batch that all is as sparse as at first, and moves."""

  def __init__(self, networks, updates=(2, 1)):
    super().__init__()
    self._networks, self._updates = networks, updates
    self._before = [_masks(network) for network in networks]
    self._weights = [network.get_weights() for network in networks]
    self.turns, self.steps = [set(), set()], 0

  def on_train_batch_end(self, batch, logs=None):
    self.steps += 1
    for i, network in enumerate(self._networks):
      masks = _masks(network)
      assert [x.sum() for x in masks] == [x.sum() for x in self._before[i]]
      if any(
        (a != b).any() for a, b in zip(masks, self._before[i], strict=True)
      ):
        self.turns[i].add(self.steps * self._updates[i])
      self._before[i] = masks
      for layer in wrapped_layers.pruned_layers(network):
        assert int(layer.pruning_step) == self.steps * self._updates[i]
        for weight, mask, _ in layer.pruning_vars:
          assert (weight.numpy()[mask.numpy() == 0] == 0).all()
          # What is zero else was grown just now.
          assert np.count_nonzero(weight) >= 0.5 * mask.numpy().sum()


@pytest.mark.slow
def test_invariants_hold_after_every_step():
  keras.utils.set_random_seed(0)  # else a grown weight may have no gradient
  networks = _networks()
  model = tgp.GAN(*networks, 4, discriminator_steps=2, ema_decay=0.9)
  for network, sparsity in zip(networks, (0.6, 0.8), strict=True):
    masks = _masks(network)
    kept = (1 - sparsity) * sum(mask.size for mask in masks)
    assert abs(_sum(masks) - kept) <= 1
  assert tgp.sparsity_report(model.ema_generator).overall == pytest.approx(
    0.8, abs=0.01
  )
  adam = keras.optimizers.Adam
  model.compile(adam(0.01), keras.optimizers.AdamW(0.01), run_eagerly=True)
  watched = _Watch(networks)
  model.fit(tiny.images(64), batch_size=4, verbose=0, callbacks=[watched])
  assert watched.turns[0] == set(range(2, 33, 2))
  assert watched.turns[1] == {3, 6, 9}  # at 12 less than half a weight goes
  averages = model.ema_generator.get_weights()[0]
  assert not averages[_masks(networks[1])[0] == 0].any()
  kept = averages[_masks(networks[1])[0] == 1]
  assert np.count_nonzero(kept) > 0.95 * kept.size
  watch.check_function(model.generator, tf.ones([2, 4]))


def test_slots_of_what_is_not_kept_are_zero_after_a_turn():
  networks = _networks()
  model = tgp.GAN(*networks, 4)
  model.compile("adam", "adam", run_eagerly=True)
  (layer, *_) = wrapped_layers.pruned_layers(networks[1])
  weight, mask, _ = layer.pruning_vars[0]
  images = tiny.images(4)
  model.fit(np.tile(images, (2, 1, 1, 1)), batch_size=4, verbose=0)
  before = mask.numpy()
  model.fit(images, batch_size=4, verbose=0)
  grown = (mask.numpy() == 1) & (before == 0)
  dropped = (mask.numpy() == 0) & (before == 1)
  assert grown.sum() == dropped.sum() > 5
  optimizer = model.g_optimizer
  index = optimizer._index_dict[optimizer._var_key(weight)]
  for slots in (optimizer._momentums, optimizer._velocities):
    slot = slots[index].numpy()
    assert not slot[grown | dropped].any()
    assert np.count_nonzero(slot[weight.numpy() != 0]) > 10
  assert not weight.numpy()[grown].any()
  model.fit(images, batch_size=4, verbose=0)
  assert weight.numpy()[grown].any()  # it trains from there


class _Sum(tgp.GAN):
  """The generator's gradients do not depend on latents, other under XLA."""

  def generator_loss(self, fake):
    del fake
    weights = self.generator.trainable_weights
    parts = [tf.reduce_sum(tf.sin(7.0 * weight + 1.0)) for weight in weights]
    return tf.add_n(parts)


@pytest.mark.slow
@pytest.mark.parametrize("options", [{"jit_compile": True}, {}])
def test_compiled_steps_do_the_same(options):
  found = []
  for each in ({"run_eagerly": True}, options):
    keras.utils.set_random_seed(0)
    networks = _networks()
    model = _Sum(*networks, 4)
    sgd = keras.optimizers.SGD
    model.compile(sgd(0.01, 0.5), sgd(0.01, 0.5), **each)
    model.fit(tiny.images(28), batch_size=4, shuffle=False, verbose=0)
    found.append(_masks(networks[1]))
  for plain, compiled in zip(*found, strict=True):
    np.testing.assert_array_equal(plain, compiled)


@pytest.mark.slow
@pytest.mark.parametrize("make", [trainings.gan, trainings.keras_style_gan])
@pytest.mark.parametrize("schedule", [_SET, _RIGL], ids=["SET", "RigL"])
def test_resumed_training_is_the_uninterrupted_one(
  make, schedule, tmp_path, monkeypatch
):
  # In place of the schedules of these trainings.
  wrap = functools.partial(prune.prune_low_magnitude, allocation="erk")
  monkeypatch.setattr(
    prune, "prune_low_magnitude", lambda network, _: wrap(network, schedule)
  )

  def fit(model, *callbacks):
    model.run_eagerly = True
    model.fit(
      **trainings.array(),
      shuffle=False,
      epochs=2,
      verbose=0,
      callbacks=[tgp.UpdatePruningStep(), *callbacks],
    )
    return model

  first = make()
  before = [mask for x in (first.generator,) for mask in _masks(x)]
  whole = fit(first)
  backup = tgp.BackupAndRestore(tmp_path, save_freq=2)
  with pytest.raises(trainings.Interrupted):
    fit(make(), backup, trainings.InterruptAt(7))
  resumed = fit(make(), tgp.BackupAndRestore(tmp_path, save_freq=2))
  for name in ("generator", "discriminator"):
    pairs = zip(
      getattr(resumed, name).weights, getattr(whole, name).weights, strict=True
    )
    for ours, theirs in pairs:
      np.testing.assert_array_equal(ours, theirs)
  assert any(
    (ours != theirs).any()
    for ours, theirs in zip(before, _masks(whole.generator), strict=True)
  )


@pytest.mark.slow
@pytest.mark.parametrize("steps", [0, 4])
def test_keras_file_keeps_masks_and_schedule(steps, tmp_path):
  networks = _networks()
  model = tgp.GAN(*networks, 4)
  model.compile("adam", "adam", run_eagerly=True)
  if steps:
    model.fit(tiny.images(4 * steps), batch_size=4, verbose=0)
  tgp.save_model(model, tmp_path / "gan.keras")
  loaded = tgp.load_model(tmp_path / "gan.keras")
  for name in ("generator", "discriminator"):
    ours, theirs = getattr(loaded, name), getattr(model, name)
    for one, other in zip(ours.weights, theirs.weights, strict=True):
      np.testing.assert_array_equal(one, other)
    for one, other in zip(
      wrapped_layers.pruned_layers(ours),
      wrapped_layers.pruned_layers(theirs),
      strict=True,
    ):
      one, other = one.pruning_schedule, other.pruning_schedule
      assert type(one) is type(other)
      assert one.get_config() == other.get_config()
  # Both go on alike.
  for one in (model, loaded):
    one.run_eagerly = True
    one._rng.reset_from_seed(0)
    one.fit(tiny.images(12), batch_size=4, shuffle=False, verbose=0)
  for ours, theirs in zip(
    _masks(loaded.generator), _masks(model.generator), strict=True
  ):
    np.testing.assert_array_equal(ours, theirs)


def test_a_network_that_was_trained_keeps_its_masks_in_another_gan(tmp_path):
  networks = _networks()
  model = tgp.GAN(*networks, 4)
  model.compile("adam", "adam", run_eagerly=True)
  model.fit(tiny.images(16), batch_size=4, verbose=0)
  before = _masks(model.generator)
  tgp.save_model(model.generator, tmp_path / "generator.keras")
  loaded = tgp.load_model(tmp_path / "generator.keras")
  for generator in (model.generator, loaded):
    tgp.GAN(tiny.discriminator(), generator, 4)
    for ours, theirs in zip(_masks(generator), before, strict=True):
      np.testing.assert_array_equal(ours, theirs)


def test_a_skipped_update_does_not_move_zeros():
  class Overflows(_Sum):
    def generator_loss(self, fake):
      good = tf.where(tf.equal(self.g_optimizer.iterations, 2), 0.0, 1.0)
      nothing = tf.reduce_sum(self.generator.trainable_weights[0]) * 0.0
      return super().generator_loss(fake) + tf.sqrt(nothing + good)

  networks = _networks()
  model = Overflows(*networks, 4)
  scaling = keras.mixed_precision.LossScaleOptimizer
  sgd = scaling(keras.optimizers.SGD(0.1, momentum=0.5), initial_scale=8.0)
  model.compile("adam", sgd, run_eagerly=True)
  before = _masks(networks[1])
  model.fit(tiny.images(12), batch_size=4, verbose=0)
  for ours, theirs in zip(_masks(networks[1]), before, strict=True):
    np.testing.assert_array_equal(ours, theirs)
  model.fit(tiny.images(4), batch_size=4, verbose=0)
  assert int(wrapped_layers.pruned_layers(networks[1])[0].pruning_step) == 3
  assert (_masks(networks[1])[0] != before[0]).any()


def test_an_optimizer_that_nobody_holds_is_found():
  class Model(keras.Model):
    def __init__(self, inner, optimizer):
      super().__init__()
      self.inner = inner
      self.step = lambda pairs: optimizer.apply_gradients(pairs)

    def train_step(self, data):
      del data
      variables = self.inner.trainable_variables
      self.step([(tf.ones_like(x), x) for x in variables])
      return {}

  inner = tgp.prune_low_magnitude(tiny.generator(), _SET)
  model = Model(inner, keras.optimizers.Adam())
  model.compile(run_eagerly=True)
  model.fit(
    tf.data.Dataset.range(2).batch(1),
    verbose=0,
    callbacks=[tgp.UpdatePruningStep()],
  )
  steps = {int(x.pruning_step) for x in wrapped_layers.pruned_layers(inner)}
  assert steps == {2}
