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
"""Classes on a page: sorted by what was lost, with their numbers."""

import numpy as np

from tf_ganprune.experiments import class_section
from tf_ganprune.metrics import label_scores


def _scores(*distances, accuracy=1.0):
  return [
    label_scores.ClassScore(i, 10, x, accuracy, 0.5)
    for i, x in enumerate(distances)
  ]


def test_the_class_that_lost_most_comes_first():
  images = {
    name: np.stack([np.full((4, 8, 1), level) for level in levels])
    for name, levels in (("dense", (0.1, 0.2, 0.3)), ("slim", (0.4, 0.5, 0.6)))
  }
  scores = {"dense": _scores(1, 5, 2), "slim": _scores(2, 5.5, 4, accuracy=0.9)}
  found = class_section.section(images, scores)
  assert [x.partition(":")[0] for x in found.labels] == [
    "class 2",
    "class 0",
    "class 1",
  ]
  assert found.labels[0] == (
    "class 2: distance 2 → 4, share 100% → 90%, recall 50% → 50%"
  )
  assert found.images["slim"][:, 0, 0, 0].tolist() == [0.6, 0.4, 0.5]
  assert "of dense, slim." in found.caption


def test_without_a_classifier_there_is_no_share():
  images = {"dense": np.zeros((1, 4, 8, 1))}
  scores = {"dense": _scores(1.25, accuracy=None)}
  found = class_section.section(images, scores, ["zero"])
  assert found.labels == ["zero: distance 1.25, recall 50%"]


def test_a_class_that_is_no_longer_drawn_comes_first():
  images = {name: np.zeros((3, 4, 8, 1)) for name in ("dense", "slim")}
  scores = {"dense": _scores(1, 5, 2), "slim": _scores(9, 5.5, np.inf)}
  found = class_section.section(images, scores)
  assert found.labels[0].startswith("class 2: distance 2 → none drawn")
  assert found.labels[1].startswith("class 0: distance 1 → 9")


def test_a_strip_has_white_places_for_what_is_missing():
  images = np.zeros((3, 2, 2, 1), "f")
  found = class_section.strip(images, 5)
  assert found.shape == (2, 10, 1)
  assert found[0, :, 0].tolist() == [0.0] * 6 + [1.0] * 4
  assert class_section.strip(images[:0], 2).tolist() == [[[1.0]] * 4] * 2
  assert class_section.strip(images, 2).shape == (2, 4, 1)


def test_shares_of_classes_that_are_only_found_are_of_all_images():
  images = {name: np.zeros((2, 4, 8, 1)) for name in ("dense", "slim")}
  scores = {"dense": _scores(1, 2), "slim": _scores(1, 3)}
  scores["slim"][0] = scores["slim"][0]._replace(num_images=30)
  found = class_section.section(images, scores, is_asked=False)
  assert found.labels[1] == (
    "class 0: distance 1 → 1, share 50% → 75%, recall 50% → 50%"
  )
  assert "share of all images" in found.caption
  assert "share of its images" in class_section.section(images, scores).caption
