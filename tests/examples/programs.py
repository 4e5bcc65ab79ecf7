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
"""Runs the examples as a user does, but imports TensorFlow once for all.

The process that imported it has run nothing, so that a fork of it is what a new
interpreter would be after its imports. `python -m tests.examples.programs` is
that process; `Programs` starts it and asks it.
"""

import json
import os
import pathlib
import runpy
import subprocess
import sys
import tempfile

from tests import build_files
from tf_ganprune.experiments import sweep_program  # noqa: F401 (what takes long)


def _become(module, arguments, output):
  """Turns this process into `python -m module arguments`."""
  for number, name in ((1, "stdout"), (2, "stderr")):
    file = os.open(
      pathlib.Path(output) / name, os.O_CREAT | os.O_WRONLY | os.O_APPEND
    )
    os.dup2(file, number)
  sys.argv[1:] = arguments
  runpy.run_module(module, run_name="__main__", alter_sys=True)


def _serve():
  for line in sys.stdin:
    child = os.fork()
    if not child:
      # What it raises ends the process, as it would end a new one.
      return _become(**json.loads(line))
    print(json.dumps({"pid": child}), flush=True)
    _, status = os.waitpid(child, 0)
    print(json.dumps({"status": status}), flush=True)


class Programs:
  """Starts programs, one after the other."""

  def __init__(self):
    self._server = subprocess.Popen(
      [sys.executable, "-m", "tests.examples.programs"],
      cwd=build_files.ROOT,
      stdin=subprocess.PIPE,
      stdout=subprocess.PIPE,
      text=True,
      env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2"},
    )
    self._output = tempfile.TemporaryDirectory()

  def start(self, module: str, *arguments: str) -> int:
    """Starts `python -m module arguments`; returns its process's number."""
    for file in pathlib.Path(self._output.name).iterdir():
      file.unlink()
    request = {
      "module": module,
      "arguments": arguments,
      "output": self._output.name,
    }
    print(json.dumps(request), file=self._server.stdin, flush=True)
    return self._read("pid")

  def wait(self) -> int:
    """Returns how the program ended, as `os.waitpid` tells it."""
    return self._read("status")

  def run(self, module: str, *arguments: str) -> subprocess.CompletedProcess:
    """Runs `python -m module arguments` to its end."""
    self.start(module, *arguments)
    code = os.waitstatus_to_exitcode(self.wait())
    out, error = (
      (pathlib.Path(self._output.name) / name).read_text()
      for name in ("stdout", "stderr")
    )
    return subprocess.CompletedProcess(arguments, code, out, error)

  def _read(self, name):
    answer = json.loads(self._server.stdout.readline())
    assert name in answer, answer
    return answer[name]

  def close(self):
    """Ends it."""
    self._server.stdin.close()
    self._server.wait()
    self._output.cleanup()


if __name__ == "__main__":
  _serve()
