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
"""Tests the masks that importances make."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests.sparsity.importance import scored
from tf_ganprune.sparsity.wrapping import wrapped_layers

keras = tgp.keras
sparsity = tfmot.sparsity.keras
_SCHEDULE = sparsity.PolynomialDecay(0.2, 0.8, 2, 6, frequency=2)


def test_mask_is_the_highest_scores_and_slots_begin_anew():
  layer = keras.layers.Dense(2, use_bias=False)
  network = keras.Sequential([keras.Input((2,)), layer])
  layer.set_weights([np.array([[1.0, 2.0], [3.0, 4.0]])])
  once = sparsity.ConstantSparsity(0.5, 2, frequency=1)
  pruned = tgp.prune_low_magnitude(network, once, importance="taylor")
  pruner = tgp.Pruner(pruned)
  mask = wrapped_layers.pruned_layers(pruned)[0].pruning_vars[0][1]
  gradients = [[[4.0, 0.0], [0.0, 0.5]], [[0.0, 3.0], [1.0, 0.25]]]
  for gradient in gradients:
    pruner.gather([(tf.constant(gradient), layer.kernel)])
    pruner.advance()
  # 4 and 0, 0 and 6, 0 and 3, 2 and 1.
  np.testing.assert_array_equal(mask, [[1.0, 1.0], [0.0, 0.0]])
  np.testing.assert_array_equal(scored.slots(pruned)[0], np.zeros([2, 2]))
  # What was pruned stays so, however large its gradient is.
  pruner.gather([(tf.constant([[0.0, 0.0], [9.0, 9.0]]), layer.kernel)])
  pruner.advance()
  np.testing.assert_array_equal(mask, [[1.0, 1.0], [0.0, 0.0]])


@pytest.mark.parametrize("importance", ["random", "movement", "gradient"])
def test_masks_are_nested(importance):
  network = scored.pruned(importance, _SCHEDULE)
  pruner = tgp.Pruner(network)
  mask = wrapped_layers.pruned_layers(network)[0].pruning_vars[0][1]
  before = mask.numpy()
  for step in range(7):
    pruner.gather(
      [
        (tf.random.stateless_normal(x.shape, [step, 0]), x)
        for x in network.trainable_variables
      ]
    )
    pruner.advance()
    assert (mask.numpy() <= before).all()
    before = mask.numpy()
  assert abs(before.mean() - 0.2) < 0.01


def test_random_masks_differ_from_layer_to_layer():
  network = keras.Sequential([keras.Input((8,))])
  for _ in range(2):
    network.add(keras.layers.Dense(8))
  network.add(keras.layers.Reshape((2, 4)))
  network.add(keras.layers.LSTM(4))  # two kernels of one shape
  now = sparsity.ConstantSparsity(0.5, 1, frequency=1)
  pruned = tgp.prune_low_magnitude(network, now, importance="random")
  tgp.Pruner(pruned).advance()
  masks = [
    mask.numpy()
    for layer in wrapped_layers.pruned_layers(pruned)
    for _, mask, _ in layer.pruning_vars
  ]
  assert (masks[0] != masks[1]).any() and (masks[2] != masks[3]).any()


def test_an_importance_of_ones_own():
  @keras.utils.register_keras_serializable(package="tests")
  class Largest(tgp.importance.Importance):
    def scores(self, weight, slot):
      return tf.math.exp(weight)

  now = sparsity.ConstantSparsity(0.5, 1, frequency=1)
  network = scored.pruned(Largest(), now)
  kernel = wrapped_layers.pruned_layers(network)[0].pruning_vars[0][0]
  before = np.sort(kernel.numpy().ravel())
  tgp.Pruner(network).advance()
  np.testing.assert_array_equal(
    np.sort(kernel.numpy()[kernel.numpy() != 0]), before[len(before) // 2 :]
  )


@pytest.mark.parametrize(
  "pattern",
  [{"block_size": (2, 4)}, {"sparsity_m_by_n": (2, 4)}],
  ids=["block", "m by n"],
)
def test_patterns_go_by_any_importance(pattern):
  network = keras.Sequential([keras.Input((8,)), keras.layers.Dense(8)])
  now = sparsity.ConstantSparsity(0.5, 1, frequency=1)
  pruned = tgp.prune_low_magnitude(
    network, now, importance="gradient", **pattern
  )
  # High in every other row, or in the blocks on the left.
  gradient = np.ones((8, 8), np.float32)
  gradient[:, 4:] = 0.5
  if "sparsity_m_by_n" in pattern:
    gradient = np.float32([[1.0], [0.5]] * 4) * np.ones([1, 8], np.float32)
  pruner = tgp.Pruner(pruned)
  pruner.gather([(tf.constant(gradient), pruned.trainable_variables[0])])
  pruner.advance()
  mask = wrapped_layers.pruned_layers(pruned)[0].pruning_vars[0][1]
  np.testing.assert_array_equal(mask, gradient == 1.0)
