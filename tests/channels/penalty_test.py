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
"""Tests of losses that drive channels towards zero."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.channels import penalty

keras = tgp.keras
layers = keras.layers

_KERNEL = np.array([[3.0, 0.0, 1.0], [4.0, 2.0, 2.0]])


def _network(norm=None):
  inputs = keras.Input((2,), name="latents")
  x = layers.Dense(3, name="first")(inputs)
  x = x if norm is None else norm(x)
  model = keras.Model(inputs, layers.Dense(2, name="last")(x), name="net")
  model.get_layer("first").kernel.assign(_KERNEL)
  return model


def test_group_lasso():
  model = _network()
  value = tgp.channel_penalty(model, weight=0.1)
  # Norms of the columns, times the root of how many numbers each has.
  expected = 0.1 * np.sqrt(2) * (5 + 2 + np.sqrt(5))
  assert float(value()) == pytest.approx(expected, rel=1e-6)
  (loss,) = model.losses
  assert float(loss) == pytest.approx(expected, rel=1e-6)


def test_group_lasso_of_tied_layers():
  inputs = keras.Input((2,))
  a, b = layers.Dense(3), layers.Dense(3)
  model = keras.Model(inputs, layers.Dense(2)(a(inputs) + b(inputs)))
  a.kernel.assign(_KERNEL)
  b.kernel.assign(2 * _KERNEL)
  value = tgp.channel_penalty(model, "group_lasso", 1.0)
  expected = np.sqrt(4) * np.sqrt(5) * (5 + 2 + np.sqrt(5))
  assert float(value()) == pytest.approx(expected, rel=1e-6)


def test_l1_of_scales():
  model = _network(layers.BatchNormalization(name="norm"))
  model.get_layer("norm").gamma.assign([-1.0, 0.5, 2.0])
  value = tgp.channel_penalty(model, "l1_scales", 0.01)
  assert float(value()) == pytest.approx(0.035)


def test_scales_that_channels_are_not_the_first_axis_of():
  inputs = keras.Input((4, 4, 3))
  x = layers.LayerNormalization(axis=[1, 2, 3])(layers.Conv2D(5, 1)(inputs))
  model = keras.Model(inputs, layers.Conv2D(2, 1)(x))
  value = tgp.channel_penalty(model, "l1_scales", 1.0)
  assert float(value()) == 4 * 4 * 5


def test_what_stays_is_not_penalized():
  """The last kernel's columns are the network's outputs."""
  model = _network()
  value = tgp.channel_penalty(model)
  before = float(value())
  model.get_layer("last").kernel.assign(np.full((3, 2), 100.0))
  assert float(value()) == before


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["group_lasso", "l1_scales"])
def test_training_drives_whole_channels_to_zero(kind):
  model = _network(layers.BatchNormalization(name="norm"))
  tgp.channel_penalty(model, kind, 0.05)
  model.compile(keras.optimizers.SGD(0.1), lambda y, x: 0.0 * tf.reduce_sum(x))
  model.fit(tf.ones((4, 2)), tf.ones((4, 2)), epochs=200, verbose=0)
  if kind == "group_lasso":
    norms = np.linalg.norm(model.get_layer("first").kernel, axis=0)
    start = np.linalg.norm(_KERNEL, axis=0)
    # All columns lose the same length, 0.1 * 0.05 * sqrt(2) a step.
    expected = np.maximum(start - 200 * 0.1 * 0.05 * np.sqrt(2), 0)
    np.testing.assert_allclose(norms, expected, atol=0.02)
    assert norms[0] > 3 and norms[2] > 0.5 and norms[1] < 0.6
  else:
    gamma = model.get_layer("norm").gamma
    np.testing.assert_allclose(gamma, np.zeros(3), atol=0.01)


@pytest.mark.slow
def test_a_gan_includes_it():
  generator = _network()
  discriminator = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
  losses = []
  for weight in (None, 100.0):
    keras.utils.set_random_seed(0)
    copy = keras.models.clone_model(generator)
    copy.set_weights(generator.get_weights())
    if weight:
      tgp.channel_penalty(copy, weight=weight)
    gan = tgp.GAN(keras.models.clone_model(discriminator), copy, latent_dim=2)
    gan.compile(keras.optimizers.SGD(1e-3), keras.optimizers.SGD(1e-3))
    before = np.abs(copy.get_layer("first").kernel).sum()
    gan.fit(tf.ones((4, 2)), batch_size=4, verbose=0)
    losses.append(before - np.abs(copy.get_layer("first").kernel).sum())
  assert losses[1] > losses[0] + 0.1


def test_mixed_precision():
  keras.mixed_precision.set_global_policy("mixed_float16")
  try:
    model = _network()
  finally:
    keras.mixed_precision.set_global_policy("float32")
  assert tgp.channel_penalty(model)().dtype == tf.float32


def test_the_gradient_of_a_channel_of_zeros_is_finite():
  model = _network()
  value = tgp.channel_penalty(model)
  kernel = model.get_layer("first").kernel
  kernel.assign(np.zeros((2, 3)))
  with tf.GradientTape() as tape:
    loss = value()
  assert np.all(tape.gradient(loss, kernel) == 0)


def test_bad_arguments():
  with pytest.raises(ValueError, match="'l2' is unknown.*group_lasso"):
    tgp.channel_penalty(_network(), "l2")
  for weight in (0.0, -1.0, float("nan"), float("inf"), "1e-4"):
    with pytest.raises(ValueError, match="above 0"):
      tgp.channel_penalty(_network(), weight=weight)
  with pytest.raises(ValueError, match="`kind='l1_scales'`.*'net'"):
    tgp.channel_penalty(_network(), "l1_scales")
  assert sorted(penalty._KINDS) == ["group_lasso", "l1_scales"]
