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
"""Where networks are cut, with exact values on tiny networks."""

import numpy as np
import pytest
import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import head

layers = keras.layers
PIXELS = np.array([[0.5, -1.0], [0.25, 1.0], [-0.5, 0.0]], np.float32)
IMAGES = PIXELS.reshape(3, 1, 2, 1)
KERNEL = np.array([[1.0, 2.0, 300.0], [0.0, -1.0, 4.0]], np.float32)
BIAS = np.array([0.5, 0.0, -1.0], np.float32)
LOGITS = PIXELS @ KERNEL + BIAS


def build(*after, activation=None):
  """Flattens two pixels into a Dense layer of known weights, then `after`."""
  dense = layers.Dense(3, activation=activation)
  network = keras.Sequential(
    [layers.Input((1, 2, 1)), layers.Flatten(), dense, *after]
  )
  dense.set_weights([KERNEL, BIAS])
  return network


def assert_cut(network):
  split = head.split_head(network)
  features, logits = split.network(IMAGES)
  np.testing.assert_array_equal(features, PIXELS)
  np.testing.assert_allclose(logits, LOGITS, rtol=1e-6)
  assert split.num_classes == 3
  return split.notes


@pytest.mark.parametrize(
  "network",
  [
    build(),
    build(activation="softmax"),
    build(activation=tf.nn.softmax),
    build(layers.Softmax()),
    build(layers.Activation("softmax")),
    build(layers.Activation("linear"), layers.Activation("softmax")),
  ],
)
def test_logits_come_before_any_softmax(network):
  before = network(IMAGES).numpy()
  assert assert_cut(network) == ()
  np.testing.assert_array_equal(network(IMAGES), before)


@pytest.mark.parametrize(
  "network",
  [build(activation="sigmoid"), build(layers.Activation("sigmoid"))],
)
def test_a_sigmoid_is_taken_off_and_noted(network):
  (note,) = assert_cut(network)
  assert "sigmoid" in note


def test_a_head_inside_a_nested_network_is_found():
  nested = build(activation="softmax")
  image = keras.Input((1, 2, 1))
  halved = layers.Rescaling(0.5)(image)
  network = keras.Model(image, layers.Activation("linear")(nested(halved)))
  split = head.split_head(network)
  features, logits = split.network(2 * IMAGES)
  np.testing.assert_array_equal(features, PIXELS)
  np.testing.assert_allclose(logits, LOGITS, rtol=1e-6)


def test_a_head_shared_with_another_network_is_cut_at_the_right_place():
  dense = layers.Dense(3)
  first, second = keras.Input((1, 2, 1)), keras.Input((1, 2, 1))
  dense(layers.Flatten()(layers.Rescaling(100.0)(first)))
  network = keras.Model(second, dense(layers.Flatten()(second)))
  dense.set_weights([KERNEL, BIAS])
  assert_cut(network)


def test_one_logit_is_noted():
  network = keras.Sequential(
    [layers.Input((1, 2, 1)), layers.Flatten(), layers.Dense(1)]
  )
  split = head.split_head(network)
  assert split.num_classes == 1
  assert "one logit" in split.notes[0]


@pytest.mark.parametrize(
  "network",
  [
    build(activation="relu"),
    build(layers.LayerNormalization()),
    build(layers.ReLU()),
    keras.Sequential([layers.Input((1, 2, 1)), layers.Flatten()]),
    keras.Sequential([layers.Input((1, 2, 1)), layers.Dense(3)]),
  ],
)
def test_other_networks_have_features_only(network):
  split = head.split_head(network)
  assert split.network is network
  assert split.num_classes is None
  assert split.notes[0].startswith("No Inception Score and no classes")


def test_a_subclassed_network_has_features_only():
  class Mean(keras.Model):
    def call(self, images):
      return tf.reduce_mean(images, axis=[1, 2])

  split = head.split_head(Mean(name="mean"))
  assert split.num_classes is None
  assert "mean is subclassed" in split.notes[0]


def test_networks_that_cannot_be_cut():
  with pytest.raises(ValueError, match=r"`feature_model` \(sequential"):
    head.split_head(keras.Sequential([layers.Flatten(), layers.Dense(3)]))
  image = keras.Input((1, 2, 1))
  with pytest.raises(ValueError, match="output.*1 and 2"):
    head.split_head(keras.Model(image, [image, layers.Flatten()(image)]))
