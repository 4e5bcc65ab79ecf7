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
"""Tests of importances in training: invariants, compiled, resumed."""

import functools

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny, watch
from tests.callbacks import trainings
from tests.sparsity.importance import scored
from tf_ganprune.sparsity import prune
from tf_ganprune.sparsity.wrapping import wrapped_layers

keras = tgp.keras
sparsity = tfmot.sparsity.keras
_SCHEDULE = sparsity.PolynomialDecay(0.2, 0.8, 2, 6, frequency=2)
_ALL = sorted(tgp.importance.IMPORTANCES)


@pytest.mark.slow
@pytest.mark.parametrize("importance", _ALL)
def test_invariants_hold_after_every_step(importance):
  networks = {
    "discriminator": scored.pruned(importance, _SCHEDULE, tiny.discriminator),
    "generator": scored.pruned(importance, _SCHEDULE),
  }
  model = tgp.GAN(
    **networks, latent_dim=4, discriminator_steps=2, ema_decay=0.9
  )
  model.compile(
    keras.optimizers.AdamW(0.01), keras.optimizers.Adam(0.01), run_eagerly=True
  )
  watched = watch.Watch(
    dict.fromkeys(networks, _SCHEDULE),
    lambda one, name: int(getattr(one, f"{name[0]}_optimizer").iterations),
    inputs={"generator": tf.ones([2, 4])},
  )
  model.fit(tiny.images(28), batch_size=4, verbose=0, callbacks=[watched])
  assert watched.steps == 7
  assert abs(tgp.sparsity_report(model.ema_generator).overall - 0.8) < 0.01


@pytest.mark.slow
@pytest.mark.parametrize(
  ("importance", "options"),
  [
    ("snip", {"jit_compile": True}),
    ("spectral", {"jit_compile": True}),
    ("taylor", {"steps_per_execution": 3}),
  ],
)
def test_compiled_steps_prune_alike(importance, options):
  found = []
  for each in ({"run_eagerly": True}, options):
    keras.utils.set_random_seed(0)
    # Under XLA latents are others, so the loss does not depend on them.
    model = scored.Sum(
      tiny.discriminator(), scored.pruned(importance, _SCHEDULE), 4
    )
    sgd = keras.optimizers.SGD
    model.compile(sgd(0.01), sgd(0.01), **each)
    model.fit(tiny.images(24), batch_size=4, shuffle=False, verbose=0)
    found.append(
      [
        x[1].numpy()
        for x in wrapped_layers.pruned_layers(model.generator)[0].pruning_vars
      ]
    )
  for plain, compiled in zip(*found, strict=True):
    assert (plain != compiled).sum() <= 2  # of 192, whose sums were rounded


@pytest.mark.slow
@pytest.mark.parametrize(
  ("make", "importance"),
  [
    (trainings.gan, "taylor"),
    (trainings.keras_style_gan, "snip"),
  ],
)
def test_resumed_training_is_the_uninterrupted_one(
  make, importance, tmp_path, monkeypatch
):
  wrap = functools.partial(prune.prune_low_magnitude, importance=importance)
  monkeypatch.setattr(prune, "prune_low_magnitude", wrap)

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

  whole = fit(make())
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
  assert any(slot.any() for slot in scored.slots(whole.generator))
