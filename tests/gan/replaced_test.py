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
"""Tests of what goes over, and what does not, to a GAN with other networks."""

import numpy as np
import pytest
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny

keras = tgp.keras
_SCHEDULE = tfmot.sparsity.keras.ConstantSparsity(0.5, 0, frequency=1)


def _gan(**arguments):
  keras.utils.set_random_seed(0)
  gan = tgp.GAN(
    tiny.discriminator(), tiny.generator(), 4, ema_decay=0.5, **arguments
  )
  gan.compile("adam", "adam", run_eagerly=True)
  gan.fit(tiny.images(12), batch_size=4, verbose=0)
  return gan


def test_the_average_of_a_network_with_other_weights_begins_with_it():
  gan, generator = _gan(), tiny.generator()
  generator.set_weights([np.full_like(x, 7.0) for x in generator.get_weights()])
  another = gan.replaced(generator=generator)
  for weight in another.ema_generator.get_weights():
    np.testing.assert_array_equal(weight, np.full_like(weight, 7.0))
  assert another.g_optimizer is not gan.g_optimizer


def test_a_dense_average_is_zero_where_the_new_network_is():
  gan = _gan()
  pruned = tgp.prune_low_magnitude(gan.generator, _SCHEDULE)
  elsewhere = tgp.GAN(tiny.discriminator(), pruned, 4)
  elsewhere.compile("adam", "adam", run_eagerly=True)
  elsewhere.fit(tiny.images(4), batch_size=4, verbose=0)  # makes the masks
  assert tgp.sparsity_report(gan.ema_generator).overall < 0.1
  another = gan.replaced(generator=pruned)
  found = tgp.sparsity_report(another.ema_generator).overall
  assert found == pytest.approx(0.5, abs=0.03)


def test_a_new_discriminator_has_regularizers_that_remember_nothing():
  ada = tgp.regularizers.AdaptiveAugmentation(images=16, interval=1)
  gan = _gan(regularizers=["lecam", ada])
  state = lambda x: x.discriminator_regularizers.get_weights()  # noqa: E731
  assert any(np.any(x) for x in state(gan))
  new = gan.replaced(discriminator=tiny.discriminator())
  assert not any(np.any(x) for x in state(new))
  few = gan.replaced(regularizers=["lecam"])
  for ours, theirs in zip(
    few.discriminator_regularizers.of_kind("lecam").get_weights(),
    gan.discriminator_regularizers.of_kind("lecam").get_weights(),
    strict=True,
  ):
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
  "make, message",
  [
    (
      lambda: _gan(r1_weight=1.0, regularizers=["r1"]),
      "`r1_weight` is 1, and `regularizers` has 'r1'",
    ),
    (
      lambda: tgp.WGANGP(
        tiny.discriminator(),
        tiny.generator(),
        4,
        regularizers=["gradient_penalty"],
      ),
      "`gp_weight` is 10, and `regularizers`",
    ),
    (
      lambda: tgp.PrunedGAN([tiny.generator()]),
      "`networks` must be a dict by the networks' names",
    ),
    (
      lambda: tgp.PrunedGAN({"generator": tiny.generator()}).compile(["adam"]),
      "`optimizers` must be a dict",
    ),
    (
      lambda: tgp.PrunedGAN({"regularizers": tiny.generator()}),
      "named 'regularizers'",
    ),
    (
      lambda: tgp.PrunedGAN({"loss": tiny.generator()}),
      "named 'loss'",
    ),
    (
      lambda: tgp.PrunedGAN(
        {"generator": tiny.generator()},
        tgp.inputs.source(np.ones([4, 4], "f")),
      ),
      "an object that draws any number",
    ),
  ],
)
def test_what_will_not_do_is_said(make, message):
  with pytest.raises(ValueError, match=message) as error:
    make()
  assert "\n" not in str(error.value)


class _Silent(tgp.PrunedGAN):
  def update(self, batch):
    raise AssertionError("training began")


@pytest.mark.parametrize("kind", ["monitor", "adaptive", "balance"])
def test_callbacks_ask_for_inputs_before_training_begins(kind, tmp_path):
  generator = tgp.prune_low_magnitude(tiny.generator(), tgp.AdaptiveSparsity())
  discriminator = tgp.prune_low_magnitude(tiny.discriminator(), tgp.SET(0.5))
  model = _Silent({"generator": generator, "discriminator": discriminator})
  model.compile({"generator": "adam", "discriminator": "adam"})

  class Evaluator:
    def evaluate(self, images):
      return {}

    def collapse(self, results, count):
      return None

  callback = {
    "monitor": lambda: tgp.GANMonitor(str(tmp_path)),
    "adaptive": lambda: tgp.AdaptivePruning(Evaluator()),
    "balance": lambda: tgp.BalancedDensity(tiny.images(4)),
  }[kind]()
  with pytest.raises(ValueError, match="pass `inputs` to its constructor"):
    model.fit(tiny.images(4), verbose=0, callbacks=[callback])
