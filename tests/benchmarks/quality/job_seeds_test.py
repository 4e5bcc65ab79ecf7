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
from absl.testing import flagsaver

from benchmarks.quality import job_plans, job_seeds
from tests.experiments import mapping
from tf_ganprune import experiments
from tf_ganprune.experiments import fields, known_contestants


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
        "scores": {"label_accuracy": 0.25},
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
  summary = job_seeds.summarize(runs)
  row = summary["dense"]["Fréchet distance ↓"]
  assert (row["mean"], round(row["stdev"], 6)) == (2.0, 1.414214)
  lines = job_seeds.table(summary).splitlines()
  assert lines[0] == "|  | dense | pruned |"
  assert lines[2] == "| Fréchet distance ↓ | 2 ± 1.4 | 4 ± 2.8 |"
  assert "| Zeros, % | 0 ± 0 | 80 ± 0 |" in lines
  assert "| `cpu`, kB | 2 ± 0 | 2 ± 0 |" in lines
  assert "| `cpu`, ms | 0.5 ± 0 | 0.5 ± 0 |" in lines
  row = "| `cpu`: Images of the asked class, % ↑ | 25 ± 0 | 25 ± 0 |"
  assert row in lines
  untimed = job_seeds.summarize(runs, times=False)["dense"]
  assert "`cpu`, kB" in untimed and "`cpu`, ms" not in untimed
  assert lines[-1] == "| `gpu` gzipped, kB | 1 ± 0 | 1 ± 0 |"


_ERROR = {
  "the control is not worse": lambda means: (
    means["random zeros"]["Zeros, %"] == means["pruned"]["Zeros, %"]
  ),
  "nobody has zeros": lambda means: means["pruned"]["Zeros, %"] < 1,
}


def _job(goals=_ERROR):
  settings = mapping.Settings(
    epochs=1, prune_epochs=1, frequency=1, final_sparsity=0.5
  )
  controls = {
    "random zeros": job_plans.Control("pruned", {"importance": "random"}),
    "anew": job_plans.Control("dense", {"frequency": 2}),
  }
  return job_plans.Job(mapping.Mapping, settings, controls, goals)


def test_a_control_begins_where_the_job_does(tmp_path):
  job = _job()
  run = tmp_path / "seed_1"
  settings = job.settings({"seed": 1})
  experiments.Experiment(mapping.Mapping, settings, run).run()
  found = job_seeds.read(job, tmp_path, 1)["contestants"]
  assert list(found) == ["dense", "pruned", "random zeros", "anew"]
  pruned, control = found["pruned"], found["random zeros"]
  assert control["zeros"] == pytest.approx(pruned["zeros"], abs=1e-6)
  assert control["metrics"] != pruned["metrics"]
  # The same training from the beginning has the same end.
  assert found["anew"]["metrics"] == pytest.approx(found["dense"]["metrics"])
  assert not (tmp_path / "random_zeros_1" / "begin.keras").exists()
  assert (tmp_path / "anew_1" / "begin.keras").exists()


def test_what_is_finished_is_only_read(tmp_path):
  for name in ("seed_1/metrics", "random_zeros_1/control", "anew_1/control"):
    path = tmp_path / f"{name}.json"
    path.parent.mkdir()
    found = {"contestants": {"dense": name}} if "seed" in name else name
    path.write_text(json.dumps(found))
  assert job_seeds.read(_job(), tmp_path, 1)["contestants"] == {
    "dense": "seed_1/metrics",
    "random zeros": "random_zeros_1/control",
    "anew": "anew_1/control",
  }


def test_goals_are_met_or_missed():
  runs = [{"contestants": {x: _run(1.0, 0.5) for x in ("pruned", "dense")}}]
  runs[0]["contestants"]["random zeros"] = _run(2.0, 0.5)
  summary = job_seeds.summarize(runs)
  found = job_seeds.goals(_job(), summary)
  assert list(found.values()) == [True, False]
  last = job_seeds._text(_job(), summary).splitlines()[-1]
  assert last == "| nobody has zeros | missed |"
  without = job_seeds._text(_job({}), summary)
  assert without == job_seeds.table(summary)


@pytest.mark.parametrize("name", job_plans.JOBS)
def test_controls_and_goals_of_jobs_are_right(name):
  job = job_plans.JOBS[name]
  found = {
    row: 1.0
    for row in (job_plans.FRECHET, job_plans.LABELS, job_plans.ACCURACY)
  }
  found |= dict.fromkeys([job_plans.GAIN, job_plans._INT8], 1.0)
  names = ("dense", "pruned", "slim", *job.controls)
  assert all(
    type(goal({x: found for x in names})) is bool for goal in job.goals.values()
  )
  for control in job.controls.values():
    settings = job.settings({"seed": 3, **control.flags})
    fields.check(settings)
    if control.contestant != "dense":
      first = job.settings({"seed": 3})
      known_contestants.check_same_beginning(settings, first)
      assert not known_contestants.are_same(control.contestant, settings, first)


def test_flags_of_a_job_are_its_program_s():
  job = job_plans.JOBS["emoji"]
  with flagsaver.as_parsed(job_data_dir="here"):
    shared = job_seeds._shared(job)
  assert "--phases=dense" in job_seeds._as_flags(shared)
  assert "--data_dir=here" in job_seeds._as_flags(shared)
  assert job.settings(shared).slim.macs == 0.25
  assert job.settings({"seed": 4}).image_size == 32


def test_a_job_that_fails_is_one_sentence(tmp_path, monkeypatch, capfd):
  monkeypatch.setattr(job_seeds.sys, "executable", "false")
  with pytest.raises(SystemExit, match="--seed=7 ended with an error"):
    job_seeds.read(job_plans.JOBS["emoji"], tmp_path, 7)
  assert not any(tmp_path.iterdir())
