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
"""Tests of the folder of a run."""

import shutil

import pytest

from tests import tiny
from tf_ganprune.experiments import dcgan_task, fields, run_directory


def test_is_opened_again_with_the_same_settings(tmp_path):
  settings = {"epochs": 1, "targets": ["cpu"]}
  assert not run_directory.RunDirectory(tmp_path / "a", settings).resumed
  assert run_directory.RunDirectory(tmp_path / "a", settings).resumed


def test_refuses_other_settings(tmp_path):
  run_directory.RunDirectory(tmp_path, {"epochs": 1})
  with pytest.raises(ValueError, match="--epochs was 1 and is 2.*Use another"):
    run_directory.RunDirectory(tmp_path, {"epochs": 2})


def test_names_the_flag_of_the_folder(tmp_path):
  run_directory.RunDirectory(tmp_path, {"macs": 0.5}, "slim_dir")
  with pytest.raises(ValueError, match="Use another --slim_dir"):
    run_directory.RunDirectory(tmp_path, {"macs": 0.25}, "slim_dir")


def test_refuses_a_folder_of_another_task(tmp_path):
  run = run_directory.RunDirectory(tmp_path, {"task": "faces", "epochs": 1})
  (run / ".left.1.keras").write_bytes(b"")
  with pytest.raises(
    ValueError,
    match="task 'faces', .*'digits'",
  ):
    run_directory.RunDirectory(tmp_path, {"task": "digits", "epochs": 2})
  assert (run / ".left.1.keras").exists()


def test_an_experiment_without_a_folder_says_so(tmp_path):
  run = run_directory.RunDirectory(tmp_path, {})
  assert run_directory.opened(run) is run
  with pytest.raises(ValueError, match="`open`"):
    run_directory.opened(None)


def test_leaves_what_others_write_alone(tmp_path):
  run = run_directory.RunDirectory(tmp_path, {"epochs": 1})
  (run / ".left.1.keras").write_bytes(b"")
  run_directory.RunDirectory(tmp_path, {"epochs": 1}, shared=True)
  assert (run / ".left.1.keras").exists()
  run_directory.RunDirectory(tmp_path, {"epochs": 1})
  assert not (run / ".left.1.keras").exists()


def test_refuses_damaged_settings(tmp_path):
  run_directory.RunDirectory(tmp_path, {"epochs": 1})
  (tmp_path / "settings.json").write_text('{"epo')
  with pytest.raises(ValueError, match="is damaged; use another --output_dir"):
    run_directory.RunDirectory(tmp_path, {"epochs": 1})


def test_refuses_a_folder_that_cannot_be_made(tmp_path):
  (tmp_path / "file").write_text("")
  with pytest.raises(ValueError, match="file/run'"):
    run_directory.RunDirectory(tmp_path / "file" / "run", {})


def test_failed_save_keeps_the_old_model(tmp_path, monkeypatch):
  run = run_directory.RunDirectory(tmp_path, {})
  model = tiny.classifier()
  run.save(model, "m.keras")
  before = (tmp_path / "m.keras").read_bytes()

  def fail(path):
    path.write_bytes(b"half")
    raise OSError(28, "disk full")

  monkeypatch.setattr(model, "save", fail)
  with pytest.raises(OSError, match="28"):
    run.save(model, "m.keras")
  assert (tmp_path / "m.keras").read_bytes() == before
  assert sorted(p.name for p in tmp_path.iterdir()) == [
    "m.keras",
    "settings.json",
  ]


def test_damaged_model_ends_the_program_in_one_sentence(tmp_path):
  run = run_directory.RunDirectory(tmp_path, {})
  run.save(tiny.classifier(), "m.keras")
  content = (tmp_path / "m.keras").read_bytes()
  (tmp_path / "m.keras").write_bytes(content[: len(content) // 2])
  with pytest.raises(SystemExit, match="m.keras' is damaged.*'m.keras'"):
    run.load("m.keras")


def test_what_a_run_was_begun_with(tmp_path):
  settings = dcgan_task.Settings(width=3, targets=("gpu",))
  assert not run_directory.is_begun(tmp_path)
  for given in (
    fields.values(settings),
    {"task": "mnist_dcgan"} | fields.values(settings),
  ):
    shutil.rmtree(tmp_path)
    run_directory.RunDirectory(tmp_path, given)
    assert run_directory.is_begun(tmp_path)
    found = run_directory.begun_with(tmp_path, dcgan_task.DCGAN)
    assert found == settings


@pytest.mark.parametrize(
  "content", ['{"epo', "[]", '{"epochs": 1}', '{"task": "faces"}', '"x"']
)
def test_settings_that_are_not_a_tasks(tmp_path, content):
  (tmp_path / "settings.json").write_text(content)
  with pytest.raises(
    ValueError, match="of 'mnist_dcgan' of this .* --main_dir"
  ):
    run_directory.begun_with(tmp_path, dcgan_task.DCGAN, "main_dir")
