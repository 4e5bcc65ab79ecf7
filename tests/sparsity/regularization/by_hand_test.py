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
"""Tests of growing regularization on one layer, against numbers by hand."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp

keras = tgp.keras
layers = keras.layers
sparsity = tfmot.sparsity.keras
regularization = tgp.regularization
_CUT_AT_3 = sparsity.ConstantSparsity(0.5, 3, frequency=1)
_ROW = [[1.0, -4.0, 2.0, -3.0]]


def _pruned(kernel, rule, schedule=_CUT_AT_3, **kwargs):
  """Returns a layer with a kernel, and what counts its updates."""
  kernel = np.array(kernel, np.float32)
  network = keras.Sequential(
    [
      keras.Input((kernel.shape[0],)),
      layers.Dense(kernel.shape[1], use_bias=False, name="only"),
    ]
  )
  network.set_weights([kernel])
  network = tgp.prune_low_magnitude(
    network, schedule, regularization=rule, **kwargs
  )
  return network.trainable_weights[0], tgp.Pruner(network)


def _after(steps, *arguments, **kwargs):
  weight, pruner = _pruned(*arguments, **kwargs)
  for _ in range(steps):
    pruner.advance()
  return weight.numpy()


def _is_near(found, expected):
  np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_l2_by_hand():
  # Strengths 0.1, 0.2, 0.3; half of the weights go, 1 and 2.
  rule = regularization.L2(0.3)
  _is_near(_after(1, _ROW, rule), [[1 / 1.1, -4.0, 2 / 1.1, -3.0]])
  _is_near(_after(2, _ROW, rule), [[1 / 1.32, -4.0, 2 / 1.32, -3.0]])
  _is_near(_after(3, _ROW, rule), [[0.0, -4.0, 0.0, -3.0]])
  _is_near(_after(9, _ROW, rule), [[0.0, -4.0, 0.0, -3.0]])


def test_l1_by_hand():
  # Strengths 0.3, 0.6, 0.9; nothing crosses zero.
  rule, row = regularization.L1(0.9), [[-0.8, -4.0, 2.0, 3.0]]
  _is_near(_after(1, row, rule), [[-0.5, -4.0, 1.7, 3.0]])
  _is_near(_after(2, row, rule), [[0.0, -4.0, 1.1, 3.0]])


def test_group_lasso_by_hand():
  # 0.6 and 0.8 go of the first column, 0.5 of the second, at a strength of 0.1.
  kernel = [[0.6, 5.0], [-0.8, 0.5], [6.0, 7.0]]
  found = _after(1, kernel, regularization.GroupLasso(0.3))
  first = 1 - 0.1 / np.sqrt(0.5)
  _is_near(found, [[0.6 * first, 5.0], [-0.8 * first, 0.4], [6.0, 7.0]])


def test_group_lasso_of_blocks():
  kernel = [[1.0, 1.0, 5.0, 5.0], [0.3, 0.4, 6.0, 6.0]]
  rule = regularization.GroupLasso(0.3)
  second = 1 - 0.1 / np.sqrt(0.125)
  expected = [[0.9, 0.9, 5.0, 5.0], [0.3 * second, 0.4 * second, 6.0, 6.0]]
  _is_near(_after(1, kernel, rule, block_size=(1, 2)), expected)
  # A block that is cut off has the size of what it has.
  found = _after(1, [[1.0, 2.0, 0.5]], rule, block_size=(1, 2))
  _is_near(found, [[1.0, 2.0, 0.4]])


def test_a_group_that_is_small_becomes_zero():
  rule = regularization.GroupLasso(30.0)
  _is_near(_after(1, _ROW, rule), [[0.0, -4.0, 0.0, -3.0]])


def test_groups_of_a_convolution_are_its_outputs():
  network = keras.Sequential(
    [keras.Input((3, 3, 2)), layers.Conv2D(2, (1, 2), use_bias=False)]
  )
  kernel = np.array([9.0, 1.0, 2.0, 8.0, 2.0, 1.0, 7.0, 3.0], np.float32)
  network.set_weights([kernel.reshape(1, 2, 2, 2)])
  rule = regularization.GroupLasso(0.3)
  network = tgp.prune_low_magnitude(network, _CUT_AT_3, regularization=rule)
  tgp.Pruner(network).advance()
  even, odd = 1 - 0.1 / 2.0, 1 - 0.1 / 1.0
  # Of the first output go 2 and 2, of the second 1 and 1.
  expected = [9.0, odd, 2 * even, 8.0, 2 * even, odd, 7.0, 3.0]
  _is_near(network.trainable_weights[0].numpy().ravel(), expected)


def test_patterns_of_m_by_n():
  found = _after(
    1, np.transpose(_ROW), regularization.L2(0.3), sparsity_m_by_n=(2, 4)
  )
  _is_near(found, np.transpose([[1 / 1.1, -4.0, 2 / 1.1, -3.0]]))


def test_only_the_steps_between_count():
  rule = regularization.L2(0.3, begin_step=1, end_step=4)
  schedule = tgp.OneShot(0.5, step=6)
  rows = [_after(n, _ROW, rule, schedule)[0, 0] for n in range(7)]
  _is_near(rows[1], 1.0)
  _is_near(rows[2], 1 / 1.1)
  _is_near(rows[4], 1 / 1.1 / 1.2 / 1.3)
  _is_near(rows[5], rows[4])
  assert rows[6] == 0.0


def test_what_goes_is_chosen_anew():
  rule = regularization.L2(0.8, frequency=2)
  weight, pruner = _pruned(_ROW, rule, tgp.OneShot(0.5, step=8))
  pruner.advance()
  weight.assign([[5.0, -4.0, 2.0, 0.5]])
  pruner.advance()  # the choice of the first step
  _is_near(weight.numpy(), [[5.0 / 1.2, -4.0, 2 / 1.2, 0.5]])
  pruner.advance()
  _is_near(weight.numpy(), [[5.0 / 1.2, -4.0, 2 / 1.2 / 1.3, 0.5 / 1.3]])


def test_updates_that_were_skipped_shrink_nothing():
  weight, pruner = _pruned(_ROW, regularization.L2(0.3))
  pruner.advance(updates=0)
  _is_near(weight.numpy(), _ROW)
  for updates in (1, 0, 0):
    pruner.advance(updates=tf.constant(updates))
    _is_near(weight.numpy(), [[1 / 1.1, -4.0, 2 / 1.1, -3.0]])


def test_the_importance_says_what_goes():
  class Reversed(tgp.importance.Importance):
    def scores(self, weight, slot):
      return 1.0 / (1.0 + tf.abs(weight))

  found = _after(1, _ROW, regularization.L2(0.3), importance=Reversed())
  _is_near(found, [[1.0, -4 / 1.1, 2.0, -3 / 1.1]])


def test_a_joint_allocation_says_where():
  network = keras.Sequential(
    [
      keras.Input((2,)),
      layers.Dense(3, use_bias=False, name="first"),
      layers.Dense(1, use_bias=False, name="last"),
    ]
  )
  first = np.array([[1.0, -9.0, 2.0], [8.0, 3.0, -4.0]])
  network.set_weights([first, np.array([[0.5], [5.0], [6.0]])])
  network = tgp.prune_low_magnitude(
    network,
    sparsity.ConstantSparsity(5 / 9, 2, frequency=1),
    allocation="global",
    regularization=regularization.L2(1.0),
  )
  tgp.Pruner(network).advance()
  first, last = (x.numpy() for x in network.trainable_weights)
  _is_near(first, [[1 / 1.5, -9.0, 2 / 1.5], [8.0, 2.0, -4.0 / 1.5]])
  _is_near(last, [[0.5 / 1.5], [5.0], [6.0]])


@pytest.mark.parametrize(
  ("schedule", "end_step", "final_sparsity"),
  [
    (sparsity.PolynomialDecay(0.1, 0.8, 5, 105), 105, 0.8),
    (sparsity.ConstantSparsity(0.5, 0), 100, 0.5),
    (sparsity.ConstantSparsity(0.5, 7), 7, 0.5),
    (tgp.OneShot(0.7, step=50), 50, 0.7),
    (tgp.StagedSparsity([(10, 0.5), (90, 0.9)]), 90, 0.9),
    (tgp.CosineDecay(0.0, 0.6, 0, 80), 80, 0.6),
  ],
)
def test_the_schedule_says_until_when(schedule, end_step, final_sparsity):
  rule = regularization.L1(0.5, begin_step=2, frequency=3).fitted(schedule)
  assert rule.get_config() == {
    "weight": 0.5,
    "begin_step": 2,
    "end_step": end_step,
    "final_sparsity": final_sparsity,
    "frequency": 3,
  }


def test_a_frozen_layer_is_not_shrunk():
  weight, pruner = _pruned(_ROW, regularization.L2(0.3))
  for layer in pruner._layers:
    layer.layer.trainable = False
  pruner.advance()
  _is_near(weight.numpy(), _ROW)


def test_one_of_ones_own():
  @keras.utils.register_keras_serializable("regularization_test")
  class Halving(regularization.Regularization):
    def shrinkage(self, weight, strength, group_mean):
      return weight * 0.5

  _is_near(_after(1, _ROW, Halving()), [[0.5, -4.0, 1.0, -3.0]])


def test_what_becomes_of_weights_that_stay_does_not_matter():
  @keras.utils.register_keras_serializable("regularization_test")
  class Dividing(regularization.Regularization):
    def shrinkage(self, weight, strength, group_mean):
      return 0.5 * weight / group_mean(tf.ones_like(weight))

  _is_near(_after(1, _ROW, Dividing()), [[0.5, -4.0, 1.0, -3.0]])
