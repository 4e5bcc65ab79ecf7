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
"""Tests of growing regularization in training."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tests.callbacks import trainings
from tf_ganprune.sparsity.training import ownership, shrinking
from tf_ganprune.sparsity.wrapping import wrapped_layers

keras = tgp.keras
layers = keras.layers
sparsity = tfmot.sparsity.keras
regularization = tgp.regularization


_GROWING = sparsity.PolynomialDecay(0.2, 0.8, 2, 6, frequency=2)
_NAMES = sorted(regularization.REGULARIZATIONS)


def _gan(rule, rate=1e-3, **kwargs):
  keras.utils.set_random_seed(0)
  pruned = [
    tgp.prune_low_magnitude(make(), _GROWING, regularization=rule, **kwargs)
    for make in (tiny.discriminator, tiny.generator)
  ]
  gan = tgp.GAN(*pruned, latent_dim=4, discriminator_steps=2, ema_decay=0.5)
  optimizer = keras.optimizers.AdamW if rate else keras.optimizers.SGD
  gan.compile(optimizer(rate), optimizer(rate))
  return gan


def _fit(gan, images):
  gan.fit(images, batch_size=4, verbose=0, shuffle=False)


@pytest.mark.slow
@pytest.mark.parametrize(
  ("rule", "importance", "allocation"),
  [
    ("l2", "taylor", "uniform"),
    ("l1", "magnitude", "lamp"),
    ("group_lasso", "random", "erk"),
  ],
)
def test_a_saved_gan_goes_on_as_it_would_have(
  rule, importance, allocation, tmp_path
):
  whole = _gan(rule, importance=importance, allocation=allocation)
  images = tiny.images(28)
  _fit(whole, images[:12])
  tgp.save_model(whole, tmp_path / "gan.keras")
  loaded = tgp.load_model(tmp_path / "gan.keras")
  loaded._rng.reset(whole._rng.state)
  for gan in (whole, loaded):
    _fit(gan, images[12:])
  for ours, theirs in zip(whole.weights, loaded.weights, strict=True):
    np.testing.assert_array_equal(ours, theirs)
  for network in (loaded.generator, loaded.discriminator, loaded.ema_generator):
    assert abs(tgp.sparsity_report(network).overall - 0.8) < 0.05
  for layer in wrapped_layers.pruned_layers(loaded.generator):
    assert type(layer.regularization) is regularization.REGULARIZATIONS[rule]
    for weight, mask, _ in layer.pruning_vars:
      assert (weight.numpy()[mask.numpy() == 0] == 0).all()


@pytest.mark.slow
def test_each_update_of_a_network_shrinks_it_once():
  # Nothing else changes weights, and the discriminator has two updates a step.
  gan = _gan(regularization.L2(0.6), rate=0.0)
  before = gan.discriminator.get_layer(index=1).layer.kernel.numpy()
  own = wrapped_layers.pruned_layers(gan.generator)[0]
  kernel = own.layer.kernel.numpy()
  _fit(gan, tiny.images(4))
  goes = own.to_be_pruned[0].numpy() > 0
  assert goes.mean() == pytest.approx(0.8, abs=0.01)
  np.testing.assert_allclose(
    own.layer.kernel.numpy()[goes], kernel[goes] / 1.1, 1e-6
  )
  np.testing.assert_array_equal(own.layer.kernel.numpy()[~goes], kernel[~goes])
  other = wrapped_layers.pruned_layers(gan.discriminator)[0]
  stays = other.pruning_vars[0][1].numpy() > 0
  shrunk = (other.to_be_pruned[0].numpy() > 0) & stays
  assert shrunk.any()
  np.testing.assert_allclose(
    other.layer.kernel.numpy()[shrunk], before[shrunk] / 1.1 / 1.2, 1e-6
  )


@pytest.mark.slow
def test_less_is_lost_at_the_cut():
  lost = {}
  for rule in (None, regularization.L2(0.5)):
    keras.utils.set_random_seed(0)
    network = tgp.prune_low_magnitude(
      tiny.generator(), tgp.OneShot(0.8, step=7), regularization=rule
    )
    gan = tgp.GAN(tiny.discriminator(), network, 4)
    gan.compile("adam", "adam")
    _fit(gan, tiny.images(24))
    kernel = wrapped_layers.pruned_layers(network)[0].layer.kernel.numpy()
    lost[rule] = np.sort(np.abs(kernel), axis=None)[: int(0.8 * kernel.size)]
  assert np.sum(lost[rule] ** 2) < 0.2 * np.sum(lost[None] ** 2)


@pytest.mark.slow
@pytest.mark.parametrize("rule", _NAMES)
@pytest.mark.parametrize("allocation", ["uniform", "global"])
def test_xla_agrees_with_eager(rule, allocation):
  found = []
  for run in (lambda f: f, tf.function(jit_compile=True)):
    keras.utils.set_random_seed(0)
    pruned = tgp.prune_low_magnitude(
      tiny.generator(), _GROWING, allocation=allocation, regularization=rule
    )
    advance = run(tgp.Pruner(pruned).advance)
    for _ in range(3):
      advance()
    found.append(pruned.get_weights())
  for eager, compiled in zip(*found, strict=True):
    np.testing.assert_allclose(eager, compiled, rtol=1e-5)


@pytest.mark.slow
def test_a_train_step_of_ones_own_needs_nothing_more(monkeypatch):
  def generator():
    network = keras.Sequential([keras.Input((4,))])
    network.add(layers.Dense(16, activation="tanh", use_bias=False))
    network.add(layers.Reshape((4, 4, 1)))
    rule = regularization.L2(0.6)
    return tgp.prune_low_magnitude(
      network, tgp.OneShot(0.5, step=6), regularization=rule
    )

  monkeypatch.setattr(trainings, "generator", generator)
  gan = trainings.keras_style_gan()
  gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
  layer = wrapped_layers.pruned_layers(gan.generator)[0]
  before = layer.layer.kernel.numpy()
  gan.fit(
    trainings.IMAGES[:8],
    batch_size=4,
    verbose=0,
    callbacks=[tgp.UpdatePruningStep()],
  )
  goes = layer.to_be_pruned[0].numpy() > 0
  assert goes.sum() == 32
  expected = np.where(goes, before / 1.1 / 1.2, before)
  np.testing.assert_allclose(layer.layer.kernel.numpy(), expected, 1e-6)


def test_groups_have_their_own():
  pruned = tgp.prune_low_magnitude(
    tiny.generator(), _GROWING, allocation={"image": {"regularization": "l1"}}
  )
  found = [x.regularization for x in wrapped_layers.pruned_layers(pruned)]
  assert found[0] is None and isinstance(found[1], regularization.L1)
  assert [
    len(x.to_be_pruned) for x in wrapped_layers.pruned_layers(pruned)
  ] == [0, 1]


def test_forward_calls_that_count_are_refused():
  network = tgp.prune_low_magnitude(
    tiny.generator(), _GROWING, regularization="l2"
  )
  with pytest.raises(ValueError, match="'dense.*' .*tgp.UpdatePruningStep"):
    network(np.zeros((1, 4), np.float32), training=True)


@pytest.mark.parametrize(
  ("make", "match"),
  [
    (lambda: "l3", "`regularization` .*'l2'.*got 'l3'"),
    (lambda: regularization.L1, r"`regularization` .*L1\(\)"),
    (lambda: regularization.L1(0), "`weight` .*got 0"),
    (lambda: regularization.L2(-1.0), "`weight` .*got -1.0"),
    (lambda: regularization.L2(begin_step=-1), "`begin_step`"),
    (lambda: regularization.L2(end_step=5, begin_step=5), "`end_step`"),
    (lambda: regularization.L2(final_sparsity=1.0), "`final_sparsity`"),
    (lambda: regularization.L2(frequency=0), "`frequency`"),
    (lambda: regularization.L2(begin_step=6), "no update between.*step 6"),
  ],
)
def test_bad_arguments(make, match):
  with pytest.raises(ValueError, match=match):
    tgp.prune_low_magnitude(tiny.generator(), _GROWING, regularization=make())


def test_a_schedule_that_does_not_say_enough():
  def prune(**kwargs):
    return tgp.prune_low_magnitude(
      tiny.generator(),
      tgp.AdaptiveSparsity(),
      regularization=regularization.L2(**kwargs),
    )

  with pytest.raises(ValueError, match=r"L2\(end_step=...\)"):
    prune()
  with pytest.raises(ValueError, match=r"L2\(final_sparsity=...\)"):
    prune(end_step=9)
  assert prune(end_step=9, final_sparsity=0.5) is not None


@keras.utils.register_keras_serializable("regularization_training_test")
class _Halving(regularization.Regularization):
  def shrinkage(self, weight, strength, group_mean):
    return weight * (1.0 - tf.pow(0.5, strength))


def test_a_layer_that_is_further_on_is_shrunk_no_more():
  network = keras.Sequential([layers.Dense(4), layers.Dense(4)])
  network.build([None, 4])
  rule = _Halving(1.0)
  pruned = tgp.prune_low_magnitude(
    network, _GROWING, regularization=rule, allocation="global"
  )
  late, early = ownership.claim(pruned, rule)
  (end_step,) = {layer.pruning_schedule.end_step for layer in (late, early)}
  late.pruning_step.assign(end_step)
  before = [layer.kernels()[0].numpy() for layer in (late, early)]
  for layer in (late, early):
    layer.to_be_pruned[0].assign(tf.ones_like(layer.to_be_pruned[0]))
  early.pruning_step.assign(3)
  shrinking.advance([late, early], tf.constant(1))
  after = [layer.kernels()[0].numpy() for layer in (late, early)]
  np.testing.assert_array_equal(after[0], before[0])
  assert (np.abs(after[1]) < np.abs(before[1])).all()


def test_what_goes_is_chosen_at_a_layers_own_turns():
  network = keras.Sequential([layers.Dense(4), layers.Dense(4)])
  network.build([None, 4])
  rule = regularization.L2(0.1, end_step=90, frequency=10)
  pruned = tgp.prune_low_magnitude(network, _GROWING, regularization=rule)
  on_turn, between = ownership.claim(pruned, rule)
  between.pruning_step.assign(4)
  shrinking.advance([on_turn, between], tf.constant(1))
  assert on_turn.to_be_pruned[0].numpy().any()
  assert not between.to_be_pruned[0].numpy().any()


def test_each_layer_is_shrunk_by_its_own_rule():
  network = keras.Sequential([layers.Dense(4), layers.Dense(4)])
  network.build([None, 4])
  pruned = tgp.prune_low_magnitude(network, _GROWING, regularization="l2")
  strong, weak = ownership.claim(pruned, pruned)
  (end_step,) = {layer.pruning_schedule.end_step for layer in (strong, weak)}
  strong.regularization = regularization.L2(2.0, end_step=end_step)
  weak.regularization = regularization.L2(1.0, end_step=end_step)
  for layer in (strong, weak):
    layer.kernels()[0].assign(tf.ones([4, 4]))
    layer.to_be_pruned[0].assign(tf.eye(4))
    layer.pruning_step.assign(end_step - 1)
  shrinking.advance([strong, weak], tf.constant(1))
  for layer, left in ((strong, 1 / 3), (weak, 1 / 2)):
    expected = np.ones([4, 4]) - (1 - left) * np.eye(4)
    np.testing.assert_allclose(layer.kernels()[0], expected, 1e-6)
