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
"""Tests of locks between processes."""

import os
import signal
import subprocess
import sys
import time

from tests import build_files
from tf_ganprune.experiments import locks

_HOLD = """
import sys, time
sys.path.insert(0, sys.argv[2])
import importlib.util
spec = importlib.util.spec_from_file_location(
  "locks", sys.argv[2] + "/tf_ganprune/experiments/locks.py")
locks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(locks)
with locks.held(sys.argv[1]):
  print("held", flush=True)
  time.sleep(600)
"""


def test_one_holds_it_at_a_time(tmp_path):
  path = tmp_path / "locks" / "a.lock"
  with locks.held(path) as first:
    with locks.held(path, wait=False) as second:
      assert (first, second) == (True, False)
    with locks.held(tmp_path / "b.lock", wait=False) as other:
      assert other
  with locks.held(path, wait=False) as again:
    assert again
  assert path.read_text().split()[1] == str(os.getpid())


def test_who_is_killed_holds_nothing(tmp_path):
  path = tmp_path / "a.lock"
  holder = subprocess.Popen(
    [sys.executable, "-c", _HOLD, str(path), str(build_files.ROOT)],
    stdout=subprocess.PIPE,
    text=True,
  )
  assert holder.stdout.readline() == "held\n"
  with locks.held(path, wait=False) as is_held:
    assert not is_held
  os.kill(holder.pid, signal.SIGKILL)
  holder.wait()
  holder.stdout.close()
  begun = time.time()
  with locks.held(path) as is_held:
    assert is_held
  assert time.time() - begun < 60
