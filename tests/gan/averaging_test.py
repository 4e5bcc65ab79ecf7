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
"""Averages of pruned networks, by three lines and by `tgp.MovingAverage`."""

import copy

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.keras_compat import keras

_DECAY = 0.9


def _pruned():
  schedule = tfmot.sparsity.keras.ConstantSparsity(0.5, 0, -1, 1)
  return tgp.prune_low_magnitude(tiny.generator(), schedule)


def _clone(network):
  ema = keras.models.clone_model(network)
  ema.set_weights(network.get_weights())
  return ema


def _average(ema, net, of="weights"):
  for a, w in zip(getattr(ema, of), getattr(net, of), strict=True):
    a.assign(_DECAY * a + (1 - _DECAY) * w)


def _prune(network):
  """Sets the masks of half the weights, and hides these."""
  for layer in network.layers:
    for weight, mask, _ in getattr(layer, "pruning_vars", ()):
      half = np.arange(np.prod(mask.shape)) % 2
      mask.assign(tf.constant(half.reshape(mask.shape), mask.dtype))
      weight.assign(weight * mask)
    if hasattr(layer, "pruning_step"):
      layer.pruning_step.assign(10)


def _check(ema, net):
  for ours, live in zip(ema.layers, net.layers, strict=True):
    pairs = zip(
      getattr(ours, "pruning_vars", ()),
      getattr(live, "pruning_vars", ()),
      strict=True,
    )
    for (weight, mask, _), (_, live_mask, _) in pairs:
      np.testing.assert_array_equal(mask, live_mask)
      assert not np.any(weight.numpy()[live_mask.numpy() == 0])
      assert np.any(weight)


@pytest.mark.parametrize("of", ["weights", "variables"])
@pytest.mark.parametrize("run", [lambda f: f, tf.function])
@pytest.mark.parametrize("make", [_clone, copy.deepcopy])
def test_three_lines_average_a_pruned_network(make, run, of):
  net = _pruned()
  ema = make(net)
  _prune(net)
  run(lambda: _average(ema, net, of))()
  _check(ema, net)
  assert ema.layers[0].pruning_step.dtype == tf.int64


def test_three_lines_over_trainable_weights_keep_zeros():
  net = _pruned()
  _prune(net)
  ema = _clone(net)
  _average(ema, net, "trainable_weights")
  _check(ema, net)


def test_moving_average_follows_a_network():
  net = _pruned()
  average = tgp.MovingAverage(net, 0.9)
  _prune(net)
  tf.function(average.update)()
  stripped = tgp.strip_pruning(net)
  kernel = average.network.get_layer("dense").kernel.numpy()
  assert not np.any(kernel[stripped.get_layer("dense").kernel.numpy() == 0])
  assert average.num_updates == 1 and not average.network.trainable_weights
  average.restart()
  x = tf.ones((2, tiny.LATENT_DIM))
  np.testing.assert_allclose(average.network(x), stripped(x), atol=1e-6)


def test_decay_of_one_is_refused():
  with pytest.raises(ValueError, match="`decay` .*1.0"):
    tgp.MovingAverage(_pruned(), 1.0)


class _Foreign(keras.Model):
  def __init__(self, net):
    super().__init__()
    self.net = net
    self.average = tgp.MovingAverage(net, 0.9)

  def call(self, inputs, training=None):
    return self.net(inputs, training=training)

  def train_step(self, data):
    results = super().train_step(data)
    self.average.update()
    return results


def _fit(strategy=None):
  with (strategy or tf.distribute.get_strategy()).scope():
    model = _Foreign(_pruned())
    model.compile("sgd", "mse")
  x, y = tf.ones((8, tiny.LATENT_DIM)), tf.ones((8, 8, 8, 1))
  model.fit(x, y, batch_size=4, verbose=0, callbacks=[tgp.UpdatePruningStep()])
  return model


@pytest.mark.slow
@pytest.mark.parametrize(
  "strategy", [None, lambda: tf.distribute.MirroredStrategy(["CPU:0"])]
)
def test_moving_average_in_a_train_step_of_ones_own(strategy):
  model = _fit(strategy and strategy())
  assert model.average.num_updates.numpy() == 2
  kernel = model.average.network.get_layer("dense").kernel.numpy()
  assert np.mean(kernel == 0) == 0.5


@pytest.mark.slow
def test_a_moving_average_is_in_the_weights_of_its_model(tmp_path):
  model = _fit()
  kernel = model.average.network.get_layer("dense").kernel.numpy()
  path = str(tmp_path / "a.weights.h5")
  model.save_weights(path)
  model.average.restart()
  model.load_weights(path)
  again = model.average.network.get_layer("dense").kernel.numpy()
  np.testing.assert_array_equal(again, kernel)
  assert model.average.num_updates.numpy() == 2


def test_three_lines_under_a_strategy():
  with tf.distribute.MirroredStrategy(["CPU:0"]).scope():
    net = _pruned()
    ema = _clone(net)
    _prune(net)
    _average(ema, net)
  _check(ema, net)
