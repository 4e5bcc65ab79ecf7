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
"""Tests of allocations in training: as sparse as the schedule, always."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tests.sparsity import kinds
from tests.sparsity.allocation import masked
from tf_ganprune.sparsity.wrapping import wrapped_layers

keras = tgp.keras
sparsity = tfmot.sparsity.keras
_GROWING = sparsity.PolynomialDecay(0.2, 0.8, 2, 6, frequency=2)
_JOINT = sorted(set(tgp.allocation.ALLOCATIONS) - {"uniform"})


def _check(network, schedule, step):
  """Asserts that the network as a whole is as sparse as it must be."""
  expected, size = 0.0, sum(mask.size for mask in masked.masks(network))
  for turn in range(1, step + 1):
    due, value = schedule(tf.constant(turn, tf.int64))
    expected = float(value) if due else expected
  assert abs(masked.zeros(network) - expected * size) <= 1
  for layer in wrapped_layers.pruned_layers(network):
    assert int(layer.pruning_step) == step
    for weight, mask, _ in layer.pruning_vars:
      weight, mask = weight.numpy(), mask.numpy()
      assert (weight[mask == 0] == 0).all()
      assert mask.any()


class _Watch(keras.callbacks.Callback):
  def __init__(self, critic_steps):
    super().__init__()
    self.steps, self._critic_steps = 0, critic_steps

  def on_train_batch_end(self, batch, logs=None):
    self.steps += 1
    _check(self.model.generator, _GROWING, self.steps)
    critic = self.steps * self._critic_steps
    _check(self.model.discriminator, _GROWING, critic)


@pytest.mark.slow
@pytest.mark.parametrize(
  ("allocation", "importance"),
  [
    ("erk", "magnitude"),
    ("global", "magnitude"),
    ("lamp", "taylor"),
    ("global", "movement"),
  ],
)
def test_invariants_hold_after_every_step(allocation, importance):
  networks = [
    tgp.prune_low_magnitude(
      make(), _GROWING, importance=importance, allocation=allocation
    )
    for make in (tiny.discriminator, tiny.generator)
  ]
  model = tgp.GAN(*networks, 4, discriminator_steps=2, ema_decay=0.9)
  adam = keras.optimizers.AdamW
  model.compile(adam(0.01), adam(0.01), run_eagerly=True)
  watched = _Watch(2)
  model.fit(tiny.images(28), batch_size=4, verbose=0, callbacks=[watched])
  assert watched.steps == 7
  shares = [mask.mean() for mask in masked.masks(model.generator)]
  assert np.ptp(shares) > 0.01
  assert abs(tgp.sparsity_report(model.ema_generator).overall - 0.8) < 0.01


@pytest.mark.slow
@pytest.mark.parametrize("allocation", _JOINT)
def test_xla_agrees_with_eager(allocation):
  found = []
  for run in (lambda f: f, tf.function(jit_compile=True)):
    keras.utils.set_random_seed(0)
    pruned = tgp.prune_low_magnitude(
      tiny.generator(), _GROWING, allocation=allocation
    )
    advance = run(tgp.Pruner(pruned).advance)
    for step in range(1, 5):
      advance()
      _check(pruned, _GROWING, step)
    found.append(masked.masks(pruned))
  for eager, compiled in zip(*found, strict=True):
    np.testing.assert_array_equal(eager, compiled)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Left as they are")
@pytest.mark.parametrize(
  "kind", ["attention", "recurrent", "subclass in a graph", "spectral norm"]
)
def test_any_network_gathers_and_shares(kind, tmp_path):
  make, num_kernels = kinds.NETWORKS[kind]
  pruned = tgp.prune_low_magnitude(
    make(), kinds.SCHEDULE, importance="taylor", allocation="lamp"
  )
  pruner = tgp.Pruner(pruned)
  pruner.gather([(tf.ones_like(x), x) for x in pruned.trainable_variables])
  pruner.advance()
  assert len(masked.masks(pruned)) == num_kernels
  _check(pruned, kinds.SCHEDULE, 1)
  tgp.save_model(pruned, tmp_path / "pruned.keras")
  loaded = tgp.load_model(tmp_path / "pruned.keras")
  for ours, theirs in zip(loaded.weights, pruned.weights, strict=True):
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("allocation", _JOINT)
def test_keras_file_goes_on_alike(allocation, tmp_path):
  pruned = tgp.prune_low_magnitude(
    tiny.generator(), _GROWING, allocation=allocation
  )
  pruner = tgp.Pruner(pruned)
  for _ in range(2):
    pruner.advance()
  tgp.save_model(pruned, tmp_path / "network.keras")
  loaded = tgp.load_model(tmp_path / "network.keras")
  again = tgp.Pruner(loaded)
  for _ in range(3):
    pruner.advance()
    again.advance()
  for ours, theirs in zip(loaded.weights, pruned.weights, strict=True):
    np.testing.assert_array_equal(ours, theirs)
  _check(loaded, _GROWING, 5)
