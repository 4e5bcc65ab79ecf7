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
"""Tests of the program that measures quality against MACs, without training."""

import json
import types

import pytest
from absl.testing import flagsaver

from benchmarks.channels import curve, curve_plan, curve_table
from benchmarks.channels.curve_plan import Run
from tf_ganprune.experiments import (
  slim_settings,
)


def _found(distance, macs=100):
  return {
    "metrics": {"frechet_distance": distance},
    "macs": macs,
    "params": 10,
    "widths": [4],
    "updates": 5750,
  }


@pytest.fixture(name="found")
def _all_found():
  """Two seeds of two dense GANs and of small ones."""
  distances = {
    Run(0, "dense"): 3.0,
    Run(1, "dense"): 4.0,
    Run(0, "dense_latents"): 2.0,
    Run(1, "dense_latents"): 3.0,
    Run(0, "slim", 16): 2.5,
    Run(1, "slim", 16): 2.7,
    Run(0, "scratch", 16): 5.0,
  }
  return {run: _found(distance) for run, distance in distances.items()}


def test_small_networks_are_compared_with_both_dense_ones(found):
  lines = curve_table.table(curve_table.summarize(found)).splitlines()
  (slim,) = [line for line in lines if "| slim |" in line]
  assert "2.6 ± 0.14" in slim
  assert (
    "| 0.74 | 1.04 | 1.05: met, with as many latents: met | one seed |" in slim
  )
  (scratch,) = [line for line in lines if "| scratch |" in line]
  assert "5 (one seed) | 1.43 | 2.00 |  |  |" in scratch


@pytest.mark.parametrize(
  ("kind", "cells"),
  [
    ("dense", "|  | 1.04 | with as many latents: met | one seed |"),
    ("dense_latents", "| 0.74 |  | 1.05: met | one seed |"),
  ],
)
def test_nothing_is_said_of_a_dense_one_that_is_not_there(found, kind, cells):
  for seed in (0, 1):
    del found[Run(seed, kind)]
  text = curve_table.table(curve_table.summarize(found))
  assert cells in text


def test_a_goal_can_be_missed(found):
  found[Run(0, "slim", 16)] = _found(3.5)
  text = curve_table.table(curve_table.summarize(found))
  assert "1.05: met, with as many latents: missed" in text
  found[Run(0, "slim", 16)] = _found(5.0)
  text = curve_table.table(curve_table.summarize(found))
  assert "1.05: missed, with as many latents: missed" in text


@pytest.mark.parametrize(("other", "said"), [(5.4, "yes"), (2.4, "no")])
def test_the_seeds_spread_is_what_it_must_be_better_by(found, other, said):
  found[Run(1, "scratch", 16)] = _found(other)
  found[Run(0, "scratch", 16)] = _found(other + 0.1)
  text = curve_table.table(curve_table.summarize(found))
  (slim,) = [line for line in text.splitlines() if "| slim |" in line]
  assert slim.endswith(f"| {said} |")


def test_runs_that_are_known_are_only_read(found, tmp_path):
  for run, result in found.items():
    (tmp_path / f"{run.name}.json").write_text(json.dumps(result))
  assert len(list(tmp_path.iterdir())) == len(found)  # each has its own file
  for run, result in found.items():
    assert curve.measure(run, tmp_path) == result


def test_runs_of_other_settings_are_refused(found, tmp_path, monkeypatch):
  run = Run(0, "slim", 16)
  monkeypatch.setattr(curve, "_train", lambda *_: found[run])
  first = curve.measure(run, tmp_path)
  assert first["settings"]["slim"]["macs"] == 1 / 16
  assert "cores" in first["machine"]
  assert curve.measure(run, tmp_path) == first
  other = slim_settings.Settings(macs=1 / 16, importance="l1")
  monkeypatch.setattr(Run, "slim", other)
  with pytest.raises(ValueError, match="other settings.*another --curve_dir"):
    curve.measure(run, tmp_path)


def test_the_plan_has_each_run_once():
  with flagsaver.flagsaver(
    curve_seeds=["0", "1"], ratios=["16", "4"], others=["kept:whole"]
  ):
    runs = curve_plan.plan()
  assert len(set(runs)) == len(runs) == 2 * (4 + 2 * 2 + 1)
  assert runs[0] == Run(0, "dense")
  assert runs[-1] == Run(1, "slim", 16, "kept", "whole")


@pytest.mark.parametrize(
  ("kind", "epochs"),
  [("begun", 26), ("whole", 36), ("dense", 46), ("slim", 46), ("scratch", 46)],
)
def test_what_is_compared_is_updated_equally_often(kind, epochs):
  run = Run(0, kind, 16)
  assert curve._epochs(run, run.main) == epochs


@pytest.mark.parametrize(
  ("flags", "sentence"),
  [
    ({"others": ["kept"]}, "--others has 'kept'; give a discriminator and"),
    ({"others": ["kept:dense"]}, "--slim_teacher must be one of"),
    ({"curve_whole_epochs": 20}, "--curve_whole_epochs 20 leaves nothing"),
    ({"ratios": ["0.5"]}, "--slim_macs must lie above 0 and not above 1"),
  ],
)
def test_runs_that_cannot_be_are_refused_at_first(flags, sentence, tmp_path):
  folder = tmp_path / "curve"
  with flagsaver.flagsaver(curve_dir=str(folder), **flags):
    with pytest.raises(SystemExit, match=f"curve: {sentence}"):
      curve.main([])
  assert not folder.exists()


def test_cuts_share_the_whole_network(tmp_path, monkeypatch):
  made = []

  class Slim:
    def __init__(self, main, settings, own, whole):
      made.append((own.path, whole.path))

    def check(self):
      pass

  monkeypatch.setattr(curve.slim, "Slim", Slim)
  main = types.SimpleNamespace(all_settings=lambda: {"seed": 0})
  for run in (Run(0, "whole"), Run(0, "slim", 16), Run(1, "slim", 4)):
    curve._job(run, tmp_path, main)
  first, second, third = [whole for _, whole in made]
  assert first == second != third
  assert len({own for own, _ in made}) == 3
  with flagsaver.flagsaver(curve_latents=9):
    run = Run(0, "slim", 16)
    with pytest.raises(
      ValueError, match="_size was 256 and is 9.*another --curve_dir"
    ):
      curve._job(run, tmp_path, main)


def test_what_is_cut_at_once_is_the_begun_one():
  with flagsaver.flagsaver(curve_whole_epochs=0):
    kinds = {run.kind for run in curve_plan.plan()}
  assert "whole" not in kinds and "begun" in kinds


def test_from_scratch_is_trained_where_it_is_asked_for():
  with flagsaver.flagsaver(
    curve_seeds=["0"], ratios=["16", "4"], scratch_ratios=["16"]
  ):
    runs = curve_plan.plan()
  assert [x.ratio for x in runs if x.kind == "scratch"] == [16]
  assert [x.ratio for x in runs if x.kind == "slim"] == [16, 4]


def test_a_damaged_result_is_named(tmp_path):
  run = Run(0, "dense")
  path = tmp_path / f"{run.name}.json"
  path.write_text('{"metrics": {')
  with pytest.raises(ValueError, match=f"{path.name}' is damaged; delete it"):
    curve.measure(run, tmp_path)
