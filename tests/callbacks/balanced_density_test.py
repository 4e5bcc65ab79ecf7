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
"""Tests of a discriminator whose density keeps the balance."""

import logging

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tests.callbacks import trainings
from tf_ganprune.callbacks import balanced_density
from tf_ganprune.sparsity.training import density
from tf_ganprune.sparsity.wrapping import wrapped_layers

keras = tgp.keras
_SCHEDULE = tgp.RigL(0.5, end_step=1000, update_frequency=2, drop_fraction=0.2)


def _gan(schedule=_SCHEDULE, **options):
  keras.utils.set_random_seed(0)
  discriminator = tgp.prune_low_magnitude(
    tiny.discriminator(), schedule, allocation="erk"
  )
  gan = tgp.GAN(discriminator, tiny.generator(), 4, **options)
  gan.compile("adam", "adam", run_eagerly=True)
  return gan


class _Scripted(tgp.BalancedDensity):
  """Measures what a script says, one number for each update."""

  def __init__(self, script, **kwargs):
    kwargs = {"measure_frequency": 1, "num_images": 4} | kwargs
    super().__init__(tiny.images(8), **kwargs)
    self._script = list(script)

  def _measured(self, step):
    return tf.constant(self._script[step], tf.float64)


def _fit(gan, callback, batches, *others):
  return gan.fit(
    tiny.images(4 * batches),
    batch_size=4,
    shuffle=False,
    verbose=0,
    callbacks=[callback, *others],
  )


@pytest.mark.slow
def test_density_follows_the_ratio_and_stays_within_bounds():
  gan = _gan()
  high, low, even = (0.7, 1.0), (0.3, 1.0), (0.5, 1.0)
  # Sums count: the ratio of the third turn is (0.2 + 1.4) / (1 + 3).
  script = [high, high, even, even, (0.2, 1.0), (1.4, 3.0), low, low]
  script += [(0.1, -1.0), even, high, high, high, high]
  callback = _Scripted(script, increment=0.25, max_density=0.9, min_density=0.3)
  history = _fit(gan, callback, 14).history
  found = [(x.step, x.verdict) for x in callback.decisions]
  assert found == [
    (2, "raised"),
    (4, "kept"),
    (6, "lowered"),
    (8, "lowered"),
    (10, "raised"),  # real images do not score higher
    (12, "raised"),
    (14, "raised"),
  ]
  densities = [x.density for x in callback.decisions]
  expected = [0.75, 0.75, 0.5, 0.3, 0.55, 0.8, 0.9]
  np.testing.assert_allclose(densities, expected, atol=1 / 72)
  ratios = [x.balance_ratio for x in callback.decisions]
  expected = [0.7, 0.5, 0.4, 0.3, np.inf, 0.7, 0.7]
  np.testing.assert_allclose(ratios, expected)
  layers = wrapped_layers.pruned_layers(gan.discriminator)
  assert history["d_density"] == [density.density(layers)] == [densities[-1]]
  assert history["balance_ratio"] == [pytest.approx(0.7)]
  for layer in layers:
    for weight, mask, _ in layer.pruning_vars:
      assert (weight.numpy()[mask.numpy() == 0] == 0).all()


@pytest.mark.slow
def test_every_decision_is_a_line_in_the_log(caplog):
  callback = _Scripted([(0.7, 1.0)] * 2)
  with caplog.at_level(logging.INFO, logger="absl"):
    _fit(_gan(), callback, 2)
  line = "Update 2 of the discriminator: balance ratio 0.7, density raised, 0.5"
  assert any(line in record.getMessage() for record in caplog.records)


@pytest.mark.slow
def test_measures_what_the_paper_defines():
  gan = _gan()
  callback = tgp.BalancedDensity(
    tiny.images(8), measure_frequency=3, num_images=6, seed=5
  )
  parts = {}

  class Check(keras.callbacks.Callback):
    def on_train_batch_begin(self, batch, logs=None):
      parts["generator"] = keras.models.clone_model(gan.generator)
      parts["generator"].set_weights(gan.generator.get_weights())
      parts["before"] = [x.numpy() for x in gan.weights]

    def on_train_batch_end(self, batch, logs=None):
      if batch < 2:
        np.testing.assert_array_equal(callback._sums, [0.0, 0.0])
        return
      z = tf.random.stateless_normal([6, 4], [5, 2])
      after = keras.models.clone_model(gan.generator)
      after.set_weights(gan.generator.get_weights())
      real = np.concatenate([tiny.images(8)] * 3)[12:18]
      images = [parts["generator"](z, training=True)]
      images += [after(z, training=True), real]
      old, new, true = (np.mean(gan.discriminator(x)) for x in images)
      expected = [new - old, true - old]
      np.testing.assert_allclose(callback._sums, expected, atol=1e-5)
      assert abs(callback._sums.numpy()[0]) > 1e-4

  _fit(gan, callback, 3, Check())


@pytest.mark.slow
def test_measuring_changes_nothing():
  found = []
  for measure_frequency in (1, 1000):
    gan = _gan(ema_decay=0.5)
    callback = tgp.BalancedDensity(
      tiny.images(8),
      min_density=0.5,
      max_density=0.5,
      measure_frequency=measure_frequency,
    )
    _fit(gan, callback, 3)
    assert bool(callback.decisions) == (measure_frequency == 1)
    found.append([weight.numpy() for weight in gan.weights])
  for ours, theirs in zip(*found, strict=True):
    np.testing.assert_array_equal(ours, theirs)


def test_grows_by_the_gradients_of_the_turn():
  gan = _gan()
  _fit(gan, _Scripted([(0.5, 1.0)] * 2), 2)
  layers = wrapped_layers.pruned_layers(gan.discriminator)
  entries = [entry for layer in layers for entry in layer.entries()]
  before = [entry.mask.numpy() for entry in entries]
  weights = [entry.weight.numpy() for entry in entries]
  density.set_density(layers, 0.75, gan.d_optimizer)
  for entry, mask, weight in zip(entries, before, weights, strict=True):
    gradient = np.abs(entry.slot.numpy())
    grown = entry.mask.numpy() > mask
    assert (entry.mask.numpy() >= mask).all() and grown.any()
    left = (entry.mask.numpy() == 0) & (mask == 0)
    assert gradient[grown].min() >= gradient[left].max(initial=0.0)
    np.testing.assert_array_equal(entry.weight, weight)
  density.set_density(layers, 0.25, gan.d_optimizer)
  for entry, weight in zip(entries, weights, strict=True):
    kept = entry.mask.numpy() == 1
    assert np.abs(weight[kept]).min() >= np.abs(weight[~kept]).max()


@pytest.mark.slow
def test_resumed_training_decides_as_the_uninterrupted_one(tmp_path):
  def fit(*callbacks):
    gan = _gan(tgp.RigL(0.5, end_step=1000, update_frequency=4))
    callback = tgp.BalancedDensity(
      tiny.images(8), measure_frequency=1, increment=0.2, num_images=4
    )
    _fit(gan, callback, 9, *callbacks)
    return gan, callback.decisions

  whole, decisions = fit()
  backup = tgp.BackupAndRestore(tmp_path, save_freq=2)
  with pytest.raises(trainings.Interrupted):
    fit(backup, trainings.InterruptAt(7))
  resumed, later = fit(tgp.BackupAndRestore(tmp_path, save_freq=2))
  assert later == decisions
  assert {x.verdict for x in decisions} != {"kept"}
  assert len(decisions) == 2
  for ours, theirs in zip(
    resumed.discriminator.weights, whole.discriminator.weights, strict=True
  ):
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
  ("options", "message"),
  [
    ({"lower": 0.6}, "`upper` .*got 0.55"),
    ({"increment": 0}, "`increment`.*got 0"),
    ({"min_density": 0.0}, "`min_density`.*got 0.0"),
    ({"max_density": 1.5}, "`max_density`.*got 1.5"),
    ({"measure_frequency": 0}, "`measure_frequency`.*got 0"),
    ({"num_images": 0}, "`num_images`.*got 0"),
    ({"images": np.ones([4, 8])}, r"`images` .*\(4, 8\)"),
    ({"images": "mnist"}, "`images` .*'mnist'"),
  ],
)
def test_refuses_arguments(options, message):
  with pytest.raises(ValueError, match=message):
    tgp.BalancedDensity(**{"images": tiny.images(4)} | options)


def test_refuses_models_that_it_cannot_steer():
  plain = tgp.GAN(tiny.discriminator(), tiny.generator(), 4)
  plain.compile("adam", "adam", run_eagerly=True)
  with pytest.raises(ValueError, match=r"discriminator .*tgp.SET\(0.5\)"):
    _fit(plain, tgp.BalancedDensity(tiny.images(4)), 1)
  several = _gan()
  several.compile("adam", "adam", steps_per_execution=2)
  with pytest.raises(ValueError, match="`steps_per_execution`.* 1"):
    _fit(several, tgp.BalancedDensity(tiny.images(4)), 2)
  with pytest.raises(ValueError, match="tgp.GAN.*got a Functional"):
    balanced_density._names(tiny.discriminator(), None, None)


@pytest.mark.parametrize(
  "images, message",
  [
    (255 * (tiny.images(4) + 1), "generator, -1 to 1"),
    (np.full_like(tiny.images(4), np.nan), "generator, -1 to 1"),
    (tiny.images(4)[:, :4], r"\(None, 4, 8, 1\).* \(None, 8, 8, 1\)"),
  ],
)
def test_refuses_images_that_the_gan_is_not_trained_on(images, message):
  with pytest.raises(ValueError, match=message):
    _fit(_gan(), tgp.BalancedDensity(images), 1)
