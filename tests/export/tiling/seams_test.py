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
"""Tests the places and weights of tiles."""

import numpy as np
import pytest

from tf_ganprune.export.tiling import seams


@pytest.mark.parametrize("radius", [None, 0, 3, 16])
@pytest.mark.parametrize("overlap", [0, 7, 16, 24, 28])
@pytest.mark.parametrize("size", [5, 32, 33, 64, 100, 101])
def test_weights_add_up_to_one(size, overlap, radius):
  side = seams.place(size, 32, overlap, 4, radius)
  for factor in (1, 3):
    total = np.zeros(side.size * factor)
    for i, start in enumerate(side.starts):
      weights = side.weights(i, factor)
      assert 0 <= weights.min() and weights.max() <= 1
      total[start * factor : (start + 32) * factor] += weights
    np.testing.assert_allclose(total, 1.0, atol=1e-6)


def test_places():
  side = seams.place(101, 32, 8, 4, None)
  assert side.starts == (0, 24, 48, 72)
  assert side.size == 104
  assert seams.place(20, 32, 8, 4, None).starts == (0,)
  # The last tile ends with the picture.
  assert seams.place(60, 32, 8, 4, None).starts == (0, 24, 28)


def test_a_border_that_is_not_right_has_no_weight():
  side = seams.place(200, 32, 16, 1, 5)
  middle = side.weights(3)
  assert not middle[:5].any() and not middle[-5:].any()
  assert (middle[8:24] > 0).all()
  first = side.weights(0)
  assert first[0] == 1.0 and not first[-5:].any()


def test_no_step_is_left():
  with pytest.raises(ValueError, match="multiples of 8; it can be 24 at most"):
    seams.place(100, 32, 28, 8, None)
