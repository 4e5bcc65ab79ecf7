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
"""Tests of layers that several pruned networks share."""

import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tests import tiny
from tf_ganprune import callbacks, gan
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, pruner, report, strip
from tf_ganprune.sparsity.training import ownership

layers = keras.layers
_SCHEDULES = [
  tfmot.sparsity.keras.ConstantSparsity(sparsity, 1, frequency=1)
  for sparsity in (0.5, 0.75)
]
_REFUSED = "Layer 'shared' "


def _networks(shared):
  """A generator and a discriminator of 4x4x1 images with one layer in both."""
  z, image = keras.Input((16,)), keras.Input((4, 4, 1))
  made = layers.Reshape((4, 4, 1))(shared(z))
  logit = layers.Dense(1)(shared(layers.Flatten()(image)))
  return keras.Model(z, made), keras.Model(image, logit)


def _pruned_one_by_one():
  pairs = zip(
    _networks(layers.Dense(16, name="shared")), _SCHEDULES, strict=True
  )
  return [prune.prune_low_magnitude(*pair) for pair in pairs]


def test_a_gan_refuses_two_masks_of_one_layer():
  generator, discriminator = _pruned_one_by_one()
  with pytest.raises(ValueError, match=_REFUSED):
    gan.GAN(discriminator, generator, 16)


@pytest.mark.slow
@pytest.mark.parametrize("run", [lambda f: f, tf.function], ids=["eager", "f"])
def test_a_loop_refuses_two_masks_of_one_layer(run):
  pruners = [pruner.Pruner(network) for network in _pruned_one_by_one()]

  @run
  def step():
    for one in pruners:
      one.advance()

  with pytest.raises(ValueError, match=_REFUSED):
    step()


def test_the_callback_refuses_two_masks_of_one_layer():
  class Both(keras.Model):
    def __init__(self):
      super().__init__()
      self.generator, self.discriminator = _pruned_one_by_one()

    def train_step(self, x):
      return {"loss": tf.reduce_mean(x)}

  model = Both()
  model.compile()
  with pytest.raises(ValueError, match=_REFUSED):
    model.fit(
      tiny.images(4),
      batch_size=4,
      verbose=0,
      callbacks=[callbacks.UpdatePruningStep()],
    )


def test_one_wrapper_in_both_networks_is_right():
  shared = prune.prune_low_magnitude(
    layers.Dense(16, name="shared"), _SCHEDULES[0]
  )
  generator, discriminator = _networks(shared)
  model = gan.GAN(discriminator, generator, 16)
  model.compile("adam", "adam")
  model.fit(tiny.images(8)[:, :4, :4], batch_size=4, verbose=0)
  assert int(shared.pruning_step) == 2
  assert report.sparsity_report(generator).overall == 0.5


def test_a_layer_in_both_networks_is_masked_with_each():
  layer = prune.prune_low_magnitude(layers.Dense(16, name="shared"))
  generator, discriminator = _networks(layer)
  owner = keras.Model()
  owned = ownership.Owned(
    owner, {"discriminator": discriminator, "generator": generator}
  )
  for name in ("discriminator", "generator"):
    ((weight, mask),) = owned.entries(name)
    assert weight is layer.pruning_vars[0][0]
    assert mask is layer.pruning_vars[0][1]


def test_a_network_is_pruned_again_after_stripping():
  first = prune.prune_low_magnitude(tiny.discriminator(), _SCHEDULES[0])
  ownership.advance(ownership.claim(first, first))
  second = prune.prune_low_magnitude(strip.strip_pruning(first), _SCHEDULES[1])
  ownership.advance(ownership.claim(second, second))
  assert report.sparsity_report(second).overall == pytest.approx(0.75, abs=0.01)
