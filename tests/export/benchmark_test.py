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
"""Tests of the benchmark."""

import time

import numpy as np
import pytest
from ai_edge_litert import interpreter as litert

from tf_ganprune import export


@pytest.mark.slow
def test_times_are_in_milliseconds(exported, monkeypatch):
  path = exported().path
  count = 0
  invoke = litert.Interpreter.invoke

  def slow(self):
    nonlocal count
    count += 1
    # The first calls are slow, as with caches that are still cold.
    time.sleep(0.2 if count <= 3 else 0.01)
    invoke(self)

  monkeypatch.setattr(litert.Interpreter, "invoke", slow)
  result = export.benchmark_tflite(path, num_threads=2, runs=7)
  assert count == 12
  assert (result.num_threads, result.runs) == (2, 7)
  assert 10.0 < result.median_ms <= result.p95_ms
  assert result.median_ms < 100.0


def test_the_percentile_is_near_the_slowest(exported, monkeypatch):
  path = str(exported().path)
  ticks = iter(np.cumsum([0, 1] * 90 + [0, 9] * 10 + [0]) * 1e-3)
  monkeypatch.setattr(time, "perf_counter", lambda: next(ticks))
  result = export.benchmark_tflite(path, runs=100)
  assert result.median_ms == pytest.approx(1.0)
  assert result.p95_ms == pytest.approx(9.0)


def test_several_inputs_of_several_types(conditional, tmp_path):
  path = tmp_path / "g.tflite"
  export.export_tflite(conditional, path)
  assert export.benchmark_tflite(path, runs=3).median_ms > 0.0


@pytest.mark.parametrize("value", [0, -1, 1.5, "2", None, True])
def test_counts_must_be_whole_numbers_above_zero(tmp_path, value):
  with pytest.raises(ValueError, match="`runs`"):
    export.benchmark_tflite(tmp_path / "g", runs=value)
  with pytest.raises(ValueError, match="`num_threads`"):
    export.benchmark_tflite(tmp_path / "g", num_threads=value)


def test_files_that_do_not_run_get_one_sentence(exported, tmp_path):
  with pytest.raises(ValueError, match="cannot be read .No such file"):
    export.benchmark_tflite(tmp_path / "missing")
  path = tmp_path / "g.tflite"
  whole = exported().path.read_bytes()
  for content in (b"", b"junk", whole[:300]):
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not a file that LiteRT can run"):
      export.benchmark_tflite(path)


def test_an_unknown_accelerator_is_refused(exported):
  with pytest.raises(ValueError, match=r"one of \['cpu', 'gpu'\]; got 'npu'"):
    export.benchmark_tflite(exported().path, accelerator="npu")


def test_the_device_is_named(exported):
  assert export.benchmark_tflite(exported().path, runs=1).device == "CPU"
