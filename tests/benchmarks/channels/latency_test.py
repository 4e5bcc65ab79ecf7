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
"""Tests of the benchmark of channel-pruned generators in LiteRT."""

import pytest
from absl.testing import flagsaver

import tf_ganprune as tgp
from benchmarks.channels import latency
from tests.benchmarks import records


def _row(name="16", ratio=16, **numbers):
  return {
    "name": name,
    "ratio": ratio,
    "target": "cpu",
    "median": 0.001,
    "half_width": 0.0001,
    "num_bytes": 1000,
    "gzip_bytes": 900,
    "max_abs_error": 1e-6,
    "times_faster": 10.0,
    "times_faster_than_plain": 15.0,
    "times_smaller": 20.0,
  } | numbers


def test_the_dense_generator_comes_first_and_is_not_cut():
  first, *others = latency.plan()
  generator = tgp.networks.dcgan_generator((8, 8, 1), 4, 4)
  assert first.name == "dense"
  assert latency.cut(generator, first) is generator
  names = ["4", "8", "16", "24", "40", "16, multiples of 4"]
  assert [x.name for x in others] == [*names, "16, multiples of 8"]


def test_a_cut_meets_its_ratio_in_multiples():
  generator = tgp.networks.dcgan_generator((8, 8, 1), 4, 8)
  whole = tgp.profile(generator).macs
  small = latency.cut(generator, latency.Variant(3, 4))
  profile = tgp.profile(small)
  assert profile.macs <= whole / 3
  (width,) = [
    x.output_shape[-1] for x in profile.layers if x.name == "conv_4x4"
  ]
  assert width == 4


@pytest.mark.parametrize(
  "numbers, expected",
  [
    ({}, "10 times faster: met, 20 times smaller: met"),
    ({"times_faster": 9.9}, "10 times faster: missed, 20 times smaller: met"),
    ({"times_smaller": 19.9}, "10 times faster: met, 20 times smaller: missed"),
  ],
)
def test_goals_are_those_of_sixteen_times_fewer_macs(numbers, expected):
  results = {"a": [_row(**numbers), _row("8", ratio=8)]}
  goal, other = latency.table({"results": results}).splitlines()[2:]
  assert expected in goal
  assert goal.startswith("| 16 | cpu | 1 ± 0.1 |")
  assert other.endswith("|  |")


def test_several_generators_give_means_and_deviations():
  results = {"a": [_row()], "b": [_row(median=0.003, times_faster=14.0)]}
  (line,) = latency.table({"results": results}).splitlines()[2:]
  assert line.startswith("| 16 | cpu | 2 ± 1 | 12 ± 3 | 15 ± 0 |")


@pytest.mark.slow
def test_the_program_measures_a_saved_generator(tmp_path, capsys):
  tgp.keras.utils.set_random_seed(0)
  generator = tgp.networks.dcgan_generator((8, 8, 1), 4, 8)
  saved, path = tmp_path / "dense.keras", tmp_path / "result.json"
  generator.save(saved)
  with flagsaver.flagsaver(
    latency_generator=[str(saved)],
    latency_ratios=["2"],
    latency_round_to=[],
    output=str(path),
    max_rounds=3,
  ):
    latency.main([])
  lines = capsys.readouterr().out.splitlines()
  assert lines[-5].startswith("| dense | cpu | ")
  (rows,) = records.only(path)["results"].values()
  assert str(tmp_path) not in path.read_text()
  whole = tgp.profile(generator).macs
  plain = rows.pop(1)
  assert plain["target"] == "converter's own float32"
  assert plain["times_faster_than_plain"] == 1 and plain["median"] > 0
  assert [row["target"] for row in rows] == ["cpu", "cpu-int8"] * 2
  assert [row["macs"] for row in rows[:2]] == [whole, whole]
  assert 0.8 * whole / 2 < rows[2]["macs"] <= whole / 2
  assert rows[0]["times_smaller"] == rows[0]["times_faster"] == 1
  smaller = rows[0]["num_bytes"] / rows[2]["num_bytes"]
  assert rows[2]["times_smaller"] == smaller > 1
  assert all(row["median"] > 0 and row["rounds"] == 3 for row in rows)
