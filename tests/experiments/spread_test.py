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
"""Tests for spread."""

import pytest

from tf_ganprune.experiments import spread


def test_mean_and_deviation_of_the_seeds():
  found = spread.over_seeds([1.0, 2.0, 6.0])
  assert found["mean"] == 3.0
  assert found["stdev"] == pytest.approx(7**0.5)
  assert found["values"] == [1.0, 2.0, 6.0]


@pytest.mark.parametrize(
  ("values", "said"),
  [
    ([2.0], "2 (one seed)"),
    ([2.0, 3.0], "2.5 ± 0.71"),
    ([400.0, 600.0], "500 ± 140"),
    ([100_000.0, 400_000.0], "250,000 ± 210,000"),
    ([1.00001, 1.00002], "1 ± 7.1e-06"),
  ],
)
def test_as_a_reader_has_it(values, said):
  assert spread.text(spread.over_seeds(values)) == said
