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
"""Tests of pruning that goes by what it costs, with scripted distances."""

import logging
import warnings

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.report import charts

_LATENTS = tf.random.stateless_normal([4, 4], [1, 2])


class _Scripted:
  """Says how good images are, by the zeros of the generator that it watches."""

  def __init__(self, distance, collapses=lambda zeros: False):
    self.gan = None
    self._distance, self._collapses = distance, collapses

  def zeros(self):
    return tgp.sparsity_report(self.gan.generator).overall

  def evaluate(self, images):
    assert images.shape[1:] == (8, 8, 1)
    return {"frechet_distance": self._distance(self.zeros())}

  def collapse(self, results, num_images):
    return "Mode collapse: 1 class." if self._collapses(self.zeros()) else None


def _gan(**kwargs):
  tgp.keras.utils.set_random_seed(0)
  generator = tgp.prune_low_magnitude(tiny.generator(), tgp.AdaptiveSparsity())
  gan = tgp.GAN(tiny.discriminator(), generator, 4, ema_decay=0.5, **kwargs)
  gan.compile("adam", "adam")
  return gan


def _fit(gan, script, epochs, after=(), **kwargs):
  script.gan = gan
  adaptive = tgp.AdaptivePruning(script, num_images=4, **kwargs)
  history = gan.fit(
    tiny.images(8),
    batch_size=4,
    epochs=epochs,
    verbose=0,
    callbacks=[adaptive, *after],
  )
  return adaptive, history.history


def _verdicts(adaptive):
  return [(round(x.sparsity, 4), x.verdict) for x in adaptive.decisions]


@pytest.mark.slow
def test_it_goes_up_steps_back_and_ends_where_it_should():
  gan = _gan()
  script = _Scripted(lambda zeros: 1.0 if zeros < 0.43 else 2.0)
  adaptive, history = _fit(gan, script, 7, step=0.2, min_step=0.05)
  assert _verdicts(adaptive) == [
    (0.2, "kept"),
    (0.4, "kept"),
    (0.6, "stepped back"),
    (0.5, "stepped back"),
    (0.45, "stepped back"),
    (0.4, "held"),
    (0.4, "held"),
  ]
  assert script.zeros() == pytest.approx(0.4, abs=0.01)
  np.testing.assert_allclose(
    history["sparsity"], [0.2, 0.4, 0.6, 0.5, 0.45, 0.4, 0.4], atol=1e-6
  )
  assert history["frechet_distance"] == [1, 1, 2, 2, 2, 1, 1]


class _Remember(tgp.keras.callbacks.Callback):
  """Keeps what a GAN draws and its steps after each epoch."""

  def __init__(self):
    super().__init__()
    self.drawn, self.steps = [], []

  def on_epoch_end(self, epoch, logs=None):
    self.drawn.append(self.model.generate(4, seed=0).numpy())
    self.steps.append(int(self.model.g_optimizer.iterations))


@pytest.mark.slow
def test_stepping_back_restores_weights_masks_and_steps():
  gan, seen = _gan(), _Remember()
  script = _Scripted(lambda zeros: 1.0 if zeros < 0.3 else 2.0)
  adaptive, _ = _fit(gan, script, 2, [seen], step=0.2, min_step=0.15)
  assert _verdicts(adaptive) == [(0.2, "kept"), (0.4, "stepped back")]
  # After its decision the second epoch ends as the first did.
  np.testing.assert_array_equal(seen.drawn[1], seen.drawn[0])
  assert seen.steps == [2, 2]
  np.testing.assert_array_equal(gan.generate(4, seed=0), seen.drawn[0])
  wrappers = tgp.sparsity.pruned_layers(gan.generator)
  assert {int(x.pruning_step) for x in wrappers} == {2}


@pytest.mark.slow
def test_masks_are_made_once_a_trial():
  gan, due = _gan(), []

  class Watch(tgp.keras.callbacks.Callback):
    def on_train_batch_begin(self, batch, logs=None):
      schedule = gan.generator.layers[0].pruning_schedule
      due.append(bool(schedule(1)[0]))

  _fit(gan, _Scripted(lambda zeros: 1.0), 2, [Watch()], step=0.2)
  assert due == [True, False, True, False]


@pytest.mark.slow
def test_an_end_before_the_decision_is_the_last_good_state():
  gan = _gan()
  script = _Scripted(lambda zeros: 1.0)
  adaptive, _ = _fit(gan, script, 3, frequency=2, step=0.3)
  assert _verdicts(adaptive) == [(0.3, "kept")]
  assert script.zeros() == pytest.approx(0.3, abs=0.01)


@pytest.mark.slow
def test_a_collapse_is_stepped_back_from_whatever_the_distance():
  script = _Scripted(lambda zeros: 1.0, lambda zeros: zeros > 0.5)
  adaptive, _ = _fit(_gan(), script, 2, step=0.4)
  assert _verdicts(adaptive) == [(0.4, "kept"), (0.8, "stepped back")]
  assert adaptive.decisions[1].reason == "Mode collapse: 1 class."
  assert "1 class" in str(adaptive.decisions[1])


@pytest.mark.slow
def test_a_second_fit_goes_on_from_the_zeros_that_are_there():
  gan, script = _gan(), _Scripted(lambda zeros: 1.0)
  _fit(gan, script, 1, step=0.4)
  for layer in tgp.sparsity.pruned_layers(gan):
    layer.pruning_schedule.rest(0.0)  # as after a backup was restored
  adaptive, _ = _fit(gan, script, 1, step=0.2)
  ((sparsity, verdict),) = _verdicts(adaptive)
  assert sparsity == pytest.approx(0.6, abs=0.01)
  assert verdict == "kept"


@pytest.mark.slow
def test_no_more_than_the_most_is_tried():
  script = _Scripted(lambda zeros: 1.0)
  adaptive, _ = _fit(_gan(), script, 4, step=0.4, max_sparsity=0.6)
  assert _verdicts(adaptive) == [(0.4, "kept"), *3 * [(0.6, "held")]]
  assert script.zeros() == pytest.approx(0.6, abs=0.01)


def _fragile(limit):
  """Returns a GAN whose loss is not finite above a share of zeros."""

  class Fragile(tgp.GAN):
    def generator_loss(self, fake):
      kernel = self.generator.layers[0].pruning_vars[0][0]
      zeros = tf.reduce_mean(tf.cast(tf.equal(kernel, 0.0), tf.float32))
      loss = super().generator_loss(fake)
      return loss + tf.where(zeros > limit, float("nan"), 0.0)

  tgp.keras.utils.set_random_seed(0)
  generator = tgp.prune_low_magnitude(tiny.generator(), tgp.AdaptiveSparsity())
  gan = Fragile(tiny.discriminator(), generator, 4, ema_decay=0.5)
  gan.compile("adam", "adam")
  return gan


@pytest.mark.slow
def test_a_loss_that_is_not_finite_is_stepped_back_from():
  gan = _fragile(0.5)
  script = _Scripted(lambda zeros: 1.0)
  adaptive, _ = _fit(gan, script, 4, step=0.4, min_step=0.3)
  assert _verdicts(adaptive)[:2] == [(0.4, "kept"), (0.8, "stepped back")]
  assert adaptive.decisions[1].reason == "a loss was not finite"
  assert np.isfinite(gan.generate(4, seed=0)).all()
  assert script.zeros() == pytest.approx(0.4, abs=0.01)
  assert gan.on_divergence is None


@pytest.mark.slow
def test_what_is_tried_after_a_loss_that_is_not_finite_is_pruned():
  gan, zeros = _fragile(0.7), []
  script = _Scripted(lambda now: zeros.append(now) or 1.0)
  adaptive, history = _fit(gan, script, 3, step=0.4, min_step=0.05)
  assert _verdicts(adaptive) == [
    (0.4, "kept"),
    (0.8, "stepped back"),
    (0.6, "kept"),
  ]
  assert [x.epoch for x in adaptive.decisions] == [1, 2, 3]
  assert zeros == pytest.approx([0.0, 0.4, 0.6], abs=0.02)
  assert script.zeros() == pytest.approx(0.6, abs=0.02)
  assert np.isfinite(history["g_loss"][2])


@pytest.mark.slow
def test_training_may_end_with_a_loss_that_is_not_finite():
  gan = _fragile(0.7)
  script = _Scripted(lambda zeros: 1.0)
  adaptive, _ = _fit(gan, script, 2, step=0.4, min_step=0.05)
  assert adaptive.decisions[-1].reason == "a loss was not finite"
  assert script.zeros() == pytest.approx(0.4, abs=0.02)
  assert np.isfinite(gan.generate(4, seed=0)).all()


@pytest.mark.slow
@pytest.mark.parametrize("distance", [float("nan"), float("inf")])
def test_a_distance_that_is_not_finite_is_stepped_back_from(distance):
  script = _Scripted(lambda zeros: 1.0 if zeros < 0.3 else distance)
  adaptive, _ = _fit(_gan(), script, 2, step=0.2, min_step=0.2)
  assert _verdicts(adaptive) == [(0.2, "kept"), (0.4, "stepped back")]
  assert f"`frechet_distance` of {distance}" in adaptive.decisions[-1].reason
  assert script.zeros() == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("distance", [float("nan"), float("inf")])
def test_a_budget_needs_a_distance_that_is_finite(distance):
  script = _Scripted(lambda zeros: distance)
  with pytest.raises(ValueError, match=f"`frechet_distance` .*{distance}"):
    _fit(_gan(), script, 1)


def test_an_evaluator_without_the_distance():
  script = _Scripted(lambda zeros: 1.0)
  script.evaluate = lambda images: {"precision": 1.0}
  with pytest.raises(ValueError, match="'frechet_distance'.*'precision'"):
    _fit(_gan(), script, 1)


@pytest.mark.slow
def test_a_training_shorter_than_a_trial_is_warned_of():
  with pytest.warns(UserWarning, match="2 epochs.*`frequency=3`.*`epochs`"):
    adaptive, _ = _fit(_gan(), _Scripted(lambda zeros: 1.0), 2, frequency=3)
  assert adaptive.decisions == []


@pytest.mark.slow
def test_each_decision_is_a_line_in_the_log(caplog):
  with caplog.at_level(logging.INFO, logger="absl"):
    adaptive, _ = _fit(_gan(), _Scripted(lambda zeros: 1 + zeros), 2, step=0.2)
  lines = [x.message for x in caplog.records if "sparsity 0." in x.message]
  assert lines == [str(x) for x in adaptive.decisions]
  assert lines[0].endswith("stepped back (above 1.05).")


@pytest.mark.slow
def test_each_decision_is_a_point_of_the_reports_curve():
  gan = _fragile(0.7)
  script = _Scripted(lambda zeros: 1.0)
  adaptive, _ = _fit(gan, script, 3, step=0.4, min_step=0.05)
  history = adaptive.history
  # Two batches an epoch; the second trial failed after its first one.
  assert history["step"] == [2, 3, 6]
  assert history["sparsity"] == pytest.approx([0.4, 0.8, 0.6])
  assert history["frechet_distance"] == pytest.approx(
    [1.0, float("nan"), 1.0], nan_ok=True
  )
  curves = charts.training_curves({"pruned: adaptive": history})
  assert list(curves) == ["sparsity", "frechet_distance"]


@pytest.mark.slow
def test_training_that_diverges_by_itself_still_stops():
  class Broken(tgp.GAN):
    def generator_loss(self, fake):
      return super().generator_loss(fake) * float("nan")

  generator = tgp.prune_low_magnitude(tiny.generator(), tgp.AdaptiveSparsity())
  gan = Broken(tiny.discriminator(), generator, 4)
  gan.compile("adam", "adam")
  with pytest.raises(ValueError, match="Training diverged: at its update 1,"):
    _fit(gan, _Scripted(lambda zeros: 1.0), 9, step=0.5, min_step=0.2)
  assert gan.on_divergence is None


@pytest.mark.slow
def test_an_adaptive_network_is_saved_with_its_sparsity(tmp_path):
  gan = _gan()
  _fit(gan, _Scripted(lambda zeros: 1.0), 1, step=0.4)
  loaded = tgp.load_model(tgp.save_model(gan, tmp_path / "gan.keras"))
  (schedule,) = {
    x.pruning_schedule.sparsity
    for x in tgp.sparsity.pruned_layers(loaded.generator)
  }
  assert schedule == pytest.approx(0.4)


@pytest.mark.parametrize(
  ("kwargs", "message"),
  [
    ({"max_increase": -0.1}, "`max_increase`.*got -0.1"),
    ({"max_distance": float("nan")}, "`max_distance`.*got nan"),
    ({"step": 0}, "`step`.*got 0"),
    ({"min_step": 2}, "`min_step`.*got 2"),
    ({"max_sparsity": 1.0}, "`max_sparsity`.*got 1.0"),
    ({"step": 0.1, "min_step": 0.2}, "`min_step`.*to 0.1; got 0.2"),
    ({"frequency": 0}, "`frequency`.*got 0"),
    ({"num_images": 3}, "`num_images`.*got 3"),
  ],
)
def test_numbers_out_of_range_are_refused(kwargs, message):
  with pytest.raises(ValueError, match=message):
    tgp.AdaptivePruning(_Scripted(None), **kwargs)


def test_a_budget_that_the_dense_network_breaks_is_refused():
  with pytest.raises(ValueError, match="`max_distance` 0.5 .* 1; raise"):
    _fit(_gan(), _Scripted(lambda zeros: 1.0), 1, max_distance=0.5)


def test_a_generator_that_collapsed_before_is_refused():
  script = _Scripted(lambda zeros: 1.0, lambda zeros: True)
  with pytest.raises(ValueError, match="1 class"):
    _fit(_gan(), script, 1)


def _fit_with(gan, *callbacks):
  gan.fit(tiny.images(4), batch_size=4, verbose=0, callbacks=list(callbacks))


@pytest.mark.slow
def test_a_network_that_nothing_sets_is_warned_of():
  gan = _gan()
  with pytest.warns(UserWarning, match="AdaptiveSparsity.*AdaptivePruning"):
    _fit_with(gan)

  class Setter(tgp.keras.callbacks.Callback):
    sets_sparsity = True

  others = [_gan(), tgp.GAN(tiny.discriminator(), tiny.generator(), 4)]
  others[1].compile("adam", "adam")
  adaptive, _ = _fit(pruned := _gan(), _Scripted(lambda zeros: 1.0), 1)
  assert adaptive.decisions
  with warnings.catch_warnings():
    warnings.simplefilter("error")
    _fit_with(others[0], Setter())
    _fit_with(others[1])
    _fit_with(pruned)  # goes on with the zeros that it has


@pytest.mark.parametrize("wrap", [list, tgp.keras.callbacks.CallbackList])
def test_two_that_set_a_sparsity_are_refused(wrap):
  adaptive = tgp.AdaptivePruning(_Scripted(lambda zeros: 1.0), num_images=4)
  callbacks = wrap([adaptive, tgp.LotteryTicket(0.5, 1, 1)])
  with pytest.raises(
    ValueError, match="`callbacks` has AdaptivePruning and LotteryTicket"
  ):
    _gan().fit(tiny.images(4), None, batch_size=4, callbacks=callbacks)


def test_a_network_with_another_schedule_is_refused():
  gan = tgp.GAN(tiny.discriminator(), tiny.generator(), 4)
  gan.compile("adam", "adam")
  with pytest.raises(ValueError, match=r"tgp\..*tgp.AdaptiveSparsity\(\)"):
    _fit(gan, _Scripted(lambda zeros: 1.0), 1)


@pytest.mark.parametrize("evaluator", [None, tiny.discriminator()])
def test_what_cannot_evaluate_is_refused_before_training(evaluator):
  with pytest.raises(ValueError, match="`evaluator` .*Evaluator"):
    tgp.AdaptivePruning(evaluator)
