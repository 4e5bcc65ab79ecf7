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
"""Tests of a sweep's summary."""

import pytest

from tf_ganprune.experiments import sweep_charts, sweep_summary


def _line(strategy, seed, distance, sparsity=0.8, **kwargs):
  line = {
    "strategy": strategy,
    "sparsity": sparsity,
    "seed": seed,
    "error": None,
    "frechet_distance": distance,
    "zeros": sparsity,
    "gzip_bytes": 2000,
    "macs": 300,
    "recall": 0.5,
  }
  return line | kwargs


def _lines(strategy, distances, **kwargs):
  return [_line(strategy, i, x, **kwargs) for i, x in enumerate(distances)]


_LINES = [
  *_lines("dense", [1.0, 3.0], sparsity=0.0),
  *_lines("random", [8.0, 10.0]),
  *_lines("erk", [3.0, 3.2]),
  *_lines("lamp", [6.0, 9.0]),
  {"strategy": "snip", "sparsity": 0.8, "seed": 0, "error": "NaN"},
]


def test_means_and_deviations_are_taken_over_the_seeds_that_ended():
  gone = {"strategy": "erk", "sparsity": 0.8, "seed": 2, "error": "NaN"}
  rows = sweep_summary.summarize([*_LINES, gone])
  erk = rows[2]
  assert (erk.seeds, erk.diverged) == ((0, 1), (2,))
  assert erk.distance == pytest.approx(3.1)
  assert erk.spread == pytest.approx(0.02**0.5)
  assert (rows[-1].means, rows[-1].diverged) == ({}, (0,))


def test_the_control_is_beaten_by_more_than_the_spread_or_not():
  rows = sweep_summary.summarize(_LINES)
  found = {x.strategy: sweep_summary.beats_control(x, rows) for x in rows}
  assert found == {
    "dense": "",
    "random": "",
    "erk": "yes",
    "lamp": "no",  # 1.5 better, and its own deviation is 2.1
    "snip": "",
  }


def test_one_seed_beats_nobody():
  rows = sweep_summary.summarize([_line("random", 0, 9.0), _line("erk", 0, 1)])
  assert sweep_summary.beats_control(rows[1], rows) == "one seed"


def test_a_match_is_within_a_deviation_of_the_dense_mean():
  rows = sweep_summary.summarize(_LINES)  # 2 + sqrt(2) at most
  found = {x.strategy: sweep_summary.matches_dense(x, rows) for x in rows}
  assert found == {
    "dense": "",
    "random": "no",
    "erk": "yes",
    "lamp": "no",
    "snip": "",
  }


def test_the_table_has_the_best_first_and_names_what_diverged():
  lines = sweep_summary.table(sweep_summary.summarize(_LINES)).splitlines()
  names = [line.split(" | ")[1] for line in lines[2:6]]
  assert names == ["dense", "erk", "lamp", "random"]
  assert "| 3.1 ± 0.14 | yes | yes | 2.0 | 300 |" in lines[3]
  assert (
    lines[-1] == "Failed (see `error` in their lines): snip at 0.8, seed 0."
  )


def _points(*points):
  lines = [
    _line(f"s{i}", 0, distance, gzip_bytes=size)
    for i, (size, distance) in enumerate(points)
  ]
  return sweep_summary.summarize(lines)


def test_the_pareto_front():
  rows = _points((1, 9.0), (2, 5.0), (2, 6.0), (3, 5.0), (4, 1.0), (1, 10.0))
  front = sweep_summary.pareto(rows, lambda means: means["gzip_bytes"])
  assert [x.strategy for x in front] == ["s0", "s1", "s4"]


def test_seven_curves_at_most_can_be_told_apart():
  rows = [
    *sweep_summary.summarize(_LINES),
    *sweep_summary.summarize(_lines("magnitude", [50.0, 50.0])),
    *_points(*((9 - i, 1.0 + i) for i in range(8))),
  ]
  rows = [x for x in rows if x.means]
  colours = sweep_charts._colours(rows, lambda means: means["gzip_bytes"])
  assert [*colours] == ["dense", "random", "s7", "s6", "s5", "s4", "s3"]
  assert len({*colours.values()}) == 7
  few = [x for x in rows if x.strategy not in ("s1", "s2", "s3", "s4", "s5")]
  colours = sweep_charts._colours(few, lambda means: means["gzip_bytes"])
  assert [*colours][2:] == ["s7", "s6", "s0", "magnitude", "erk"]


def test_names_keep_apart():
  found = sweep_charts.apart([0.5, 0.1, 0.52, 0.51], 0.05)
  assert found == pytest.approx([0.5, 0.1, 0.6, 0.55])


def test_charts_are_drawn_of_all_that_ended(tmp_path):
  rows = sweep_summary.summarize(_LINES)
  paths = sweep_charts.draw(rows, tmp_path)
  assert [x.name for x in paths] == ["zeros.png", "bytes.png", "macs.png"]
  assert all(x.read_bytes().startswith(b"\x89PNG") for x in paths)
