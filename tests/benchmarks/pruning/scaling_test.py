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
from absl.testing import flagsaver

from benchmarks import fresh_process, memory
from benchmarks.pruning import scaling
from tests.benchmarks import records


def test_exponents_of_powers():
  sizes = [1, 10, 100]
  assert scaling.exponent(sizes, [1.0, 10.0, 100.0]) == pytest.approx(1)
  assert scaling.exponent(sizes, [1.0, 100.0, 1e4]) == pytest.approx(2)


def test_a_network_has_the_weights_that_were_asked_for():
  assert scaling.network(0.01).count_params() == 10000


@pytest.mark.slow
def test_every_step_is_measured(monkeypatch):
  def peak_bytes(function):
    function()
    return 3 * 4 * 10000

  monkeypatch.setattr(scaling, "_LAYERS", 1)
  # What ran in this process before may still give memory back.
  monkeypatch.setattr(memory, "peak_bytes", peak_bytes)
  result = scaling.measure(0.01)
  assert result["weights"] == 10000
  assert list(result["seconds"]) == list(scaling._STEPS)
  assert min(result["seconds"].values()) > 0
  assert result["memory"] == 3.0


def test_the_program_prints_exponents_and_writes_json(
  tmp_path, capsys, monkeypatch
):
  def measured(module, flag):
    assert module == "benchmarks.pruning.scaling" and flag.startswith("--only=")
    millions = float(flag.partition("=")[2])
    seconds = dict.fromkeys(scaling._STEPS, millions)
    seconds["strip"] = millions**2
    weights = round(1e6 * millions)
    return {"weights": weights, "seconds": seconds, "memory": 2.0}

  monkeypatch.setattr(fresh_process, "run", measured)
  path = tmp_path / "result.json"
  with flagsaver.flagsaver(sizes=["1", "4"], output=str(path)):
    scaling.main([])
  text = capsys.readouterr().out
  assert "| exponent |" in text and "goal: 1.15" in text
  written = records.only(path)
  assert [x["weights"] for x in written["results"]] == [1000000, 4000000]
  assert written["exponents"] == pytest.approx(
    dict.fromkeys([*scaling._STEPS, "memory"], 1.0) | {"strip": 2.0}
  )


def test_a_process_of_its_own_prints_what_it_measured(capsys, monkeypatch):
  monkeypatch.setattr(
    scaling, "measure", lambda millions: {"weights": millions}
  )
  with flagsaver.flagsaver(only=0.5):
    scaling.main([])
  assert json.loads(capsys.readouterr().out) == {"weights": 0.5}
