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
"""Tests of what experiments ask of a GAN."""

import numpy as np
import pytest
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.experiments import handover
from tf_ganprune.sparsity.wrapping import wrapped_layers

keras = tgp.keras


@pytest.mark.slow
def test_pruned_gan_goes_on_where_the_dense_one_is():
  keras.utils.set_random_seed(0)
  dense = tgp.WGANGP(
    tiny.discriminator(), tiny.generator(), 4, gp_weight=3.0, ema_decay=0.9
  )
  dense.compile("adam", "adam", loss="hinge")
  dense.fit(tiny.images(8), batch_size=4, verbose=0)
  images = dense.generate(2, seed=0)
  schedule = tfmot.sparsity.keras.ConstantSparsity(0.5, 1, frequency=1)
  gan = handover.pruned(dense, schedule, ("generator",))
  np.testing.assert_allclose(gan.generate(2, seed=0), images, atol=1e-6)
  assert type(gan) is tgp.WGANGP
  assert (gan.gp_weight, gan.loss_name) == (3.0, "hinge")
  assert int(gan.g_optimizer.iterations) == 2
  gan.fit(tiny.images(8), batch_size=4, verbose=0)
  layers = wrapped_layers.pruned_layers(gan)
  assert [int(layer.pruning_step) for layer in layers] == [2, 2]
  assert int(gan.g_optimizer.iterations) == 4
  assert tgp.sparsity_report(gan.generator).overall == pytest.approx(
    0.5, abs=0.01
  )


class _Task:
  """Says what one network is given, at most."""

  def __init__(self, said=None):
    self.said = said

  def inputs(self, name, n, seed):
    return self.said


def test_inputs_are_the_tasks_or_else_the_gans():
  gan = tgp.GAN(tiny.discriminator(), tiny.generator(), 4)
  source = gan.input_source
  given = handover.inputs(_Task(), gan, "generator", 3, 7)
  np.testing.assert_array_equal(given, source.draw(3, seed=(7, 1)))
  assert handover.inputs(_Task(), gan, "discriminator", 3, 7) is None
  assert handover.calibration(_Task(), gan, "generator", 3, 7) is source
  for found in (handover.inputs, handover.calibration):
    assert found(_Task("said"), gan, "generator", 3, 7) == "said"
