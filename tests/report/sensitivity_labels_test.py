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
"""Tests of `tgp.sensitivity` with labels, and of classifiers."""

import numpy as np
import pytest

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune import report

keras = tgp.keras
layers = keras.layers
_SHAPE, _CLASSES = (8, 8, 1), 3


def _gan():
  keras.utils.set_random_seed(0)
  return tgp.ConditionalGAN(
    tgp.networks.conditional_discriminator(_SHAPE, _CLASSES, width=4),
    tgp.networks.conditional_generator(_SHAPE, 4, _CLASSES, width=4),
    4,
    _CLASSES,
  )


class _Watching:
  """Says rising accuracies, and keeps what it is given."""

  def __init__(self, labels):
    self.labels, self.seen = labels, []

  def evaluate(self, images, labels=None):
    self.seen.append((images, labels))
    return {"label_accuracy": 0.9 - 0.1 * len(self.seen)}


def test_images_are_scored_with_their_labels():
  gan, evaluator = _gan(), _Watching(labels=[0])
  table = tgp.sensitivity(
    gan,
    evaluator,
    (0.5, 0.9),
    layers=["dense"],
    num_images=300,  # more than a batch
    seed=2,
    score="label_accuracy",
  )
  drawn = gan.draw(300, seed=2)
  np.testing.assert_allclose(evaluator.seen[0][0], gan(drawn), atol=1e-6)
  for _, labels in evaluator.seen:
    np.testing.assert_array_equal(labels, drawn[1])
  assert table.dense == pytest.approx(0.8)
  (increases,) = table.increases.values()
  assert increases == ((0.5, pytest.approx(0.1)), (0.9, pytest.approx(0.2)))
  assert "Label accuracy with nothing pruned: 0.8" in str(table)
  assert report.SensitivityTable.from_dict(table.as_dict()) == table


def test_evaluators_without_labels_are_given_none():
  evaluator = _Watching(labels=None)
  tgp.sensitivity(
    _gan(), evaluator, (0.5,), ["dense"], num_images=4, score="label_accuracy"
  )
  assert [labels for _, labels in evaluator.seen] == [None, None]


def test_the_score_must_be_there():
  with pytest.raises(ValueError, match="an 'error', which tgp.sensitivity"):
    tgp.sensitivity(_gan(), _Watching(None), num_images=4, score="error")


def _semi_supervised():
  """Its classifier says class 0, or 1 where the first pixel is above 0."""
  kernel = np.zeros((64, _CLASSES))
  kernel[0, 1], kernel[1:, 2] = 1.0, 1e-6
  classifier = keras.Sequential(
    [
      keras.Input(_SHAPE),
      layers.Flatten(),
      layers.Dense(_CLASSES, use_bias=False, name="logits"),
    ]
  )
  classifier.set_weights([kernel])
  return tgp.SemiSupervisedGAN(
    classifier, tiny.generator(), 4, _CLASSES, feature_matching=False
  )


def _examples(n=300):
  images = tiny.images(n)
  return images, (images[:, 0, 0, 0] > 0).astype(int)


def test_a_classifier_is_measured_by_its_errors():
  images, labels = _examples()
  evaluator = tgp.metrics.ClassifierEvaluator(images, labels)
  gan = _semi_supervised()
  table = tgp.sensitivity(gan, evaluator, (0.5, 0.995))
  errors = [row.distance for row in table.rows]
  # First go zeros and small weights; the last one that counts stays.
  logits = gan.classify(images).numpy()
  dense = 1 - np.mean(logits.argmax(1) == labels)
  assert table.dense == pytest.approx(dense) and table.score == "error"
  assert len(errors) == 2 and errors[1] < 0.01
  alone = tgp.sensitivity(gan.discriminator, evaluator, (0.5, 0.995))
  assert alone.rows == table.rows
  with pytest.raises(ValueError, match="`inputs` would not"):
    tgp.sensitivity(gan, evaluator, inputs=images)


def test_a_semi_supervised_gan_is_measured_by_images_as_well():
  class Bright:
    def evaluate(self, images):
      return {"frechet_distance": float(images.mean() + 2)}

  gan = _semi_supervised()
  table = tgp.sensitivity(gan, Bright(), (0.5,), num_images=8, seed=1)
  expected = float(gan.generate(8, seed=1).numpy().mean() + 2)
  assert table.dense == pytest.approx(expected, abs=1e-5)
  assert {row.layer for row in table.rows} == {"dense", "image"}
