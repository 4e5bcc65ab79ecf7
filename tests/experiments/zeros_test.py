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
"""Tests of pruned networks that learn from the dense ones, and of rates."""

import dataclasses

import numpy as np
import pytest

import tf_ganprune as tgp
from tests import tiny
from tests.experiments import mapping
from tf_ganprune import experiments
from tf_ganprune.experiments import dcgan_task, rate_decay, zeros_settings

_TAUGHT = zeros_settings.Settings(
  end=0.5,
  learning_rate=5e-3,
  distillation=("image",),
  weights=(2.0,),
  discriminator="new",
)


@pytest.mark.slow
def test_the_pruned_one_learns_from_the_dense_one(tmp_path):
  settings = mapping.Settings(phases=("dense", "pruned"), zeros=_TAUGHT)
  job = experiments.Experiment(mapping.Mapping, settings, tmp_path).open()
  gans = job.train()
  dense, pruned = gans["dense"], gans["pruned"]
  assert set(pruned.networks) - set(dense.networks) == {
    "teacher_there",
    "teacher_back",
  }
  for name in ("there", "back"):
    teacher = pruned.networks[f"teacher_{name}"].get_weights()
    for ours, theirs in zip(
      teacher, dense.networks[name].get_weights(), strict=True
    ):
      np.testing.assert_array_equal(ours, theirs)
    zeros = tgp.sparsity_report(pruned.networks[name]).overall
    assert zeros == pytest.approx(0.8, abs=0.03)
    rate = pruned.optimizers[name].learning_rate
    assert float(rate) == pytest.approx(5e-3)
  assert float(pruned.critic_optimizer.learning_rate) == pytest.approx(1e-2)
  (loss,) = pruned.distillation["there"]
  assert float(loss.weight(0)) == 2.0
  assert float(loss.weight(16)) == pytest.approx(0.5)
  # All were updated as often after the beginning.
  assert int(pruned.there_optimizer.iterations) == 16
  assert int(dense.there_optimizer.iterations) == 32


@pytest.mark.parametrize(
  "changes, message",
  [
    ({"weights": ()}, "--zeros_distillation has 1 losses, and"),
    ({"distillation": (), "weights": ()}, "--zeros_discriminator=new"),
    ({"end": 0.0}, "--zeros_end .*0"),
    ({"end": 0.01}, "leaves no pruning in 0 of the 16 steps"),
  ],
)
def test_what_will_not_do_is_said(changes, message, tmp_path):
  zeros = dataclasses.replace(_TAUGHT, **changes)
  settings = mapping.Settings(zeros=zeros)
  with pytest.raises(ValueError, match=message):
    experiments.Experiment(mapping.Mapping, settings, tmp_path / "none")
  assert not (tmp_path / "none").exists()


def test_the_main_jobs_defaults_will_do():
  experiments.fields.check(dcgan_task.BEST)
  zeros_settings.check(dcgan_task.BEST.zeros)
  assert dcgan_task.BEST.final_sparsity == 0.8


def test_rates_stay_and_then_fall_evenly():
  decay = rate_decay.RateDecay(5, 0.5, 0.2)
  found = [decay.factor(epoch) for epoch in range(5)]
  assert found == pytest.approx([1.0, 1.0, 1.0, 0.6, 0.2])
  assert rate_decay.RateDecay(1, 0.5, 0.2).factor(0) == 1.0
  whole = rate_decay.RateDecay(3, 0.0, 0.5)
  assert [whole.factor(x) for x in range(3)] == pytest.approx([1, 0.75, 0.5])


class _Rates(tgp.keras.callbacks.Callback):
  def __init__(self):
    super().__init__()
    self.found = []

  def on_epoch_end(self, epoch, logs=None):
    optimizers = self.model.optimizers.values()
    self.found.append([float(x.learning_rate) for x in optimizers])


def _fit(backup, epochs, rates):
  gan = tgp.GAN(tiny.discriminator(), tiny.generator(), 4)
  adam = tgp.keras.optimizers.Adam
  gan.compile(adam(0.1), adam(0.2), run_eagerly=True)
  gan.fit(
    tiny.images(4),
    batch_size=4,
    epochs=epochs,
    verbose=0,
    callbacks=[
      rate_decay.RateDecay(4, 0.0, 0.25),
      rates,
      tgp.BackupAndRestore(backup, delete_checkpoint=False),
    ],
  )


def test_a_phase_that_was_killed_goes_on_with_its_rates(tmp_path):
  rates = _Rates()
  _fit(tmp_path / "backup", 2, rates)
  _fit(tmp_path / "backup", 4, rates)
  expected = [[0.1, 0.2], [0.075, 0.15], [0.05, 0.1], [0.025, 0.05]]
  np.testing.assert_allclose(rates.found, expected, rtol=1e-5)
