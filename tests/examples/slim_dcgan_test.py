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
"""Tests of the slim job on what the small main job left."""

import dataclasses
import json
import types

import pytest

import tf_ganprune as tgp
from examples import (
  slim_dcgan,
)
from tf_ganprune.experiments import dcgan_task, fields, slim_settings

# The worker that ran the main job has its files.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("job")]

_SMALL = [
  "--macs=0.5",
  "--cuts=2",
  "--cut_epochs=1",
  "--slim_epochs=3",
  "--slim_targets=cpu",
  "--teacher=online",
  "--discriminator=kept",
]


def _run(programs, main_dir, slim_dir, *flags):
  return programs.run(
    "examples.slim_dcgan",
    f"--main_dir={main_dir}",
    f"--slim_dir={slim_dir}",
    *_SMALL,
    *flags,
  )


@pytest.fixture(scope="module")
def slim(programs, finished, tmp_path_factory):
  """Returns the main job's folder, the slim job's, and what that printed."""
  main_dir, _ = finished
  slim_dir = tmp_path_factory.mktemp("slim") / "out"
  result = _run(programs, main_dir, slim_dir)
  assert result.returncode == 0, result.stderr[-2000:]
  return main_dir, slim_dir, result.stdout


@pytest.mark.slow
def test_takes_the_main_jobs_networks(slim):
  _, _, text = slim
  for name in ("begin", "dense", "pruned"):
    assert f"Phase {name!r}: already trained" in text
  for name in ("whole", "cut_1", "slim"):
    assert f"Phase {name!r}: 1 epochs" in text


def test_leaves_a_smaller_network(slim):
  main_dir, slim_dir, _ = slim
  dense = tgp.load_model(main_dir / "dense_generator.keras")
  small = tgp.load_model(slim_dir / "slim_generator.keras")
  share = tgp.profile(small).macs / tgp.profile(dense).macs
  assert 0.3 < share <= 0.5
  assert (slim_dir / "slim_cpu.tflite").stat().st_size < (
    (slim_dir / "dense_cpu.tflite").stat().st_size
  )


def test_compares_the_three(slim):
  _, slim_dir, text = slim
  found = json.loads((slim_dir / "metrics.json").read_text())["contestants"]
  assert list(found) == ["dense", "pruned", "slim"]
  assert found["slim"]["macs"] <= 0.5 * found["dense"]["macs"]
  assert found["pruned"]["macs"] == found["dense"]["macs"]
  assert "MACs" in text
  page = (slim_dir / "report.html").read_text()
  assert "a dense, a pruned and a slim DCGAN" in page
  assert "trained on beside it: image and discriminator_features" in page


@pytest.mark.slow
def test_bad_flags_are_refused_before_anything_is_trained(programs, tmp_path):
  result = _run(programs, tmp_path / "m", tmp_path / "x", "--macs=0.0001")
  assert result.returncode == 1
  assert "`macs=0.0001`" in result.stderr
  assert "Traceback" not in result.stderr
  assert not any(tmp_path.iterdir())


def _begin(folder, **settings):
  folder.mkdir(parents=True)
  given = fields.values(dcgan_task.Settings(**settings))
  (folder / "settings.json").write_text(json.dumps(given))


def test_a_short_main_job_is_run_where_there_is_none(tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  folder, settings = slim_dcgan.find_main_job(None, "runs/slim/")
  assert (folder, settings.prune_epochs) == ("runs/slim_main", 10)
  _begin(tmp_path / "runs" / "mnist_dcgan", seed=3)
  folder, settings = slim_dcgan.find_main_job(None, "runs/slim")
  assert (folder, settings.seed) == ("runs/mnist_dcgan", 3)
  # A short one that was begun goes on.
  _begin(tmp_path / "runs" / "slim_main", seed=4)
  folder, settings = slim_dcgan.find_main_job(None, "runs/slim")
  assert (folder, settings.seed) == ("runs/slim_main", 4)


def test_the_main_job_that_is_asked_for_is_run_whole(tmp_path):
  folder, settings = slim_dcgan.find_main_job(str(tmp_path), "runs/slim")
  assert (folder, settings) == (str(tmp_path), dcgan_task.BEST)


def _flags(**given) -> types.SimpleNamespace:
  values = dataclasses.asdict(slim_settings.Settings())
  return types.SimpleNamespace(**values | {"slim_targets": ["gpu"]} | given)


def test_the_slim_network_learns_as_long_as_the_dense_one():
  main = dcgan_task.Settings(prune_epochs=7, width=5)
  for given, expected in ((None, 7), (3, 3)):
    found = slim_dcgan.settings_of(_flags(slim_epochs=given), main)
    assert found.slim.slim_epochs == expected
  assert (found.width, found.targets) == (5, ("gpu",))
  assert found.phases == ("dense", "pruned", "slim")


@pytest.mark.parametrize(
  ("given", "cuts", "expected"), [(None, 1, 5), (None, 3, 3), (0, 1, 0)]
)
def test_the_whole_network_has_half_of_what_cuts_leave(given, cuts, expected):
  found = slim_dcgan.settings_of(
    _flags(cuts=cuts, whole_epochs=given, slim_epochs=10),
    dcgan_task.Settings(),
  )
  assert found.slim.whole_epochs == expected


@pytest.mark.slow
def test_messages_have_the_names_of_its_flags(programs, slim):
  main_dir, slim_dir, _ = slim
  result = _run(programs, main_dir, slim_dir, "--macs=0.4")
  assert result.returncode == 1
  assert "--macs was 0.5 and is 0.4" in result.stderr
  assert "Use another --slim_dir" in result.stderr
