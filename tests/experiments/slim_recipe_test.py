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
"""Tests of slim networks that learn by a recipe."""

import numpy as np
import pytest

import tf_ganprune as tgp
from tests.experiments import slims

_Experiment, _slim = slims.Experiment, slims.contestant


def test_a_recipe_decides_what_is_learnt():
  way = _slim(recipe="omgd", teacher="trained", discriminator="new")
  found = way.settings
  assert (found.teacher, found.discriminator) == ("online", "kept")
  assert found.distillation == ("ssim", "image", "features", "total_variation")
  assert found.weights == (10.0, 10.0, 100.0, 1e-5)
  assert way._fade(1)[0] == 1.0
  (note,) = way.notes()
  assert "on beside it: by omgd, ssim and image and features" in note
  way = _slim(recipe="cat", teacher="trained", discriminator="shrunk")
  found = way.settings
  assert (found.teacher, found.discriminator) == ("trained", "shrunk")
  assert found.distillation == ("kernel_alignment", "image")
  assert way._fade(1)[0] == 0.25
  with pytest.raises(ValueError, match="--slim_recipe must be.*'omgd'.*'x'"):
    _slim(recipe="x").check()


def _translator(pairs):
  shape = (16, 16, 1)
  generator = lambda: tgp.networks.u_net_generator(  # noqa: E731
    shape, num_downs=2, width=8
  )
  adam = lambda: tgp.keras.optimizers.Adam(1e-3)  # noqa: E731
  judge = lambda given=None: tgp.networks.patch_discriminator(  # noqa: E731
    shape, given, width=4, num_layers=1
  )
  if pairs:
    gan = tgp.Pix2Pix(judge(shape), generator(), ema_decay=0.9)
    gan.compile(adam(), adam(), run_eagerly=True)
    return gan
  gan = tgp.CycleGAN(generator(), generator(), judge(), judge(), ema_decay=0.9)
  gan.compile(*(adam() for _ in range(4)), run_eagerly=True)
  return gan


@pytest.mark.slow
@pytest.mark.parametrize("pairs", [True, False])
@pytest.mark.parametrize("recipe", ["omgd", "dcd"])
def test_translators_are_cut_and_learn_by_a_recipe(pairs, recipe):
  gan = _translator(pairs)
  judges = {name: gan.networks[name] for name in gan.discriminators}
  settings = {"macs": 0.4, "whole_epochs": 0, "recipe": recipe}
  slim_gan = _slim(
    _Experiment(begin=gan), generator_batch_size=None, **settings
  ).cut(1)
  is_online = recipe == "omgd"
  for name in slim_gan.exported:
    teacher = slim_gan.teacher_of(name)
    assert (teacher in slim_gan.optimizers) == is_online
  if pairs:
    assert slim_gan.adversarial_weight == (0.0 if is_online else 1.0)
  else:
    assert slim_gan.adversarial_weight == gan.adversarial_weight
  for name, judge in judges.items():
    assert (slim_gan.networks[name] is judge) == is_online
  images = np.random.default_rng(0).uniform(-1, 1, (4, 16, 16, 1))
  images = images.astype(np.float32)
  logs = slim_gan.fit(images, images, verbose=0).history
  assert any(name.endswith("distillation_loss") for name in logs)
