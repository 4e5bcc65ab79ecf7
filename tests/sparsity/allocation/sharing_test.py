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
"""Tests which kernels share the zeros of a network."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests.sparsity import kinds
from tests.sparsity.allocation import masked

keras = tgp.keras
layers = keras.layers
sparsity = tfmot.sparsity.keras
_NOW = sparsity.ConstantSparsity(0.5, 1, frequency=1)


def _two_layers():
  network = keras.Sequential(
    [
      keras.Input((2,)),
      layers.Dense(3, use_bias=False, name="first"),
      layers.Dense(1, use_bias=False, name="last"),
    ]
  )
  first = np.array([[1.0, -9.0, 2.0], [8.0, 3.0, -4.0]])
  network.set_weights([first, np.array([[0.5], [5.0], [0.1]])])
  return network


class _FirstOnes(tgp.allocation.Allocation):
  def counts(self, scores, kept):
    found = []
    others = range(len(scores))[::-1]
    for number, one in zip(others, scores, strict=True):
      found.append(tf.minimum(tf.size(one), kept - number))
      kept -= found[-1]
    return tf.stack(found)


class _Half(tgp.allocation.Allocation):
  def counts(self, scores, kept):
    return tf.stack([kept // 2, kept - kept // 2])


class _TooFew(tgp.allocation.Allocation):
  def counts(self, scores, kept):
    return tf.ones(len(scores), tf.int32)


def _of_two_kernels(allocation):
  """Returns the zeros of kernels of 40 and 4 weights, half of all pruned."""
  network = keras.Sequential(
    [keras.Input((10,)), layers.Dense(4), layers.Dense(1)]
  )
  network = tgp.prune_low_magnitude(network, _NOW, allocation=allocation)
  tgp.Pruner(network).advance()
  found = tgp.sparsity_report(network).layers
  return [round(layer.sparsity * layer.size) for layer in found]


def test_an_allocation_of_ones_own():
  assert _of_two_kernels(_FirstOnes()) == [19, 3]


@pytest.mark.parametrize("allocation", [_Half(), _TooFew()])
def test_counts_that_do_not_fit_are_refused(allocation):
  name = type(allocation).__name__
  with pytest.raises(tf.errors.InvalidArgumentError, match=f"{name}.counts"):
    _of_two_kernels(allocation)


def test_one_threshold_by_hand():
  schedule = sparsity.ConstantSparsity(5 / 9, 1, frequency=1)
  pruned = tgp.prune_low_magnitude(_two_layers(), schedule, allocation="global")
  tgp.Pruner(pruned).advance()
  first, last = (x.numpy() for x in pruned.trainable_weights)
  np.testing.assert_array_equal(first, [[0.0, -9.0, 0.0], [8.0, 0.0, -4.0]])
  np.testing.assert_array_equal(last, [[0.0], [5.0], [0.0]])


def test_scores_with_a_sign_have_one_threshold():
  pruned = tgp.prune_low_magnitude(
    _two_layers(), _NOW, importance="movement", allocation="global"
  )
  pruner = tgp.Pruner(pruned)
  # Scores are -1, 9, -2, -8, -3, 4, and 1, 10, 0.2: the four highest stay.
  gradients = [tf.ones([2, 3]), -2.0 * tf.ones([3, 1])]
  weights = pruned.trainable_variables
  pruner.gather(zip(gradients, weights, strict=True))
  pruner.advance()
  first, last = masked.masks(pruned)
  np.testing.assert_array_equal(first, [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
  np.testing.assert_array_equal(last, [[1.0], [1.0], [0.0]])


def test_networks_do_not_share_with_each_other():
  networks = [
    tgp.prune_low_magnitude(_two_layers(), _NOW, allocation="global")
    for _ in range(2)
  ]
  for weight in networks[1].trainable_variables:
    weight.assign(weight / 100)
  tgp.Pruner(*networks).advance()
  for one, other in zip(*map(masked.masks, networks), strict=True):
    np.testing.assert_array_equal(one, other)


def test_a_subclassed_network_shares_too():
  network = kinds.subclassed(kinds.OnlyOffers)
  tgp.prune_low_magnitude(network, kinds.SCHEDULE, allocation="erk")
  tgp.Pruner(network).advance()
  assert masked.zeros(network) == 16


def test_frozen_layers_do_not_take_part():
  pruned = tgp.prune_low_magnitude(_two_layers(), _NOW, allocation="global")
  pruned.layers[0].trainable = False
  tgp.Pruner(pruned).advance()
  first, last = masked.masks(pruned)
  assert first.all() and last.sum() == 2  # half of 3


def test_the_callback_shares_over_a_network():
  class Model(keras.Model):
    def __init__(self):
      super().__init__()
      self.inner = tgp.prune_low_magnitude(
        _two_layers(), _NOW, allocation="global"
      )

    def train_step(self, data):
      weights = self.inner.trainable_variables
      zeros = [tf.zeros_like(weight) for weight in weights]
      self.optimizer.apply_gradients(zip(zeros, weights, strict=True))
      return {}

  model = Model()
  model.compile("sgd", run_eagerly=True)
  model.fit(
    tf.data.Dataset.range(2).batch(1),
    verbose=0,
    callbacks=[tgp.UpdatePruningStep()],
  )
  first, last = masked.masks(model.inner)
  assert (first.sum(), last.sum()) == (3, 1)


def test_forward_calls_that_count_are_refused():
  pruned = tgp.prune_low_magnitude(_two_layers(), _NOW, allocation="lamp")
  with pytest.raises(ValueError, match="'first.*'.*tgp.UpdatePruningStep"):
    pruned(tf.ones([1, 2]), training=True)
