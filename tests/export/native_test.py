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
"""Tests the process that runs native code, and how it ends."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import tensorflow as tf

from tf_ganprune import export
from tf_ganprune.export import (
  convert,
  native,
  native_process,
  native_program,
  number_formats,
  runtime,
)
from tf_ganprune.keras_compat import keras

_linux = pytest.mark.skipif(
  not sys.platform.startswith("linux"), reason="needs /proc"
)


def _pids(process=None):
  """Returns the process and the fork of it that works."""
  first = (process or native._process)._popen.pid
  path = pathlib.Path(f"/proc/{first}/task/{first}/children")
  return [first, *map(int, path.read_text().split())]


def _are_gone(pids, seconds=10.0):
  end = time.monotonic() + seconds
  while time.monotonic() < end:
    if not any(_is_there(pid) for pid in pids):
      return True
    time.sleep(0.05)
  return False


def _is_there(pid):
  try:
    state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1]
  except OSError:
    return False
  return state.split()[0] != "Z"


@contextlib.contextmanager
def _hanging():
  """Gives a folder whose file blocks whoever loads it."""
  with native.folder() as folder:
    os.mkfifo(folder / native_program.CONTENT)
    yield str(folder)


def _interrupt(how):
  """Calls `how` once a call has begun that hangs."""
  timer = threading.Timer(0.7, how)
  timer.start()


def _content(network):
  with convert.saved(network) as folder:
    return convert.convert(
      folder, number_formats.Setting(number_formats.FLOAT32), []
    )


@pytest.fixture
def content(exported):
  return exported().path.read_bytes()


@pytest.fixture
def crashing():
  """A file that divides the lowest integer by -1, which no CPU can."""
  number = keras.Input((1,), dtype="int32", name="number")
  lowest = tf.minimum(number, 0) - 2**31
  return _content(keras.Model(number, tf.math.floormod(lowest, -1)))


@pytest.mark.slow
@_linux
def test_one_process_serves_all(generator, tmp_path, content):
  runtime.input_details(content)
  pids = _pids()
  export.export_tflite(generator, tmp_path / "a", "cpu-int8")
  export.export_tflite(generator, tmp_path / "b", "cpu")
  export.benchmark_tflite(tmp_path / "b", runs=1)
  assert _pids()[0] == pids[0]
  assert len(_pids()) == 2


@_linux
def test_a_crash_of_litert_is_an_error_and_nothing_else(crashing, tmp_path):
  inputs = [{"number": np.zeros((1, 1), np.int32)}]
  first = _pids()[0]
  with pytest.raises(
    runtime.NotRunError,
    match="ends LiteRT .its process ended with SIGFPE while running sample 0",
  ):
    runtime.run(crashing, inputs)
  path = tmp_path / "g.tflite"
  path.write_bytes(crashing)
  with pytest.raises(ValueError, match="not a file that LiteRT can run .*FPE"):
    export.benchmark_tflite(path)
  assert runtime.input_details(crashing)["number"]["dtype"] == "int32"
  assert _pids()[0] == first


@_linux
@pytest.mark.parametrize("which", [0, 1])
def test_killed_while_it_waits(content, which):
  before = runtime.input_details(content)
  pids = _pids()
  os.kill(pids[which], signal.SIGKILL)
  assert _are_gone(pids[which:])
  assert runtime.input_details(content) == before
  assert (_pids()[0] == pids[0]) == bool(which)


@_linux
@pytest.mark.parametrize("which", [0, 1])
def test_killed_while_it_works(content, which):
  before = runtime.input_details(content)
  pids = _pids()
  _interrupt(lambda: os.kill(pids[which], signal.SIGKILL))
  with (
    _hanging() as folder,
    pytest.raises(native.CrashError, match=r"killed \(SIGKILL\).*loading"),
  ):
    native.call("describe", folder=folder)
  assert _are_gone(pids[which:])
  assert runtime.input_details(content) == before


@pytest.fixture
def heeding_ctrl_c():
  """Heeds SIGINT, which shells let programs in the background ignore."""
  before = signal.signal(signal.SIGINT, signal.default_int_handler)
  yield
  signal.signal(signal.SIGINT, before)


@pytest.mark.slow
@_linux
@pytest.mark.usefixtures("heeding_ctrl_c")
def test_ctrl_c_ends_the_call_and_the_next_one_works(content, capfd):
  before = runtime.input_details(content)
  pids = _pids()
  _interrupt(lambda: os.kill(os.getpid(), signal.SIGINT))
  with _hanging() as folder, pytest.raises(KeyboardInterrupt):
    native.call("describe", folder=folder)
  assert _are_gone(pids)
  assert runtime.input_details(content) == before
  assert "Traceback" not in "".join(capfd.readouterr())


def test_a_call_that_hangs_ends(content, monkeypatch):
  before = runtime.input_details(content)
  monkeypatch.setattr(native_process, "_SECONDS", 0.5)
  with (
    _hanging() as folder,
    pytest.raises(native.CrashError, match="said nothing for 0.5 s"),
  ):
    native.call("describe", folder=folder)
  monkeypatch.undo()
  assert runtime.input_details(content) == before


@pytest.mark.slow
def test_files_of_a_call_outlive_the_process(generator):
  setting = number_formats.Setting(number_formats.FLOAT32)
  with convert.saved(generator) as folder:
    native._process._stop()
    assert convert.convert(folder, setting, [])
  assert not os.path.exists(folder)


def test_a_deleted_folder_is_made_anew(content):
  before = runtime.input_details(content)
  shutil.rmtree(native._process._folder)
  assert runtime.input_details(content) == before


@pytest.mark.slow
def test_threads_take_turns(generator, tmp_path):
  failed = []

  def work(name):
    try:
      export.export_tflite(generator, tmp_path / name, "cpu-int8")
    except Exception as error:
      failed.append(error)

  threads = [threading.Thread(target=work, args=(x,)) for x in "abc"]
  for thread in threads:
    thread.start()
  for thread in threads:
    thread.join()
  assert not failed
  assert sorted(os.listdir(tmp_path)) == ["a", "b", "c"]


@_linux
def test_a_fork_has_a_process_of_its_own_which_ends_with_it(content):
  runtime.input_details(content)
  ours = _pids()
  out, into = os.pipe()
  child = os.fork()
  if not child:
    try:
      runtime.input_details(content)
      with native.folder() as folder:
        said = f"{folder.parent} {' '.join(map(str, _pids()))}"
        os.write(into, said.encode())
        time.sleep(60.0)
    finally:
      os._exit(1)
  folder, *pids = os.read(out, 1000).decode().split()
  pids = list(map(int, pids))
  assert len(pids) == 2 and not set(pids) & set(ours)
  assert all(map(_is_there, pids)) and os.path.isdir(folder)
  os.kill(child, signal.SIGKILL)
  os.waitpid(child, 0)
  assert _are_gone(pids)
  assert not os.path.exists(folder)
  assert runtime.input_details(content)
  assert _pids() == ours


@pytest.mark.slow
def test_the_caller_is_not_run_again_and_may_lack_what_it_has(tmp_path):
  # No guard of __main__, a deleted folder, no standard input nor error, and
  # modules beside the program that hide others'.
  (tmp_path / "program").mkdir()
  (tmp_path / "program" / "tempfile_of_mine.py").write_text("")
  program = tmp_path / "program" / "program.py"
  program.write_text(
    "import os, sys\n"
    "print('once')\n"
    f"sys.path.append({str(pathlib.Path.cwd())!r})\n"
    "import tf_ganprune as tgp\n"
    "os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')\n"
    "os.close(0); os.close(2)\n"
    "network = tgp.keras.Sequential([tgp.keras.Input((3,)),"
    " tgp.keras.layers.Dense(2)])\n"
    f"tgp.export_tflite(network, {str(tmp_path / 'g')!r}, 'cpu-int8')\n"
    "from tf_ganprune.export import native\n"
    "print(native._process._popen.pid, native._process._folder)\n"
  )
  done = subprocess.run(
    [sys.executable, str(program)],
    cwd=tmp_path,
    capture_output=True,
    text=True,
    check=True,
  )
  once, last = done.stdout.splitlines()
  assert once == "once"
  pid, folder = last.split()
  assert (tmp_path / "g").exists()
  assert _are_gone([int(pid)])
  assert not os.path.exists(folder)


@pytest.fixture
def process():
  made = native_process.Process()
  yield made
  made.end()


def _describe(process, content):
  folder = pathlib.Path(process.started())
  (folder / native_program.CONTENT).write_bytes(content)
  return process.call("describe", {"folder": str(folder)})


def test_the_package_may_be_in_an_archive(process, content, monkeypatch):
  monkeypatch.setattr(native_program, "__file__", "/tgp.zip/export/program.py")
  assert "latent" in _describe(process, content)


@_linux
def test_a_caller_may_ignore_the_end_of_its_children(process, content):
  before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
  try:
    process.started()
  finally:
    signal.signal(signal.SIGCHLD, before)
  described = _describe(process, content)
  first, worker = _pids(process)
  os.kill(worker, signal.SIGKILL)
  assert _are_gone([worker])
  assert _describe(process, content) == described
  assert _pids(process)[0] == first


def test_no_python_to_start_is_told(process, monkeypatch):
  monkeypatch.setattr(sys, "executable", "/no/python")
  with pytest.raises(ValueError, match="started with '/no/python'"):
    process.started()


def test_gpus_are_left_to_the_caller(monkeypatch):
  monkeypatch.setenv("TF_USE_LEGACY_KERAS", "1")
  monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
  monkeypatch.setenv("PYTHONINSPECT", "1")
  variables = native_process._environment()
  assert variables["TF_USE_LEGACY_KERAS"] == "1"
  assert variables["CUDA_VISIBLE_DEVICES"] == "-1"
  assert "PYTHONINSPECT" not in variables


def test_modules_that_hide_standard_ones_come_last(tmp_path, monkeypatch):
  (tmp_path / "json.py").write_text("raise SystemExit(3)")
  (tmp_path / "ai_edge_litert_of_mine.py").write_text("")
  monkeypatch.setattr(sys, "path", [str(tmp_path), "", *sys.path])
  native_program._find_modules_in(sys.path)
  standard = os.path.dirname(os.__file__)
  assert sys.path[0] == standard
  assert str(tmp_path) in sys.path
