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
"""The evaluator on tiny networks whose features are known."""

import json

import numpy as np
import pytest

from tf_ganprune import metrics
from tf_ganprune.keras_compat import keras

layers = keras.layers
ALWAYS = {
  "density",
  "coverage",
  "frechet_distance",
  "kernel_distance",
  "precision",
  "recall",
}
WITH_CLASSES = ALWAYS | {"inception_score", "classes_hit", "num_classes"}


def random_images(seed, n, scale=1.0):
  rng = np.random.default_rng(seed)
  return (scale * rng.uniform(-1, 1, (n, 2, 2, 1))).astype(np.float32)


def flattener(*after):
  return keras.Sequential([layers.Input((2, 2, 1)), layers.Flatten(), *after])


def argmax_classifier(**kwargs):
  """Four pixels in, 1,000 times the same four out: sure of the brightest."""
  dense = layers.Dense(4, use_bias=False, **kwargs)
  network = flattener(dense)
  dense.set_weights([1000.0 * np.eye(4)])
  return network


def test_features_without_a_classifier():
  real, fake = random_images(0, 20), random_images(1, 30, 0.5)
  evaluator = metrics.Evaluator(flattener(), real, batch_size=7)
  a, b = real.reshape(20, 4), fake.reshape(30, 4)
  np.testing.assert_array_equal(evaluator.real_features, a)
  results = evaluator.evaluate(fake)
  assert set(results) == ALWAYS
  assert results["frechet_distance"] == metrics.frechet_distance(a, b)
  assert results["kernel_distance"] == metrics.kernel_distance(a, b)
  shares = results["precision"], results["recall"]
  assert shares == metrics.precision_recall(a, b, k=3)
  assert evaluator.num_classes is None
  (note,) = evaluator.notes
  assert note.startswith("No Inception Score and no classes")


@pytest.mark.parametrize("activation", [None, "softmax"])
def test_a_classifier_adds_score_and_classes(activation):
  classifier = argmax_classifier(activation=activation)
  evaluator = metrics.Evaluator(classifier, random_images(0, 8))
  images = np.tile(2.0 * np.eye(4)[[0, 1, 1, 0]] - 1.0, (2, 1))
  results = evaluator.evaluate(images.reshape(8, 2, 2, 1).astype(np.float32))
  assert set(results) == WITH_CLASSES
  assert results["inception_score"] == pytest.approx(2.0, rel=1e-9)
  assert (results["classes_hit"], results["num_classes"]) == (2, 4)
  assert evaluator.num_classes == 4
  assert evaluator.notes == []
  assert json.loads(json.dumps(results)) == results


def test_one_logit_counts_two_classes_and_has_no_score():
  dense = layers.Dense(1, activation="sigmoid")
  network = flattener(dense)
  dense.set_weights([np.array([[1.0], [0], [0], [0]]), np.zeros(1)])
  evaluator = metrics.Evaluator(network, random_images(0, 8))
  bright = np.ones((5, 2, 2, 1), np.float32)
  results = evaluator.evaluate(bright)
  assert set(results) == WITH_CLASSES - {"inception_score"}
  assert (results["classes_hit"], results["num_classes"]) == (1, 2)
  assert "one logit" in evaluator.notes[0]
  bright[0] *= -1
  assert evaluator.evaluate(bright)["classes_hit"] == 2


def test_the_real_images_themselves_are_perfect():
  real = random_images(0, 20)
  results = metrics.Evaluator(flattener(), real).evaluate(real[::-1])
  assert results["frechet_distance"] == pytest.approx(0.0, abs=1e-10)
  assert (results["precision"], results["recall"]) == (1.0, 1.0)


def test_real_features_are_computed_once(monkeypatch):
  evaluator = metrics.Evaluator(flattener(), random_images(0, 8))
  seen = []
  compute = metrics.FeatureModel.compute

  def count(self, images, batch_size):
    seen.append(len(images))
    return compute(self, images, batch_size)

  monkeypatch.setattr(metrics.FeatureModel, "compute", count)
  evaluator.evaluate(random_images(1, 5))
  evaluator.evaluate(random_images(1, 6))
  assert seen == [5, 6]


def test_images_of_another_size_are_fitted_and_noted():
  images = np.zeros((6, 4, 4, 3), np.float32)
  evaluator = metrics.Evaluator(argmax_classifier(), images)
  assert evaluator.real_features.shape == (6, 4)
  (note,) = evaluator.notes
  assert "4x4x3" in note and "2x2x1" in note


@pytest.mark.parametrize(
  "bad, message",
  [
    (random_images(0, 3), "holds 3 images"),
    (255 * random_images(0, 8), r"must lie in \[-1, 1\]"),
    (random_images(0, 8).astype(np.int32), "must be floats"),
    (random_images(0, 8)[..., 0], "must have the shape"),
    (np.full((8, 2, 2, 1), np.nan), "holds 32 values that are NaN"),
  ],
)
def test_bad_images(bad, message):
  with pytest.raises(ValueError, match="`real_images` " + message):
    metrics.Evaluator(flattener(), bad)
  evaluator = metrics.Evaluator(flattener(), random_images(0, 8))
  with pytest.raises(ValueError, match="`images` " + message):
    evaluator.evaluate(bad)


def test_bad_arguments():
  with pytest.raises(ValueError, match="`batch_size`"):
    metrics.Evaluator(flattener(), random_images(0, 8), batch_size=0)
  with pytest.raises(ValueError, match="`feature_model` .*Keras model"):
    metrics.Evaluator(None, random_images(0, 8))


def test_a_network_that_has_diverged_is_named():
  dense = layers.Dense(4, activation="tanh")
  network = flattener(dense)
  dense.set_weights([np.full((4, 4), np.nan), np.zeros(4)])
  with pytest.raises(ValueError, match="`real_features` holds 32 values"):
    metrics.Evaluator(network, random_images(0, 8))


def test_logits_are_the_classifiers():
  real = random_images(0, 20)
  evaluator = metrics.Evaluator(argmax_classifier(), real, batch_size=7)
  fake = random_images(1, 9)
  np.testing.assert_allclose(
    evaluator.logits(fake), 1000 * fake.reshape(9, 4), rtol=1e-6
  )
  with pytest.raises(ValueError, match=r"`images` .*\[-1, 1\]"):
    evaluator.logits(2 + fake)
  with pytest.raises(ValueError, match="classifier as `feature_model`"):
    metrics.Evaluator(flattener(), real).logits(fake)
