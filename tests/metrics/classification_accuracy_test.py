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
"""The classification accuracy score on bars that a classifier can tell."""

import numpy as np
import pytest

from tests.metrics import classifier_test
from tf_ganprune import metrics
from tf_ganprune.metrics import classification_accuracy


@pytest.mark.slow
def test_images_like_the_real_ones_teach_their_classes():
  generated, real = classifier_test.bars(0, 256), classifier_test.bars(1, 100)
  score = metrics.classification_accuracy_score(*generated, *real, 2, epochs=5)
  assert score.accuracy > 0.95
  assert score.by_class.shape == (2,) and score.by_class.min() > 0.9
  shares = np.bincount(real[1]) / 100
  assert score.accuracy == pytest.approx(shares @ score.by_class)


@pytest.mark.slow
def test_swapped_labels_teach_the_wrong_ones():
  images, labels = classifier_test.bars(0, 256)
  real = classifier_test.bars(1, 100)
  score = metrics.classification_accuracy_score(
    images, 1 - labels, *real, 2, epochs=5
  )
  assert score.accuracy < 0.05


@pytest.mark.slow
def test_each_set_has_its_range():
  (images, labels), real = (
    classifier_test.bars(0, 96),
    classifier_test.bars(1, 40),
  )
  expected = metrics.classification_accuracy_score(
    images, labels, *real, 2, epochs=1
  )
  score = metrics.classification_accuracy_score(
    *((images + 1) / 2, labels, (real[0] + 1) * 127.5, real[1], 2),
    epochs=1,
    value_range=(0, 1),
    real_value_range=(0, 255),
  )
  assert score.accuracy == pytest.approx(expected.accuracy, abs=0.026)


def test_accuracy_by_class_by_hand():
  found, labels = np.array([0, 1, 1, 3]), np.array([0, 1, 0, 3])
  overall, by_class = classification_accuracy.accuracy_of(found, labels, 4)
  assert overall == 0.75 and type(overall) is float
  np.testing.assert_array_equal(by_class, [0.5, 1.0, np.nan, 1.0])


@pytest.mark.parametrize(
  "change, message",
  [
    ({"generated_labels": None}, r"`generated_labels`"),
    ({"generated_labels": np.zeros(7)}, "got float64"),
    ({"real_labels": np.full(8, 2)}, r"`real_labels` .*\[0, 1\]"),
    ({"real_labels": np.zeros(7, int)}, r"`real_labels` .*\[8\]; got \[7\]"),
    (
      {"real_images": np.zeros((8, 9, 9, 1))},
      "`generated_images` .*`real_images` .9, 9, 1",
    ),
    ({"real_images": np.full((8, 4, 4, 1), 2.0)}, "`real_images` must lie in"),
    ({"num_classes": 1}, "`num_classes` .*2"),
  ],
)
def test_bad_input(change, message):
  given = {
    "generated_images": np.zeros((7, 4, 4, 1)),
    "generated_labels": np.zeros(7, int),
    "real_images": np.zeros((8, 4, 4, 1)),
    "real_labels": np.zeros(8, int),
    "num_classes": 2,
  }
  with pytest.raises(ValueError, match=message):
    metrics.classification_accuracy_score(**(given | change))
