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
"""Tests of the export benchmark's goals."""

import pytest

import tf_ganprune as tgp
from benchmarks.export import export_networks, goals

_PLAIN = {"num_bytes": 1000, "median": 0.002}
_DENSE = {
  "variant": "dense",
  "target": "cpu",
  "num_bytes": 500,
  "gzip_bytes": 450,
  "median": 0.001,
}


def _goal(quantity="num_bytes", most=0.5, target="cpu", variant="dense"):
  return goals.Goal("MLP 3x1024", variant, target, quantity, most)


def _compare(goal, rows=(_DENSE,)):
  return goals.compare("MLP 3x1024", list(rows), _PLAIN, [goal])


@pytest.mark.parametrize(
  "quantity, most, share, of_ours, is_met",
  [
    ("num_bytes", 0.5, 0.5, 1.0, True),
    ("num_bytes", 0.49, 0.5, 1.0, False),
    # Of the bytes before gzip.
    ("gzip_bytes", 0.45, 0.45, 0.9, True),
    ("gzip_bytes", 0.44, 0.45, 0.9, False),
    ("median", 0.5, 0.5, 1.0, True),
    ("median", 0.49, 0.5, 1.0, False),
  ],
)
def test_shares_are_of_the_dense_files(quantity, most, share, of_ours, is_met):
  (found,) = _compare(_goal(quantity, most))
  assert found["share"] == share
  assert found["share_of_ours"] == of_ours
  assert found["is_met"] is is_met


def test_goals_have_two_digits():
  assert _goal(most=0.26).is_met(0.2649)
  assert not _goal(most=0.26).is_met(0.2651)


def test_a_refused_file_misses_its_goal():
  refused = {"variant": "dense", "target": "gpu", "refused": "No."}
  (found,) = _compare(_goal(target="gpu"), [_DENSE, refused])
  assert found["share"] is None and not found["is_met"]
  line = goals.table([found]).splitlines()[-1]
  assert line.endswith("| gpu | bytes | no file | no file | 0.5: missed |")


def test_what_was_not_asked_for_has_no_goal():
  assert not _compare(_goal(target="gpu"))
  assert not goals.compare("other", [_DENSE], _PLAIN, [_goal()])


def test_shares_of_ours_need_our_dense_file():
  row = _DENSE | {"target": "gpu"}
  (found,) = _compare(_goal(target="gpu"), [row])
  assert found["share"] == 0.5 and found["share_of_ours"] is None


def test_goals_are_of_what_the_benchmark_runs():
  for goal in goals.GOALS:
    assert goal.network in export_networks.NETWORKS
    assert goal.target in tgp.EXPORT_TARGETS
    assert goal.quantity in goals.QUANTITIES
    assert 0.0 < goal.most <= 1.07
