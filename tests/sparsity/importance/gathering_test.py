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
"""Tests what importances gather of gradients."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tests.sparsity.importance import scored
from tf_ganprune.sparsity.wrapping import wrapped_layers

keras = tgp.keras
sparsity = tfmot.sparsity.keras
_SCHEDULE = sparsity.PolynomialDecay(0.2, 0.8, 2, 6, frequency=2)


def test_gathers_at_the_weights_before_each_update():
  model = scored.gan()
  kernels = [
    x.pruning_vars[0][0] for x in wrapped_layers.pruned_layers(model.generator)
  ]
  before = [kernel.numpy() for kernel in kernels]
  model.fit(tiny.images(8), batch_size=4, verbose=0)
  # Two updates, of a gradient of 1 and a rate of 0.5.
  expected = [np.abs(w) + np.abs(w - 0.5) for w in before]
  for slot, value in zip(scored.slots(model.generator), expected, strict=True):
    np.testing.assert_allclose(slot, value, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("importance", ["gradient", "taylor", "movement"])
def test_there_is_no_second_backward_pass(importance):
  found = []
  for name in ("magnitude", importance):
    tiny_gan = tgp.GAN(
      tiny.discriminator(),
      tgp.prune_low_magnitude(tiny.generator(), importance=name),
      4,
    )
    tiny_gan.compile("adam", "adam")
    tiny_gan.fit(tiny.images(4), batch_size=4, verbose=0)
    step = tf.function(tiny_gan.train_step).get_concrete_function(
      tf.TensorSpec([4, *tiny.images(1).shape[1:]])
    )
    kinds = [x.type for x in step.graph.get_operations()]
    found.append({x: kinds.count(x) for x in kinds if _is_of_layers(x)})
  assert found[0] == found[1]
  assert sum(found[0].values()) > 4


def _is_of_layers(kind) -> bool:
  return kind.startswith(("Conv2D", "MatMul"))


def test_every_update_of_a_network_counts():
  class Twice(scored.Sum):
    def train_step(self, data):
      logs = super().train_step(data)
      loss = lambda: 2.0 * self.generator_loss(None)  # noqa: E731
      self.minimize("generator", loss)
      return logs

  model = scored.gan(Twice, "gradient")
  model.fit(tiny.images(8), batch_size=4, verbose=0)
  for slot in scored.slots(model.generator):
    np.testing.assert_allclose(slot, 2 * (1 + 2), atol=1e-5)


def test_snip_gathers_up_to_the_first_mask_update():
  network = scored.pruned(
    "snip", sparsity.ConstantSparsity(0.5, 2, frequency=1)
  )
  pruner = tgp.Pruner(network)
  layer = wrapped_layers.pruned_layers(network)[0]
  weight, mask, _ = layer.pruning_vars[0]
  kept = []
  for _ in range(4):
    pruner.gather([(tf.ones_like(x), x) for x in network.trainable_variables])
    pruner.advance()
    kept.append([scored.slots(network)[0], mask.numpy()])
    weight.assign(tf.random.normal(weight.shape))
  assert (kept[1][0] > kept[0][0]).any()
  for later in kept[2:]:
    np.testing.assert_array_equal(later[0], kept[1][0])
    np.testing.assert_array_equal(later[1], kept[1][1])


def test_a_skipped_update_is_not_gathered():
  class Overflows(scored.Sum):
    def generator_loss(self, fake):
      # Finite, with a gradient that is not, of one weight alone.
      good = tf.where(tf.equal(self.g_optimizer.iterations, 1), 0.0, 1.0)
      nothing = tf.reduce_sum(self.generator.trainable_weights[0]) * 0.0
      return super().generator_loss(fake) + tf.sqrt(nothing + good)

  model = Overflows(tiny.discriminator(), scored.pruned("gradient"), 4)
  scaling = keras.mixed_precision.LossScaleOptimizer
  sgd = scaling(keras.optimizers.SGD(0.1), initial_scale=8.0)
  model.compile("adam", sgd, run_eagerly=True)
  model.fit(tiny.images(12), batch_size=4, verbose=0)
  (layer, *_) = wrapped_layers.pruned_layers(model.generator)
  assert int(layer.pruning_step) == 2
  for slot in scored.slots(model.generator):
    np.testing.assert_allclose(slot, 2.0, atol=1e-5)


def test_sparse_gradients_with_rows_that_come_twice():
  network = keras.Sequential(
    [keras.Input((2,)), keras.layers.Embedding(3, 2), keras.layers.Flatten()]
  )
  pruned = scored.pruned("gradient", make=lambda: network)
  with tf.GradientTape() as tape:
    x = pruned(tf.constant([[0, 2], [2, 2]]), training=False)
    loss = tf.reduce_sum(x * [1.0, 1.0, -3.0, 1.0])
  variables = pruned.trainable_variables
  gradients = tape.gradient(loss, variables)
  assert isinstance(gradients[0], tf.IndexedSlices)
  tgp.Pruner(pruned).gather(zip(gradients, variables, strict=True))
  # Row 2: -3 once as an end, and 1 - 3 of the other; 1 is a sum of opposites.
  expected = [[1.0, 1.0], [0.0, 0.0], [abs(1 - 3 - 3), 3 * 1]]
  np.testing.assert_array_equal(scored.slots(pruned)[0], expected)


def test_what_is_not_finite_is_not_gathered_in_a_loop():
  network = scored.pruned("gradient")
  pruner = tgp.Pruner(network)
  bad = [(tf.ones_like(x), x) for x in network.trainable_variables]
  bad[-1] = (bad[-1][0] * np.nan, bad[-1][1])
  pruner.gather(bad)
  assert all((slot == 0).all() for slot in scored.slots(network))


def test_a_gan_a_callback_and_a_loop_gather_the_same():
  x = tiny.images(12)

  def network():
    keras.utils.set_random_seed(0)
    return scored.pruned("taylor", _SCHEDULE, tiny.discriminator)

  class Model(keras.Model):
    def __init__(self, inner):
      super().__init__()
      self.inner = inner

    def train_step(self, data):
      _step(self.inner, self.optimizer, data)
      return {}

  def _step(model, optimizer, batch, pruner=None):
    with tf.GradientTape() as tape:
      loss = tf.reduce_mean(model(batch, training=True) ** 2)
    variables = model.trainable_variables
    gradients = tape.gradient(loss, variables)
    if pruner:
      pruner.gather(zip(gradients, variables, strict=True))
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    if pruner:
      pruner.advance()

  fitted = Model(network())
  fitted.compile(keras.optimizers.SGD(0.1), run_eagerly=True)
  fitted.fit(
    tf.data.Dataset.from_tensor_slices(x).batch(4),
    verbose=0,
    callbacks=[tgp.UpdatePruningStep()],
  )
  looped, optimizer = network(), keras.optimizers.SGD(0.1)
  pruner = tgp.Pruner(looped)
  for i in range(0, 12, 4):
    _step(looped, optimizer, x[i : i + 4], pruner)
  for ours, theirs in zip(fitted.inner.weights, looped.weights, strict=True):
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
  assert any(slot.any() for slot in scored.slots(looped))


def test_a_scaled_loss_is_gathered_once_under_the_callback():
  class Model(keras.Model):
    def __init__(self, inner):
      super().__init__()
      self.inner = inner

    def train_step(self, data):
      variables = self.inner.trainable_variables
      gradients = [tf.ones_like(x) for x in variables]
      scaled = [x * self.optimizer.loss_scale for x in gradients]
      found = self.optimizer.get_unscaled_gradients(scaled)
      self.optimizer.get_scaled_loss(tf.constant(0.0))
      self.optimizer.apply_gradients(zip(found, variables, strict=True))
      return {}

  model = Model(scored.pruned("gradient"))
  scaling = keras.mixed_precision.LossScaleOptimizer
  model.compile(scaling(keras.optimizers.SGD(0.1)), run_eagerly=True)
  model.fit(
    tf.data.Dataset.range(3).batch(1),
    verbose=0,
    callbacks=[tgp.UpdatePruningStep()],
  )
  for slot in scored.slots(model.inner):
    np.testing.assert_allclose(slot, 3.0)
