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
"""Tests of `benchmark`."""

import pytest


@pytest.mark.slow
def test_files_are_timed(run):
  ran = run("benchmark dense.tflite dense.tflite --runs=3 --threads=2")
  assert ran.code == 0, ran.err
  first, second, last = ran.out.splitlines()
  assert first.startswith("dense.tflite  ") and " ms (95th percentile " in first
  assert "×" in second and "×" not in first
  assert last == "Medians of 3 runs on CPU, 2 threads."


@pytest.mark.slow
@pytest.mark.parametrize(
  ("file", "reason"),
  [
    ("dense.keras", "export dense.keras --output=dense.tflite"),
    ("damaged.tflite", "is not a file that LiteRT can run"),
  ],
)
def test_refused(file, reason, run):
  ran = run(f"benchmark dense.tflite {file} --runs=1")
  assert ran.code == 1 and not ran.out
  assert reason in ran.sentence
