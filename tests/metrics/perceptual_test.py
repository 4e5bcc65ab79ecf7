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
"""The perceptual distance against numpy, layer by layer."""

import numpy as np
import pytest

from tf_ganprune import metrics
from tf_ganprune.keras_compat import keras

layers = keras.layers


def network(size=8):
  """Two sizes of feature maps, with a pooling between, and logits."""
  keras.utils.set_random_seed(3)
  image = keras.Input((size, size, 1))
  x = layers.Rescaling(2.0, name="scale")(image)
  x = layers.Conv2D(3, 3, padding="same", name="first")(x)
  x = layers.ReLU(name="first_relu")(x)
  x = layers.MaxPooling2D(2, name="pool")(x)
  x = layers.Conv2D(5, 3, padding="same", activation="tanh", name="second")(x)
  x = layers.Flatten()(x)
  return keras.Model(image, layers.Dense(2)(x), name="tiny")


def images(seed=0, n=5, size=8):
  rng = np.random.default_rng(seed)
  return rng.uniform(-1, 1, (n, size, size, 1)).astype(np.float32)


def outputs_of(model, name, x):
  return keras.Model(model.inputs, model.get_layer(name).output)(x).numpy()


def by_equation(model, names, a, b):
  """Equation 1 of Zhang et al. 2018, with w_l = 1."""
  total = 0.0
  for name in names:
    found = []
    for x in (a, b):
      y = outputs_of(model, name, x).astype(np.float64)
      lengths = np.sqrt((y**2).sum(axis=3, keepdims=True))
      found.append(np.divide(y, lengths, np.zeros_like(y), where=lengths > 0))
    height, width = found[0].shape[1:3]
    gap = ((found[0] - found[1]) ** 2).sum(axis=(1, 2, 3))
    total = total + gap / (height * width)
  return total


def test_equation_1_on_the_last_layer_of_each_size():
  model, a, b = network(), images(0), images(1)
  found = metrics.perceptual_distance(model, a, b, batch_size=2)
  expected = by_equation(model, ["first_relu", "second"], a, b)
  np.testing.assert_allclose(found, expected, rtol=1e-6)
  assert found.shape == (5,) and found.dtype == np.float64
  assert found.min() > 0.1


def test_layers_that_are_named():
  model, a, b = network(), images(0), images(1)
  found = metrics.perceptual_distance(model, a, b, layers=["pool"])
  np.testing.assert_allclose(found, by_equation(model, ["pool"], a, b), 1e-6)


def test_equal_images_are_at_0_and_brightness_alone_counts_less():
  model, a = network(), images(0)
  np.testing.assert_array_equal(metrics.perceptual_distance(model, a, a), 0.0)
  near = metrics.perceptual_distance(model, a, 0.9 * a)
  far = metrics.perceptual_distance(model, a, images(1))
  assert np.all(near < far)


def test_images_of_a_range_and_another_size():
  model, a, b = network(), images(0), images(1)
  expected = metrics.perceptual_distance(model, a, b)
  found = metrics.perceptual_distance(
    model, (a + 1) / 2, (b + 1) / 2, value_range=(0, 1)
  )
  np.testing.assert_allclose(found, expected, rtol=1e-4)
  large = [np.repeat(np.repeat(x, 2, axis=1), 2, axis=2) for x in (a, b)]
  assert metrics.perceptual_distance(model, *large).shape == (5,)


def test_a_network_that_shares_layers_is_taken_as_it_is():
  model, a, b = network(), images(0), images(1)
  expected = metrics.perceptual_distance(model, a, b)
  model.get_layer("first")(keras.Input((6, 6, 1)))  # a second node
  found = metrics.perceptual_distance(model, a, b)
  np.testing.assert_array_equal(found, expected)


def test_bad_input():
  model, a = network(), images(0)
  with pytest.raises(ValueError, match="has 'third'.*: scale, first, fi"):
    metrics.perceptual_distance(model, a, a, layers=["third"])
  with pytest.raises(ValueError, match="`images` .*`references` .2"):
    metrics.perceptual_distance(model, a, a[:2])
  flat = keras.Sequential([layers.Input((8, 8, 1)), layers.Flatten()])
  with pytest.raises(ValueError, match="`feature_model` .*`layers`"):
    metrics.perceptual_distance(flat, a, a)
  free = keras.Sequential([layers.Input((None, None, 1)), layers.Conv2D(2, 3)])
  with pytest.raises(ValueError, match="images of any size.*`layers`"):
    metrics.perceptual_distance(free, a, a)
  with pytest.raises(ValueError, match="`feature_model` .*Keras model"):
    metrics.perceptual_distance(None, a, a)
