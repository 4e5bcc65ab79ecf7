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
"""Tests what files keep of importances, and what stripping drops."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tests.sparsity.importance import scored
from tf_ganprune.sparsity.wrapping import wrapped_layers

keras = tgp.keras
sparsity = tfmot.sparsity.keras
_SCHEDULE = sparsity.PolynomialDecay(0.2, 0.8, 2, 6, frequency=2)
_ALL = sorted(tgp.importance.IMPORTANCES)
_WITH_GRADIENTS = ["gradient", "movement", "snip", "taylor"]


@pytest.mark.parametrize("importance", _ALL)
def test_keras_file_keeps_the_importance_and_what_it_gathered(
  importance, tmp_path
):
  network = scored.pruned(importance, _SCHEDULE)
  pruner = tgp.Pruner(network)
  for _ in range(3):
    pruner.gather([(tf.ones_like(x), x) for x in network.trainable_variables])
    pruner.advance()
  tgp.save_model(network, tmp_path / "network.keras")
  loaded = tgp.load_model(tmp_path / "network.keras")
  for ours, theirs in zip(loaded.weights, network.weights, strict=True):
    np.testing.assert_array_equal(ours, theirs)
  for ours, theirs in zip(
    wrapped_layers.pruned_layers(loaded),
    wrapped_layers.pruned_layers(network),
    strict=True,
  ):
    assert type(ours.importance) is type(theirs.importance)
    assert ours.importance.get_config() == theirs.importance.get_config()


@pytest.mark.parametrize("importance", _WITH_GRADIENTS)
def test_stripping_drops_what_was_gathered(importance):
  network = scored.pruned(importance)
  kernels = len(wrapped_layers.pruned_layers(network))
  assert (
    len(network.weights) == len(scored.pruned("magnitude").weights) + kernels
  )
  assert len(tgp.strip_pruning(network).weights) == len(
    tiny.generator().weights
  )


def test_magnitude_adds_nothing_and_loads_what_knew_no_other():
  network = scored.pruned("magnitude")
  (layer, *_) = wrapped_layers.pruned_layers(network)
  names = [weight.name.rpartition("/")[2] for weight in layer.weights]
  assert names == ["kernel:0", "mask:0", "threshold:0", "pruning_step:0"]
  config = layer.get_config()
  del config["importance"]
  again = type(layer).from_config(config)
  assert type(again.importance) is tgp.importance.Magnitude
