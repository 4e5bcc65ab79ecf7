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
"""Tests what is said to have been removed of each layer."""

import numpy as np
import pytest

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.interpretation import layer_changes
from tf_ganprune.keras_compat import keras


def _pruned(network):
  """Returns a network with 3/4 of its weights zero, in wrappers."""
  pruned = tgp.prune_low_magnitude(network, tgp.OneShot(0.75, 0))
  tgp.Pruner(pruned).advance()
  return pruned


def test_zeros_are_counted_with_wrappers_and_without():
  dense = tiny.generator()
  pruned = _pruned(keras.models.clone_model(dense))
  expected = (
    layer_changes.LayerChange("dense", 192, 48, 48, 48),
    layer_changes.LayerChange("image", 27, 7, 1, 1),
  )
  assert layer_changes.changes(dense, pruned) == expected
  assert layer_changes.changes(dense, tgp.strip_pruning(pruned)) == expected
  assert [one.share for one in expected] == [0.25, pytest.approx(7 / 27)]
  assert not any(one.is_narrower for one in expected)


def test_channels_of_a_smaller_network():
  dense = tiny.generator()
  small = tgp.prune_channels(dense, channels=2 / 3, allocation="uniform")
  units = small.get_layer("dense").units
  assert units == 32
  ours, image = layer_changes.changes(dense, small)
  assert (ours.channels, ours.channels_left) == (48, 32)
  assert (ours.weights, ours.weights_left) == (192, 128)
  assert ours.is_narrower and not image.is_narrower
  assert (image.weights, image.weights_left) == (27, 18)


def _chain(*names):
  parts = [keras.layers.Dense(2, use_bias=False, name=name) for name in names]
  return keras.Sequential([keras.Input((2,)), *parts])


def test_layers_that_only_one_network_has():
  a, b, c = layer_changes.changes(_chain("a", "b"), _chain("a", "c"))
  assert (a.note, b.note) == ("", "not in the pruned network")
  assert (b.name, b.weights, b.weights_left, b.share) == ("b", 4, 0, 0.0)
  assert (b.channels, b.channels_left, b.is_narrower) == (2, None, False)
  assert (c.name, c.weights, c.weights_left, c.share) == ("c", 0, 4, None)
  assert c.note == "only in the pruned network"


class _Scaled(keras.Model):
  def build(self, input_shape):
    self.table = self.add_weight("table", (2, 2), initializer="ones")
    super().build(input_shape)

  def call(self, inputs):
    return inputs @ self.table


def test_weights_of_a_network_itself_do_not_go_by_its_name():
  dense, pruned = _Scaled(name="dense"), _Scaled(name="pruned")
  for network in (dense, pruned):
    network.build((None, 2))
  pruned.table.assign(np.eye(2))
  (only,) = layer_changes.changes(dense, pruned)
  assert only == layer_changes.LayerChange("(network)", 4, 2)


@pytest.mark.parametrize("compress", [tgp.cluster_weights, tgp.quantize_model])
def test_compressed_layers_are_those_that_they_were(compress):
  dense = tiny.generator()
  expected = layer_changes.changes(dense, dense)
  found = layer_changes.changes(dense, compress(dense))
  assert [x.name for x in found] == [x.name for x in expected]
  assert all(0.9 < x.share <= 1.0 for x in found)
  assert [x.channels_left for x in found] == [x.channels for x in expected]
