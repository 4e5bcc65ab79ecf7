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
"""Tests of the contest."""

import json
import time

import pytest
from absl.testing import flagsaver

from benchmarks import contest


def test_contestants_alternate_until_they_are_steady(monkeypatch):
  seconds = iter([2.0, 1.0, 2.0, 1.0, 5.0, 1.0, 2.0, 1.0, 2.0, 1.0] * 9)
  calls = []

  def timed(function):
    function()
    return next(seconds)

  monkeypatch.setattr(contest, "timed", timed)
  timings = contest.run(
    {"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}
  )
  assert calls == ["a", "b"] * 4  # a warm-up and three rounds
  assert timings["a"] == contest.Timing(2.0, 0.0, 2.0, 3)
  assert timings["b"].median == 1.0


def test_unsteady_contestants_run_until_the_rounds_are_over(monkeypatch):
  seconds = iter(range(1, 99))
  monkeypatch.setattr(contest, "timed", lambda _: next(seconds))
  timings = contest.run({"a": lambda: None}, max_rounds=7)
  assert timings["a"].rounds == 7
  assert timings["a"].median == 4.0
  expected = 1.96 * 1.2533 * 1.4826 * 2 / 7**0.5
  assert timings["a"].half_width == pytest.approx(expected)


def test_it_ends_when_the_time_is_over(monkeypatch):
  seconds = iter(range(1, 99))
  monkeypatch.setattr(contest, "timed", lambda _: next(seconds))
  timings = contest.run({"a": lambda: None}, max_seconds=0.0)
  assert timings["a"].rounds == 3


def test_a_pair_is_compared_call_by_call(monkeypatch):
  # The machine is ten times as slow in the second round, for both.
  seconds = iter([9.0, 9.0, 3.0, 2.0, 2.0, 3.0, 31.0, 20.0, 20.0, 30.0])
  clock, calls = [0.0], []

  def contestant(name):
    def call():
      calls.append(name)
      clock[0] += next(seconds)

    return call

  monkeypatch.setattr(contest.time, "perf_counter", lambda: clock[0])
  ratios, other, base = contest.run_pair(
    contestant("base"), contestant("other"), rounds=2, calls=2
  )
  warm, turns = calls[:2], calls[2:]
  assert warm == ["base", "other"]
  assert turns == 2 * ["other", "base", "base", "other"]
  assert ratios.median == pytest.approx((1.5 + 61 / 40) / 2)
  assert (other.fastest, base.fastest) == (6.0, 4.0)
  assert ratios.half_width < other.half_width


def test_contestants_may_time_themselves():
  calls = {"a": lambda: 2.0, "b": lambda: 3.0}
  timings = contest.run(calls, timer=lambda call: call())
  assert [timings[x].median for x in "ab"] == [2.0, 3.0]


def test_time_is_measured():
  assert 0.02 <= contest.timed(lambda: time.sleep(0.02)) < 2


def test_memory_is_measured(tmp_path, monkeypatch):
  # In a process of its own: what ran here before may still give memory back.
  program = tmp_path / "peak.py"
  program.write_text(
    "import sys, numpy as np\n"
    "from benchmarks import contest\n"
    "make = lambda: np.ones(int(sys.argv[1]), np.uint8).sum() and None\n"
    "print([contest.peak_bytes(make)])\n"
  )
  monkeypatch.setenv("PYTHONPATH", str(tmp_path))
  size = 2**26
  (peak,) = contest.in_subprocess("peak", str(size))
  assert 0.9 * size <= peak <= 1.5 * size


def test_a_program_prints_its_result_last(tmp_path, monkeypatch):
  program = tmp_path / "program.py"
  program.write_text("import sys; print('x'); print('[' + sys.argv[1] + ']')")
  monkeypatch.setenv("PYTHONPATH", str(tmp_path))
  assert contest.in_subprocess("program", "7") == [7]


def test_a_table_and_a_file(tmp_path, monkeypatch):
  assert contest.table(["a", "b"], [["x", 0.12345], ["y", 1234.5]]) == (
    "| a | b |\n|---|---|\n| x | 0.123 |\n| y | 1,234 |"
  )
  assert [contest.verdict(x) for x in (True, False)] == ["met", "missed"]
  monkeypatch.setattr(contest, "RESULTS", tmp_path)
  with flagsaver.flagsaver(output=None):
    contest.write("a.py", {"seed": 3})
  written = json.loads((tmp_path / "a.json").read_text())
  assert written["seed"] == 3
  assert {"machine", "tensorflow", "tf_ganprune"} < set(written)
