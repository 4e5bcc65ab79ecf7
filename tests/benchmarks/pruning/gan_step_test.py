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
"""Tests of the benchmark of train steps of all families."""

import pathlib

import numpy as np
import pytest
import tensorflow as tf
from absl.testing import flagsaver

from benchmarks.pruning import gan_step
from tests import build_files
from tests.benchmarks import records


def _pairs(seed=0):
  return [
    tf.random.stateless_uniform([2, 8, 8, 3], [i, seed], -1.0) for i in range(2)
  ]


@pytest.mark.slow
@pytest.mark.parametrize("one_tape", [True, False])
def test_each_network_is_updated_once(one_tape):
  gan = gan_step.FourNetworks(8, 2, one_tape)
  gan.compile(dict.fromkeys(gan.networks, "sgd"), run_eagerly=True)
  gan.train_step(_pairs())
  assert [int(x.iterations) for x in gan.optimizers.values()] == [1] * 4


@pytest.mark.slow
def test_one_tape_has_the_gradients_of_four():
  gan = gan_step.FourNetworks(8, 2, one_tape=True)
  x, y = _pairs()
  gan.compile(dict.fromkeys(gan.networks, "sgd"), run_eagerly=True)
  expected = {}
  for name, network in gan.networks.items():
    with tf.GradientTape() as tape:
      loss = gan._loss(name, x, y)
    expected[name] = tape.gradient(loss, network.trainable_variables)
  found = {}
  gan.apply = lambda gradients, losses: found.update(gradients)
  gan.train_step((x, y))
  for name, gradients in expected.items():
    for ours, theirs in zip(found[name], gradients, strict=True):
      np.testing.assert_allclose(ours, theirs, atol=1e-5)


@pytest.mark.slow
def test_the_program_prints_and_writes(tmp_path, capsys):
  path = tmp_path / "result.json"
  with flagsaver.flagsaver(
    turns=3,
    turn_steps=1,
    image_sides=8,
    filters=2,
    step_width=4,
    step_before=str(build_files.ROOT),
    output=str(path),
  ):
    gan_step.main([])
  found = records.only(path)["results"]
  assert set(found) == {*gan_step._GOALS, "GAN, pruned, against itself"}
  assert all(x["ratio"] > 0 and x["turns"] == 3 for x in found.values())
  assert "| GAN, pruned |" in capsys.readouterr().out


def test_a_part_keeps_what_the_file_has_of_the_others(tmp_path, monkeypatch):
  path = tmp_path / "result.json"
  monkeypatch.setattr(gan_step, "_measured", lambda name: (name,))
  for turns, parts in ((3, None), (4, ["one tape for four"])):
    result = _result(turns)
    monkeypatch.setattr(gan_step, "_as_json", lambda _, x=result: x)
    with flagsaver.flagsaver(output=str(path), step_before=".", parts=parts):
      gan_step.main([])
  found = records.only(path)["results"]
  assert {k: x["turns"] for k, x in found.items()} == {
    "one tape for four": 4,
    "GAN, dense": 3,
    "GAN, pruned": 3,
    "GAN, pruned, against itself": 3,
  }
  with flagsaver.flagsaver(output=str(path), parts=["others"], turn_steps=2):
    with pytest.raises(ValueError, match="--parts"):
      gan_step.main([])


def _result(turns):
  numbers = {"base_ms": 1.0, "now_ms": 1.0, "ratio": 1.0, "half_width": 0.0}
  return numbers | {"turns": turns}


@pytest.mark.slow
def test_a_folder_that_will_not_do_is_said(tmp_path):
  with pytest.raises(RuntimeError, match="gan_step_program.py failed in"):
    gan_step._against(pathlib.Path(tmp_path), "dense")


def test_a_goal_that_is_missed_is_said():
  row = {"base_ms": 1.0, "now_ms": 1.1, "ratio": 1.1, "half_width": 0.0}
  (found,) = gan_step.rows({"results": {"GAN, dense": row}})
  assert found[-1] == "1.02: missed"
