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
"""Tests of exporting several networks for several targets."""

import pytest

from tests import tiny
from tf_ganprune.experiments import exporting, run_directory
from tf_ganprune.keras_compat import keras


def test_refused_target_does_not_cost_the_others_theirs(tmp_path):
  run = run_directory.RunDirectory(tmp_path, {})
  x = keras.Input((None, 3))  # no file can have a size that is not known
  networks = {
    "good": {"generator": tiny.generator()},
    "bad": {"generator": keras.Model(x, keras.layers.Dense(2)(x))},
  }
  (tmp_path / "bad_cpu.tflite").write_bytes(b"of an older run")
  files, refused = exporting.export_all(run, networks, ["cpu"], runs=3)
  assert [file.target for file in files["good"]] == ["cpu"]
  assert files["bad"] == []
  assert len(refused) == 1 and refused[0].startswith("bad, cpu: ")
  names = {path.name for path in tmp_path.iterdir()}
  assert names == {"settings.json", "good_cpu.tflite"}


def test_only_files_for_this_kind_of_machine_are_timed(tmp_path):
  run = run_directory.RunDirectory(tmp_path, {})
  networks = {"one": {"generator": tiny.generator()}}
  files, _ = exporting.export_all(run, networks, ["cpu", "npu"], runs=3)
  cpu, npu = files["one"]
  assert cpu.median_ms > 0
  assert npu.median_ms is None


@pytest.mark.slow
def test_several_networks_have_files_and_layers_of_their_own(tmp_path):
  run = run_directory.RunDirectory(tmp_path, {})
  networks = {"F": tiny.generator(), "G": tiny.generator()}
  files, refused = exporting.export_all(run, {"dense": networks}, ["cpu"])
  assert not refused
  assert [file.target for file in files["dense"]] == ["F, cpu", "G, cpu"]
  assert (tmp_path / "dense_F_cpu.tflite").exists()
  alone = exporting.contestant("dense", {"F": networks["F"]}, {}, [], {})
  both = exporting.contestant("dense", networks, {}, [], {})
  assert both.macs == 2 * alone.macs
  assert both.parameters == 2 * alone.parameters
  layer = alone.sparsity[0].name
  names = [x.name for x in both.sparsity]
  assert f"F/{layer}" in names and f"G/{layer}" in names


def test_files_are_calibrated_with_what_a_network_is_given(tmp_path):
  asked = []

  def inputs(name, n, seed):
    asked.append((name, n > 1, seed))

  run = run_directory.RunDirectory(tmp_path, {})
  networks = {"one": {"F": tiny.generator()}}
  exporting.export_all(run, networks, ["cpu"], inputs, runs=3)
  assert asked == [("F", True, 0)]
