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
"""Scores of images by their targets."""

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune import metrics

keras = tgp.keras


def _network():
  keras.utils.set_random_seed(0)
  x = keras.Input((16, 16, 1))
  y = keras.layers.Conv2D(4, 3, padding="same", activation="relu")(x)
  return keras.Model(x, y)


def _targets(n=6):
  shape = (n, 16, 16, 1)
  return np.random.default_rng(0).uniform(-0.5, 0.5, shape).astype("float32")


def test_scores_are_those_of_the_functions():
  targets, network = _targets(), _network()
  images = targets + 0.1
  found = metrics.PairEvaluator(network, targets).evaluate(images)
  distance = metrics.perceptual_distance(network, images, targets)
  assert found == pytest.approx(
    {
      "perceptual_distance": distance.mean(),
      "ssim": metrics.ssim(images, targets).mean(),
      "psnr": 10 * np.log10(4 / 0.01),
      "mean_absolute_error": 0.1,
    },
    rel=1e-4,
  )
  # All images have the same error, so that means of decibels are alike.
  assert metrics.psnr(images, targets).mean() == pytest.approx(
    found["psnr"], abs=1e-3
  )


def test_targets_themselves_are_best():
  targets = _targets()
  found = metrics.PairEvaluator(_network(), targets).evaluate(targets)
  assert found["perceptual_distance"] == 0
  assert found["ssim"] == 1 and found["psnr"] > 100


def test_parts_that_were_made_up():
  targets = _targets()
  masks = np.zeros((6, 16, 16, 1))
  masks[:, :4, :4] = 1
  images = np.where(masks > 0, targets + 0.2, targets).astype("float32")
  evaluator = metrics.PairEvaluator(_network(), targets, masks)
  found = evaluator.evaluate(images)
  assert found["psnr_in_masks"] == pytest.approx(10 * np.log10(4 / 0.04), 1e-4)
  assert found["psnr"] == pytest.approx(10 * np.log10(4 / 0.04 * 16), 1e-4)


def test_other_ranges():
  targets = _targets()
  evaluator = metrics.PairEvaluator(_network(), targets)
  images = targets + 0.1
  pixels = (images + 1) * 127.5
  assert evaluator.evaluate(pixels, value_range=(0, 255)) == pytest.approx(
    evaluator.evaluate(images), rel=1e-3
  )


@pytest.mark.parametrize(
  "masks, words",
  [
    (np.zeros((6, 16, 16, 1)), "`masks` cover nothing"),
    (np.ones((5, 16, 16, 1)), "`masks` must be"),
    (np.ones((6, 16, 16)), "`masks` must be"),
  ],
)
def test_bad_masks(masks, words):
  with pytest.raises(ValueError, match=words):
    metrics.PairEvaluator(_network(), _targets(), masks)


def test_images_that_do_not_fit():
  evaluator = metrics.PairEvaluator(_network(), _targets())
  with pytest.raises(ValueError, match="`?images"):
    evaluator.evaluate(_targets(5))


@pytest.mark.slow
def test_a_network_tells_rotations_apart():
  rng = np.random.default_rng(0)
  images = rng.uniform(-0.2, 0.2, (64, 16, 16, 1)).astype("float32")
  images[:, :6] += 0.7  # bright above
  network = metrics.train_rotation_classifier(images, epochs=4)
  for turns in range(4):
    turned = np.rot90(images, turns, axes=(1, 2))
    found = tf.argmax(network(turned.copy()), -1).numpy()
    assert np.mean(found == turns) > 0.9
  with pytest.raises(ValueError, match="`images` must be square"):
    metrics.train_rotation_classifier(images[:, :12])
