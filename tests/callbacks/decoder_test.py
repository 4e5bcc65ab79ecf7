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
"""Tests that callbacks know what draws where nothing is called a generator."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tests.gan import families, own_family
from tf_ganprune.callbacks import decisions

keras = tgp.keras
layers = keras.layers
_IMAGES = tiny.images(12)[:, :4, :4]
_LATENTS = (own_family.LATENT_DIM,)


def _autoencoder(schedules=None):
  keras.utils.set_random_seed(0)
  model = own_family.autoencoder(schedules, ema_decay=0.5)
  _compile(model)
  return model


def _compile(model):
  model.compile(dict.fromkeys(model.networks, "adam"), run_eagerly=True)


def _fit(model, epochs=1, callbacks=()):
  fit = model.fit(
    _IMAGES, batch_size=4, epochs=epochs, verbose=0, callbacks=[*callbacks]
  )
  return fit.history


class _Seen(tgp.metrics.Evaluator):
  """Keeps the images that it evaluates, of which it says what a script does."""

  def __init__(self, distances=()):
    network = keras.Sequential([keras.Input(families.SHAPE), layers.Flatten()])
    super().__init__(network, tiny.images(40)[:, :4, :4])
    self.images, self.distances = [], list(distances)

  def evaluate(self, images):
    self.images.append(np.array(images))
    said = {"frechet_distance": self.distances.pop(0)} if self.distances else {}
    return super().evaluate(images) | said

  def collapse(self, results, count, when=""):
    return None


def _drawn(model, n, seed):
  z = tgp.inputs.Latents(*_LATENTS).draw(n, seed=seed)
  return model.ema_decoder(z, training=False).numpy()


def test_mode_collapse_is_watched_in_what_the_averaged_decoder_draws():
  model, seen = _autoencoder(), _Seen()
  watch = tgp.ModeCollapse(seen, num_images=10, seed=2)
  history = _fit(model, callbacks=[watch])
  assert {"recall", "reconstruction"} <= set(history)
  np.testing.assert_allclose(seen.images[0], _drawn(model, 10, 2), atol=1e-6)
  assert not np.allclose(model.ema_decoder.weights[0], model.decoder.weights[0])


@pytest.mark.slow
def test_the_monitor_shows_what_the_averaged_decoder_draws(
  tmp_path, monkeypatch
):
  shown = []
  monkeypatch.setattr(
    tgp.pictures, "image_grid", lambda images, *_: shown.append(images)
  )
  monkeypatch.setattr(tgp.pictures, "write_png", lambda *_: None)
  model = _autoencoder()
  _fit(model, callbacks=[tgp.GANMonitor(str(tmp_path), num_images=4, seed=1)])
  np.testing.assert_allclose(shown[0], _drawn(model, 4, 1), atol=1e-6)


@pytest.mark.slow
def test_adaptive_pruning_steers_the_decoder_and_the_encoder():
  schedules = {x: tgp.AdaptiveSparsity() for x in ("decoder", "encoder")}
  model, seen = _autoencoder(schedules), _Seen([1.0, 1.0, 2.0, 1.0])
  callback = tgp.AdaptivePruning(seen, step=0.2, num_images=8)
  _fit(model, epochs=3, callbacks=[callback])
  found = callback.decisions
  assert [round(x.sparsity, 3) for x in found] == [0.2, 0.4, 0.3]
  assert found[1].verdict == decisions.BACK
  for name in schedules:
    zeros = tgp.sparsity_report(model.networks[name]).overall
    assert zeros == pytest.approx(0.3, abs=0.04)
  for images in seen.images:
    assert images.shape == (8, *families.SHAPE)


@pytest.mark.slow
def test_a_discriminator_is_matched_to_a_pruned_decoder():
  schedule = tfmot.sparsity.keras.ConstantSparsity(0.6, 1, frequency=1)
  model = _autoencoder({"decoder": schedule})
  _fit(model)
  matched = tgp.match_capacity(model.discriminator, model.decoder)
  model = model.replaced(discriminator=matched)
  _fit(model)
  for name in ("decoder", "discriminator"):
    zeros = tgp.sparsity_report(model.networks[name]).overall
    assert zeros == pytest.approx(0.6, abs=0.05)
  assert int(model.discriminator_optimizer.iterations) == 6


class _Drawing(tgp.PrunedGAN):
  """A decoder and a critic of what it draws."""

  def __init__(self, decoder, critic, **kwargs):
    networks = {"decoder": decoder, "critic": critic}
    super().__init__(networks, tgp.inputs.Latents(*_LATENTS), **kwargs)

  def update(self, real):
    fake = self.decoder(self.draw(tf.shape(real)[0]), training=True)
    return {
      "c_loss": self.minimize("critic", lambda: self._far(fake, real)),
      "loss": self.minimize("decoder", self._near),
    }

  def _far(self, fake, real):
    scores = [tf.reduce_mean(self.critic(x)) for x in (fake, real)]
    return scores[0] - scores[1]

  def _near(self):
    return -tf.reduce_mean(self.critic(self.decoder(self.draw(4))))


@pytest.mark.slow
def test_the_density_of_a_critic_is_balanced_against_a_decoder():
  keras.utils.set_random_seed(0)
  decoder = families.vector_network("decoder", _LATENTS, families.SHAPE, "tanh")
  critic = tgp.prune_low_magnitude(
    families.judge("critic"), tgp.SET(0.5, update_frequency=2)
  )
  model = _Drawing(decoder, critic)
  _compile(model)
  balance = tgp.BalancedDensity(_IMAGES, measure_frequency=1, num_images=4)
  history = _fit(model, epochs=2, callbacks=[balance])
  assert [x.step for x in balance.decisions] == [2, 4, 6]
  for decision in balance.decisions:
    assert np.isfinite(decision.density) and decision.verdict
  last = balance.decisions[-1]
  assert history["d_density"][-1] == pytest.approx(last.density)
  zeros = tgp.sparsity_report(critic).overall
  assert zeros == pytest.approx(1 - last.density, abs=0.04)


def test_a_discriminator_of_codes_is_not_balanced_by_images():
  model = _autoencoder({"discriminator": tgp.SET(0.5, update_frequency=2)})
  balance = tgp.BalancedDensity(_IMAGES, generator="decoder")
  with pytest.raises(ValueError, match=r"'discriminator'.*\(None, 3\)"):
    _fit(model, callbacks=[balance])
