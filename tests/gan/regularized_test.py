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
"""Tests of GANs whose discriminators are regularized."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tests.gan import families

keras = tgp.keras
_KINDS = sorted(tgp.regularizers.REGULARIZERS)


def _gan(regularizers, model_class=tgp.GAN, **arguments):
  keras.utils.set_random_seed(0)
  gan = model_class(
    tiny.discriminator(),
    tiny.generator(),
    4,
    regularizers=regularizers,
    **arguments,
  )
  sgd = keras.optimizers.SGD
  gan.compile(sgd(0.05), sgd(0.05))
  return gan


def _fit(gan, n=8, **arguments):
  return gan.fit(
    tiny.images(n), batch_size=4, verbose=0, shuffle=False, **arguments
  ).history


@pytest.mark.slow
@pytest.mark.parametrize("kind", _KINDS)
def test_each_kind_trains_otherwise_than_none(kind):
  plain, gan = _gan([]), _gan([kind])
  losses = [_fit(x, 12) for x in (plain, gan)]
  assert all(np.isfinite(x).all() for x in losses[1].values())
  network = "generator" if kind == "top_k" else "discriminator"
  pairs = zip(
    plain.networks[network].get_weights(),
    gan.networks[network].get_weights(),
    strict=True,
  )
  # The state of these begins to matter later than after three updates.
  if kind not in ("adaptive_augmentation", "lecam", "top_k"):
    assert any(not np.allclose(a, b, atol=1e-7) for a, b in pairs)
  assert plain.count_params() <= gan.count_params()


@pytest.mark.slow
def test_r1_as_a_regularizer_is_r1_weight():
  weights = []
  for arguments in (
    {"regularizers": [tgp.regularizers.R1(3.0)]},
    {"regularizers": [], "r1_weight": 3.0},
  ):
    gan = _gan(**arguments)
    _fit(gan)
    weights.append(gan.discriminator.get_weights()[0])
  np.testing.assert_allclose(*weights, atol=1e-6)


def _state(gan):
  return [x.numpy() for x in gan.discriminator_regularizers.weights]


@pytest.mark.slow
def test_state_is_saved_and_goes_over(tmp_path):
  ada = tgp.regularizers.AdaptiveAugmentation(images=16, interval=1)
  gan = _gan([ada, "lecam"], ema_decay=0.5)
  _fit(gan, 24)
  assert any((x != 0).any() for x in _state(gan))
  tgp.save_model(gan, tmp_path / "gan.keras")
  loaded = tgp.load_model(tmp_path / "gan.keras")
  another = gan.replaced(generator=tgp.prune_low_magnitude(gan.generator))
  for found in (_state(loaded), _state(another)):
    for ours, theirs in zip(found, _state(gan), strict=True):
      np.testing.assert_array_equal(ours, theirs)
  _fit(loaded)
  assert int(loaded.g_optimizer.iterations) == 8


def test_each_discriminator_has_a_state_of_its_own():
  model = families.cycle(regularizers=["lecam"])
  names = [f"{x}_regularizers" for x in model.discriminators]
  assert names == [
    "discriminator_X_regularizers",
    "discriminator_Y_regularizers",
  ]
  first, second = (getattr(model, name).weights for name in names)
  assert first and not {id(x) for x in first} & {id(x) for x in second}


class _Silent(tgp.GAN):
  def discriminator_loss(self, real, fake):
    return tf.reduce_mean(self.discriminator(fake) - self.discriminator(real))


class _Scoring(tgp.GAN):
  def discriminator_loss(self, real, fake):
    return tf.reduce_mean(self.score(fake) - self.score(real))


@pytest.mark.slow
def test_a_loss_of_ones_own_loses_no_regularizer():
  with pytest.raises(ValueError, match="`discriminator_loss`.*self.score"):
    _fit(_gan(["diff_augment"], _Silent))
  weights = []
  for kind in ([], ["r1"]):
    for model_class in (_Silent, _Scoring):
      gan = _gan(kind, model_class)
      _fit(gan)
      weights.append(gan.discriminator.get_weights()[0])
  np.testing.assert_allclose(weights[0], weights[1], atol=1e-6)
  np.testing.assert_allclose(weights[2], weights[3], atol=1e-6)
  assert not np.allclose(weights[0], weights[2], atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
  "options", [{"jit_compile": True}, {"steps_per_execution": 2}]
)
def test_all_at_once_with_critic_steps(options):
  kinds = [k for k in _KINDS if k not in ("diff_augment",)]
  keras.utils.set_random_seed(0)
  gan = tgp.WGANGP(
    tiny.discriminator(),
    tgp.prune_low_magnitude(tiny.generator()),
    4,
    discriminator_steps=2,
    gp_weight=0.0,
    regularizers=kinds,
    ema_decay=0.5,
  )
  gan.compile("adam", "adam", **options)
  assert all(np.isfinite(x).all() for x in _fit(gan).values())
  assert int(gan.d_optimizer.iterations) == 4


@pytest.mark.parametrize(
  "regularizers, message",
  [
    ([tgp.regularizers.R1], "R1"),
    (["r2"], "'r2'"),
    (["r1", tgp.regularizers.R1()], "two|twice|R1"),
  ],
)
def test_refuses_what_is_no_regularizer(regularizers, message):
  with pytest.raises(ValueError, match=message) as error:
    _gan(regularizers)
  assert "\n" not in str(error.value)


def test_refuses_a_family_without_a_judge():
  class Any(tgp.PrunedGAN):
    pass

  with pytest.raises(ValueError, match="override `discriminators`"):
    Any({"generator": tiny.generator()}, regularizers=["r1"])
