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
"""Tests of the benchmark of evaluators at the size of real data sets."""

import json

import numpy as np
import pytest
from absl.testing import flagsaver

from benchmarks.quality import evaluator_scale


def _result(count):
  seconds = dict(read=count / 1e3, evaluate=count**2 / 1e6, save=1.0, load=1.0)
  return {
    "images": count,
    "seconds": seconds,
    "cpu_seconds": seconds,
    "bytes": 2**20 * count,
    "file_megabytes": 1.0,
  }


def test_every_step_is_measured():
  result = evaluator_scale.measure(120, 16, 8)
  assert result["images"] == 120
  assert list(result["seconds"]) == ["read", "evaluate", "save", "load"]
  assert min(result["seconds"].values()) > 0
  assert list(result["cpu_seconds"]) == list(result["seconds"])
  assert result["file_megabytes"] > 120 * 8 * 4 / 1e6
  assert 0 <= result["results"]["recall"] <= 1


def test_streams_have_so_many_images_of_their_seed():
  batches = list(evaluator_scale.Stream(120, 4, 0))
  assert [len(batch) for batch in batches] == [50, 50, 20]
  assert len(evaluator_scale.Stream(120, 4, 0)) == 3
  again = list(evaluator_scale.Stream(120, 4, 0))
  np.testing.assert_array_equal(batches[2], again[2])
  assert np.abs(np.concatenate(batches)).max() <= 1


def test_exponents_of_powers():
  found = evaluator_scale.exponents([_result(n) for n in (1000, 4000)])
  assert found == pytest.approx(
    {"read": 1.0, "evaluate": 2.0, "save": 0.0, "load": 0.0, "bytes": 1.0}
  )


def test_the_program_prints_a_table_and_writes_json(
  tmp_path, capsys, monkeypatch
):
  monkeypatch.setattr(evaluator_scale, "in_subprocess", _result)
  path = tmp_path / "result.json"
  with flagsaver.flagsaver(image_counts=["1000", "2000"], output=str(path)):
    evaluator_scale.main([])
  text = capsys.readouterr().out
  assert "| 2,000 | 2.00 | 4.00 |" in text and "| exponent | 1.00 |" in text
  assert text.rstrip().endswith("2 GiB beside the network: met.")
  (written,) = json.loads(path.read_text())["machines"].values()
  assert [x["images"] for x in written["results"]] == [1000, 2000]
  assert written["exponents"]["evaluate"] == pytest.approx(2.0)
  assert "missed" in evaluator_scale.format_results([_result(3000)])


def test_a_process_of_its_own_prints_what_it_measured(capsys, monkeypatch):
  monkeypatch.setattr(
    evaluator_scale, "measure", lambda *given: {"given": given}
  )
  with flagsaver.flagsaver(only_count=7, image_pixels=32, feature_count=5):
    evaluator_scale.main([])
  assert json.loads(capsys.readouterr().out) == {"given": [7, 32, 5]}
