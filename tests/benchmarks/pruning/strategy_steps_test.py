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
"""Tests of the benchmark of strategies' train steps."""

import pytest
from absl import flags
from absl.testing import flagsaver

from benchmarks import timing
from benchmarks.pruning import strategy_steps
from tests.benchmarks import records
from tf_ganprune.experiments import (
  strategies,
)
from tf_ganprune.sparsity.wrapping import wrapped_layers


def test_each_goal_is_its_own():
  shares = {"magnitude": 0.06, "taylor": 0.06, "rigl": 0.11}
  rows = strategy_steps.rows(
    {"strategies": {k: _found(v, 0.006) for k, v in shares.items()}}
  )
  assert rows == [
    ["magnitude", "10.6", "10.0", "+6.0% ± 0.6%", "5%: missed"],
    ["taylor", "10.6", "10.0", "+6.0% ± 0.6%", "10%: met"],
    ["rigl", "11.1", "10.0", "+11.0% ± 0.6%", "10%: missed"],
  ]


def test_intervals_that_reach_over_a_goal_decide_nothing():
  (row,) = strategy_steps.rows(
    {"strategies": {"magnitude": _found(0.06, 0.051)}}
  )
  assert row[3:] == ["+6.0% ± 5.1%", "5%: cannot be told"]


def _found(over, half_width) -> dict:
  return {
    "milliseconds": 10 * (1 + over),
    "dense_milliseconds": 10.0,
    "over": over,
    "half_width": half_width,
  }


def test_what_is_added_is_the_mean_of_the_builds():
  timings = [
    [timing.Timing(x, 9.0, 0.0, 9) for x in (1 + over, 0.9, 0.5)]
    for over in (0.05, 0.06, 0.07)
  ]
  found = strategy_steps.added(timings, 50)
  assert found["over"] == pytest.approx(0.06)
  # Student's t with two degrees of freedom: 4.303.
  expected = pytest.approx(4.303 * 0.01 / 3**0.5, rel=1e-3)
  assert found["half_width"] == expected
  assert found["milliseconds"] == pytest.approx(18.0)
  assert found["dense_milliseconds"] == pytest.approx(10.0)


@pytest.mark.slow
def test_a_step_updates_and_prunes():
  gan = strategy_steps.gan("magnitude", width=1, frequency=2)
  step = strategy_steps._step(gan)
  first = gan.g_optimizer.iterations.numpy()
  for _ in range(4):
    step()
  assert gan.g_optimizer.iterations.numpy() == first + 4
  layers = wrapped_layers.pruned_layers(gan.generator)
  assert {int(layer.pruning_step.numpy()) for layer in layers} == {first + 4}


def test_those_that_are_timed_are_strategies_of_the_sweep():
  assert set(strategy_steps.TIMED) <= set(strategies.STRATEGIES)


@pytest.mark.slow
@pytest.mark.parametrize("name", strategy_steps.TIMED)
def test_those_that_read_gradients_have_their_goal(name):
  gan = strategy_steps.gan(name, width=1, frequency=50)
  layers = [
    layer
    for network in (gan.generator, gan.discriminator)
    for layer in wrapped_layers.pruned_layers(network)
  ]
  reads = any(layer.gatherer().needs_gradients for layer in layers)
  assert reads == (name in strategy_steps.READ_GRADIENTS)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["taylor", "both", "dense"])
def test_a_round_has_one_pruning(name):
  gan = strategy_steps.gan(name, width=1, frequency=50)
  for network in (gan.generator, gan.discriminator):
    for layer in wrapped_layers.pruned_layers(network):
      schedule = layer.pruning_schedule
      due = [int(schedule(step)[0]) for step in range(50, 150)]
      assert sum(due) == 2
  pruned = [
    bool(wrapped_layers.pruned_layers(x))
    for x in (gan.generator, gan.discriminator)
  ]
  assert pruned == {"taylor": [1, 0], "both": [1, 1], "dense": [0, 0]}[name]


@pytest.mark.slow
def test_the_program_prints_and_writes(tmp_path, capsys):
  path = tmp_path / "steps.json"
  with flagsaver.as_parsed(
    output=str(path),
    timed_strategies="magnitude",
    timed_width="1",
    timed_frequency="2",
    max_rounds="3",
    builds="2",
  ):
    strategy_steps.main([])
  found = records.only(path)
  assert set(found["strategies"]) == {"magnitude"}
  assert (found["rounds"], found["builds"]) == (3, 2)
  assert "| magnitude |" in capsys.readouterr().out


def test_a_strategy_that_does_not_exist_is_refused():
  said = r"--timed_strategies=\['magnitud'\].* rigl"
  with pytest.raises(flags.IllegalFlagValueError, match=said):
    flags.FLAGS.timed_strategies = ["magnitud"]
  flags.FLAGS.timed_strategies = [*strategy_steps.TIMED]
