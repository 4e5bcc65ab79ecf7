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
"""Tests of `tgp.explain` on generators that take labels."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp

keras = tgp.keras
layers = keras.layers
_SHAPE, _CLASSES = (2, 2, 1), 3


def _generator(factor, one_hot):
  """Images are the first latent times a factor, plus the label."""
  taken = keras.Input((2 + _CLASSES if one_hot else 2,))
  labels = keras.Input((), dtype="int32")
  kernel = np.zeros((2 + _CLASSES, 4))
  kernel[0], kernel[3], kernel[4] = factor, 1.0, 2.0
  told = (
    taken
    if one_hot
    else layers.Concatenate()([taken, tf.gather(tf.eye(_CLASSES), labels)])
  )
  dense = layers.Dense(4, use_bias=False, name="dense")
  images = layers.Reshape(_SHAPE)(dense(told))
  dense.set_weights([kernel])
  return keras.Model(taken if one_hot else [taken, labels], images)


def _gan(factor, one_hot=False):
  images, labels = keras.Input(_SHAPE), keras.Input((), dtype="int32")
  told = layers.Concatenate()(
    [layers.Flatten()(images), tf.gather(tf.eye(_CLASSES), labels)]
  )
  discriminator = keras.Model([images, labels], layers.Dense(1)(told))
  return tgp.ConditionalGAN(
    discriminator, _generator(factor, one_hot), 2, _CLASSES
  )


@pytest.mark.parametrize("one_hot", [False, True])
def test_images_of_the_same_latents_and_labels_are_compared(one_hot):
  dense, pruned = _gan(0.5, one_hot), _gan(0.1, one_hot)
  found = tgp.explain(
    dense,
    pruned,
    lambda images: -np.abs(images[:, :1, 0, 0] - np.arange(_CLASSES)),
    num_latents=30,
    num_images=30,
    seed=1,
    value_range=(-1.0, 1.0),
  )
  drawn = dense.draw(30, seed=1)
  latents = dense.input_source.latents(drawn).numpy()
  # The labels of both are the same, and drop out.
  expected = np.abs(0.4 * latents[:, 0])
  np.testing.assert_allclose(found.differences, expected, atol=1e-5)
  worst = np.argsort(-found.differences, kind="stable")
  labels = dense.input_source.labels(drawn).numpy()
  made = found.image_pairs.pruned[:, 0, 0, 0]
  np.testing.assert_allclose(
    made, (0.1 * latents[:, 0] + labels)[worst], atol=1e-5
  )
  values = 0.5 * latents[:, 0] + labels, made[np.argsort(worst)]
  right = [
    np.mean(np.abs(x[:, None] - np.arange(_CLASSES)).argmin(1) == labels)
    for x in values
  ]
  assert found.label_accuracies == pytest.approx(right)
  assert right[0] < right[1] == 1
  assert any(
    "100.0% of the images have the label" in x for x in found.sentences
  )
  (direction,) = found.directions  # of latents, not of labels
  np.testing.assert_allclose(direction.vector, [1, 0], atol=1e-4)
  assert direction.kept == pytest.approx(0.1**2 / 0.5**2, rel=1e-3)


def test_a_network_is_compared_on_what_the_other_gan_draws():
  """A network alone does not say that some of its latents are labels."""
  dense, pruned = _generator(0.5, True), _gan(0.1, True)
  found = tgp.explain(dense, pruned, num_latents=9, value_range=(-1.0, 1.0))
  columns = found.image_pairs.latents[:, 2:]
  np.testing.assert_array_equal(columns.sum(1), np.ones(9))
  np.testing.assert_array_equal(columns.sum(0), [3, 3, 3])
  assert found.label_accuracies is None  # without a classifier
