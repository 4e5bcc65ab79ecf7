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
"""Tests of what benchmarks print of goals and of several machines."""

import pytest

from benchmarks import verdicts


def _text(machines):
  return verdicts.text(
    machines, lambda x: f"table {x['n']}", lambda x: x["met"]
  )


def test_one_machine_has_its_table_alone():
  assert _text({"A": {"n": 1, "met": {"a": True}}}) == "table 1"


def test_a_goal_counts_when_it_is_met_on_all_machines():
  both = {
    "A": {"n": 1, "met": {"a": True, "b": True, "c": True, "d": True}},
    "B": {"n": 2, "met": {"a": True, "b": False, "d": None}},
  }
  assert _text(both).split("\n\n") == [
    "A",
    "table 1",
    "B",
    "table 2",
    "| goal | A | B | on all |\n|---|---|---|---|\n"
    "| a | met | met | met |\n"
    "| b | met | missed | missed |\n"
    "| c | met |  | met |\n"
    "| d | met | cannot be told | cannot be told |",
  ]


def test_machines_without_goals_have_their_tables():
  machines = {"A": {}, "B": {}}
  assert verdicts.text(machines, lambda _: "x") == "A\n\nx\n\nB\n\nx"


@pytest.mark.parametrize(
  ("found", "expected"),
  [
    ([True, True], True),
    ([True, False, None], False),
    ([True, None], None),
    ([True], True),
  ],
)
def test_one_machine_that_misses_is_enough(found, expected):
  assert verdicts.on_all(dict(enumerate(found))) is expected
