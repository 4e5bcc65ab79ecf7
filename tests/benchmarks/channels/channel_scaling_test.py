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
"""Tests of the benchmark of channel pruning as generators grow."""

import pytest
from absl.testing import flagsaver

from benchmarks import fresh_process
from benchmarks.channels import channel_scaling
from tests.benchmarks import records


def test_a_generator_has_about_the_parameters_that_were_asked_for():
  width = channel_scaling.width_of(0.5)
  found = channel_scaling.generator(width).count_params()
  assert found == pytest.approx(5e5, rel=0.05)


def test_the_exponent_is_that_of_the_seconds():
  results = [{"params": 10**i, "median": 4.0**i} for i in range(3)]
  assert channel_scaling.exponent(results) == pytest.approx(0.60206)


@pytest.mark.slow
def test_the_program_prints_an_exponent_and_writes_json(
  tmp_path, capsys, monkeypatch
):
  monkeypatch.setattr(channel_scaling, "_IMAGE_SHAPE", (8, 8, 1))
  monkeypatch.setattr(channel_scaling, "_MACS", 0.7)
  monkeypatch.setattr(
    fresh_process,
    "run",
    lambda _, size, rounds: channel_scaling.measure(
      float(size.partition("=")[2]), int(rounds.partition("=")[2])
    ),
  )
  path = tmp_path / "result.json"
  with flagsaver.flagsaver(
    generators=["0.005", "0.02"], output=str(path), max_rounds=3
  ):
    channel_scaling.main([])
  text = capsys.readouterr().out
  assert "| million parameters | seconds |" in text
  assert "goal at most 1.15: " in text
  written = records.only(path)
  small, large = written["results"]
  assert small["params"] < 0.3 * large["params"]
  assert small["rounds"] == large["rounds"] == 3
  assert small["median"] > 0
