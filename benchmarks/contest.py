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
"""Runs contestants in turn until their medians are steady; what benchmarks use.

Whatever else the machine does then hits all of them alike.
"""

import contextlib
import dataclasses
import gc
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable

import numpy as np
import tensorflow as tf
from absl import flags

from tf_ganprune import files, version
from tf_ganprune.keras_compat import keras
from tf_ganprune.report import machine as machine_lib

# Every program's, defined once: tests import several in one process.
OUTPUT = flags.DEFINE_string(
  "output", None, "The JSON; by default its file in benchmarks/results."
)
ROUNDS = flags.DEFINE_integer("max_rounds", 15, "At most.", 3)
_MIN_ROUNDS = 3
RESULTS = pathlib.Path(__file__).with_name("results")


@dataclasses.dataclass(frozen=True)
class Timing:
  """How long a contestant takes.

  Attributes:
    median: Seconds (or, of a pair, their ratio).
    half_width: Of the median's 95 % interval, in the same unit.
    fastest: Of the fastest round.
    rounds: How often it ran.
  """

  median: float
  half_width: float
  fastest: float
  rounds: int

  @classmethod
  def of(cls, seconds: list[float]) -> "Timing":
    """Summarizes the rounds, by medians, which an odd round does not move."""
    median = statistics.median(seconds)
    deviation = statistics.median(abs(x - median) for x in seconds)
    # 1.4826 makes a normal's standard deviation of it, and the median of n has
    # 1.2533 of the mean's standard error.
    error = 1.4826 * deviation * 1.2533 / len(seconds) ** 0.5
    return cls(median, 1.96 * error, min(seconds), len(seconds))

  def is_steady(self, precision: float) -> bool:
    """Tells whether the interval is narrow enough."""
    return self.half_width <= precision * self.median


def run(
  contestants: dict[str, Callable[[], object]],
  precision: float = 0.03,
  max_rounds: int = 30,
  max_seconds: float = 300.0,
  timer: Callable[[Callable], float] | None = None,
) -> dict[str, Timing]:
  """Times contestants, alternating, once more than to warm up.

  Args:
    contestants: By name; each returns when its work is done.
    precision: Ends when the half-width of each median's 95 % interval is at
      most this share of it,
    max_rounds: or after so many rounds,
    max_seconds: or after the round in which this time is over.
    timer: Returns the seconds of a contestant's call; by default `timed`.

  Returns:
    The timings by name.
  """
  for contestant in contestants.values():
    contestant()
  seconds = {name: [] for name in contestants}
  begun = time.perf_counter()
  for turn in range(max(max_rounds, _MIN_ROUNDS)):
    for name, contestant in contestants.items():
      seconds[name].append((timer or timed)(contestant))
    timings = {name: Timing.of(values) for name, values in seconds.items()}
    is_late = time.perf_counter() - begun > max_seconds
    is_steady = all(x.is_steady(precision) for x in timings.values())
    if turn + 1 >= _MIN_ROUNDS and (is_steady or is_late):
      break
  return timings


def run_pair(
  base: Callable[[], object],
  other: Callable[[], object],
  rounds: int,
  calls: int = 1,
) -> tuple[Timing, Timing, Timing]:
  """Times two contestants call by call in turn, each first as often.

  So what else the machine does hits both.

  Args:
    base: Returns when its work is done; called once more, to warm up.
    other: As well.
    rounds: How often both are compared.
    calls: Of each in a round.

  Returns:
    Of the ratios of each round, other to base; of the other; of the base.
  """
  base(), other()
  found = [_in_turn(base, other, calls) for _ in range(rounds)]
  ratios = [of_other / of_base for of_base, of_other in found]
  of_base, of_other = zip(*found, strict=True)
  return Timing.of(ratios), Timing.of(of_other), Timing.of(of_base)


def _in_turn(base, other, calls: int) -> tuple[float, float]:
  """Returns the seconds of the calls of each."""
  seconds = {base: 0.0, other: 0.0}
  with _no_garbage_collected():
    for turn in range(calls):
      for contestant in (base, other) if turn % 2 else (other, base):
        seconds[contestant] += _seconds(contestant)
  return seconds[base], seconds[other]


def timed(function: Callable[[], object]) -> float:
  """Returns the seconds that a call takes; garbage is not collected in it."""
  with _no_garbage_collected():
    return _seconds(function)


def _seconds(function) -> float:
  begun = time.perf_counter()
  function()
  return time.perf_counter() - begun


@contextlib.contextmanager
def _no_garbage_collected():
  gc.collect()
  gc.disable()
  try:
    yield
  finally:
    gc.enable()


def wait(result) -> None:
  """Returns when TensorFlow has computed the tensors in `result`."""
  for tensor in tf.nest.flatten(result):
    if tf.is_tensor(tensor):
      tf.reshape(tensor, [-1])[:1].numpy()


def peak_bytes(function: Callable[[], object]) -> int:
  """Returns by how much a call raises the process's memory at most.

  What the call leaves behind counts as well. Only sure in `in_subprocess`,
  where memory that was freed before is not used again.
  """
  gc.collect()
  is_reset = _reset_peak()
  before = _status("VmRSS") if is_reset else _max_rss()
  result = function()
  wait(result)
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


def in_subprocess(module: str, *arguments: str) -> dict:
  """Runs a program in a fresh process.

  Args:
    module: Its dotted name.
    *arguments: Its flags.

  Returns:
    The JSON object that it prints last.
  """
  root = str(pathlib.Path(__file__).resolve().parent.parent)
  done = subprocess.run(
    [sys.executable, "-m", module, *arguments],
    stdout=subprocess.PIPE,
    check=True,
    text=True,
    cwd=root,
    # oneDNN's allocator, and glibc, would keep freed memory for later, out of
    # sight of `peak_bytes`.
    env=os.environ
    | {
      "TF_CPP_MIN_LOG_LEVEL": "3",
      "TF_ENABLE_ONEDNN_OPTS": "0",
      "MALLOC_MMAP_THRESHOLD_": "65536",
    },
  )
  return json.loads(done.stdout.splitlines()[-1])


def machine() -> dict[str, str]:
  """Returns the processor and the versions that the numbers depend on."""
  return {
    "machine": machine_lib.text(),
    "tensorflow": tf.__version__,
    "tf_keras": keras.__version__,
    "numpy": np.__version__,
    "tf_ganprune": version.__version__,
  }


def table(header: Iterable[str], rows: Iterable[Iterable]) -> str:
  """Returns rows in Markdown; numbers get three digits."""
  header = list(header)
  lines = [f"| {' | '.join(header)} |", "|---" * len(header) + "|"]
  lines += [f"| {' | '.join(map(_cell, row))} |" for row in rows]
  return "\n".join(lines)


def _cell(value) -> str:
  if isinstance(value, float):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
  return str(value)


def verdict(is_met: bool) -> str:
  """Returns the word for a goal."""
  return "met" if is_met else "missed"


def json_path(program: str | os.PathLike) -> pathlib.Path:
  """Returns the file that a benchmark's numbers go to.

  Args:
    program: Its name, and that of its JSON unless --output says another.
  """
  if OUTPUT.value:
    return pathlib.Path(OUTPUT.value)
  return RESULTS / f"{pathlib.Path(program).stem}.json"


def write(program: str | os.PathLike, result: dict) -> None:
  """Writes a benchmark's numbers and the machine as JSON, whole or not at all.

  Args:
    program: Its name, and that of its JSON unless --output says another.
    result: What was measured, and with which settings and seeds.
  """
  path = json_path(program)
  text = json.dumps(machine() | result, indent=2, ensure_ascii=False) + "\n"
  files.write(path, text.encode())
