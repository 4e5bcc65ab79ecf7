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
"""Tests of the benchmark of CycleGAN's train step."""

import numpy as np
import pytest
import tensorflow as tf
from absl.testing import flagsaver

import tf_ganprune as tgp
from benchmarks.pruning import cycle_gan_step


def _compiled(kind):
  gan = kind(**cycle_gan_step.networks(16, 2, 1))
  gan.compile(*(tgp.keras.optimizers.SGD(0.0) for _ in range(4)))
  return gan


@pytest.mark.slow
def test_both_classes_compute_the_same_losses():
  """With rates of 0 and an empty pool nothing tells them apart."""
  x, y = (
    tf.random.stateless_uniform([2, 16, 16, 3], [i, 0], -1.0) for i in range(2)
  )
  by_hand = _compiled(cycle_gan_step.ByHand).train_step((x, y))
  ours = _compiled(tgp.CycleGAN).train_step((x, y))
  assert list(by_hand) == list(ours)
  for name, loss in by_hand.items():
    np.testing.assert_allclose(loss, ours[name], rtol=1e-4)


@pytest.mark.slow
def test_the_program_prints_and_writes(tmp_path, capsys):
  path = tmp_path / "result.json"
  with flagsaver.flagsaver(
    cycle_steps=1,
    cycle_turns=3,
    cycle_size=16,
    cycle_width=2,
    cycle_blocks=1,
    cycle_batches=["2"],
    output=str(path),
  ):
    cycle_gan_step.main([])
  said = capsys.readouterr().out
  assert "batches of 2" in said and "against itself" in said
  assert "batches of 2" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("ratio, met", [(0.79, True), (0.81, False)])
def test_the_goal_can_be_missed(ratio, met):
  row = {"base_ms": 1.0, "now_ms": ratio, "ratio": ratio, "half_width": 0.1}
  record = {"results": {"batches of 1": row, "against itself": row}}
  assert cycle_gan_step.goals(record) == {"batches of 1": met}
  assert ("met" if met else "missed") in cycle_gan_step.table(record)
