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
"""Checks of labels: what is refused, and in which words."""

import numpy as np
import pytest

from tf_ganprune.metrics import label_checks


def test_labels_are_int32():
  labels = label_checks.check_labels([0, 2, 1], 3, 3)
  assert labels.dtype == np.int32
  np.testing.assert_array_equal(labels, [0, 2, 1])
  assert label_checks.check_labels(np.uint8([7]), 1) == [7]


@pytest.mark.parametrize(
  "labels, num_classes, message",
  [
    (None, 3, r"must have one label an image, \[2\]; got \[\]"),
    ([0, 1, 1], 3, r"\[2\]; got \[3\]"),
    ([[0, 1]], 3, r"\[2\]; got \[1, 2\]"),
    ([0.0, 1.0], 3, "must be whole numbers; got float64"),
    ([True, False], 3, "must be whole numbers; got bool"),
    (
      [0, 3],
      3,
      r"lie in \[0, 2\], as `num_classes` is 3; they run from 0 to 3",
    ),
    ([-1, 0], 3, "they run from -1 to 0"),
    ([-1, 0], None, "must be 0 or more; they begin at -1"),
  ],
)
def test_what_is_no_label_is_refused(labels, num_classes, message):
  with pytest.raises(ValueError, match="`asked` " + ".*" + message):
    label_checks.check_labels(labels, 2, num_classes, "asked")
