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
"""Tests of going on with callbacks that remember."""

import numpy as np
import pytest

import tf_ganprune as tgp
from tests import tiny
from tests.callbacks import trainings
from tf_ganprune.callbacks import callback_state, snapshots

_EPOCHS = 8


class _Scripted:
  """Finds images good up to 45 % zeros."""

  def __init__(self, gan):
    self._gan = gan

  def evaluate(self, images):
    zeros = tgp.sparsity_report(self._gan.generator).overall
    return {"frechet_distance": 1.0 if zeros < 0.45 else 2.0}

  def collapse(self, results, num_images):
    return None


def _adaptive(gan):
  return tgp.AdaptivePruning(
    _Scripted(gan), step=0.2, min_step=0.05, num_images=4
  )


def _ticket(gan):
  del gan
  return tgp.LotteryTicket(0.75, rounds=2, epochs_per_round=2, rewind_step=1)


def _gan():
  tgp.keras.utils.set_random_seed(0)
  generator = tgp.prune_low_magnitude(tiny.generator(), tgp.AdaptiveSparsity())
  gan = tgp.GAN(tiny.discriminator(), generator, 4, ema_decay=0.5)
  gan.compile("adam", "adam", run_eagerly=True)
  return gan


def _fit(gan, *callbacks):
  gan.fit(
    tiny.images(8),
    batch_size=4,
    epochs=_EPOCHS,
    verbose=0,
    callbacks=list(callbacks),
  )


def _assert_same(ours, theirs):
  pairs = zip(snapshots.state(ours), snapshots.state(theirs), strict=True)
  for mine, other in pairs:
    np.testing.assert_array_equal(mine.numpy(), other.numpy())


@pytest.mark.slow
@pytest.mark.parametrize("make", [_adaptive, _ticket])
@pytest.mark.parametrize(
  ("save_freq", "at"), [("epoch", 9), (1, 5), (1, 10), (3, 14)]
)
def test_they_go_on_as_if_nothing_had_happened(tmp_path, make, save_freq, at):
  whole = _gan()
  remembering = make(whole)
  _fit(whole, remembering)
  gan = _gan()
  with pytest.raises(trainings.Interrupted):
    backup = tgp.BackupAndRestore(tmp_path, save_freq)
    _fit(gan, make(gan), backup, trainings.InterruptAt(at))
  gan = _gan()
  resumed = make(gan)
  _fit(gan, resumed, tgp.BackupAndRestore(tmp_path, save_freq))
  _assert_same(gan, whole)
  if make is _adaptive:
    assert resumed.decisions == remembering.decisions
    assert len(resumed.decisions) == _EPOCHS
  assert not callback_state.checkpoints_of(gan)


@pytest.mark.parametrize("make", [_adaptive, _ticket])
def test_a_backup_before_the_decision_is_refused(tmp_path, make):
  gan = _gan()
  with pytest.raises(ValueError, match="BackupAndRestore .* in `callbacks`"):
    _fit(gan, tgp.BackupAndRestore(tmp_path), make(gan))


def test_notes_are_a_variable():
  notes = callback_state.Notes(limit=None, tried=[1])
  notes["limit"] = float("nan")
  other = callback_state.Notes()
  other.variable.assign(notes.variable)
  assert np.isnan(other["limit"])
  assert other["tried"] == [1]
