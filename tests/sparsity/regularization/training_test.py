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
"""Tests of growing regularization, against numbers by hand."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tests.callbacks import trainings
from tf_ganprune.sparsity import ownership

keras = tgp.keras
layers = keras.layers
sparsity = tfmot.sparsity.keras
regularization = tgp.regularization
_CUT_AT_3 = sparsity.ConstantSparsity(0.5, 3, frequency=1)
_ROW = [[1.0, -4.0, 2.0, -3.0]]


def _pruned(kernel, rule, schedule=_CUT_AT_3, **kwargs):
  """Returns a layer with a kernel, and what counts its updates."""
  kernel = np.array(kernel, np.float32)
  network = keras.Sequential(
    [
      keras.Input((kernel.shape[0],)),
      layers.Dense(kernel.shape[1], use_bias=False, name="only"),
    ]
  )
  network.set_weights([kernel])
  network = tgp.prune_low_magnitude(
    network, schedule, regularization=rule, **kwargs
  )
  return network.trainable_weights[0], tgp.Pruner(network)


def _after(steps, *arguments, **kwargs):
  weight, pruner = _pruned(*arguments, **kwargs)
  for _ in range(steps):
    pruner.advance()
  return weight.numpy()


def _is_near(found, expected):
  np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_l2_by_hand():
  # Strengths 0.1, 0.2, 0.3; half of the weights go, 1 and 2.
  rule = regularization.L2(0.3)
  _is_near(_after(1, _ROW, rule), [[1 / 1.1, -4.0, 2 / 1.1, -3.0]])
  _is_near(_after(2, _ROW, rule), [[1 / 1.32, -4.0, 2 / 1.32, -3.0]])
  _is_near(_after(3, _ROW, rule), [[0.0, -4.0, 0.0, -3.0]])
  _is_near(_after(9, _ROW, rule), [[0.0, -4.0, 0.0, -3.0]])


def test_l1_by_hand():
  # Strengths 0.3, 0.6, 0.9; nothing crosses zero.
  rule, row = regularization.L1(0.9), [[-0.8, -4.0, 2.0, 3.0]]
  _is_near(_after(1, row, rule), [[-0.5, -4.0, 1.7, 3.0]])
  _is_near(_after(2, row, rule), [[0.0, -4.0, 1.1, 3.0]])


def test_group_lasso_by_hand():
  # 0.6 and 0.8 go of the first column, 0.5 of the second, at a strength of 0.1.
  kernel = [[0.6, 5.0], [-0.8, 0.5], [6.0, 7.0]]
  found = _after(1, kernel, regularization.GroupLasso(0.3))
  first = 1 - 0.1 / np.sqrt(0.5)
  _is_near(found, [[0.6 * first, 5.0], [-0.8 * first, 0.4], [6.0, 7.0]])


def test_group_lasso_of_blocks():
  kernel = [[1.0, 1.0, 5.0, 5.0], [0.3, 0.4, 6.0, 6.0]]
  rule = regularization.GroupLasso(0.3)
  second = 1 - 0.1 / np.sqrt(0.125)
  expected = [[0.9, 0.9, 5.0, 5.0], [0.3 * second, 0.4 * second, 6.0, 6.0]]
  _is_near(_after(1, kernel, rule, block_size=(1, 2)), expected)
  # A block that is cut off has the size of what it has.
  found = _after(1, [[1.0, 2.0, 0.5]], rule, block_size=(1, 2))
  _is_near(found, [[1.0, 2.0, 0.4]])


def test_a_group_that_is_small_becomes_zero():
  rule = regularization.GroupLasso(30.0)
  _is_near(_after(1, _ROW, rule), [[0.0, -4.0, 0.0, -3.0]])


def test_groups_of_a_convolution_are_its_outputs():
  network = keras.Sequential(
    [keras.Input((3, 3, 2)), layers.Conv2D(2, (1, 2), use_bias=False)]
  )
  kernel = np.array([9.0, 1.0, 2.0, 8.0, 2.0, 1.0, 7.0, 3.0], np.float32)
  network.set_weights([kernel.reshape(1, 2, 2, 2)])
  rule = regularization.GroupLasso(0.3)
  network = tgp.prune_low_magnitude(network, _CUT_AT_3, regularization=rule)
  tgp.Pruner(network).advance()
  even, odd = 1 - 0.1 / 2.0, 1 - 0.1 / 1.0
  # Of the first output go 2 and 2, of the second 1 and 1.
  expected = [9.0, odd, 2 * even, 8.0, 2 * even, odd, 7.0, 3.0]
  _is_near(network.trainable_weights[0].numpy().ravel(), expected)


def test_patterns_of_m_by_n():
  found = _after(
    1, np.transpose(_ROW), regularization.L2(0.3), sparsity_m_by_n=(2, 4)
  )
  _is_near(found, np.transpose([[1 / 1.1, -4.0, 2 / 1.1, -3.0]]))


def test_only_the_steps_between_count():
  rule = regularization.L2(0.3, begin_step=1, end_step=4)
  schedule = tgp.OneShot(0.5, step=6)
  rows = [_after(n, _ROW, rule, schedule)[0, 0] for n in range(7)]
  _is_near(rows[1], 1.0)
  _is_near(rows[2], 1 / 1.1)
  _is_near(rows[4], 1 / 1.1 / 1.2 / 1.3)
  _is_near(rows[5], rows[4])
  assert rows[6] == 0.0


def test_what_goes_is_chosen_anew():
  rule = regularization.L2(0.8, frequency=2)
  weight, pruner = _pruned(_ROW, rule, tgp.OneShot(0.5, step=8))
  pruner.advance()
  weight.assign([[5.0, -4.0, 2.0, 0.5]])
  pruner.advance()  # the choice of the first step
  _is_near(weight.numpy(), [[5.0 / 1.2, -4.0, 2 / 1.2, 0.5]])
  pruner.advance()
  _is_near(weight.numpy(), [[5.0 / 1.2, -4.0, 2 / 1.2 / 1.3, 0.5 / 1.3]])


def test_updates_that_were_skipped_shrink_nothing():
  weight, pruner = _pruned(_ROW, regularization.L2(0.3))
  pruner.advance(updates=0)
  _is_near(weight.numpy(), _ROW)
  for updates in (1, 0, 0):
    pruner.advance(updates=tf.constant(updates))
    _is_near(weight.numpy(), [[1 / 1.1, -4.0, 2 / 1.1, -3.0]])


def test_the_importance_says_what_goes():
  class Reversed(tgp.importance.Importance):
    def scores(self, weight, slot):
      return 1.0 / (1.0 + tf.abs(weight))

  found = _after(1, _ROW, regularization.L2(0.3), importance=Reversed())
  _is_near(found, [[1.0, -4 / 1.1, 2.0, -3 / 1.1]])


def test_a_joint_allocation_says_where():
  network = keras.Sequential(
    [
      keras.Input((2,)),
      layers.Dense(3, use_bias=False, name="first"),
      layers.Dense(1, use_bias=False, name="last"),
    ]
  )
  first = np.array([[1.0, -9.0, 2.0], [8.0, 3.0, -4.0]])
  network.set_weights([first, np.array([[0.5], [5.0], [6.0]])])
  network = tgp.prune_low_magnitude(
    network,
    sparsity.ConstantSparsity(5 / 9, 2, frequency=1),
    allocation="global",
    regularization=regularization.L2(1.0),
  )
  tgp.Pruner(network).advance()
  first, last = (x.numpy() for x in network.trainable_weights)
  _is_near(first, [[1 / 1.5, -9.0, 2 / 1.5], [8.0, 2.0, -4.0 / 1.5]])
  _is_near(last, [[0.5 / 1.5], [5.0], [6.0]])


@pytest.mark.parametrize(
  ("schedule", "end_step", "final_sparsity"),
  [
    (sparsity.PolynomialDecay(0.1, 0.8, 5, 105), 105, 0.8),
    (sparsity.ConstantSparsity(0.5, 0), 100, 0.5),
    (sparsity.ConstantSparsity(0.5, 7), 7, 0.5),
    (tgp.OneShot(0.7, step=50), 50, 0.7),
    (tgp.StagedSparsity([(10, 0.5), (90, 0.9)]), 90, 0.9),
    (tgp.CosineDecay(0.0, 0.6, 0, 80), 80, 0.6),
  ],
)
def test_the_schedule_says_until_when(schedule, end_step, final_sparsity):
  rule = regularization.L1(0.5, begin_step=2, frequency=3).fitted(schedule)
  assert rule.get_config() == {
    "weight": 0.5,
    "begin_step": 2,
    "end_step": end_step,
    "final_sparsity": final_sparsity,
    "frequency": 3,
  }


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
  for layer in ownership.pruned_layers(loaded.generator):
    assert type(layer.regularization) is regularization.REGULARIZATIONS[rule]
    for weight, mask, _ in layer.pruning_vars:
      assert (weight.numpy()[mask.numpy() == 0] == 0).all()


def test_each_update_of_a_network_shrinks_it_once():
  # Nothing else changes weights, and the discriminator has two updates a step.
  gan = _gan(regularization.L2(0.6), rate=0.0)
  before = gan.discriminator.get_layer(index=1).layer.kernel.numpy()
  own = ownership.pruned_layers(gan.generator)[0]
  kernel = own.layer.kernel.numpy()
  _fit(gan, tiny.images(4))
  goes = own.going[0].numpy() > 0
  assert goes.mean() == pytest.approx(0.8, abs=0.01)
  _is_near(own.layer.kernel.numpy()[goes], kernel[goes] / 1.1)
  np.testing.assert_array_equal(own.layer.kernel.numpy()[~goes], kernel[~goes])
  other = ownership.pruned_layers(gan.discriminator)[0]
  stays = other.pruning_vars[0][1].numpy() > 0
  shrunk = (other.going[0].numpy() > 0) & stays
  assert shrunk.any()
  _is_near(other.layer.kernel.numpy()[shrunk], before[shrunk] / 1.1 / 1.2)


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
    kernel = ownership.pruned_layers(network)[0].layer.kernel.numpy()
    lost[rule] = np.sort(np.abs(kernel), axis=None)[: int(0.8 * kernel.size)]
  assert np.sum(lost[rule] ** 2) < 0.2 * np.sum(lost[None] ** 2)


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
  layer = ownership.pruned_layers(gan.generator)[0]
  before = layer.layer.kernel.numpy()
  gan.fit(
    trainings.IMAGES[:8],
    batch_size=4,
    verbose=0,
    callbacks=[tgp.UpdatePruningStep()],
  )
  goes = layer.going[0].numpy() > 0
  assert goes.sum() == 32
  expected = np.where(goes, before / 1.1 / 1.2, before)
  _is_near(layer.layer.kernel.numpy(), expected)


def test_a_frozen_layer_is_not_shrunk():
  weight, pruner = _pruned(_ROW, regularization.L2(0.3))
  for layer in pruner._layers:
    layer.layer.trainable = False
  pruner.advance()
  _is_near(weight.numpy(), _ROW)


def test_groups_have_their_own():
  pruned = tgp.prune_low_magnitude(
    tiny.generator(), _GROWING, allocation={"image": {"regularization": "l1"}}
  )
  found = [x.regularization for x in ownership.pruned_layers(pruned)]
  assert found[0] is None and isinstance(found[1], regularization.L1)
  assert [len(x.going) for x in ownership.pruned_layers(pruned)] == [0, 1]


def test_forward_calls_that_count_are_refused():
  network = tgp.prune_low_magnitude(
    tiny.generator(), _GROWING, regularization="l2"
  )
  with pytest.raises(ValueError, match="nobody counts its updates"):
    network(np.zeros((1, 4), np.float32), training=True)


def test_one_of_ones_own():
  @keras.utils.register_keras_serializable("regularization_test")
  class Halving(regularization.Regularization):
    def shrink(self, weight, strength, group_mean):
      return weight * 0.5

  _is_near(_after(1, _ROW, Halving()), [[0.5, -4.0, 1.0, -3.0]])


@pytest.mark.parametrize(
  ("make", "match"),
  [
    (lambda: "l3", "must be one of .'group_lasso', 'l1', 'l2'.*got 'l3'"),
    (lambda: regularization.L1, "must be one of"),
    (lambda: regularization.L1(0), "`weight` must be above 0"),
    (lambda: regularization.L2(-1.0), "`weight` must be a number from 0"),
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

  with pytest.raises(ValueError, match="does not say its `end_step`"):
    prune()
  with pytest.raises(ValueError, match=r"L2\(final_sparsity=...\)"):
    prune(end_step=9)
  assert prune(end_step=9, final_sparsity=0.5) is not None
