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
"""Tests of the scaling benchmark."""

import json

import pytest
from absl import flags
from absl.testing import flagsaver

from benchmarks import contest, scaling


@pytest.fixture(autouse=True)
def _flags():
  flags.FLAGS.mark_as_parsed()


def test_exponents_of_powers():
  sizes = [1, 10, 100]
  assert scaling.exponent(sizes, [1.0, 10.0, 100.0]) == pytest.approx(1)
  assert scaling.exponent(sizes, [1.0, 100.0, 1e4]) == pytest.approx(2)


def test_a_network_has_the_weights_that_were_asked_for():
  assert scaling.network(0.01).count_params() == 10000


def test_the_program_prints_exponents_and_writes_json(
  tmp_path, capsys, monkeypatch
):
  monkeypatch.setattr(
    contest,
    "in_subprocess",
    lambda _, flag: scaling.measure(float(flag.partition("=")[2])),
  )
  monkeypatch.setattr(scaling, "_LAYERS", 1)
  path = tmp_path / "result.json"
  with flagsaver.flagsaver(sizes=["0.01", "0.04"], json=str(path)):
    scaling.main([])
  text = capsys.readouterr().out
  assert "| exponent |" in text and "goal: 1.15" in text
  results = json.loads(path.read_text())["results"]
  assert [result["weights"] for result in results] == [10000, 40000]
  assert list(results[0]["seconds"]) == list(scaling._STEPS)
