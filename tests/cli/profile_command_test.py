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
"""Tests of `profile`, of networks and of files."""

import tf_ganprune as tgp


def test_a_network(run, folder):
  ran = run("profile pruned.keras")
  assert ran.code == 0, ran.err
  plain = tgp.strip_pruning(tgp.load_model(folder / "pruned.keras"))
  assert ran.out.startswith(str(tgp.profile(plain)))
  assert "50.2% of 219 prunable weights are 0." in ran.out


def test_a_network_of_any_size(run):
  assert run("profile image.keras").code == 1
  ran = run("profile image.keras --input_shape=8,8,1")
  macs = 64 * (9 * 8 + 9 * 8 * 3)
  assert ran.code == 0 and f"{macs:,}" in ran.out


def test_a_file(run, folder):
  ran = run("profile dense.tflite")
  assert ran.code == 0, ran.err
  lines = ran.out.splitlines()
  assert lines[0].startswith("Input ") and lines[0].endswith("float32 [1, 4]")
  assert lines[1].endswith("float32 [1, 8, 8, 1]")
  assert any(line.split()[:2] == ["FULLY_CONNECTED", "1"] for line in lines)
  size = (folder / "dense.tflite").stat().st_size
  assert lines[-1].startswith(f"{size:,} bytes. On CPUs XNNPACK runs ")
