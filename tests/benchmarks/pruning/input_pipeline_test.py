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
"""Tests of the pipeline's benchmark, at toy size."""

import pytest
from absl.testing import flagsaver

from benchmarks import result_files, timing
from benchmarks.pruning import input_pipeline
from tests.benchmarks import records


@pytest.fixture
def toy(tmp_path):
  with flagsaver.flagsaver(
    (input_pipeline._SIZES, [8]),
    (input_pipeline._CHANNELS, [3]),
    (input_pipeline._SPLIT, "test[:64]"),
    (input_pipeline._DATA_DIR, str(tmp_path / "data")),
    (input_pipeline._BATCH_SIZE, 16),
    (input_pipeline._WIDTH, 1),
    (input_pipeline._SECONDS, 0.0),
    (input_pipeline._ROUNDS, 1),
    (result_files.OUTPUT, str(tmp_path / "result.json")),
  ):
    yield tmp_path


def test_ratios_and_cost_come_from_the_medians(toy):
  seconds = {
    "first_epoch": 4.0,
    "later_epoch": 1.0,
    "fit_in_memory": 2.0,
    "fit_on_pipeline": 2.5,
  }
  timings = {n: timing.Timing.of([s, s, 9 * s]) for n, s in seconds.items()}
  row = input_pipeline.row("8x8x1", 400, 10, timings)
  assert (row["first_epoch"], row["later_epochs"]) == (100.0, 400.0)
  assert row["train_step"] == 16 * 10 / 2.0
  assert (row["first_ratio"], row["ratio"]) == (1.25, 5.0)
  assert row["cost_percent"] == pytest.approx(25.0)


@pytest.mark.slow
def test_measures_prints_and_writes(toy, capsys):
  input_pipeline.main([])
  rows = records.only(toy / "result.json")["rows"]
  assert [row["image"] for row in rows] == ["8x8x3"]
  assert all(row["images"] == 64 and row["ratio"] > 0 for row in rows)
  lines = capsys.readouterr().out.splitlines()
  (line,) = [line for line in lines if line.startswith("| 8x8x3 |")]
  assert line.count("|") == 8


def test_kept_numbers_say_that_the_pipeline_is_no_bottleneck():
  path = result_files.FOLDER / "input_pipeline.json"
  (record,) = records.all_of(path)
  rows = record["rows"]
  assert {f"{size}x{size}x1" for size in (28, 32, 64, 128)} <= {
    row["image"] for row in rows
  }
  assert all(min(row["ratio"], row["first_ratio"]) > 1 for row in rows)
