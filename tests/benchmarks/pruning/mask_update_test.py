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
"""Tests of the mask update's benchmark."""

import numpy as np
import pytest
from absl.testing import flagsaver

from benchmarks import fresh_process, memory
from benchmarks.pruning import mask_update
from tests.benchmarks import records


@pytest.mark.parametrize("pattern", ["unstructured", "block 1x4", "2:4"])
def test_contestants_do_the_same(pattern):
  weights = mask_update.kernel(pattern, 32)
  block, m_by_n = (1, 4) if "block" in pattern else (1, 1), None
  if pattern == "2:4":
    m_by_n = (2, 4)
  theirs = mask_update._tfmot(block, m_by_n)(weights)[1]
  ours = mask_update._ours(block, m_by_n)(weights)
  np.testing.assert_array_equal(ours if m_by_n else ours[0], theirs)


def test_numpy_is_a_yardstick():
  weights = mask_update.kernel("unstructured", 32)
  ours, _ = mask_update._ours((1, 1), None)(weights)
  np.testing.assert_array_equal(ours, mask_update._partition(weights.numpy()))


@pytest.mark.slow
def test_the_program_prints_goals_and_writes_json(
  tmp_path, capsys, monkeypatch
):
  monkeypatch.setattr(
    fresh_process, "run", lambda *flags: {"memory": float(len(flags))}
  )
  path = tmp_path / "result.json"
  with flagsaver.flagsaver(
    size=128, max_rounds=3, output=str(path), pattern=["unstructured"]
  ):
    mask_update.main([])
  lines = capsys.readouterr().out.splitlines()
  assert len(lines) == 2 + 3
  assert "| 50: " in lines[2]
  assert lines[3].endswith("| 3 | 3: met |")
  result = records.only(path)
  assert result["size"] == 128
  assert result["results"]["unstructured"]["ours"]["rounds"] >= 3


def test_memory_is_measured_in_kernels(monkeypatch):
  monkeypatch.setattr(memory, "peak_bytes", lambda _: 3 * 4 * 16 * 16)
  assert mask_update.peak_memory("unstructured", "ours", 16) == 3.0
