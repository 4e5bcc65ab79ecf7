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
"""Tests of the timing."""

import math
import time

import pytest

from benchmarks import timing


def test_contestants_alternate_until_they_are_steady(monkeypatch):
  seconds = iter([2.0, 1.0, 2.0, 1.0, 5.0, 1.0, 2.0, 1.0, 2.0, 1.0] * 9)
  calls = []

  def timed(function):
    function()
    return next(seconds)

  monkeypatch.setattr(timing, "timed", timed)
  timings = timing.run(
    {"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}
  )
  assert calls == ["a", "b"] * 4  # a warm-up and three rounds
  assert timings["a"] == timing.Timing(2.0, 0.0, 2.0, 3)
  assert timings["b"].median == 1.0


def test_unsteady_contestants_run_until_the_rounds_are_over(monkeypatch):
  seconds = iter(range(1, 99))
  monkeypatch.setattr(timing, "timed", lambda _: next(seconds))
  timings = timing.run({"a": lambda: None}, max_rounds=7)
  assert timings["a"].rounds == 7
  assert timings["a"].median == 4.0
  # Student's t with six degrees of freedom.
  expected = 2.4469 * 1.2533 * 1.4826 * 2 / 7**0.5
  assert timings["a"].half_width == pytest.approx(expected, rel=1e-4)


def test_it_ends_when_the_time_is_over(monkeypatch):
  seconds = iter(range(1, 99))
  monkeypatch.setattr(timing, "timed", lambda _: next(seconds))
  timings = timing.run({"a": lambda: None}, max_seconds=0.0)
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

  monkeypatch.setattr(timing.time, "perf_counter", lambda: clock[0])
  ratios, other, base = timing.run_pair(
    contestant("base"), contestant("other"), rounds=2, calls=2
  )
  warm, turns = calls[:2], calls[2:]
  assert warm == ["base", "other"]
  assert turns == 2 * ["other", "base", "base", "other"]
  assert ratios.median == pytest.approx((1.5 + 61 / 40) / 2)
  assert (other.fastest, base.fastest) == (6.0, 4.0)
  assert ratios.half_width < other.half_width


def test_intervals_are_student_s():
  for n, quantile in ((2, 12.706), (3, 4.303), (5, 2.776), (1000, 1.962)):
    found = timing.half_width_95(0.1, n)
    assert found == pytest.approx(0.1 * quantile, rel=1e-3)
  assert timing.half_width_95(0.0, 1) == math.inf


def test_contestants_may_time_themselves():
  calls = {"a": lambda: 2.0, "b": lambda: 3.0}
  timings = timing.run(calls, timer=lambda call: call())
  assert [timings[x].median for x in "ab"] == [2.0, 3.0]


def test_time_is_measured():
  assert 0.02 <= timing.timed(lambda: time.sleep(0.02)) < 2
