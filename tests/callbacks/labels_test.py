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
"""Tests of callbacks on GANs whose generators or discriminators take labels."""

import warnings

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune import pictures

keras = tgp.keras
layers = keras.layers
_SHAPE = (8, 8, 1)
_CLASSES = 3
_IMAGES = tiny.images(24)
_LABELS = np.arange(24) % _CLASSES


def _generator():
  return tgp.networks.conditional_generator(
    _SHAPE, 4, _CLASSES, "embedding", width=4
  )


def _discriminator(conditioning="projection"):
  return tgp.networks.conditional_discriminator(
    _SHAPE, _CLASSES, conditioning, width=4
  )


def _conditional(generator=None, discriminator=None, **kwargs):
  keras.utils.set_random_seed(0)
  gan = tgp.ConditionalGAN(
    discriminator or _discriminator(),
    generator or _generator(),
    4,
    _CLASSES,
    ema_decay=0.5,
    **kwargs,
  )
  gan.compile("adam", "adam")
  return gan


def _classifier():
  return keras.Sequential(
    [
      keras.Input(_SHAPE),
      layers.Conv2D(4, 3, strides=2, activation="relu", name="conv"),
      layers.Flatten(),
      layers.Dense(_CLASSES, name="logits"),
    ],
    name="classifier",
  )


def _semi_supervised(discriminator=None):
  keras.utils.set_random_seed(0)
  gan = tgp.SemiSupervisedGAN(
    discriminator or _classifier(), tiny.generator(), 4, _CLASSES, ema_decay=0.5
  )
  gan.compile("adam", "adam")
  return gan


def _fit(gan, *callbacks, epochs=1):
  with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    return gan.fit(
      _IMAGES,
      _LABELS,
      batch_size=12,
      epochs=epochs,
      verbose=0,
      callbacks=list(callbacks),
    ).history


def _grid(path):
  return tf.io.decode_png(tf.io.read_file(str(path))).numpy()


def test_a_grid_has_a_row_for_each_class(tmp_path):
  gan = _conditional()
  _fit(gan, tgp.GANMonitor(tmp_path, num_images=7, seed=3))
  latents = gan.draw(2, seed=3)[0]
  rows = [gan([latents, tf.fill([2], label)]) for label in range(_CLASSES)]
  expected = pictures.image_grid(np.concatenate(rows), 2)
  found = _grid(tmp_path / "epoch_0001.png").astype(int)
  np.testing.assert_allclose(found, expected.astype(int), atol=1)
  assert np.abs(found[:8] - found[10:18]).max() > 1


def test_a_grid_of_fewer_images_than_two_a_class(tmp_path):
  gan = _conditional()
  _fit(gan, tgp.GANMonitor(tmp_path, num_images=4, seed=3))
  expected = pictures.image_grid(gan.generate(4, seed=3).numpy(), 2)
  found = _grid(tmp_path / "epoch_0001.png").astype(int)
  np.testing.assert_allclose(found, expected.astype(int), atol=1)


def test_what_a_classifiers_generator_draws_is_seen(tmp_path):
  gan = _semi_supervised()
  _fit(gan, tgp.GANMonitor(tmp_path, num_images=4, seed=3))
  latents = tgp.inputs.Latents(4).draw(4, seed=3)
  expected = pictures.image_grid(gan.ema_generator(latents).numpy(), 2)
  found = _grid(tmp_path / "epoch_0001.png").astype(int)
  np.testing.assert_allclose(found, expected.astype(int), atol=1)


class _Watching:
  """Keeps what it is given to evaluate, and says what a script does."""

  def __init__(self, score, values, labels=_LABELS):
    self.labels, self.seen = labels, []
    self._score, self._values = score, iter(values)

  def evaluate(self, images, labels=None):
    self.seen.append((images, labels))
    value = next(self._values)
    return {"frechet_distance": 1.0, self._score: value}

  def collapse(self, results, num_images):
    return None


def _adaptive(evaluator, **kwargs):
  kwargs = {"num_images": 6, "seed": 5, "step": 0.2} | kwargs
  return tgp.AdaptivePruning(evaluator, **kwargs)


def _adaptive_gan():
  schedule = tgp.AdaptiveSparsity()
  return _conditional(tgp.prune_low_magnitude(_generator(), schedule))


@pytest.mark.slow
def test_adaptive_pruning_by_the_accuracy_of_labels():
  script = _Watching("label_accuracy", [0.9, 0.88, 0.8])
  adaptive = _adaptive(script, score="label_accuracy", max_increase=0.05)
  logs = _fit(_adaptive_gan(), adaptive, epochs=2)
  assert [x.verdict for x in adaptive.decisions] == ["kept", "stepped back"]
  assert "below 0.855" in str(adaptive.decisions[1])
  assert "Label accuracy 0.8" in str(adaptive.decisions[1])
  assert logs["label_accuracy"] == [0.88, 0.8]
  assert adaptive.history["label_accuracy"] == [0.88, 0.8]
  assert "frechet_distance" not in logs


def test_adaptive_pruning_gives_labels_with_their_images():
  gan, script = _adaptive_gan(), _Watching("other", [1.0])
  drawn = gan.draw(6, seed=5)
  images = gan(drawn).numpy()
  adaptive = _adaptive(script)
  adaptive._meter.measure(gan)
  np.testing.assert_allclose(script.seen[0][0], images, atol=1e-6)
  np.testing.assert_array_equal(script.seen[0][1], drawn[1])
  script = _Watching("other", [1.0], labels=None)
  _adaptive(script)._meter.measure(gan)
  assert script.seen[0][1] is None


def test_the_worst_accuracy_that_is_accepted():
  script = _Watching("label_accuracy", [0.5])
  adaptive = _adaptive(script, score="label_accuracy", max_distance=0.6)
  with pytest.raises(ValueError, match="`max_distance` 0.6"):
    _fit(_adaptive_gan(), adaptive)


def test_a_score_that_the_evaluator_lacks():
  script = _Watching("other", [0.5])
  with pytest.raises(ValueError, match="a 'label_accuracy', which Adaptive"):
    _fit(_adaptive_gan(), _adaptive(script, score="label_accuracy"))


@pytest.mark.slow
def test_adaptive_pruning_of_a_classifier_by_its_error():
  classifier = tgp.prune_low_magnitude(_classifier(), tgp.AdaptiveSparsity())
  gan = _semi_supervised(classifier)
  evaluator = tgp.metrics.ClassifierEvaluator(_IMAGES, _LABELS)
  adaptive = _adaptive(evaluator, max_distance=1.0)
  logs = _fit(gan, adaptive, epochs=1)
  right = gan.classify(_IMAGES).numpy().argmax(1) == _LABELS
  assert logs["error"] == [pytest.approx(1 - right.mean())]
  assert adaptive.decisions[0].verdict == "kept"
  zeros = tgp.sparsity_report(gan.discriminator).overall
  assert zeros == pytest.approx(0.2, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("make", [_conditional, _semi_supervised])
def test_a_lottery_ticket(make):
  schedule = tgp.AdaptiveSparsity()
  name = "generator" if make is _conditional else "discriminator"
  network = _generator() if make is _conditional else _classifier()
  network = tgp.prune_low_magnitude(network, schedule)
  gan = make(**{name: network})
  _fit(gan, tgp.LotteryTicket(0.5, rounds=1, epochs_per_round=1), epochs=2)
  zeros = tgp.sparsity_report(getattr(gan, name)).overall
  assert zeros == pytest.approx(0.5, abs=0.02)


def test_mode_collapse_measures_labels():
  flat = keras.Sequential(
    [keras.Input(_SHAPE), layers.Flatten(), layers.Dense(_CLASSES)]
  )
  evaluator = tgp.metrics.Evaluator(flat, _IMAGES, labels=_LABELS)
  gan = _conditional()
  watch = tgp.ModeCollapse(evaluator, num_images=12, seed=2, frequency=2)
  logs = _fit(gan, watch, epochs=2)
  drawn = gan.draw(12, seed=2)
  found = evaluator.logits(gan(drawn).numpy()).argmax(1)
  assert np.isnan(logs["label_accuracy"][0])
  expected = np.mean(found == drawn[1])
  assert logs["label_accuracy"][1] == pytest.approx(expected)
  logs = _fit(_semi_supervised(), tgp.ModeCollapse(evaluator, num_images=12))
  assert "recall" in logs and "label_accuracy" not in logs


def _balance(given, gan):
  balance = tgp.BalancedDensity(given, measure_frequency=1, num_images=6)
  _fit(gan, balance)
  return balance


def _sparse(network):
  return tgp.prune_low_magnitude(network, tgp.SET(0.5, update_frequency=2))


@pytest.mark.slow
def test_balanced_density_scores_images_with_their_labels():
  gan = _conditional(discriminator=_sparse(_discriminator()))
  balance = _balance([_IMAGES, _LABELS], gan)
  assert len(balance.decisions) == 1
  score = balance._score
  rows = np.arange(6)
  for labels in (_LABELS, (_LABELS + 1) % _CLASSES):
    given = [_IMAGES[rows], labels[rows]]
    expected = tf.reduce_mean(gan.discriminator(given, training=True))
    assert float(score(given)) == pytest.approx(float(expected), abs=1e-6)
  drawn = gan.draw(6, (0, 1))
  judged = balance._generated(1)
  np.testing.assert_array_equal(judged[1], drawn[1])
  np.testing.assert_allclose(judged[0], gan.generator(drawn, training=True))


@pytest.mark.slow
def test_balanced_density_of_discriminators_that_say_the_class():
  discriminator = _sparse(_discriminator("auxiliary"))
  gan = _conditional(discriminator=discriminator, auxiliary_weight=1.0)
  score = float(_balance(_IMAGES, gan)._score(_IMAGES[:6]))
  logit, _ = gan.discriminator(_IMAGES[:6], training=True)
  assert score == pytest.approx(float(tf.reduce_mean(logit)), abs=1e-6)
  gan = _semi_supervised(_sparse(_classifier()))
  score = float(_balance(_IMAGES, gan)._score(_IMAGES[:6]))
  classes = gan.discriminator(_IMAGES[:6], training=True)
  expected = np.log(np.exp(classes).sum(1)).mean()
  assert score == pytest.approx(expected, abs=1e-6)


def test_balanced_density_says_which_examples_it_needs():
  gan = _conditional(discriminator=_sparse(_discriminator()))
  with pytest.raises(ValueError, match=r"pass `\[images, labels\]`"):
    _balance(_IMAGES, gan)
  with pytest.raises(ValueError, match=r"`labels` .*\["):
    tgp.BalancedDensity([_IMAGES, _LABELS[:3]])
  gan = _semi_supervised(_sparse(_classifier()))
  with pytest.raises(ValueError, match="no labels as `images` of"):
    _balance([_IMAGES, _LABELS], gan)
