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
"""Tests of files that appear whole or not at all."""

import os
import tempfile

import pytest

from tf_ganprune import files


def test_a_file_is_replaced_as_a_whole(tmp_path):
  path = tmp_path / "a.tflite"
  path.write_bytes(b"old")
  assert files.check(str(path)) == path
  assert path.read_bytes() == b"old"
  files.write(path, b"new")
  assert path.read_bytes() == b"new"
  assert os.listdir(tmp_path) == ["a.tflite"]


def test_others_may_read_the_file_as_usual(tmp_path):
  files.write(tmp_path / "a", b"new")
  (tmp_path / "b").write_bytes(b"")
  modes = [(tmp_path / name).stat().st_mode for name in "ab"]
  assert modes[0] == modes[1]


def test_the_content_is_on_the_disk_before_the_name(tmp_path, monkeypatch):
  calls = []
  rename, sync = os.replace, os.fsync
  monkeypatch.setattr(os, "fsync", lambda f: calls.append("sync") or sync(f))
  monkeypatch.setattr(
    os, "replace", lambda *names: calls.append("rename") or rename(*names)
  )
  files.write(tmp_path / "a", b"new")
  assert calls == ["sync", "rename"]


@pytest.mark.parametrize("name", ["fsync", "replace"])
def test_a_failure_keeps_the_old_file(tmp_path, monkeypatch, name):
  def fail(*_):
    raise OSError("disk full")

  path = tmp_path / "a"
  path.write_bytes(b"old")
  monkeypatch.setattr(os, name, fail)
  with pytest.raises(OSError, match="disk full"):
    files.write(path, b"new")
  assert path.read_bytes() == b"old"
  assert os.listdir(tmp_path) == ["a"]


def test_a_relative_name_is_enough(tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  files.write(files.check("a.tflite"), b"new")
  assert os.listdir(tmp_path) == ["a.tflite"]


def test_bad_paths_get_one_sentence(tmp_path, monkeypatch):
  (tmp_path / "file").write_bytes(b"")
  cases = [
    (tmp_path, "is a folder"),
    ("", "is a folder"),
    (tmp_path / "missing" / "a", "does not exist; create"),
    (tmp_path / "file" / "a", "does not exist"),
    (3, "must be a path"),
  ]
  for path, message in cases:
    with pytest.raises(ValueError, match=message):
      files.check(path)


def test_a_writer_that_fails_leaves_nothing(tmp_path):
  path = files.write(tmp_path / "a.keras", b"old")
  with pytest.raises(RuntimeError), files.replacing(path) as beside:
    assert beside.suffix == ".keras"
    beside.write_bytes(b"half")
    raise RuntimeError
  assert path.read_bytes() == b"old"
  assert os.listdir(tmp_path) == ["a.keras"]


def test_folders_are_made_or_refused(tmp_path):
  assert files.make_directory(tmp_path / "a" / "b").is_dir()
  (tmp_path / "file").write_bytes(b"")
  with pytest.raises(ValueError, match="cannot be written to"):
    files.make_directory(tmp_path / "file" / "b")


def test_an_unwritable_folder_is_told(tmp_path, monkeypatch):
  def refuse(*_, **__):
    raise PermissionError(13, "Permission denied")

  monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
  with pytest.raises(ValueError, match=r"cannot be written to \(Permission"):
    files.check(tmp_path / "a")
