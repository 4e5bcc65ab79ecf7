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
"""Runs a program in a fresh process, whose memory can be measured."""

import json
import os
import pathlib
import subprocess
import sys

_ROOT = pathlib.Path(__file__).resolve().parents[1]


def run(module: str, *arguments: str) -> dict:
  """Runs a program.

  Args:
    module: Its dotted name.
    *arguments: Its flags.

  Returns:
    The JSON object that it prints last.
  """
  done = subprocess.run(
    [sys.executable, "-m", module, *arguments],
    stdout=subprocess.PIPE,
    check=True,
    text=True,
    cwd=_ROOT,
    # oneDNN's allocator, and glibc, would keep freed memory for later, out of
    # sight of `memory.peak_bytes`.
    env=os.environ
    | {
      "TF_CPP_MIN_LOG_LEVEL": "3",
      "TF_ENABLE_ONEDNN_OPTS": "0",
      "MALLOC_MMAP_THRESHOLD_": "65536",
    },
  )
  return json.loads(done.stdout.splitlines()[-1])
