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
"""A callback that resumes an interrupted `fit` as if it had never stopped."""

import inspect
import os
import warnings
from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from tf_ganprune.callbacks import callback_state, keras3_refusal
from tf_ganprune.gan import divergence
from tf_ganprune.keras_compat import keras
from tf_ganprune.saving import backups, randomness

_state: Any = keras.src.distribute.worker_training_state
_DataHandler = keras.src.engine.data_adapter.DataHandler


class BackupAndRestore(
  keras3_refusal.RefusesKeras3, keras.callbacks.BackupAndRestore
):
  """Resumes an interrupted `fit` exactly where its last backup was made.

  It replaces Keras's callback of the same name, with these differences:

  - The data continue where they were. Keras begins the interrupted epoch's data
    from the start, in the first epoch's order. Here the batches that were
    trained on are drawn again and skipped. That is exact if a restarted program
    makes the same data again: an array with `shuffle=True` after
    `keras.utils.set_random_seed`, or a `tf.data.Dataset` whose shuffling has a
    seed.
  - A backup is written whole or not at all, whenever the process is killed. A
    damaged backup, or one of another architecture, raises a `ValueError`; Keras
    starts anew, or restores what fits.
  - With `steps_per_execution` above 1, batches that were trained on are not
    repeated.

  Weights, masks, steps and optimizers at the end are then those of a run that
  was not interrupted, to the bit if the machine computes reproducibly. It works
  for GANs of this package and for any model under `tgp.UpdatePruningStep`.
  Random layers of images, such as `RandomTranslation`, continue their random
  numbers; so do `Dropout` and noise, if
  `keras.backend.experimental.enable_tf_random_generator()` was called before
  they were made. The states of `tgp.AdaptivePruning` and `tgp.LotteryTicket`
  are in backups, too, if this callback comes after them in the list. Not
  restored are the state of callbacks that are not of this package, and the sums
  of the interrupted epoch's metrics, whose means are over the rest of that
  epoch.

  Example:
    `gan.fit(images, callbacks=[tgp.BackupAndRestore("backup", save_freq=100)])`
  """

  _batches_count: int  # of Keras, since the last backup

  def __init__(
    self,
    backup_dir: str | os.PathLike,
    save_freq: str | int = "epoch",
    delete_checkpoint: bool = True,
    save_before_preemption: bool = False,
  ):
    """Sets the folder and the frequency of backups.

    Args:
      backup_dir: A folder for this callback's files alone.
      save_freq: `'epoch'`, or a number of batches.
      delete_checkpoint: Whether to delete the folder when `fit` has finished.
      save_before_preemption: Must be False.

    Raises:
      ValueError: If an argument is invalid.
    """
    if save_before_preemption:
      raise ValueError(
        "`save_before_preemption` is not supported; set `save_freq` to a number"
        " of batches."
      )
    is_number = isinstance(save_freq, int) and not isinstance(save_freq, bool)
    if save_freq != "epoch" and not (is_number and int(save_freq) > 0):
      raise ValueError(
        "`save_freq` must be 'epoch' or a number of batches, at least 1; got"
        f" {save_freq!r}."
      )
    super().__init__(os.fspath(backup_dir), save_freq, delete_checkpoint)

  def set_model(self, model: keras.Model) -> None:
    """Records which callbacks come before this one in the list."""
    super().set_model(model)
    self._before = set(callback_state.of(model).values())

  def on_train_begin(self, logs: dict | None = None) -> None:
    """Restores the last backup.

    Raises:
      ValueError: If the backup cannot be restored; if `save_freq` is a number
        of batches, and the number of batches of an epoch is unknown; or if a
        callback whose state is in backups comes after this one.
    """
    self._check_order()
    if self.save_freq != "epoch" and self.params["steps"] is None:
      raise ValueError(
        "`save_freq` is a number of batches, but the number of batches of the"
        " data set is unknown; pass `steps_per_epoch` to `fit`, apply"
        " `tf.data.experimental.assert_cardinality(n)`, or set `save_freq` to"
        " 'epoch'."
      )
    if lost := randomness.not_saved(self.model):
      warnings.warn(
        f"The random state of {', '.join(lost)} is not in backups, so their"
        " random numbers differ after resuming. To change that, call"
        " `tf_ganprune.keras.backend.experimental"
        ".enable_tf_random_generator()` before making the layers.",
        stacklevel=2,
      )
    optimizer = self.model.optimizer
    if self.model.built and hasattr(optimizer, "build"):
      optimizer.build(self.model.trainable_variables)
    state = _TrainingState(self.model, self.backup_dir, self.save_freq)
    state.restore()
    # Not before: `fit` would go by the state of a backup that was refused.
    self._training_state = self.model._training_state = state

  def _check_order(self) -> None:
    found = callback_state.of(self.model)
    if late := [k for k, x in found.items() if x not in self._before]:
      raise ValueError(
        f"BackupAndRestore must come after {late[0]} in `callbacks`, whose"
        " decisions at the end of an epoch belong into its backup."
      )

  def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
    """Backs up after every `save_freq` batches."""
    # Keras saves the number of an execution's first batch.
    self._training_state._ckpt_saved_batch.assign(batch)
    if callback_state.of(self.model) and batch + 1 == self.params["steps"]:
      self._batches_count += 1  # decisions at the epoch's end are in its backup
    else:
      super().on_train_batch_end(batch, logs)

  def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
    """Backs up after every epoch, or after a last batch that was put off."""
    super().on_epoch_end(epoch, logs)
    if self.save_freq != "epoch" and self._batches_count >= self.save_freq:
      self._batches_count = 0
      self._backup(epoch=epoch)


class _TrainingState(_state.WorkerTrainingState):
  """Keras's training state, in backups that are written whole or not at all."""

  def __init__(self, model, folder, save_freq):
    super().__init__(model, folder, save_freq)
    manager = self.read_checkpoint_manager
    # An attribute of a checkpoint is in it.
    manager.checkpoint.random_layers = randomness.generators(model)
    manager.checkpoint.callbacks = callback_state.of(model)
    self._backups = backups.Backups(
      manager.directory, manager.checkpoint, model
    )

  def back_up(self, epoch, batch=0):
    divergence.check_weights(self._model)
    if self.write_checkpoint_manager is self.read_checkpoint_manager:
      self._backups.write()
    else:  # a worker whose part is only to take part
      super().back_up(epoch, batch)

  def restore(self):
    return self._backups.restore()

  def maybe_load_initial_counters_from_ckpt(
    self, steps_per_epoch, initial_epoch, mode
  ):
    epoch, step = super().maybe_load_initial_counters_from_ckpt(
      steps_per_epoch, initial_epoch, mode
    )
    if (epoch, step) != (initial_epoch, 0):
      _pass_over_data(_data_handler(), initial_epoch)
    return epoch, step


def _data_handler():
  # `fit` holds it in a local variable and shows it to no callback.
  frame = inspect.currentframe()
  while frame is not None:
    if isinstance(frame.f_locals.get("data_handler"), _DataHandler):
      return frame.f_locals["data_handler"]
    frame = frame.f_back
  raise ValueError(
    "BackupAndRestore cannot resume in a `fit` that is not Keras's own; call"
    " `keras.Model.fit`."
  )


def _pass_over_data(handler, initial_epoch: int) -> None:
  """Skips the data that were trained on before the last backup.

  Args:
    handler: Keras's data handler, which yields epochs and iterators to `fit`.
    initial_epoch: The first epoch of the training that was interrupted.
  """
  begin_epochs = handler.enumerate_epochs

  def enumerate_epochs() -> Iterator[tuple]:
    resumed = handler._initial_epoch
    if resumed >= handler._epochs:
      return
    handler._initial_epoch = initial_epoch
    for epoch, iterator in begin_epochs():
      if epoch >= resumed:
        if epoch == resumed:
          _draw(iterator, handler._initial_step)
        yield epoch, iterator
      # Beginning an epoch is enough to shuffle the next one otherwise; the
      # first is read, since that may fill a cache.
      elif epoch == initial_epoch or not _begins_anew(handler):
        drawn = _draw(iterator, handler.inferred_steps)
        handler._inferred_steps = drawn

  handler.enumerate_epochs = enumerate_epochs


def _begins_anew(handler) -> bool:
  return handler._adapter.should_recreate_iterator()


def _draw(iterator, num_batches: int | None) -> int:
  """Draws a number of batches, or all for None, and returns their number."""
  drawn = 0
  while num_batches is None or drawn < num_batches:
    try:
      next(iterator)
    except (StopIteration, tf.errors.OutOfRangeError):
      if num_batches is None:
        break
      raise ValueError(
        f"The data end after {drawn} batches, but the interrupted training had"
        f" seen {num_batches}; pass the same data to `fit` again."
      ) from None
    drawn += 1
  return drawn
