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
"""Tests of budgets that are measured on files."""

import pytest

import tf_ganprune as tgp
from tf_ganprune.export import file_costs


def _network(units=12):
  layers = tgp.keras.layers
  return tgp.keras.Sequential(
    [tgp.keras.Input((8,)), layers.Dense(units), layers.Dense(1000)]
  )


@pytest.mark.slow
def test_bytes_are_those_of_the_file(tmp_path):
  model = _network()
  small = tgp.prune_channels(model, num_bytes=0.4)  # 4 kB a unit
  sizes = [
    tgp.export_tflite(x, tmp_path / "x.tflite").num_bytes
    for x in (model, small)
  ]
  assert 0.3 * sizes[0] < sizes[1] <= 0.4 * sizes[0]
  assert file_costs.num_bytes(model)(small) == pytest.approx(
    sizes[1] / sizes[0]
  )


def test_too_few_bytes_are_refused():
  with pytest.raises(ValueError, match="`num_bytes=0.001`"):
    tgp.prune_channels(_network(), num_bytes=0.001)


@pytest.mark.slow
def test_latency_falls(monkeypatch):
  times = []

  def milliseconds(path):
    times.append(path.name)
    return path.stat().st_size / 1e3

  monkeypatch.setattr(file_costs, "_milliseconds", milliseconds)
  model = _network(8)
  small = tgp.prune_channels(model, latency=0.6)
  assert file_costs.num_bytes(model)(small) <= 0.6
  # One after the other, whatever the machine does.
  assert times[:4] == ["small.tflite", "whole.tflite"] * 2


def test_latency_is_a_fraction_of_the_whole():
  model = _network()
  assert 0.2 < file_costs.latency(model)(model) < 5.0
