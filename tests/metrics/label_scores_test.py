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
"""Scores by class, from features and labels."""

import numpy as np
import pytest

from tf_ganprune import metrics


def features(seed, n, shift=0.0):
  return np.random.default_rng(seed).normal(size=(n, 3)) + shift


def two_classes(seed, second=20.0):
  """Twelve features of class 0, and of class 2 far from them."""
  rows = np.concatenate([features(seed, 12), features(seed + 50, 12, second)])
  return rows, np.repeat([0, 2], 12)


def test_each_class_is_scored_by_itself():
  real, real_labels = two_classes(0)
  generated, labels = two_classes(1)
  order = np.random.default_rng(0).permutation(24)
  found = np.where(labels == 2, 0, labels)[order]
  found[:3] = labels[order][:3]
  scores = metrics.class_scores(
    real, real_labels, generated[order], labels[order], found
  )
  assert [score.label for score in scores] == [0, 2]
  for score, rows in zip(scores, (slice(0, 12), slice(12, 24)), strict=True):
    mine, theirs = real[rows], generated[rows]
    assert score.num_images == 12
    assert score.frechet_distance == pytest.approx(
      metrics.frechet_distance(mine, theirs), rel=1e-9
    )
    assert score.recall == metrics.precision_recall(mine, theirs).recall
  assert scores[0].accuracy == 1.0
  assert scores[1].accuracy == np.mean(found[labels[order] == 2] == 2) < 1.0
  mean = metrics.intra_class_frechet_distance(
    real, real_labels, generated, labels
  )
  assert mean == pytest.approx(np.mean([x.frechet_distance for x in scores]))


def test_swapped_classes_are_seen_by_class_only():
  real, real_labels = two_classes(0)
  generated, labels = two_classes(1)
  whole = metrics.frechet_distance(real, generated)
  right = metrics.intra_class_frechet_distance(
    real, real_labels, generated, labels
  )
  swapped = metrics.intra_class_frechet_distance(
    real, real_labels, generated, 2 - labels
  )
  assert swapped > 1000 > 100 * right
  assert whole < 10
  scores = metrics.class_scores(real, real_labels, generated, 2 - labels)
  assert [score.recall for score in scores] == [0.0, 0.0]
  assert [score.accuracy for score in scores] == [None, None]


def test_float32_is_as_good():
  real, real_labels = two_classes(0)
  generated, labels = two_classes(1)
  given = real.astype(np.float32), real_labels, generated.astype(np.float32)
  for found, expected in zip(
    metrics.class_scores(*given, labels),
    metrics.class_scores(real, real_labels, generated, labels),
    strict=True,
  ):
    assert found.recall == expected.recall
    assert found.frechet_distance == pytest.approx(
      expected.frechet_distance, rel=1e-5
    )


@pytest.mark.parametrize("score", ["scores", "intra"])
def test_bad_input(score):
  real, labels = two_classes(0)
  function = {
    "scores": metrics.class_scores,
    "intra": metrics.intra_class_frechet_distance,
  }[score]
  least = {"scores": 4, "intra": 2}[score]
  few = np.concatenate([np.arange(12), np.arange(12, 12 + least - 1)])
  with pytest.raises(ValueError, match=f"Class 2 has {least - 1} generated .*"):
    function(real, labels, real[few], labels[few])
  with pytest.raises(ValueError, match=f"2 has {least - 1} real images.*need"):
    function(real[few], labels[few], real, labels)
  with pytest.raises(ValueError, match="Class 1 has 0 real images"):
    function(real, labels, real, np.minimum(labels, 1))
  with pytest.raises(ValueError, match="Class 2 has 0 generated images"):
    function(real, labels, real[:12], labels[:12])
  with pytest.raises(ValueError, match="`real_labels`"):
    function(real, labels / 1, real, labels)
  with pytest.raises(ValueError, match=r"`generated_labels`.*24\]; got \[3"):
    function(real, labels, real, labels[:3])
  with pytest.raises(ValueError, match="`generated_labels` .*0 or more"):
    function(real, labels, real, labels - 1)


@pytest.mark.parametrize("left", [0, 3])
def test_a_class_that_is_hardly_drawn_may_be_allowed(left):
  real, real_labels = two_classes(0)
  generated, labels = two_classes(1)
  given = real, real_labels, generated[: 12 + left], labels[: 12 + left]
  first, second = metrics.class_scores(*given, allow_missing=True)
  assert first == metrics.class_scores(real, real_labels, generated, labels)[0]
  assert second == (2, left, np.inf, None, 0.0)
  with pytest.raises(ValueError, match="Class 2 has 3 real"):
    metrics.class_scores(
      *(real[:15], real_labels[:15], generated, labels), allow_missing=True
    )
