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
"""Tests of sweeps over any task, and of processes that share their folder."""

import collections
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from tests import build_files
from tests.experiments import mapping
from tf_ganprune.experiments import (
  ray_engine,
  sweep_charts,
  sweep_job,
  sweep_summary,
)
from tf_ganprune.experiments.sweep_job import Run

# What its fixture makes is made once.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sharing")]

_NAMES = "dense,random,lamp,channels"
_RUNS = sweep_job.grid(_NAMES.split(","), [0.5], [0])


def _job(folder) -> sweep_job.SweepJob:
  return sweep_job.SweepJob(folder, mapping.Mapping, mapping.Settings())


def _lines(folder) -> list[dict]:
  text = (folder / sweep_job.RESULTS).read_text()
  assert text.endswith("\n")
  return [json.loads(line) for line in text.splitlines()]


def _start(folder) -> subprocess.Popen:
  return subprocess.Popen(
    [sys.executable, "-m", "tests.experiments.mapping", str(folder), _NAMES],
    cwd=build_files.ROOT,
    stdout=subprocess.PIPE,
    text=True,
  )


@pytest.fixture(scope="module", name="shared")
def _shared(tmp_path_factory):
  """Returns the folder of a sweep of two processes, and what they printed."""
  folder = tmp_path_factory.mktemp("sweep") / "out"
  both = [_start(folder) for _ in range(2)]
  texts = [process.communicate()[0] for process in both]
  assert [process.returncode for process in both] == [0, 0]
  return folder, texts


@pytest.mark.slow
def test_processes_do_each_run_once(shared):
  folder, texts = shared
  lines = {line["strategy"]: line for line in _lines(folder)}
  assert len(_lines(folder)) == len(lines) == 4
  done = [
    x for text in texts for x in text.splitlines() if x.startswith("Phas")
  ]
  counts = collections.Counter(done)
  assert counts["Phase 'begin': 2 epochs."] == 1
  assert counts["Phase 'train': 2 epochs."] == 4


def test_processes_know_of_all_runs_in_the_end(shared):
  _, texts = shared
  for text in texts:
    assert {x.name for x in _RUNS} <= set(text.splitlines())


def test_lines_have_the_scores_of_the_task(shared, tmp_path):
  folder, _ = shared
  lines = {line["strategy"]: line for line in _lines(folder)}
  for line in lines.values():
    assert line["error"] is None and line["mapping_error"] > 0
  assert lines["lamp"]["zeros"] == pytest.approx(0.5, abs=0.02)
  assert 0.5 <= lines["channels"]["zeros"] < 0.75
  assert lines["channels"]["macs"] < lines["dense"]["macs"]
  score, title = mapping.Mapping.score, mapping.Mapping.score_title
  rows = sweep_summary.summarize(lines.values(), score)
  assert title in sweep_summary.table(rows, title)
  assert len(sweep_charts.draw(rows, tmp_path, title)) == 3


def test_a_run_that_another_is_at_comes_last(tmp_path, monkeypatch):
  job = _job(tmp_path / "out")
  monkeypatch.setattr(job, "_line", lambda run: {"error": None} | vars(run))
  first, second, third = _RUNS[:3]
  held = job.locked(first.name)
  held.__enter__()
  measured = job.measure_all(_RUNS[:3])
  assert next(measured)[0] == second
  assert next(measured)[0] == third
  held.__exit__(None, None, None)  # as the other would by being killed
  assert next(measured)[0] == first
  assert list(job.found()) == [second, third, first]


@pytest.mark.slow
def test_a_strategy_that_a_task_cannot_have_is_a_line(tmp_path):
  job = _job(tmp_path / "out")
  for name, reason in (
    ("taught", "images have the shape (None, 3)"),
    ("balanced", "needs real examples"),
  ):
    line = job.measure(Run(name, 0.5, 0))
    assert reason in line["error"], line


def _killed(folder, name: str) -> int:
  """Kills the process that is at a run when it has finished an epoch."""
  lock = folder / "locks" / f"{name}.lock"
  deadline = time.time() + 300
  while not list((folder / name).glob("checkpoints/train/chief/*.index")):
    assert time.time() < deadline
    time.sleep(0.02)
  pid = int(lock.read_text().split()[1])
  os.kill(pid, signal.SIGKILL)
  return pid


class _Refusing(mapping.Mapping):
  """Compares by what it does not measure."""

  score = "nothing"


class _Broken(mapping.Mapping):
  """Has a bug."""

  def measure(self, gan, evaluator):
    return {}["missing"]


@pytest.fixture(scope="module", name="ray")
def _ray():
  tune = pytest.importorskip("ray.tune", reason="Ray Tune is not installed.")
  import ray  # noqa: PLC0415

  ray.init(
    num_cpus=2,
    include_dashboard=False,
    log_to_driver=False,
    runtime_env={"env_vars": {"PYTHONPATH": str(build_files.ROOT)}},
  )
  yield tune
  ray.shutdown()


@pytest.mark.slow
def test_workers_of_ray_that_are_killed_are_taken_up_again(tmp_path, ray):
  del ray
  settings = mapping.Settings(prune_epochs=24)
  folder = tmp_path / "out"
  job = sweep_job.SweepJob(folder, mapping.Mapping, settings)
  killed, found, again = [], {}, {}
  killer = threading.Thread(
    target=lambda: killed.append(_killed(folder, "random_0.5_seed_0"))
  )
  killer.start()
  ray_engine.measure_all(job, _RUNS[:3], found.__setitem__)
  killer.join()
  assert killed and killed[0] != os.getpid()
  assert set(found) == set(_RUNS[:3])
  assert len(_lines(folder)) == 3
  assert job.found() == found
  assert all(line["error"] is None for line in found.values())
  ray_engine.measure_all(job, _RUNS[:3], again.__setitem__)
  assert again == found


@pytest.mark.parametrize(
  "task, kind, message",
  [
    (_Refusing, ValueError, "^The task .* set `score`.$"),
    (_Broken, RuntimeError, "in measure\n(.|\n)*KeyError: 'missing'"),
  ],
)
def test_what_a_run_raises_in_a_worker_of_ray_ends_the_sweep(
  tmp_path, ray, task, kind, message
):
  del ray
  before = os.getcwd(), dict(os.environ)
  job = sweep_job.SweepJob(tmp_path / "out", task, mapping.Settings())
  with pytest.raises(kind, match=message):
    ray_engine.measure_all(job, _RUNS[:1], pytest.fail)
  assert (os.getcwd(), dict(os.environ)) == before
  assert not job.found()


@pytest.mark.slow
def test_without_ray_its_engine_says_how_to_get_it(tmp_path, monkeypatch):
  monkeypatch.setitem(sys.modules, "ray", None)
  with pytest.raises(ImportError, match="pip install 'tf_ganprune.ray.'"):
    ray_engine.measure_all(_job(tmp_path / "out"), _RUNS, lambda *_: None)


@pytest.mark.parametrize(
  "attribute, value, message",
  [
    (
      "score",
      "other",
      "compares by 'other', and its `measure` returns mapping",
    ),
    ("measure", lambda *_: {"zeros": 1.0}, "'mapping' .*zeros"),
  ],
)
def test_measures_that_will_not_do_are_said(
  attribute, value, message, tmp_path, monkeypatch
):
  monkeypatch.setattr(mapping.Mapping, attribute, value)
  with pytest.raises(ValueError, match=message):
    _job(tmp_path).measure(Run("dense", 0.0, 0))
