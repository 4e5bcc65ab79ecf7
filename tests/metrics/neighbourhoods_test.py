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
"""Tests of precision, recall, density and coverage in one pass."""

import numpy as np
import pytest

from tf_ganprune import metrics
from tf_ganprune.metrics import arrays, neighbourhoods


def _features(seed, n, scale=1.0):
  return scale * np.random.default_rng(seed).normal(size=(n, 8))


def _apart(real, generated, k, density_k):
  both = metrics.precision_recall(real, generated, k)
  more = metrics.density_coverage(real, generated, density_k)
  return {**both._asdict(), **more._asdict()}


@pytest.mark.parametrize("k, density_k", [(3, 5), (1, 1), (4, 2)])
@pytest.mark.parametrize("block", [7, 10**6])
def test_all_are_those_of_functions_of_their_own(
  k, density_k, block, monkeypatch
):
  monkeypatch.setattr(arrays, "_BLOCK", block * 50)
  real, generated = _features(0, 60), _features(1, 50, scale=0.7)
  found = neighbourhoods.shares(real, generated, k, density_k)
  assert found == pytest.approx(_apart(real, generated, k, density_k))
  assert 0 < found["recall"] < 1


def test_ties_are_ties_in_both():
  lattice = np.stack(np.meshgrid(*[np.arange(4.0)] * 2), -1).reshape(-1, 2)
  real, generated = lattice + 1e6, lattice[::2] + 1e6
  found = neighbourhoods.shares(real, generated, 3, 5)
  assert found == pytest.approx(_apart(real, generated, 3, 5))


def test_few_real_images_have_no_density():
  found = neighbourhoods.shares(_features(0, 5), _features(1, 9), 3, 5)
  assert list(found) == ["precision", "recall"]
