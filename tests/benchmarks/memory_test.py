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
"""Tests of the memory that calls need."""

import pytest

from benchmarks import fresh_process


@pytest.mark.slow
def test_memory_is_measured(tmp_path, monkeypatch):
  # In a process of its own: what ran here before may still give memory back.
  program = tmp_path / "peak.py"
  program.write_text(
    "import sys, numpy as np\n"
    "from benchmarks import memory\n"
    "make = lambda: np.ones(int(sys.argv[1]), np.uint8).sum() and None\n"
    "print([memory.peak_bytes(make)])\n"
  )
  monkeypatch.setenv("PYTHONPATH", str(tmp_path))
  size = 2**26
  (peak,) = fresh_process.run("peak", str(size))
  assert 0.9 * size <= peak <= 1.5 * size
