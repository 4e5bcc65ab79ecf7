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
"""Tests that an experiment assumes nothing of its task."""

import dataclasses
import json

import numpy as np
import pytest

import tf_ganprune as tgp
from tests.experiments import mapping
from tf_ganprune import experiments
from tf_ganprune.experiments import dcgan_task, slim_settings

# What its fixture makes is made once.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("mapping")]

_SLIM = slim_settings.Settings(
  macs=0.6, distillation=(), weights=(), generator_batch_size=None
)
_ALL = ("dense", "pruned", "slim")


@pytest.fixture(scope="module", name="finished")
def _finished(tmp_path_factory):
  """Returns the folder of an experiment with every phase, and its result."""
  folder = tmp_path_factory.mktemp("mapping") / "out"
  settings = mapping.Settings(phases=_ALL, slim=_SLIM, allocation="lamp")
  found = experiments.Experiment(mapping.Mapping, settings, folder).run()
  return folder, settings, found


@pytest.mark.slow
def test_leaves_everything(finished):
  folder, _, _ = finished
  names = {path.name for path in folder.iterdir()}
  for way in _ALL:
    for network in ("there", "back"):
      assert f"{way}_{network}.keras" in names
      assert f"{way}_{network}_cpu.tflite" in names
  assert {"report.html", "metrics.json", "begin.keras", "slim.keras"} <= names
  assert not any("critic" in name for name in names)
  page = (folder / "report.html").read_text()
  assert "numbers: a dense, a pruned and a slim Mapper" in page


def test_each_way_is_what_it_says(finished):
  folder, _, _ = finished
  found = json.loads((folder / "metrics.json").read_text())
  dense, pruned, slim = (found["contestants"][name] for name in _ALL)
  assert pruned["zeros"] == pytest.approx(0.8, abs=0.02)
  assert dense["zeros"] == 0 and pruned["macs"] == dense["macs"]
  assert slim["macs"] <= 0.6 * dense["macs"]
  assert all(
    way["metrics"]["mapping_error"] > 0 for way in (dense, pruned, slim)
  )
  targets = [file["target"] for file in slim["files"]]
  assert targets == ["there, cpu", "back, cpu"]
  assert found["settings"]["slim_macs"] == 0.6


def test_all_are_updated_equally_often(finished):
  folder, _, _ = finished
  gans = [tgp.load_model(folder / f"{x}.keras") for x in _ALL]
  counts = [int(gan.back_optimizer.iterations) for gan in gans]
  # The slim one's begins anew at the cut, after the epochs of the whole one.
  assert counts == [32, 32, 8]


def test_histories_have_the_losses_of_the_task(finished):
  *_, found = finished
  dense, _, slim = (x.history for x in found.contestants)
  assert set(dense["alone"]) == {
    "step",
    "there_loss",
    "back_loss",
    "critic_loss",
  }
  assert dense["together"]["step"] == [8, 16]
  assert slim["alone"]["step"] == dense["alone"]["step"] == [24, 32]


@pytest.mark.slow
def test_goes_on_with_what_is_there(finished, capsys):
  folder, settings, found = finished
  (folder / "pruned.keras").unlink()
  job = experiments.Experiment(mapping.Mapping, settings, folder).open()
  gans = job.train()
  text = capsys.readouterr().out
  assert "Phase 'dense': already trained" in text
  assert "Phase 'pruned': 2 epochs" in text
  for contestant in found.contestants:
    again = job.task.measure(gans[contestant.name], job.evaluator())
    np.testing.assert_allclose(
      again["mapping_error"], contestant.metrics["mapping_error"], rtol=1e-6
    )


@pytest.mark.slow
def test_more_ways_in_a_folder_of_their_own(finished, tmp_path, capsys):
  folder, settings, _ = finished
  few = dataclasses.replace(settings, phases=("dense", "pruned"))
  base = experiments.Experiment(mapping.Mapping, few, tmp_path / "base")
  job = base.extended(settings, tmp_path / "more").open()
  gans = job.train()
  assert list(gans) == list(_ALL)
  assert (tmp_path / "base" / "pruned.keras").exists()
  assert not (tmp_path / "more" / "dense.keras").exists()
  assert (tmp_path / "more" / "slim.keras").exists()


@pytest.mark.slow
def test_another_slim_one_is_trained_in_a_folder_of_its_own(
  finished, tmp_path, capsys
):
  folder, settings, _ = finished
  base = experiments.Experiment(mapping.Mapping, settings, folder)
  slim = dataclasses.replace(_SLIM, macs=0.4)
  other = dataclasses.replace(settings, slim=slim)
  job = base.extended(other, tmp_path / "other").open()
  macs = tgp.profile(job.train(("slim",))["slim"].there).macs
  assert (tmp_path / "other" / "slim.keras").exists()
  assert macs < tgp.profile(tgp.load_model(folder / "slim.keras").there).macs
  same = base.extended(settings, tmp_path / "same").open()
  same.train(("slim",))
  assert not (tmp_path / "same" / "slim.keras").exists()


def test_other_zeros_are_another_contestant(tmp_path):
  settings = mapping.Settings()
  base = experiments.Experiment(mapping.Mapping, settings, tmp_path)
  for flags in (
    {"final_sparsity": 0.31},
    {"importance": "random"},
    {"allocation": "erk"},
    {"frequency": 3},
    {"zeros": dataclasses.replace(settings.zeros, end=0.5)},
  ):
    other = dataclasses.replace(settings, **flags)
    job = base.extended(other, tmp_path / "other")
    assert job.owner("pruned") is job and job.owner("dense") is base
  same = base.extended(settings, tmp_path / "other")
  assert same.owner("pruned") is base


@pytest.mark.parametrize(
  "flags", [{"epochs": 7}, {"batch_size": 3}, {"seed": 9}, {"decay_to": 0.5}]
)
def test_what_is_extended_has_the_same_beginning(tmp_path, flags):
  settings = mapping.Settings()
  base = experiments.Experiment(mapping.Mapping, settings, tmp_path)
  other = dataclasses.replace(settings, **flags)
  ((name, value),) = flags.items()
  with pytest.raises(ValueError, match=f"--{name} is .* got {value}"):
    base.extended(other, tmp_path / "other")


def test_a_teacher_that_must_be_trained_is(tmp_path, monkeypatch):
  slim = dataclasses.replace(
    _SLIM, teacher="trained", distillation=("image",), weights=(1.0,)
  )
  settings = mapping.Settings(phases=("slim",), slim=slim)
  job = experiments.Experiment(mapping.Mapping, settings, tmp_path).open()
  trained = []
  monkeypatch.setattr(
    job, "train_phase", lambda _, phase: trained.append(phase.name)
  )
  job.train()
  assert trained == ["begin", "dense", "whole", "slim"]


@pytest.mark.parametrize("part", ["networks", "name", "show", "measure"])
def test_a_task_that_lacks_a_part(part, tmp_path):
  kept = {
    name: value
    for name, value in vars(mapping.Mapping).items()
    if name != part and not name.startswith("__")
  }
  task = type("Half", (experiments.Task,), kept)
  with pytest.raises(ValueError, match=f"task Half lacks `{part}`; define"):
    experiments.Experiment(task, mapping.Settings(), tmp_path / "out")
  assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("task", [None, mapping.Mapper, "mapping"])
def test_what_is_no_task(task):
  with pytest.raises(ValueError, match="`task`"):
    experiments.Experiment(task)


@pytest.mark.parametrize(
  ("settings", "sentence"),
  [
    (experiments.Settings(), "must be those of the task 'mapping'"),
    (mapping.Settings(units=0), "--units .*1 to 64"),
    (mapping.Settings(phases=()), "--phases"),
    (mapping.Settings(phases=("best",)), "--phases"),
    (mapping.Settings(frequency=20), "--frequency 20 leaves no pruning"),
    (mapping.Settings(phases=("slim",)), "`macs="),
    (
      mapping.Settings(slim=slim_settings.Settings(cuts=0)),
      "--slim_cuts",
    ),
  ],
)
def test_settings_that_will_not_do(settings, sentence, tmp_path):
  with pytest.raises(ValueError, match=sentence):
    experiments.Experiment(mapping.Mapping, settings, tmp_path / "out")
  assert not (tmp_path / "out").exists()


def test_a_folder_of_another_task(finished):
  folder, settings, _ = finished
  other = type("Other", (mapping.Mapping,), {"name": "other"})
  before = sorted(folder.rglob("*"))
  with pytest.raises(
    ValueError, match="holds a run of the task 'mapping', and"
  ):
    experiments.Experiment(other, settings, folder).open()
  assert sorted(folder.rglob("*")) == before


def test_data_must_have_batches(tmp_path):
  def train_data(self):
    return mapping.Mapping.train_data(self).take(0)

  empty = type("Empty", (mapping.Mapping,), {"train_data": train_data})
  with pytest.raises(ValueError, match="`train_data` .*'mapping'.* 0"):
    experiments.Experiment(empty, mapping.Settings(), tmp_path / "out")


def test_the_main_job_can_have_every_phase():
  settings = dcgan_task.Settings()
  assert settings.phases == ("dense", "pruned")
  assert dataclasses.replace(settings, phases=_ALL).slim.slim_epochs is None
