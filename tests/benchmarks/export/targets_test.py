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
"""Tests of the export benchmark."""

import time

import pytest
from absl.testing import flagsaver

from benchmarks.export import export_networks, targets
from tests.benchmarks import records
from tf_ganprune.export import gpu_run

_MLP = "MLP 3x1024"


@pytest.fixture
def tiny(monkeypatch):
  networks = {_MLP: lambda: export_networks.mlp(40, (4, 5, 1))}
  monkeypatch.setattr(export_networks, "NETWORKS", networks)


def _row(**numbers):
  return {
    "variant": "dense",
    "target": "cpu",
    "median": 0.001,
    "half_width": 0.0001,
    "num_bytes": 1000,
    "gzip_bytes": 900,
    "max_abs_error": 1e-6,
    "delegated": 0.5,
  } | numbers


@pytest.mark.slow
def test_the_program_exports_and_times_all_variants(tiny, tmp_path, capsys):
  path = tmp_path / "result.json"
  with flagsaver.flagsaver(
    export_network=[_MLP],
    export_target=["cpu", "cpu-block"],
    output=str(path),
    max_rounds=3,
  ):
    targets.main([])
  text = path.read_text()
  assert str(tmp_path) not in text and "/tf_ganprune_" not in text
  written = records.only(path)
  result = written["results"][_MLP]
  rows = {(x["variant"], x["target"]): x for x in result["rows"]}
  dense, zeros, fewer = "dense", "80 % zeros", "a quarter of the channels"
  assert list(rows) == [
    (variant, target)
    for variant in (dense, zeros, fewer)
    for target in ("cpu", "cpu-block")
  ]
  refused = [k for k, x in rows.items() if "refused" in x]
  assert refused == [(dense, "cpu-block"), (fewer, "cpu-block")]
  assert "1x4 blocks" in rows[refused[0]]["refused"]
  files = [x for x in rows.values() if "refused" not in x]
  assert all(x["median"] > 0 and x["rounds"] == 3 for x in files)
  assert all(x["max_abs_error"] < 1e-5 and x["notes"] for x in files)
  assert rows[zeros, "cpu-block"]["zeros"] == "1x4 blocks in Dense layers"
  assert rows[zeros, "cpu"]["share_of_zeros"] == pytest.approx(0.8, abs=0.01)
  assert rows[fewer, "cpu"]["params"] < rows[dense, "cpu"]["params"] / 3
  assert (
    result["plain"]["median"] > 0 and "max_abs_error" not in (result["plain"])
  )
  (blocks,) = [x for x in written["goals"] if x["target"] == "cpu-block"]
  share = rows[zeros, "cpu-block"]["median"] / result["plain"]["median"]
  assert blocks["share"] == share
  lines = capsys.readouterr().out.splitlines()
  assert _MLP in lines
  assert "| dense | cpu-block | refused |  |  |  |  |  |" in lines
  assert lines[-1] == "No file was checked on a GPU."


@pytest.mark.parametrize(
  "row, expected",
  [
    (_row(), "| dense | cpu | 1 ± 0.1 | 1,000 | 900 | 1e-06 | 50% |  |"),
    (
      _row(target="npu", delegated=None),
      "| dense | npu | 1 ± 0.1 | 1,000 | 900 | 1e-06 |  | timed on the CPU |",
    ),
    (
      _row(target="arm-sparse", zeros="some"),
      "| dense | arm-sparse | 1 ± 0.1 | 1,000 | 900 | 1e-06 | 50% | some; x86"
      " does not run it sparsely |",
    ),
  ],
)
def test_times_that_are_not_the_target_s_are_marked(row, expected, monkeypatch):
  monkeypatch.setattr(targets.platform, "machine", lambda: "x86_64")
  result = {"plain": _row(), "rows": [row]}
  assert targets.table(result).splitlines()[-1] == expected


def test_a_network_that_cannot_be_cut_is_a_refusal(monkeypatch, tmp_path):
  def refuse(network):
    raise ValueError("No channels.")

  monkeypatch.setattr(export_networks, "with_fewer_channels", refuse)
  cut = targets._Cut(None, export_networks.FEWER)
  row = targets._exported(cut, "cpu", tmp_path / "f.tflite")
  assert row["refused"] == "No channels."


def test_runs_on_a_gpu_are_timed_inside_of_an_export(monkeypatch):
  def run(content):
    time.sleep(0.02)
    if not content:
      raise gpu_run.RefusedError("Empty.")
    return content

  monkeypatch.setattr(gpu_run, "run", run)
  with targets._gpu_clock() as seconds:
    assert gpu_run.run(b"file") == b"file"
    with pytest.raises(gpu_run.RefusedError):
      gpu_run.run(b"")
  assert gpu_run.run is run
  assert len(seconds) == 2 and min(seconds) >= 0.02


@pytest.mark.slow
def test_an_export_is_what_runs_on_the_gpu(tiny, monkeypatch, tmp_path):
  def run(*args):
    raise gpu_run.NoGPUError("None here.")

  monkeypatch.setattr(gpu_run, "run", run)
  cut = targets._Cut(export_networks.build(_MLP), export_networks.DENSE)
  row = targets._exported(cut, "gpu", tmp_path / "f.tflite")
  assert 0.0 < row["gpu_check_seconds"] < row["export_seconds"]
  assert row["delegated"] is None


@pytest.mark.parametrize("seconds, expected", [(5.0, "5.0 s"), (5.1, "5.1 s")])
def test_the_longest_check_on_a_gpu_counts(seconds, expected):
  rows = [
    _row(),
    _row(gpu_check_seconds=1.0),
    _row(gpu_check_seconds=seconds),
    # There was no GPU to run on.
    _row(gpu_check_seconds=9.0, delegated=None),
  ]
  check = targets.gpu_check({"a": {"rows": rows}})
  assert (check["seconds"], check["checks"]) == (seconds, 2)
  sentence = targets._gpu_sentence(check)
  assert expected in sentence
  assert sentence.endswith("met" if seconds <= 5.0 else "missed")
