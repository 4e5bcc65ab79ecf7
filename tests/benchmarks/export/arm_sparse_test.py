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
"""Tests of the benchmark of sparse generators on emulated ARM."""

import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from absl.testing import flagsaver

import tf_ganprune as tgp
from benchmarks.export import arm_program, arm_root, arm_sparse

_SHAPE = (8, 8, 1)


class _Here:
  """Runs a program with this machine's own Python."""

  def __init__(self, distortion=0.0):
    self._distortion = distortion

  def run(self, program, *arguments):
    command = [sys.executable, program, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)
    for one in found.values():
      one["outputs"] = [x + self._distortion for x in one["outputs"]]
    return json.dumps(found)


def test_the_share_of_zeros_is_in_each_1x1_kernel_and_in_a_copy():
  network = arm_sparse.build(_SHAPE)
  copy = arm_sparse.sparse(network, 0.75)
  for layer in copy.layers:
    if tgp.PruneForLatencyOnXNNPack().allow_pruning(layer):
      assert np.mean(layer.kernel == 0) == 0.75
      assert np.all(network.get_layer(layer.name).kernel != 0)
    for one, other in zip(
      layer.weights, network.get_layer(layer.name).weights, strict=True
    ):
      assert np.all((one.numpy() == other) | (one.numpy() == 0))


@pytest.mark.slow
def test_files_are_timed_in_turn_and_compared():
  dense, sparse = arm_sparse.measure(_SHAPE, [0.8], _Here(), 3)
  assert (dense["zeros"], sparse["zeros"]) == (0, 0.8)
  assert dense["times_faster"] == 1
  assert sparse["num_bytes"] < dense["num_bytes"]
  assert sparse["rounds"] == 3
  assert sparse["difference"] == 0
  table = arm_sparse.table({"results": {"8x8": [dense, sparse]}})
  assert table.splitlines()[-1].startswith("| 8x8 | 80% |")


@pytest.mark.slow
def test_another_result_on_arm_is_an_error():
  with pytest.raises(ArithmeticError, match="dense.tflite.*0.5"):
    arm_sparse.measure(_SHAPE, [], _Here(0.5), 1)


@pytest.mark.parametrize(("times", "word"), [(2.0, "met"), (1.9, "missed")])
def test_the_goal_is_for_80_percent(times, word):
  row = {"zeros": 0.8, "median": 0.1, "half_width": 0.01, "num_bytes": 1000}
  rows = [
    row | {"times_faster": times},
    row | {"zeros": 0.7, "times_faster": 1},
  ]
  first, second = arm_sparse.table({"results": {"x": rows}}).splitlines()[2:]
  assert first.endswith(f"| 2: {word} |")
  assert second.endswith("|  |")


def test_what_is_missing_is_said(monkeypatch):
  monkeypatch.setattr(arm_root.shutil, "which", lambda name: None)
  with pytest.raises(ValueError, match="`apt-get .*qemu-user-static`"):
    arm_root.ArmRoot("unused").make()
  assert not pathlib.Path("unused").exists()
  with (
    flagsaver.flagsaver(arm_root="unused"),
    pytest.raises(SystemExit, match="arm_sparse: QEMU"),
  ):
    arm_sparse.main([])


@pytest.mark.slow
@pytest.mark.skipif(
  arm_root.missing() is not None, reason=str(arm_root.missing())
)
def test_litert_runs_on_emulated_arm(tmp_path):
  root = arm_root.ArmRoot(tmp_path / "arm").make()
  dense, sparse = arm_sparse.measure(_SHAPE, [0.8], root, 3)
  assert max(dense["difference"], sparse["difference"]) < 1e-5
  asked = tmp_path / "asked.py"
  asked.write_text("import platform\nprint(platform.machine())")
  assert root.run(asked) == "aarch64\n"


@pytest.mark.slow
def test_an_inference_takes_time(tmp_path):
  network = arm_sparse.build(_SHAPE)
  path = tmp_path / "net.tflite"
  tgp.export_tflite(network, path)
  loaded = arm_program.load(str(path))
  assert arm_program.seconds(loaded) > 0
  assert len(arm_program.outputs(loaded)) == 64
