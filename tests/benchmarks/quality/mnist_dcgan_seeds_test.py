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
"""Tests of the summary over seeds."""

import json

import pytest

from benchmarks.quality import mnist_dcgan_seeds


def _run(frechet, zeros):
  return {
    "metrics": {
      "frechet_distance": frechet,
      "kernel_distance": 1.0,
      "inception_score": 9.0,
      "precision": 0.5,
      "recall": 0.5,
    },
    "zeros": zeros,
    "macs": 8000,
    "files": [
      {
        "target": "cpu",
        "num_bytes": 2000,
        "gzip_bytes": 1000,
        "median_ms": 0.5,
      },
      {
        "target": "gpu",
        "num_bytes": 3000,
        "gzip_bytes": 1000,
        "median_ms": None,
      },
    ],
  }


def test_mean_and_spread():
  runs = [
    {"contestants": {"dense": _run(f, 0.0), "pruned": _run(2 * f, 0.8)}}
    for f in (1.0, 3.0)
  ]
  summary = mnist_dcgan_seeds.summarize(runs)
  row = summary["dense"]["Fréchet distance ↓"]
  assert (row["mean"], round(row["stdev"], 6)) == (2.0, 1.414214)
  lines = mnist_dcgan_seeds.table(summary).splitlines()
  assert lines[0] == "|  | dense | pruned |"
  assert lines[2] == "| Fréchet distance ↓ | 2 ± 1.4 | 4 ± 2.8 |"
  assert "| Zeros, % | 0 ± 0 | 80 ± 0 |" in lines
  assert "| `cpu`, kB | 2 ± 0 | 2 ± 0 |" in lines
  assert "| `cpu`, ms | 0.5 ± 0 | 0.5 ± 0 |" in lines
  untimed = mnist_dcgan_seeds.summarize(runs, times=False)["dense"]
  assert "`cpu`, kB" in untimed and "`cpu`, ms" not in untimed
  assert lines[-1] == "| `gpu` gzipped, kB | 1 ± 0 | 1 ± 0 |"


def _finished(run, dense, pruned):
  run.mkdir()
  found = {"dense": {"metrics": dense}, "pruned": {"metrics": pruned}}
  (run / "metrics.json").write_text(json.dumps({"contestants": found}))


def test_finished_runs_are_read_with_their_control(tmp_path):
  _finished(tmp_path / "seed_1", 1.0, 2.0)
  _finished(tmp_path / "taught_1", 1.0, 3.0)
  found = mnist_dcgan_seeds.read(tmp_path, 1)["contestants"]
  metrics = {name: x["metrics"] for name, x in found.items()}
  assert metrics == {"dense": 1.0, "pruned": 2.0, "dense, taught": 3.0}


def test_a_control_of_another_training_is_refused(tmp_path):
  _finished(tmp_path / "seed_0", 1.0, 2.0)
  _finished(tmp_path / "taught_0", 1.5, 2.0)
  with pytest.raises(ValueError, match="seed 0 and of its control differ"):
    mnist_dcgan_seeds.read(tmp_path, 0)
