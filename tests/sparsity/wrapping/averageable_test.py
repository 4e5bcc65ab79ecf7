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
"""Moving averages of one's own, over all weights of a pruned network."""

import copy

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tests import tiny
from tf_ganprune import callbacks
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, pruner, strip
from tf_ganprune.sparsity.training import ownership
from tf_ganprune.sparsity.wrapping import wrapped_layers

_DECAY = 0.9
_UPDATES = 4


def _schedule():
  return tfmot.sparsity.keras.PolynomialDecay(0.0, 0.75, 1, 4, frequency=1)


def _network():
  return prune.prune_low_magnitude(tiny.generator(), _schedule())


def _clone(network):
  clone = keras.models.clone_model(network)
  clone.set_weights(network.get_weights())
  return clone


def _from_config(network):
  clone = type(network).from_config(network.get_config())
  clone.set_weights(network.get_weights())
  return clone


def _frozen(network):
  clone = _clone(network)
  clone.trainable = False
  return clone


def _three_lines(average, network, decay=_DECAY):
  for a, w in zip(average.weights, network.weights, strict=True):
    a.assign(decay * a + (1 - decay) * w)


def _variables(average, network):
  for a, w in zip(average.variables, network.variables, strict=True):
    a.assign(a * _DECAY + w * (1 - _DECAY))


def _towards(average, network):
  for a, w in zip(average.weights, network.weights, strict=True):
    a.assign(w + _DECAY * (a - w))


def _subtracted(average, network):
  for a, w in zip(average.weights, network.weights, strict=True):
    a.assign_sub((1 - _DECAY) * (a - w))


def _added(average, network):
  for a, w in zip(average.weights, network.weights, strict=True):
    a.assign_add((1 - _DECAY) * (w - a))


def _arrays(average, network):
  pairs = zip(average.get_weights(), network.get_weights(), strict=True)
  average.set_weights([_DECAY * a + (1 - _DECAY) * w for a, w in pairs])


def _a_tensor(average, network):
  decay = tf.constant(_DECAY)
  for a, w in zip(average.weights, network.weights, strict=True):
    a.assign(a * decay + w * (1 - decay))


def _tensor_on_the_left(average, network):
  _three_lines(average, network, tf.constant(_DECAY))


def _variable_on_the_left(average, network):
  _three_lines(average, network, tf.Variable(_DECAY))


def _warmed_up(average, network):
  updates = tf.constant(1000.0)
  decay = tf.minimum(_DECAY, (1 + updates) / (10 + updates))
  _three_lines(average, network, decay)


def _functions(average, network):
  for a, w in zip(average.weights, network.weights, strict=True):
    a.assign(tf.add(tf.multiply(_DECAY, a), tf.multiply(1 - _DECAY, w)))


def _keras_function(average, network):
  for a, w in zip(average.weights, network.weights, strict=True):
    keras.backend.moving_average_update(a, w, _DECAY)


def _an_array(average, network):
  _three_lines(average, network, np.float32(_DECAY))


def _kernels(network):
  """Returns the wrappers; TF-MOT wraps layers that have nothing to prune."""
  return [x for x in wrapped_layers.pruned_layers(network) if x.pruning_vars]


def _train(network, average, lines, updates=_UPDATES):
  """Trains; returns what the average of the kernels has to be."""
  counter, optimizer = pruner.Pruner(network), keras.optimizers.SGD(0.5)
  wrappers = _kernels(network)
  expected = [x.layer.kernel.numpy() for x in wrappers]
  z = tf.random.stateless_normal([8, tiny.LATENT_DIM], [0, 0])
  for _ in range(updates):
    with tf.GradientTape() as tape:
      loss = tf.reduce_mean((network(z, training=True) - 0.5) ** 2)
    variables = network.trainable_variables
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    counter.advance()
    lines(average, network)
    expected = [
      (_DECAY * a + (1 - _DECAY) * x.layer.kernel.numpy())
      * x.pruning_vars[0][1].numpy()
      for a, x in zip(expected, wrappers, strict=True)
    ]
  return expected


def _check(average, network, expected):
  pairs = zip(*map(_kernels, (average, network)), strict=True)
  for (ours, live), kernel in zip(pairs, expected, strict=True):
    mask = live.pruning_vars[0][1].numpy()
    assert 0.7 < (mask == 0).mean() < 0.8
    np.testing.assert_array_equal(ours.pruning_vars[0][1], mask)
    assert not np.any(ours.layer.kernel.numpy()[mask == 0])
    np.testing.assert_allclose(ours.layer.kernel, kernel, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
  "copied", [_clone, _from_config, _frozen, copy.deepcopy]
)
def test_copies(copied):
  network = _network()
  average = copied(network)
  expected = _train(network, average, _three_lines)
  _check(average, network, expected)
  stripped = strip.strip_pruning(average)
  np.testing.assert_array_equal(
    stripped.layers[0].kernel, average.layers[0].layer.kernel
  )


@pytest.mark.parametrize(
  "lines",
  [
    _three_lines,
    _variables,
    _towards,
    _subtracted,
    _added,
    _arrays,
    _a_tensor,
    _tensor_on_the_left,
    _variable_on_the_left,
    _warmed_up,
    _functions,
    _keras_function,
    _an_array,
    tf.function(_three_lines),
    tf.function(_three_lines, jit_compile=True),
  ],
)
def test_lines(lines):
  network = _network()
  average = _clone(network)
  _check(average, network, _train(network, average, lines))


def test_the_step_is_the_network_s():
  network = _network()
  ownership.claim(network, network)
  average = _clone(network)
  _train(network, average, _three_lines)
  for layer in wrapped_layers.pruned_layers(average):
    assert layer.pruning_step.dtype == tf.int64
    assert int(layer.pruning_step) == _UPDATES


def test_a_step_stays_a_counter():
  (layer, *_) = wrapped_layers.pruned_layers(_network())
  step = layer.pruning_step
  step.assign(3)
  step.assign_add(2)
  step.assign_sub(1)
  assert int(step) == 4 and (step + 1).dtype == tf.int64
  step.assign(10**9)
  step.assign(0.999 * step + (1 - 0.999) * step)
  assert int(step) == 10**9


@pytest.mark.parametrize("decay", [0.5, 0.9, 0.999, 0.99999])
def test_a_mask_follows_at_once_at_any_decay(decay):
  network = _network()
  average = _clone(network)
  live = wrapped_layers.pruned_layers(network)[0].pruning_vars[0][1]
  ours = wrapped_layers.pruned_layers(average)[0].pruning_vars[0][1]
  pattern = np.resize([1.0, 0.0, 0.0], live.shape)
  for now in (pattern, 1.0 - pattern):  # gone, and grown again
    live.assign(now)
    _three_lines(average, network, decay)
    np.testing.assert_array_equal(ours, now)
    _three_lines(average, network, decay)
    np.testing.assert_array_equal(ours, now)


def test_a_network_that_tfmot_wrapped():
  network = tfmot.sparsity.keras.prune_low_magnitude(
    tiny.generator(), _schedule()
  )
  pruner.Pruner(network)
  average = _clone(network)
  _check(average, network, _train(network, average, _three_lines))


def test_mixed_precision():
  keras.mixed_precision.set_global_policy("mixed_float16")
  try:
    network = _network()
    average = _clone(network)
    expected = _train(network, average, _three_lines)
  finally:
    keras.mixed_precision.set_global_policy("float32")
  _check(average, network, expected)


@pytest.mark.parametrize("lines", [_three_lines, _tensor_on_the_left])
def test_replicas(lines):
  devices = ["CPU:0"]
  with tf.distribute.MirroredStrategy(devices).scope():
    network = _network()
    average = _clone(network)
    for layer in wrapped_layers.pruned_layers(network):
      weight, mask, _ = layer.pruning_vars[0]
      pattern = np.resize([1.0, 0.0], mask.shape)
      mask.assign(pattern)
      weight.assign(weight * mask)
    lines(average, network)
  for layer in wrapped_layers.pruned_layers(average):
    weight, mask, _ = layer.pruning_vars[0]
    pattern = np.resize([1.0, 0.0], mask.shape)
    np.testing.assert_array_equal(mask, pattern)
    assert not np.any(weight.numpy()[pattern == 0])


def test_weights_go_to_files_and_back_bit_by_bit(tmp_path):
  network = _network()
  _train(network, _clone(network), _three_lines)
  before = network.get_weights()
  network.save_weights(tmp_path / "weights.h5")
  checkpoint = tf.train.Checkpoint(network=network)
  path = checkpoint.write(str(tmp_path / "checkpoint"))
  other = _network()
  other.load_weights(tmp_path / "weights.h5")
  third = _network()
  tf.train.Checkpoint(network=third).read(path).assert_consumed()
  for one in (other, third):
    for ours, theirs in zip(one.get_weights(), before, strict=True):
      np.testing.assert_array_equal(ours, theirs)


@pytest.mark.slow
def test_keras_s_own_average_leaves_pruned_weights_at_zero():
  network = _network()
  optimizer = keras.optimizers.Adam(
    0.05, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=3
  )
  network.compile(optimizer, "mse")
  z = np.random.default_rng(0).normal(size=(8, tiny.LATENT_DIM)).astype("f")
  network.fit(
    z,
    tiny.images(8),
    batch_size=2,
    epochs=2,
    verbose=0,
    callbacks=[callbacks.UpdatePruningStep()],
  )
  for layer in wrapped_layers.pruned_layers(network):
    weight, mask, _ = layer.pruning_vars[0]
    assert 0.7 < (mask.numpy() == 0).mean() < 0.8
    assert not np.any(weight.numpy()[mask.numpy() == 0])
