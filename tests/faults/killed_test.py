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
"""A training that is killed at any moment ends as if it had not been."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from tests.faults import training_program

# How often each kind is killed.
_KILLS = {"gan": 20, "autoencoder": 8}
_STEPS = training_program.EPOCHS * training_program.BATCHES


class _Server:
  """The process that imports TensorFlow once and forks trainings."""

  def __init__(self, kind):
    self._process = subprocess.Popen(
      [sys.executable, "-m", "tests.faults.training_program", kind],
      stdin=subprocess.PIPE,
      stdout=subprocess.PIPE,
      text=True,
      env=os.environ
      | {"PYTHONPATH": os.pathsep.join(sys.path), "TF_CPP_MIN_LOG_LEVEL": "3"},
    )

  def start(self, folder) -> int:
    """Starts a training and returns its process's number."""
    print(folder, file=self._process.stdin, flush=True)
    return self._read("pid")

  def wait(self) -> int:
    """Returns how the training ended, as `os.waitpid` tells it."""
    return self._read("status")

  def _read(self, name):
    answer = json.loads(self._process.stdout.readline())
    assert name in answer, answer
    return answer[name]

  def close(self):
    """Ends it."""
    self._process.stdin.close()
    self._process.wait()


def _progress(folder) -> int:
  try:
    return int((folder / "progress").read_bytes() or 0)
  except FileNotFoundError:
    return 0


def _finish(server, folder) -> dict:
  """Trains to the end; returns what the training left."""
  server.start(folder)
  assert server.wait() == 0
  with np.load(folder / "end.npz") as end:
    return dict(end)


def _wait_for(condition):
  deadline = time.monotonic() + 120
  while not condition():
    assert time.monotonic() < deadline, "training does not go on"
    time.sleep(0.0005)


def _kill_at(server, folder, step: int, delay: float | None) -> int:
  """Trains on, kills it once it has come to a step; returns where it was.

  Args:
    server: What trains.
    folder: Where.
    step: The step.
    delay: Seconds from there; None for the next moment when it saves.
  """
  (folder / "progress").unlink(missing_ok=True)
  pid = server.start(folder)
  _wait_for(lambda: _progress(folder) >= step)
  if delay is None:
    unsealed = folder / "backup" / "chief" / "unsealed"
    _wait_for(lambda: not unsealed.exists())  # of a save that was killed
    _wait_for(unsealed.exists)
  else:
    time.sleep(delay)
  os.kill(pid, signal.SIGKILL)
  status = server.wait()
  # It was alive: this signal and nothing else ended it.
  assert os.WIFSIGNALED(status)
  assert os.WTERMSIG(status) == signal.SIGKILL
  return _progress(folder)


@pytest.mark.slow
@pytest.mark.parametrize("kind, kills", _KILLS.items())
def test_killed_at_many_moments_ends_as_if_never_killed(kind, kills, tmp_path):
  rng = random.Random(0)
  whole, killed = tmp_path / "whole", tmp_path / "killed"
  reached, saves = [], 0
  with contextlib.closing(_Server(kind)) as server:
    whole.mkdir()
    expected = _finish(server, whole)
    killed.mkdir()
    for step in sorted(rng.sample(range(1, _STEPS * 2 // 3), kills)):
      saving = rng.random() < 0.3
      delay = None if saving else rng.uniform(0, 0.08)
      reached.append(_kill_at(server, killed, step, delay))
      assert reached[-1] >= step
      saves += saving and (killed / "backup" / "chief" / "unsealed").exists()
    end = _finish(server, killed)
  assert len(reached) == kills
  assert reached[-1] > reached[0]
  assert saves
  assert end.keys() == expected.keys()
  for name, value in expected.items():
    np.testing.assert_array_equal(end[name], value)
