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
"""The memory that a call needs at most."""

import gc
import pathlib
import resource
import sys
from collections.abc import Callable

from benchmarks import timing


def peak_bytes(function: Callable[[], object]) -> int:
  """Returns by how much a call raises the process's memory at most.

  What the call leaves behind counts as well. Only sure in a process of
  `fresh_process.run`, where memory that was freed before is not used again.

  Args:
    function: What to call.
  """
  gc.collect()
  is_reset = _reset_peak()
  before = _status("VmRSS") if is_reset else _max_rss()
  result = function()
  timing.wait(result)
  return max(0, (_status("VmHWM") if is_reset else _max_rss()) - before)


def _reset_peak() -> bool:
  try:
    pathlib.Path("/proc/self/clear_refs").write_text("5")
  except OSError:
    return False
  return True


def _status(field: str) -> int:
  for line in pathlib.Path("/proc/self/status").read_text().splitlines():
    if line.startswith(field + ":"):
      return int(line.split()[1]) * 1024
  raise OSError(f"/proc/self/status has no {field}.")


def _max_rss() -> int:
  unit = 1 if sys.platform == "darwin" else 1024
  return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
