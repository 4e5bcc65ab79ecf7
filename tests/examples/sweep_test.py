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
"""Tests of the sweep."""

import dataclasses
import json

import pytest

from tf_ganprune.experiments import dcgan_task, strategies, sweep_job
from tf_ganprune.experiments.sweep_job import Run

# Its folder is made once.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sweep")]

_SMALL = [
  "--image_size=12",
  "--width=2",
  "--latent_dim=8",
  "--epochs=1",
  "--prune_epochs=2",
  "--eval_images=200",
  "--train_split=train[:10%]",
  "--test_split=test[:20%]",
  "--frequency=4",
  "--seeds=3",
  "--sparsities=0.5",
]


def _run(programs, folder, *flags):
  return programs.run(
    "examples.sweep",
    f"--sweep_dir={folder / 'out'}",
    f"--data_dir={folder / 'data'}",
    *_SMALL,
    *flags,
  )


def _lines(folder) -> list[dict]:
  text = (folder / "out" / sweep_job.RESULTS).read_text()
  return [json.loads(line) for line in text.splitlines()]


def test_the_dense_gan_and_the_control_are_in_each_grid():
  runs = sweep_job.grid(["erk", "dense"], [0.8, 0.9], [0, 1])
  assert runs[:5] == [
    Run("dense", 0.0, 0),
    Run("random", 0.8, 0),
    Run("random", 0.9, 0),
    Run("erk", 0.8, 0),
    Run("erk", 0.9, 0),
  ]
  assert [run.seed for run in runs] == [0] * 5 + [1] * 5
  others = sweep_job.grid(["dense_latents"], [0.8, 0.9], [0])[1:]
  assert [run.sparsity for run in others] == [0.8, 0.9, 0.0]


@pytest.fixture(scope="module")
def swept(programs, tmp_path_factory):
  """Returns the folder of a sweep to which another strategy was added."""
  folder = tmp_path_factory.mktemp("sweep")
  result = _run(programs, folder, "--strategies=ticket")
  assert result.returncode == 0, result.stderr[-2000:]
  result = _run(programs, folder, "--strategies=channels")
  assert result.returncode == 0, result.stderr[-2000:]
  return folder, result.stdout


@pytest.mark.slow
def test_each_run_is_a_line(swept):
  lines = {line["strategy"]: line for line in _lines(swept[0])}
  assert list(lines) == ["dense", "random", "ticket", "channels"]
  assert all(line["error"] is None for line in lines.values())
  assert all("cores" in line["machine"] for line in lines.values())
  assert all(line["seed"] == 3 for line in lines.values())
  assert lines["dense"]["zeros"] == 0
  for name in ("random", "ticket"):
    assert lines[name]["zeros"] == pytest.approx(0.5, abs=0.01)
    assert lines[name]["macs"] < 0.8 * lines["dense"]["macs"]
  assert 0.5 <= lines["channels"]["zeros"] < 0.6


def test_all_generators_are_updated_equally_often(swept):
  assert len({line["updates"] for line in _lines(swept[0])}) == 1


def test_what_is_there_is_not_trained_again(swept):
  _, text = swept
  assert text.count("Phase 'train'") == 1
  assert "1 of 3: dense_0_seed_3" in text


def test_it_is_drawn_and_summarized(swept):
  folder, text = swept
  for name in ("zeros", "bytes", "macs"):
    assert (folder / "out" / f"{name}.png").stat().st_size > 10_000
  table = (folder / "out" / "table.md").read_text()
  assert table in text
  assert "| ticket |" in table


def _spoiled(gan, plan):
  for weight in gan.generator.trainable_weights:
    weight.assign(weight * float("nan"))
  return gan


_SETTINGS = dcgan_task.Settings(
  image_size=12,
  width=2,
  latent_dim=8,
  epochs=1,
  prune_epochs=1,
  eval_images=200,
  train_split="train[:10%]",
  test_split="test[:20%]",
  frequency=4,
)


def _job(folder, settings):
  return sweep_job.SweepJob(folder, dcgan_task.DCGAN, settings)


@pytest.mark.slow
def test_a_run_that_diverges_is_a_line_too(tmp_path, monkeypatch):
  bad = strategies.Strategy("not finite", _spoiled)
  monkeypatch.setitem(strategies.STRATEGIES, "magnitude", bad)
  run = Run("magnitude", 0.5, 0)
  line = _job(tmp_path, _SETTINGS).measure(run)
  assert "Training diverged" in line["error"]
  assert "frechet_distance" not in line
  again = _job(tmp_path, _SETTINGS)
  assert again.found() == {run: line}
  assert again.measure(run) == line


@pytest.mark.slow
def test_a_run_that_is_not_possible_is_a_line_too(tmp_path):
  run = Run("channels", 0.999, 0)
  line = _job(tmp_path, _SETTINGS).measure(run)
  assert "No widths meet" in line["error"]
  assert _job(tmp_path, _SETTINGS).found() == {run: line}


@pytest.mark.slow
def test_a_folder_with_other_settings_is_refused(tmp_path):
  _job(tmp_path, _SETTINGS)
  wider = dataclasses.replace(_SETTINGS, width=3)
  message = "--width was 2 and is 3.*Use another --sweep_dir,"
  with pytest.raises(ValueError, match=message):
    _job(tmp_path, wider)


@pytest.mark.parametrize(
  ("flag", "message"),
  [
    (
      "--strategies=best",
      "--strategies must be some of dense, dense_latents, dense_latents_4,",
    ),
    ("--strategies=", "got none"),
    ("--sparsities=1", "--sparsities must be between 0 and 1; got"),
    ("--sparsities=many", "--sparsities must be numbers; got 'many'"),
    ("--seeds=-1", "--seeds must be 0 or more"),
    ("--seeds=", "--seeds must be 0 or more"),
    ("--final_sparsity=0.5", "--final_sparsity has no use in a sweep; use"),
  ],
)
def test_bad_flags_are_refused_in_a_sentence(programs, tmp_path, flag, message):
  result = _run(programs, tmp_path, flag)
  assert result.returncode == 1
  assert message in result.stderr
  assert "Traceback" not in result.stderr
  assert not (tmp_path / "out").exists()
