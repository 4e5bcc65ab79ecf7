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
"""Tests of pruning in a training loop that is written by hand."""

import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tests import tiny, watch
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, pruner
from tf_ganprune.sparsity.wrapping import wrapped_layers

_SCHEDULE = tfmot.sparsity.keras.PolynomialDecay(0.0, 0.75, 1, 9, frequency=2)


def _loop(network, run):
  optimizer = keras.optimizers.Adam(0.05)
  optimizer.build(network.trainable_variables)
  pruning = pruner.Pruner(network)

  @run
  def step(x):
    with tf.GradientTape() as tape:
      loss = tf.reduce_mean(network(x, training=True) ** 2)
    variables = network.trainable_variables
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    pruning.advance()

  return step


@pytest.mark.slow
@pytest.mark.parametrize(
  "run",
  [lambda f: f, tf.function, tf.function(jit_compile=True)],
  ids=["eager", "graph", "xla"],
)
def test_two_lines_a_step(run):
  network = prune.prune_low_magnitude(tiny.discriminator(), _SCHEDULE)
  step = _loop(network, run)
  for updates in range(1, 12):
    step(tiny.images(4))
    watch.check(network, _SCHEDULE, updates)
  watch.check_function(network, tiny.images(2))


def test_skipped_update_is_no_step():
  network = prune.prune_low_magnitude(tiny.discriminator(), _SCHEDULE)
  pruning = pruner.Pruner(network)
  for updates in (1, 0, 1):
    pruning.advance(tf.constant(updates))
  watch.check(network, _SCHEDULE, 2)


def test_layers_belong_to_whoever_advances():
  network = prune.prune_low_magnitude(tiny.discriminator(), _SCHEDULE)
  first, second = pruner.Pruner(network), pruner.Pruner(network)
  (layer, *_) = wrapped_layers.pruned_layers(network)
  assert layer.owner() is second
  first.advance()
  assert layer.owner() is first


def test_nothing_pruned_is_refused():
  with pytest.raises(ValueError, match="'generator'.*tgp.prune_low_magnitude"):
    pruner.Pruner(tiny.generator())


def test_what_is_no_network_is_refused():
  with pytest.raises(ValueError, match="`networks`"):
    pruner.Pruner()
  network = prune.prune_low_magnitude(tiny.generator())
  with pytest.raises(ValueError, match="`networks` .*Keras model.*list"):
    pruner.Pruner([network])


@pytest.mark.parametrize("given", [None, [tf.ones([3])], 3])
def test_gradients_come_with_their_variables(given):
  counter = pruner.Pruner(prune.prune_low_magnitude(tiny.generator()))
  with pytest.raises(ValueError, match="`grads_and_vars`"):
    counter.gather(given)
