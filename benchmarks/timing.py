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
import math
import statistics
import time
from collections.abc import Callable

import tensorflow as tf
from absl import flags
from scipy import stats

# Of every program, defined once: tests import several in one process.
ROUNDS = flags.DEFINE_integer("max_rounds", 15, "At most.", 3)
_MIN_ROUNDS = 3


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
    half_width = half_width_95(error, len(seconds))
    return cls(median, half_width, min(seconds), len(seconds))

  def is_steady(self, precision: float) -> bool:
    """Tells whether the interval is narrow enough."""
    return self.half_width <= precision * self.median


def half_width_95(error: float, n: int) -> float:
  """Returns half of the 95 % interval of a mean or median, by Student's t.

  Args:
    error: Its standard error, estimated from the values.
    n: How many values there are; one tells nothing, which is infinite.
  """
  return float(stats.t.ppf(0.975, n - 1)) * error if n > 1 else math.inf


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
