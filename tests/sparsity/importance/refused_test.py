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
"""Tests that importances which would hear nothing are refused."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tests.sparsity.importance import scored

keras = tgp.keras
sparsity = tfmot.sparsity.keras
_MISSING = "'dense'.*`importance='taylor'`.*gather"


def test_a_loop_without_gradients_is_refused():
  with pytest.raises(ValueError, match=_MISSING):
    tgp.Pruner(scored.pruned("taylor")).advance()


def test_a_network_that_nobody_trains_is_refused():
  model = scored.gan(tgp.GAN)
  model.generator.trainable = False
  model.compile("adam", "adam", run_eagerly=True)
  with pytest.raises(ValueError, match=_MISSING):
    model.fit(tiny.images(4), batch_size=4, verbose=0)


def test_a_teacher_that_does_not_learn_is_refused():
  model = tgp.GAN(
    tiny.discriminator(),
    tiny.generator(),
    4,
    teacher=scored.pruned("taylor"),
    distillation=["image"],
  )
  model.compile("adam", "adam", run_eagerly=True)
  with pytest.raises(ValueError, match=_MISSING):
    model.fit(tiny.images(4), batch_size=4, verbose=0)


def test_a_network_that_was_trained_may_be_frozen_later():
  model = scored.gan(tgp.GAN)
  model.fit(tiny.images(4), batch_size=4, verbose=0)
  model.generator.trainable = False
  model.compile("adam", "adam", run_eagerly=True)
  model.fit(tiny.images(4), batch_size=4, verbose=0)


def test_forward_calls_that_count_are_refused():
  network = scored.pruned("taylor")
  network.compile("sgd", "mse")
  with pytest.raises(ValueError, match="'dense.*'.*tgp.UpdatePruningStep"):
    network.fit(np.ones((4, 4)), np.ones((4, 8, 8, 1)), verbose=0)


def test_a_loss_that_does_not_reach_a_layer_is_refused():
  class Model(keras.Model):
    def __init__(self, inner):
      super().__init__()
      self.inner = inner

    def train_step(self, data):
      bias = self.inner.trainable_variables[-1]
      self.optimizer.apply_gradients([(tf.ones_like(bias), bias)])
      return {}

  model = Model(scored.pruned("taylor"))
  model.compile("sgd", run_eagerly=True)
  with pytest.raises(ValueError, match=_MISSING):
    model.fit(
      tf.data.Dataset.range(3).batch(1),
      verbose=0,
      callbacks=[tgp.UpdatePruningStep()],
    )


def test_unknown_name_lists_those_there_are():
  with pytest.raises(ValueError, match="`importance`.*'snip'.*got 'snap'"):
    scored.pruned("snap")
