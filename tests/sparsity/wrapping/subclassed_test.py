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
"""Tests of pruning subclassed networks, whose layers stay where they are."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tests.sparsity import kinds
from tf_ganprune import saving
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, report, strip
from tf_ganprune.sparsity.training import ownership
from tf_ganprune.sparsity.wrapping import wrapped_layers

layers = keras.layers


def test_checkpoint_of_a_subclass_has_its_masks(tmp_path):
  networks = []
  for _ in range(2):
    networks.append(kinds.subclassed(kinds.Subclassed))
    with pytest.warns(UserWarning, match=r"block.*has no get_prunable_weights"):
      prune.prune_low_magnitude(networks[-1], kinds.SCHEDULE)
  ownership.advance(ownership.claim(networks[0], networks[0]))
  path = tf.train.Checkpoint(networks[0]).save(tmp_path / "checkpoint")
  tf.train.Checkpoint(networks[1]).restore(path).assert_consumed()
  for ours, theirs in zip(*map(kinds.kernels, networks), strict=True):
    np.testing.assert_array_equal(ours[1], theirs[1])


def test_layers_that_were_wrapped_one_by_one_are_stripped():
  class Net(keras.Model):
    def __init__(self):
      super().__init__()
      wrap = prune.prune_low_magnitude
      self.first = wrap(layers.Dense(4), kinds.SCHEDULE)
      self.rest = {"a": wrap([layers.Dense(4), layers.ReLU()], kinds.SCHEDULE)}
      self.net = wrap(keras.Sequential([layers.Dense(2)]), kinds.SCHEDULE)

    def call(self, x):
      x = self.first(x)
      for layer in self.rest["a"]:
        x = layer(x)
      return self.net(x)

  network = Net()
  x = np.ones((2, 8), "f")
  network(x)
  ownership.advance(ownership.claim(network, network))
  stripped = strip.strip_pruning(network)
  assert not wrapped_layers.pruned_layers(stripped)
  assert len(wrapped_layers.pruned_layers(network)) == 4  # the ReLU, too
  np.testing.assert_allclose(stripped(x), network(x))
  assert len(stripped.weights) == 6
  assert report.sparsity_report(stripped).overall == 0.5


def test_policy_is_asked_of_every_layer_of_a_subclass():
  class Small(tfmot.sparsity.keras.PruningPolicy):
    def allow_pruning(self, layer):
      return getattr(layer, "units", 0) == 3

    def ensure_model_supports_pruning(self, model):
      pass

  pruned = prune.prune_low_magnitude(
    kinds.subclassed(kinds.Subclassed), kinds.SCHEDULE, pruning_policy=Small()
  )
  assert [one.layer.units for one in wrapped_layers.pruned_layers(pruned)] == [
    3
  ]


def test_nobody_counts_is_said_not_ignored():
  network = kinds.subclassed(kinds.Subclassed)
  with pytest.warns(UserWarning, match=r"\bblock.* get_prunable_weights\(\)"):
    prune.prune_low_magnitude(network, kinds.SCHEDULE)
  assert "tgp.UpdatePruningStep" in str(report.sparsity_report(network))
  network(np.ones((1, 8), "f"), training=False)
  with pytest.raises(ValueError, match="tgp.UpdatePruningStep"):
    network(np.ones((1, 8), "f"), training=True)


def test_refuses_subclasses_that_are_not_built_or_pruned_already():
  with pytest.raises(ValueError, match="'subclassed.*' .*`build"):
    prune.prune_low_magnitude(kinds.Subclassed(), kinds.SCHEDULE)
  network = kinds.subclassed(kinds.OnlyOffers)
  prune.prune_low_magnitude(network, kinds.SCHEDULE)
  with pytest.raises(ValueError, match="'only_offers.*' .*`strip_pruning`"):
    prune.prune_low_magnitude(network, kinds.SCHEDULE)


def test_a_pruned_subclass_in_a_model_needs_who_counts():
  network = kinds.subclassed(kinds.OnlyOffers)
  prune.prune_low_magnitude(network, kinds.SCHEDULE)
  x = keras.Input((8,))
  outer = keras.Model(x, network(x))
  outer.compile("sgd", "mse")
  with pytest.raises(ValueError, match="tgp.UpdatePruningStep"):
    outer.fit(np.ones((4, 8), "f"), np.ones((4, 4), "f"), verbose=0)


def test_a_subclass_is_saved_as_a_saved_model(tmp_path):
  network = kinds.subclassed(kinds.OnlyOffers)
  prune.prune_low_magnitude(network, kinds.SCHEDULE)
  ownership.claim(network, network)
  network.save(tmp_path / "saved", save_format="tf")
  x = tf.ones([1, 8])
  loaded = tf.saved_model.load(str(tmp_path / "saved"))
  np.testing.assert_allclose(loaded(x), network(x))


@pytest.mark.filterwarnings("ignore:Left as they are")
def test_a_part_that_was_pruned_by_itself_is_not_saved_without_masks(tmp_path):
  network = kinds.subclassed(kinds.Outer)
  prune.prune_low_magnitude(network.inner, kinds.SCHEDULE)
  with pytest.raises(ValueError, match="without the masks of 'subclassed.*'"):
    saving.save_model(network, tmp_path / "network.keras")
  assert not list(tmp_path.iterdir())
