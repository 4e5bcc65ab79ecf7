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
"""Saves and exports that are killed, or that find the disk full."""

import json
import os
import pathlib
import resource
import signal
import sys
import tempfile

import tf_ganprune as tgp
from tests import tiny
from tests.faults import forking
from tf_ganprune import saving


def save(path: pathlib.Path) -> None:
  """Saves a network."""
  saving.save_model(tiny.generator(), path)


def export(path: pathlib.Path) -> None:
  """Exports a network."""
  tgp.export_tflite(tiny.generator(), path, "cpu")


def killed() -> None:
  """Makes the process end once the file is written, before it has its name."""
  os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)


def full() -> None:
  """Makes the disk full after a few bytes."""
  resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))


def main(folder: pathlib.Path) -> None:
  """Does each of them to a file in the folder; prints how each ended."""
  ends = {}
  for write in (save, export):
    for fault in (killed, full):
      path = folder / f"{write.__name__}_{fault.__name__}.keras"
      path.write_bytes(b"old")
      child = forking.start(_write, write, fault, path)
      _, ends[path.name] = os.waitpid(child, 0)
  print(json.dumps(ends))


def _write(write, fault, path):
  # What a killed export leaves in the folder for temporary files is not ours.
  tempfile.tempdir = str(path.parent / "temporary")
  fault()
  write(path)


if __name__ == "__main__":
  main(pathlib.Path(sys.argv[1]))
