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
"""Tests of the pruning schedules beyond TF-MOT's."""

import math

import numpy as np
import pytest
import tensorflow as tf

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.sparsity.schedules import decays, schedule_checks


def _turns(schedule, steps):
  """Returns the sparsity at each step that prunes."""
  found = {}
  for step in range(1, steps + 1):
    is_turn, sparsity = schedule(tf.constant(step, tf.int64))
    if bool(is_turn):
      found[step] = round(float(sparsity), 5)
  return found


def test_cosine_is_slow_at_both_ends():
  schedule = decays.CosineDecay(0.1, 0.9, 2, 10, frequency=2)
  expected = [0.1 + 0.8 * (1 - math.cos(math.pi * p / 4)) / 2 for p in range(5)]
  found = _turns(schedule, 20)
  assert list(found) == [2, 4, 6, 8, 10]
  np.testing.assert_allclose(list(found.values()), expected, atol=1e-5)


def test_exponential_removes_the_same_share_at_each_turn():
  schedule = decays.ExponentialDecay(0.0, 0.9375, 0, 4, frequency=1)
  assert _turns(schedule, 9) == {1: 0.5, 2: 0.75, 3: 0.875, 4: 0.9375}


@pytest.mark.parametrize("kind", [decays.CosineDecay, decays.ExponentialDecay])
def test_the_last_turn_is_at_the_end_whatever_the_frequency(kind):
  found = _turns(kind(0.0, 0.8, 1, 12, frequency=5), 30)
  assert list(found) == [1, 6, 11, 12]
  assert found[12] == 0.8
  assert found[1] == 0


def test_stages_and_one_shot():
  schedule = decays.StagedSparsity([(0, 0.5), (4, 0.7), (9, 0.8)])
  assert _turns(schedule, 20) == {1: 0.5, 4: 0.7, 9: 0.8}
  assert float(schedule(7)[1]) == pytest.approx(0.7)
  late = decays.OneShot(0.6, step=5)
  assert _turns(late, 20) == {5: 0.6}
  assert float(late(4)[1]) == 0


_ALL = [
  decays.CosineDecay(0.0, 0.8, 0, 6, 2),
  decays.ExponentialDecay(0.1, 0.8, 0, 6, 3),
  decays.StagedSparsity([(0, 0.5), (4, 0.75)]),
  decays.OneShot(0.75, 2),
]


@pytest.mark.slow
@pytest.mark.parametrize("schedule", _ALL, ids=lambda x: type(x).__name__)
def test_a_gan_is_pruned_as_they_say_and_saved(schedule, tmp_path):
  schedule_checks.validate(schedule)
  generator = tgp.prune_low_magnitude(tiny.generator(), schedule)
  gan = tgp.GAN(tiny.discriminator(), generator, 4)
  gan.compile("adam", "adam")
  shares = []
  for _ in range(7):
    gan.fit(tiny.images(4), batch_size=4, verbose=0)
    shares.append(tgp.sparsity_report(gan.generator).overall)
  last = float(schedule(7)[1])
  assert shares[-1] == pytest.approx(last, abs=0.02)
  assert shares == sorted(shares)
  loaded = tgp.load_model(tgp.save_model(gan, tmp_path / "gan.keras"))
  again = loaded.generator.layers[0].pruning_schedule
  assert type(again) is type(schedule)
  assert again.get_config() == schedule.get_config()


@pytest.mark.parametrize(
  ("make", "message"),
  [
    (lambda: decays.CosineDecay(0, 1.0, 0, 9), "`final_sparsity`.*got 1.0"),
    (lambda: decays.CosineDecay(0, math.nan, 0, 9), "`final_sparsity`.*nan"),
    (lambda: decays.ExponentialDecay(0, 0.5, 9, 9), "`end_step`.*least 10"),
    (lambda: decays.CosineDecay(0, 0.5, 0, 9, 0), "`frequency`.*got 0"),
    (lambda: decays.StagedSparsity([]), "`stages` must be pairs"),
    (lambda: decays.StagedSparsity([(1,)]), "`stages` must be pairs"),
    (
      lambda: decays.StagedSparsity([(5, 0.1), (5, 0.2)]),
      r"`stages` .*\(5, 0.1\)",
    ),
    (
      lambda: decays.StagedSparsity([(1, 0.5), (2, 0.4)]),
      r"`stages` .*\(1, 0.5\)",
    ),
    (lambda: decays.OneShot(0.5, -1), "`step`.*got -1"),
    (lambda: decays.OneShot(1.5), "`final_sparsity`.*got 1.5"),
  ],
)
def test_numbers_that_make_no_schedule_are_refused(make, message):
  with pytest.raises(ValueError, match=message):
    make()
