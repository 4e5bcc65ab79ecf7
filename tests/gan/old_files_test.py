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
"""Tests that files of GANs that earlier versions wrote load, and train on.

The files in `old/` were written when `PrunedGAN` did not know its networks by
name: a pruned WGANGP after two updates, and a GAN whose teacher learns too.
"""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import build_files, tiny, watch
from tf_ganprune.sparsity.wrapping import wrapped_layers

_FOLDER = build_files.ROOT / "tests" / "gan" / "old"
_EXPECTED = np.load(_FOLDER / "expected.npz")


def _same(found, name):
  np.testing.assert_allclose(found, _EXPECTED[name], atol=1e-6)


@pytest.mark.slow
def test_a_pruned_wgan_gp():
  gan = tgp.load_model(_FOLDER / "wgan_gp.keras")
  assert (type(gan), gan.gp_weight, gan.latent_dim) == (tgp.WGANGP, 3.0, 4)
  _same(gan.generate(2, seed=3), "wgan_gp")
  _same(gan.d_optimizer.variables[1], "critic")
  gan.fit(tiny.images(8), batch_size=4, verbose=0)
  assert int(gan.d_optimizer.iterations) == 4 * 5
  for name, updates in (("generator", 4), ("discriminator", 20)):
    (layer, *_) = wrapped_layers.pruned_layers(gan.networks[name])
    watch.check(gan.networks[name], layer.pruning_schedule, updates)


@pytest.mark.slow
def test_a_gan_with_a_teacher_that_learns():
  gan = tgp.load_model(_FOLDER / "taught.keras")
  assert (gan.loss_name, gan.adversarial_weight) == ("hinge", 0.5)
  assert [loss.name for loss in gan.distillation] == ["features", "image"]
  _same(gan.generate(2, seed=3), "taught")
  _same(gan.distillation[0].trainable_variables[0], "adapter")
  _same(gan.adapter_optimizer.variables[1], "moments")
  _same(gan.ema_teacher(tf.ones([2, 4])), "teacher")
  gan.fit(tiny.images(8), batch_size=4, verbose=0)
  counted = [gan.g_optimizer, gan.t_optimizer, gan.adapter_optimizer]
  assert [int(x.iterations) for x in counted] == [4, 4, 4]
