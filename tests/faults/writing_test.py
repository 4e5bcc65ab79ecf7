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
"""A killed save or export, or a full disk, leaves the old file."""

import json
import os
import signal
import subprocess
import sys

import pytest


@pytest.mark.slow
def test_the_old_file_stays(tmp_path):
  (tmp_path / "temporary").mkdir()
  program = subprocess.run(
    [sys.executable, "-m", "tests.faults.writing_program", str(tmp_path)],
    capture_output=True,
    text=True,
    check=True,
    env=os.environ
    | {"PYTHONPATH": os.pathsep.join(sys.path), "TF_CPP_MIN_LOG_LEVEL": "3"},
  )
  ends = json.loads(program.stdout.splitlines()[-1])
  assert len(ends) == 4
  for name, status in ends.items():
    if "killed" in name:
      assert os.WIFSIGNALED(status)
      assert os.WTERMSIG(status) == signal.SIGKILL
    else:
      assert os.waitstatus_to_exitcode(status) == 1, program.stderr
    assert (tmp_path / name).read_bytes() == b"old"
  left = {path.name for path in tmp_path.iterdir() if path.is_file()}
  assert {name for name in left if not name.startswith(".")} == set(ends)
  # A full disk leaves nothing at all; a kill, one hidden file each.
  assert len(left) == len(ends) + 2
