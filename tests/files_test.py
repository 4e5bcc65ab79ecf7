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
import signal
import subprocess
import sys
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
    raise OSError(28, "disk full")

  path = tmp_path / "a"
  path.write_bytes(b"old")
  monkeypatch.setattr(os, name, fail)
  with pytest.raises(OSError, match="28"):
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
  with pytest.raises(ValueError, match="file/b'"):
    files.make_directory(tmp_path / "file" / "b")


def test_an_unwritable_folder_is_told(tmp_path, monkeypatch):
  def refuse(*_, **__):
    raise PermissionError(13, "Permission denied")

  monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
  with pytest.raises(ValueError, match=f"'{tmp_path}' .*Permission"):
    files.check(tmp_path / "a")


# Without the package, which would import TensorFlow.
_PROGRAM = """
import importlib.util, pathlib, resource, sys
spec = importlib.util.spec_from_file_location("files", sys.argv[1])
files = importlib.util.module_from_spec(spec)
spec.loader.exec_module(files)
"""


def _run(body, path, **options):
  return subprocess.Popen(
    [sys.executable, "-c", _PROGRAM + body, files.__file__, str(path)],
    text=True,
    **options,
  )


def test_a_full_disk_keeps_the_old_file(tmp_path):
  path = files.write(tmp_path / "a.keras", b"old")
  body = """
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
files.write(sys.argv[2], bytes(5000))
"""
  process = _run(body, path, stderr=subprocess.PIPE)
  _, errors = process.communicate()
  assert process.returncode == 1
  assert "OSError" in errors
  assert path.read_bytes() == b"old"
  assert os.listdir(tmp_path) == ["a.keras"]


def test_a_killed_writer_keeps_the_old_file(tmp_path):
  path = files.write(tmp_path / "a.keras", b"old")
  body = """
with files.replacing(sys.argv[2]) as beside:
  beside.write_bytes(b"half")
  print("half", flush=True)
  sys.stdin.read()
"""
  process = _run(body, path, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
  with process:
    assert process.stdout.readline() == "half\n"
    process.kill()
  assert process.returncode == -signal.SIGKILL
  assert path.read_bytes() == b"old"
  # What is left is hidden, and in nobody's way.
  files.write(path, b"new")
  assert path.read_bytes() == b"new"
  assert {name for name in os.listdir(tmp_path) if name[0] != "."} == {
    "a.keras"
  }


def test_only_what_was_left_over_is_deleted(tmp_path):
  with files.replacing(tmp_path / "gan.keras") as beside:
    beside.touch()
    left = beside.name
    files.remove_left_over(tmp_path)
    assert not beside.exists()
    beside.touch()
  assert left.startswith(".gan.")
  for name in (".bashrc", ".git", ".env.local", "a.1.keras"):
    (tmp_path / name).touch()
  files.remove_left_over(tmp_path)
  assert len(list(tmp_path.iterdir())) == 5
