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
"""What an evaluator measures of images with labels."""

import json

import numpy as np
import pytest
import tensorflow as tf

from tests.metrics import evaluator_test
from tf_ganprune import metrics

flattener = evaluator_test.flattener


def classes(seed, n=24):
  """Images whose brightest pixel is their label, 0 to 3."""
  rng = np.random.default_rng(seed)
  labels = np.arange(n) % 4
  images = rng.uniform(-1, 0, (n, 4))
  images[np.arange(n), labels] = rng.uniform(0.5, 1.0, n)
  return images.reshape(n, 2, 2, 1).astype(np.float32), labels


REAL, REAL_LABELS = classes(0)
FAKE, LABELS = classes(1, 32)


def evaluator(**kwargs):
  network = evaluator_test.argmax_classifier()
  return metrics.Evaluator(network, REAL, **({"labels": REAL_LABELS} | kwargs))


def test_labels_add_two_metrics():
  asked = np.where(np.arange(32) < 8, (LABELS + 1) % 4, LABELS)
  results = evaluator().evaluate(FAKE, labels=asked)
  assert set(results) == evaluator_test.WITH_CLASSES | {
    "label_accuracy",
    "intra_class_frechet_distance",
  }
  assert results["label_accuracy"] == 0.75
  expected = metrics.intra_class_frechet_distance(
    REAL.reshape(24, 4), REAL_LABELS, FAKE.reshape(32, 4), asked
  )
  assert results["intra_class_frechet_distance"] == expected
  assert json.loads(json.dumps(results)) == results
  right = evaluator().evaluate(FAKE, labels=LABELS)
  assert right["intra_class_frechet_distance"] < expected
  assert right["label_accuracy"] == 1.0


def test_without_labels_nothing_is_added():
  expected = evaluator_test.WITH_CLASSES
  assert set(evaluator().evaluate(FAKE)) == expected
  assert set(evaluator(labels=None).evaluate(FAKE)) == expected


def test_by_class():
  scores = evaluator().by_class(FAKE, LABELS)
  assert scores == metrics.class_scores(
    *(REAL.reshape(24, 4), REAL_LABELS, FAKE.reshape(32, 4), LABELS, LABELS)
  )
  unit = (FAKE + 1) / 2
  again = evaluator().by_class(unit, LABELS, value_range=(0, 1))
  assert [x.accuracy for x in again] == [1.0] * 4
  np.testing.assert_allclose(
    [x.frechet_distance for x in again],
    [x.frechet_distance for x in scores],
    rtol=1e-3,
  )


def test_without_a_classifier_there_is_no_accuracy():
  plain = metrics.Evaluator(flattener(), REAL, labels=REAL_LABELS)
  results = plain.evaluate(FAKE, labels=LABELS)
  assert set(results) == evaluator_test.ALWAYS | {
    "intra_class_frechet_distance"
  }
  assert [x.accuracy for x in plain.by_class(FAKE, LABELS)] == [None] * 4


def test_batches_bring_their_labels():
  def pairs(*arrays):
    return tf.data.Dataset.from_tensor_slices(arrays).batch(5)

  network = evaluator_test.argmax_classifier()
  streamed = metrics.Evaluator(network, pairs(REAL, REAL_LABELS))
  expected = evaluator().evaluate(FAKE, labels=LABELS)
  assert streamed.evaluate(pairs(FAKE, LABELS)) == expected
  assert streamed.evaluate(FAKE, labels=LABELS) == expected
  assert streamed.by_class(pairs(FAKE, LABELS)) == evaluator().by_class(
    FAKE, LABELS
  )
  # What labels of images mean is unknown without those of the real ones.
  unlabelled = evaluator(labels=None).evaluate(pairs(FAKE, LABELS))
  assert "label_accuracy" not in unlabelled


def test_a_classifier_of_other_classes_is_noted():
  assert evaluator().notes == []
  (note,) = evaluator(labels=(REAL_LABELS + 1) % 4).notes
  assert note.startswith("The feature network gives 0% of the real images")


@pytest.mark.parametrize(
  "labels, message",
  [
    (LABELS / 1.0, "`labels` .*got float64"),
    (LABELS[:9], r"`labels` .*got \[9\]"),
    (LABELS + 1, r"`labels` .*\[0, 3\].*run from 1 to 4"),
    (LABELS - 1, r"`labels` .*\[0, 3\]"),
    (np.minimum(LABELS, 2), "Class 3 has 0 generated images"),
  ],
)
def test_bad_labels(labels, message):
  with pytest.raises(ValueError, match=message):
    evaluator().evaluate(FAKE, labels=labels)
  with pytest.raises(ValueError, match=message):
    evaluator().by_class(FAKE, labels)


def test_bad_labels_of_real_images():
  with pytest.raises(ValueError, match="`labels`"):
    evaluator(labels=REAL_LABELS / 1.0)
  with pytest.raises(ValueError, match=r"`labels`.*\[24\]; got \[3\]"):
    evaluator(labels=REAL_LABELS[:3])
  with pytest.raises(ValueError, match=r"`labels` .*\[0, 3\]"):
    evaluator(labels=REAL_LABELS + 1)


def test_missing_labels():
  with pytest.raises(ValueError, match="`labels` need those of the real"):
    evaluator(labels=None).evaluate(FAKE, labels=LABELS)
  with pytest.raises(ValueError, match="`by_class` .*`labels`"):
    evaluator(labels=None).by_class(FAKE)
  with pytest.raises(ValueError, match="`by_class` .*`images`"):
    evaluator().by_class(FAKE)


def test_a_class_with_too_few_images():
  with pytest.raises(ValueError, match="Class 3 has 1 generated.*at least 2"):
    evaluator().evaluate(FAKE[:7], labels=[0, 0, 1, 1, 2, 2, 3])
  with pytest.raises(ValueError, match="Class 0 has 3 generated.*at least 4"):
    evaluator().by_class(FAKE[:12], LABELS[:12])
