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
"""Tests of the section on the classes that a classifier puts wrong."""

import numpy as np

from tf_ganprune.experiments import mistakes_section

_LABELS = np.repeat([0, 1, 2], 4)
_IMAGES = np.linspace(-1, 0.9, 12)[:, None, None, None] * np.ones((1, 2, 2, 1))


def _found(**changes):
  found = _LABELS.copy()
  for place, label in changes.items():
    found[int(place[1:])] = label
  return found


def test_the_class_that_lost_most_comes_first():
  found = {"dense": _found(i0=1), "slim": _found(i0=1, i8=0, i9=0, i10=1)}
  section = mistakes_section.section(_IMAGES, _LABELS, found)
  assert section.labels == [
    "class 2: right 100.0% → 25.0%; most often taken for class 0",
    "class 0: right 75.0% → 75.0%; most often taken for class 1",
    "class 1: right 100.0% → 100.0%",
  ]
  strip = section.images["slim"][0, 0, ::2, 0]
  np.testing.assert_allclose(strip[:3], _IMAGES[[8, 9, 10], 0, 0, 0])
  assert strip[3:].tolist() == [1.0] * 5
  assert section.images["dense"][0].min() == 1.0  # it has no mistake there
  assert section.caption.endswith("of dense, slim.")


def test_names_and_a_classifier_alone():
  names = ["zero", "one", "two"]
  found = {"dense": _found(i5=2)}
  section = mistakes_section.section(_IMAGES, _LABELS, found, names)
  assert "one: right 75.0%; most often taken for two" in section.labels
