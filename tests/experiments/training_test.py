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
"""Tests that a phase that was cut off goes on as if it had not been."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.experiments import run_directory, training
from tf_ganprune.sparsity.wrapping import wrapped_layers

keras = tgp.keras
_EPOCHS = 4


class _Kill(Exception):
  """Stands for the end of a process."""


class _KillAt(keras.callbacks.Callback):
  def __init__(self, epoch):
    super().__init__()
    self.epoch = epoch

  def on_train_batch_end(self, batch, logs=None):
    if self.model.epoch_now == self.epoch and batch == 2:
      raise _Kill

  def on_epoch_begin(self, epoch, logs=None):
    self.model.epoch_now = epoch


def _begin():
  keras.utils.set_random_seed(0)
  schedule = tfmot.sparsity.keras.PolynomialDecay(0, 0.8, 0, 10, frequency=2)
  gan = tgp.GAN(
    tgp.prune_low_magnitude(tiny.discriminator(), schedule),
    tgp.prune_low_magnitude(tiny.generator(), schedule),
    4,
    ema_decay=0.9,
  )
  gan.compile("adam", "adam")
  return gan


def _images():
  keras.utils.set_random_seed(0)  # what a seed of shuffling is added to
  dataset = tf.data.Dataset.from_tensor_slices(tiny.images(12))
  return dataset.cache().shuffle(12, seed=1).batch(4)


def _state(gan):
  variables = [*gan.weights, *gan.d_optimizer.variables]
  return [v.numpy() for v in [*variables, *gan.g_optimizer.variables]]


@pytest.mark.slow
def test_phase_goes_on_from_the_last_finished_epoch(
  tmp_path, monkeypatch, capsys
):
  phase = training.Phase("pruned", _EPOCHS, _begin)
  whole = run_directory.RunDirectory(tmp_path / "whole", {})
  expected = _state(training.train(whole, phase, _images()))

  run = run_directory.RunDirectory(tmp_path / "cut", {})
  callbacks = training._callbacks
  with monkeypatch.context() as patch:
    patch.setattr(
      training, "_callbacks", lambda *args: [_KillAt(2), *callbacks(*args)]
    )
    with pytest.raises(_Kill):
      training.train(run, phase, _images())
  assert not (run / "pruned.keras").exists()
  capsys.readouterr()
  gan = training.train(run, phase, _images())
  assert "after epoch 2 of 4" in capsys.readouterr().out
  for ours, theirs in zip(_state(gan), expected, strict=True):
    np.testing.assert_array_equal(ours, theirs)
  assert [
    int(w.pruning_step) for w in wrapped_layers.pruned_layers(gan.generator)
  ] == [12, 12]
  history = training.history(run, phase, 3)
  assert history["step"] == [3, 6, 9, 12]
  assert history == training.history(whole, phase, 3)
  later = training.Phase("pruned", _EPOCHS, _begin, earlier_epochs=10)
  assert training.history(whole, later, 3)["step"] == [33, 36, 39, 42]

  again = training.train(run, phase, _images())
  assert "already trained" in capsys.readouterr().out
  for ours, theirs in zip(_state(again), expected, strict=True):
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.slow
def test_next_phase_has_the_images_that_it_would_have_had(tmp_path):
  phases = [training.Phase(name, 2, _begin) for name in ("begin", "dense")]
  run = run_directory.RunDirectory(tmp_path, {})
  images = _images()
  ends = [_state(training.train(run, phase, images)) for phase in phases]
  (run / "dense.keras").unlink()
  images = _images()
  again = [_state(training.train(run, phase, images)) for phase in phases]
  for one, other in zip(ends, again, strict=True):
    for ours, theirs in zip(one, other, strict=True):
      np.testing.assert_array_equal(ours, theirs)


@pytest.fixture(name="cut_off")
def _cut_off(tmp_path, monkeypatch):
  """A run whose phase was trained, and killed before it was saved."""
  phase = training.Phase("pruned", 2, _begin)
  run = run_directory.RunDirectory(tmp_path, {})

  def cut(*_):
    raise _Kill

  with monkeypatch.context() as patch:
    patch.setattr(run, "save", cut)
    with pytest.raises(_Kill):
      training.train(run, phase, _images())
  return run, phase


@pytest.mark.slow
def test_damaged_state_ends_the_phase_in_one_sentence(cut_off, tmp_path):
  run, phase = cut_off
  (index,) = tmp_path.rglob("ckpt-*.index")
  index.write_bytes(index.read_bytes()[:-1])
  with pytest.raises(ValueError, match=f"'{index.name}' .*damaged"):
    training.train(run, phase, _images())


@pytest.mark.slow
def test_phase_that_was_cut_off_before_it_was_saved(cut_off):
  run, phase = cut_off
  gan = training.train(run, phase, _images())
  assert int(gan.g_optimizer.iterations) == 6
  assert training.history(run, phase, 3)["step"] == [3, 6]


def test_history_has_all_that_was_logged(tmp_path):
  run = run_directory.RunDirectory(tmp_path, {})
  (run / "pruned.csv").write_text(
    "epoch,d_loss,reconstruction,sometimes,val_d_loss,val_reconstruction\n"
    "0,1.5,0.5,NA,,\n"
    "1,1.0,0.25,2.0,,\n"
  )
  phase = training.Phase("pruned", 2, _begin)
  assert training.history(run, phase, 3) == {
    "step": [3, 6],
    "d_loss": [1.5, 1.0],
    "reconstruction": [0.5, 0.25],
  }
