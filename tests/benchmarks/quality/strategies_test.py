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
"""Tests of the benchmark of strategies, without training."""

import json

import pytest
from absl.testing import flagsaver

from benchmarks.quality import strategies
from tests.benchmarks import records
from tf_ganprune.experiments import (
  dcgan_task,
  sweep_job,
  sweep_program,
  sweep_summary,
)


def _line(strategy, sparsity, seed, distance) -> dict:
  measures = dict.fromkeys(sweep_summary.MEASURES, 10.0)
  return {
    "strategy": strategy,
    "sparsity": sparsity,
    "seed": seed,
    "error": None,
    **measures,
    "zeros": sparsity,
    "frechet_distance": distance,
  }


_DISTANCES = {
  ("dense", 0.0): (2.0, 3.0, 4.0),
  ("random", 0.8): (20.0, 21.0, 22.0),
  ("magnitude", 0.8): (5.0, 6.0, 7.0),
  ("lamp", 0.8): (3.0, 3.5, 4.0),
  ("lamp", 0.9): (5.0, 5.1),
  ("erk", 0.8): (19.0, 20.0, 21.5),
  ("taylor", 0.8): (6.0,),
  ("lamp", 0.5): (1.0, 2.0, 3.0),
}
_LINES = [
  _line(*key, seed, distance)
  for key, distances in _DISTANCES.items()
  for seed, distance in enumerate(distances)
]


def _cells(text, name) -> list[str]:
  (line,) = [x for x in text.splitlines() if x.startswith(f"| {name} |")]
  return [x.strip() for x in line.strip("|").split("|")][2:]


def test_a_line_says_what_a_strategy_is_worth():
  text = strategies.table(sweep_summary.summarize(_LINES))
  assert _cells(text, "dense") == ["3 ± 1", "", "", "", ""]
  assert _cells(text, "lamp") == [
    "",
    "3.5 ± 0.5",
    "5.05 ± 0.071 (2 seeds)",
    "80%: yes; 90%: no",
    "80%: yes",
  ]
  assert _cells(text, "erk")[-2:] == ["80%: no", "80%: no"]
  assert _cells(text, "taylor")[1:2] == ["6 (one seed)"]
  names = [x.split("|")[1].strip() for x in text.splitlines()[2:]]
  assert names[:2] == ["dense", "lamp"] and names[-1] == "random"


def test_the_best_and_the_control_get_more_runs():
  rows = sweep_summary.summarize(_LINES)
  assert strategies.best(rows) == ["lamp", "magnitude", "taylor"]
  few = [x for x in rows if x.strategy in ("random", "lamp", "dense")]
  assert strategies.best(few) == ["lamp"]
  runs = strategies.more_runs(rows, [0])
  assert {x.strategy for x in runs} == {
    "dense",
    "random",
    "lamp",
    "magnitude",
    "taylor",
  }
  assert {x.sparsity for x in runs} == {0.0, *strategies.MORE_SHARES}
  lines = strategies.curve(rows).splitlines()
  assert lines[0] == "| strategy | 50% | 80% | 90% |"
  assert lines[2].startswith("| lamp | 2 ± 1 | 3.5 ± 0.5 | 5.05 ± ")


def test_all_strategies_have_run_at_one_share_before_the_next():
  runs = strategies.first_runs([0, 1])
  assert len(runs) == len(set(runs))
  shares = [x.sparsity for x in runs if x.sparsity]
  assert shares == sorted(shares) and set(shares) == {0.8, 0.9}


def test_where_runs_were_trained():
  lines = [{"machine": "A"}, {"machine": "B, 2 cores"}, {"machine": "A"}, {}]
  said = "Runs: 2 on A; 1 on B, 2 cores; 1 on an unknown machine."
  assert strategies.machines(lines) == said


@pytest.mark.slow
def test_what_is_there_is_written(tmp_path, capsys):
  folder = tmp_path / "sweep"
  path = tmp_path / "strategies.json"
  with flagsaver.as_parsed(
    output=str(path),
    sweep_dir=str(folder),
    charts_dir=str(tmp_path / "charts"),
    train="false",
    train_split="train[:512]",
  ):
    task = dcgan_task.DCGAN
    sweep_job.SweepJob(folder, task, sweep_program.settings(task))
    lines = "".join(json.dumps(x | {"seconds": 9.0}) + "\n" for x in _LINES)
    (folder / sweep_job.RESULTS).write_text(lines)
    strategies.main([])
  assert records.only(path)["runs"] == _LINES
  assert sorted(x.name for x in (tmp_path / "charts").iterdir()) == [
    "bytes.png",
    "macs.png",
    "zeros.png",
  ]
  out = capsys.readouterr().out
  assert "| lamp |" in out and f"Runs: {len(_LINES)} on" in out
