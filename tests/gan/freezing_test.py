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
"""Tests of freezing networks and layers between and before fits."""

import numpy as np
import pytest
import tensorflow_model_optimization as tfmot

from tests import tiny, watch
from tf_ganprune import gan
from tf_ganprune.gan import freezing
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune
from tf_ganprune.sparsity.wrapping import wrapped_layers

_SCHEDULE = tfmot.sparsity.keras.PolynomialDecay(0.0, 0.8, 1, 9, frequency=2)


def _gan():
  keras.utils.set_random_seed(0)
  model = gan.GAN(
    prune.prune_low_magnitude(tiny.discriminator(), _SCHEDULE),
    prune.prune_low_magnitude(tiny.generator(), _SCHEDULE),
    4,
    ema_decay=0.5,
  )
  model.compile("adam", "adam")
  return model


def _compile(model):
  model.compile(model.d_optimizer, model.g_optimizer)


def _fit(model, batches=4, watched=()):
  updates = {"discriminator": "d_optimizer", "generator": "g_optimizer"}
  watcher = watch.Watch(
    dict.fromkeys(watched, _SCHEDULE),
    lambda one, name: int(getattr(one, updates[name]).iterations),
  )
  images = tiny.images(4 * batches)
  model.fit(images, batch_size=4, verbose=0, callbacks=[watcher])


@pytest.mark.slow
def test_a_network_is_frozen_and_unfrozen_between_fits():
  model = _gan()
  both = ("generator", "discriminator")
  _fit(model, watched=both)
  model.discriminator.trainable = False
  _compile(model)
  before = model.discriminator.get_weights()
  _fit(model, watched=both)
  for ours, theirs in zip(
    model.discriminator.get_weights(), before, strict=True
  ):
    np.testing.assert_array_equal(ours, theirs)
  assert int(model.d_optimizer.iterations) == 4
  assert int(model.g_optimizer.iterations) == 8
  model.discriminator.trainable = True
  _compile(model)
  _fit(model, watched=both)
  assert int(model.d_optimizer.iterations) == 8
  assert not np.array_equal(model.discriminator.get_weights()[0], before[0])


@pytest.mark.slow
def test_a_frozen_layer_keeps_its_weights_and_its_step():
  model = _gan()
  _fit(model)
  first, second = wrapped_layers.pruned_layers(model.generator)
  first.layer.trainable = False
  _compile(model)
  before = first.layer.kernel.numpy()
  _fit(model)
  np.testing.assert_array_equal(first.layer.kernel, before)
  assert [int(one.pruning_step) for one in (first, second)] == [4, 8]
  first.layer.trainable = True
  _compile(model)
  _fit(model, 8)
  assert [int(one.pruning_step) for one in (first, second)] == [12, 16]
  for layer in (first, second):
    mask = layer.pruning_vars[0][1].numpy()
    assert (mask == 0).sum() == round(0.8 * mask.size)


@pytest.mark.slow
def test_frozen_when_compiled_and_trained_later():
  model = _gan()
  model.discriminator.trainable = False
  model.compile("adam", "adam")
  _fit(model)
  assert int(model.d_optimizer.iterations) == 0
  model.discriminator.trainable = True
  with pytest.warns(UserWarning, match="discriminator.*Call `compile` again"):
    _fit(model)
  _compile(model)
  _fit(model, watched=("generator", "discriminator"))
  assert int(model.d_optimizer.iterations) == 4


def test_unfrozen_restores():
  network = tiny.generator()
  network.layers[0].trainable = False
  names = [weight.name for weight in network.trainable_weights]
  with freezing.unfrozen(network) as thawed:
    assert len(thawed.trainable_weights) == 5
  assert [weight.name for weight in network.trainable_weights] == names
