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
"""Tests that old names work, and say the new ones."""

import pytest

import tf_ganprune as tgp
from tests import tiny


def test_a_result_of_the_report():
  with pytest.warns(FutureWarning, match="tgp.report.NetworkResult now"):
    old = tgp.report.Contestant
  assert old is tgp.report.NetworkResult
  with pytest.raises(AttributeError, match="no attribute 'Contestants'"):
    tgp.report.Contestants  # noqa: B018


def test_pairs_of_images():
  network = tiny.generator()
  found = tgp.explain(network, network, num_latents=2, num_images=1)
  with pytest.warns(FutureWarning, match="`image_pairs` now"):
    assert found.pictures is found.image_pairs


def test_the_original_of_a_small_generator():
  whole = tiny.generator(width=8)
  small = tgp.prune_channels(whole, channels=0.5)
  with pytest.warns(FutureWarning, match="`original` now"):
    old = tgp.match_capacity(tiny.discriminator(), small, whole=whole)
  new = tgp.match_capacity(tiny.discriminator(), small, original=whole)
  assert old.count_params() == new.count_params()
