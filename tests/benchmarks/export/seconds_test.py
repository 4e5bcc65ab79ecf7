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
"""Tests of the program that times first and later exports."""

import pathlib

import pytest
from absl.testing import flagsaver

from benchmarks.export import seconds, seconds_program
from tests.benchmarks import records


def _seconds(before, now):
  return {"seconds": {"cpu": {"before": before, "now": now}}}


def test_medians_of_the_first_and_of_the_later_exports(monkeypatch):
  runs = iter([[9.0, 1.0, 1.2], [8.0, 1.4, 1.0], [4.0, 3.0, 3.0]])
  monkeypatch.setattr(seconds, "run", lambda *_: next(runs))
  with flagsaver.flagsaver(processes=3):
    found = seconds.measure({"now": pathlib.Path()}, "cpu")
  assert (found["now"]["first"], found["now"]["later"]) == (
    8.0,
    pytest.approx(1.3),
  )


@pytest.mark.parametrize(("now", "verdict"), [(1.09, "met"), (1.2, "missed")])
def test_the_goal_is_for_later_exports(now, verdict):
  first, later = seconds.rows(
    _seconds({"first": 2.0, "later": 1.0}, {"first": 9.0, "later": now})
  )
  assert first[4:] == ["+350.0%", ""]
  assert later[-1].endswith(verdict)


def test_the_states_take_turns_and_json_is_written(
  tmp_path, capsys, monkeypatch
):
  asked = []

  def run(folder, target):
    asked.append(folder)
    return [3.0, 2.0] if folder == tmp_path else [4.0, 2.1]

  monkeypatch.setattr(seconds, "run", run)
  path = tmp_path / "result.json"
  with flagsaver.flagsaver(
    before=str(tmp_path), export_targets=["cpu"], processes=2, output=str(path)
  ):
    seconds.main([])
  assert [one == tmp_path for one in asked] == [True, False, True, False]
  assert "met" in capsys.readouterr().out
  assert records.only(path)["seconds"]["cpu"]["now"]["first"] == 4.0


@pytest.mark.slow
def test_each_export_is_timed():
  found = seconds_program.seconds("cpu", 2, 2)
  assert len(found) == 2 and min(found) > 0
