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
"""Tests that every kind of network is pruned, stripped, saved and counted."""

import copy

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tests.sparsity import kinds
from tf_ganprune import saving
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, report, strip
from tf_ganprune.sparsity.training import ownership
from tf_ganprune.sparsity.wrapping import prunable, wrapped_layers

layers = keras.layers


@pytest.fixture(params=kinds.NETWORKS, name="case")
def _case(request):
  keras.utils.set_random_seed(0)
  make, kernels = kinds.NETWORKS[request.param]
  return make(), kernels


def _inputs(network):
  shape = (3, *np.shape(network.inputs[0])[1:]) if network.inputs else (3, 8)
  uniform = np.random.default_rng(0).uniform(0, 16, shape).astype("f")
  return np.floor(uniform) if shape == (3, 5) else uniform / 16


def _half(size):
  return max(1, round(size / 2))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Left as they are")
def test_pruned_stripped_and_saved(case, tmp_path):
  network, num_kernels = case
  x = _inputs(network)
  dense = network(x, training=False)
  dense_rows = [row.name for row in report.sparsity_report(network).layers]
  pruned = prune.prune_low_magnitude(network, kinds.SCHEDULE)
  np.testing.assert_allclose(pruned(x, training=False), dense, atol=1e-6)
  assert [r.name for r in report.sparsity_report(pruned).layers] == dense_rows
  assert len(kinds.kernels(pruned)) == num_kernels

  owned = ownership.claim(pruned, owner=pruned)
  tf.function(lambda: ownership.advance(owned))()
  for weight, mask, _ in kinds.kernels(pruned):
    assert np.count_nonzero(weight) == np.sum(mask) == _half(mask.numpy().size)
  assert {int(one.pruning_step) for one in owned} == {1}
  pruned(x, training=True)
  assert {int(one.pruning_step) for one in owned} == {1}
  assert len(wrapped_layers.by_path(pruned)) == len(owned)

  stripped = strip.strip_pruning(pruned)
  assert not wrapped_layers.pruned_layers(stripped)
  assert len(kinds.kernels(pruned)) == num_kernels
  expected = pruned(x, training=False)
  np.testing.assert_allclose(stripped(x, training=False), expected, atol=1e-6)
  assert report.sparsity_report(stripped) == report.sparsity_report(pruned)
  assert [w.ref() for w in stripped.trainable_weights] == [
    w.ref() for w in network.trainable_weights
  ]

  saving.save_model(pruned, tmp_path / "pruned.keras")
  loaded = saving.load_model(tmp_path / "pruned.keras")
  np.testing.assert_allclose(loaded(x, training=False), expected, atol=1e-6)
  assert len(kinds.kernels(loaded)) == num_kernels
  for ours, theirs in zip(
    kinds.kernels(loaded), kinds.kernels(pruned), strict=True
  ):
    np.testing.assert_array_equal(ours[1], theirs[1])
  assert {
    int(o.pruning_step) for o in wrapped_layers.pruned_layers(loaded)
  } == {1}
  saving.save_model(stripped, tmp_path / "stripped.keras")
  plain = saving.load_model(tmp_path / "stripped.keras")
  np.testing.assert_allclose(plain(x, training=False), expected, atol=1e-6)


def test_depthwise_kernels_on_request():
  def make():
    return kinds.images(
      layers.DepthwiseConv2D(3, name="depth"), layers.SeparableConv2D(2, 3)
    )

  with pytest.warns(UserWarning, match=r"depth .*prune_depthwise=True"):
    assert (
      len(kinds.kernels(prune.prune_low_magnitude(make(), kinds.SCHEDULE))) == 2
    )
  pruned = prune.prune_low_magnitude(
    make(), kinds.SCHEDULE, prune_depthwise=True
  )
  names = [
    weight.name.rpartition("/")[2] for weight, _, _ in kinds.kernels(pruned)
  ]
  assert names[:2] == ["depthwise_kernel:0", "depthwise_kernel:0"]
  assert names[2:] == ["pointwise_kernel:0", "kernel:0"]
  ownership.advance(ownership.claim(pruned, pruned))
  assert report.sparsity_report(pruned).overall == 0.5


def test_frozen_layers_are_left_alone_and_named():
  network = kinds.functional(layers.Dense(8, name="still_8"), layers.Dense(4))
  network.layers[1].trainable = False
  with pytest.warns(UserWarning, match=r"still_8 \(frozen\)"):
    pruned = prune.prune_low_magnitude(network, kinds.SCHEDULE)
  assert len(kinds.kernels(pruned)) == 1
  network.trainable = False
  with pytest.raises(ValueError, match="`trainable = True`"):
    prune.prune_low_magnitude(network, kinds.SCHEDULE)


def test_frozen_layer_is_paused_and_goes_on():
  pruned = prune.prune_low_magnitude(
    kinds.functional(layers.Dense(8), layers.Dense(4)), kinds.SCHEDULE
  )
  owned = ownership.claim(pruned, pruned)
  owned[0].trainable = False
  before = owned[0].layer.kernel.numpy()
  ownership.advance(owned)
  assert [int(one.pruning_step) for one in owned] == [0, 1]
  np.testing.assert_array_equal(owned[0].layer.kernel, before)
  owned[0].trainable = True
  ownership.advance(owned)
  assert [int(one.pruning_step) for one in owned] == [1, 2]
  assert report.sparsity_report(pruned).overall == 0.5


def test_the_stored_weight_under_spectral_normalization_stays_zero():
  conv = layers.Conv2D(4, 3)
  network = kinds.images(layers.SpectralNormalization(conv))
  pruned = prune.prune_low_magnitude(network, kinds.SCHEDULE)
  ownership.advance(ownership.claim(pruned, pruned))
  before = conv.kernel.numpy()
  pruned(np.ones((2, 8, 8, 2), "f"), training=True)
  assert not np.array_equal(conv.kernel, before)
  assert np.mean(conv.kernel.numpy() == 0) == 0.5


def test_paths_of_blocks_of_one_class_differ():
  network = keras.Sequential(
    [kinds.Block(name="block"), kinds.Block(name="other")], name="two"
  )
  network.build((None, 4, 4, 4))
  paths = [leaf.path for leaf in prunable.leaves(network)]
  assert len(paths) == len(set(paths)) == 7


def test_positional_arguments_reach_the_layer_without_an_owner():
  class Sum(kinds.Offers):
    def call(self, x, other=None):
      return x @ self.matrix + (0.0 if other is None else other)

  layer = Sum()
  wrapped = prune.prune_low_magnitude(layer, kinds.SCHEDULE)
  x, other = tf.ones([2, 3]), tf.ones([2, 4])
  np.testing.assert_allclose(wrapped(x, other), layer(x, other))


def test_a_copied_layer_is_pruned_itself():
  layer = layers.Dense(4)
  network = kinds.functional(layer)
  report.sparsity_report(network)
  twin = copy.deepcopy(layer)
  pruned = prune.prune_low_magnitude(kinds.functional(twin), kinds.SCHEDULE)
  assert kinds.kernels(pruned)[0][0] is twin.kernel


def test_one_frozen_layer_of_a_composite_is_left_alone():
  block = kinds.Block()
  network = kinds.functional(layers.Reshape((2, 2, 2)), block)
  pruned = prune.prune_low_magnitude(network, kinds.SCHEDULE)
  block.convs[0].trainable = False
  before = block.convs[0].kernel.numpy()
  ownership.advance(ownership.claim(pruned, pruned))
  np.testing.assert_array_equal(block.convs[0].kernel, before)
  assert np.mean(block.convs[1].kernel.numpy() == 0) == 0.5


def test_a_pruned_weight_that_overflowed_is_zero():
  once = tfmot.sparsity.keras.ConstantSparsity(0.5, 1, frequency=100)
  pruned = prune.prune_low_magnitude(kinds.functional(layers.Dense(4)), once)
  owned = ownership.claim(pruned, pruned)
  ownership.advance(owned)
  (weight, mask, _), *_ = owned[0].pruning_vars
  assert np.mean(mask) == 0.5
  weight.assign(tf.where(mask > 0, weight, np.inf))
  ownership.advance(owned)
  assert np.isfinite(weight.numpy()).all()
