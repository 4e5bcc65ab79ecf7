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
"""Tests of `check`, of networks and of files."""

import pytest

import tf_ganprune as tgp


@pytest.mark.slow
def test_a_network_that_is_taken(run):
  ran = run("check gan.keras --target=gpu")
  assert ran.code == 0, ran.err
  assert ran.out.splitlines()[-1] == "Target 'gpu' takes 'gan.keras'."


@pytest.mark.slow
def test_a_network_that_is_refused(run, folder):
  ran = run("check dense.keras --target=arm-sparse")
  assert ran.code == 1
  found = tgp.check_target(tgp.load_model(folder / "dense.keras"), "arm-sparse")
  assert found[0].reason in ran.out and ran.out.startswith("refused: ")
  assert "Target 'arm-sparse' does not take 'dense.keras'." in ran.out


def test_a_file_by_its_operators(run):
  ran = run("check dense.tflite --target=npu")
  assert ran.code == 1
  assert "refused: 'main' takes or gives " in ran.out
  assert "computes in float32" in ran.out
  assert run("check dense.tflite --target=gpu").code == 0


def test_an_int8_file_for_the_npu(run):
  assert run("export dense.keras --target=npu --output=n.tflite").code == 0
  ran = run("check n.tflite --target=npu")
  assert ran.code == 0, ran.out


@pytest.mark.parametrize(
  ("line", "reason"),
  [
    ("damaged.tflite", "'damaged.tflite' "),
    ("dense.tflite --target=cpu-block", "check the network's .keras file"),
    ("dense.tflite --network=x", "are for .keras files"),
    ("text.tflite", "'text.tflite' is no .tflite file"),
  ],
)
def test_refused(line, reason, run, tmp_path):
  (tmp_path / "text.tflite").write_text("no file of operators")
  ran = run(f"check {line}")
  assert ran.code == 1
  assert reason in ran.sentence
