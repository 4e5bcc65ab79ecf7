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
"""Lottery tickets: prune, rewind the remaining weights, and train again."""

import warnings

import tensorflow as tf
from absl import logging

from tf_ganprune import arguments
from tf_ganprune.callbacks import callback_state, keras3_refusal, snapshots
from tf_ganprune.gan import PrunedGAN
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.schedules import adaptive
from tf_ganprune.sparsity.training import adaptive_schedules, ownership
from tf_ganprune.sparsity.wrapping import wrapped_layers


class LotteryTicket(keras3_refusal.RefusesKeras3, keras.callbacks.Callback):
  """Iterative magnitude pruning that rewinds weights to an early step.

  Training is split into rounds. After each round but the last, the same share
  of the remaining weights is pruned, and the others, batch statistics and the
  optimizer's moments included, are reset to their values after `rewind_step`
  updates (Frankle et al. 2020, "Linear Mode Connectivity and the Lottery Ticket
  Hypothesis", algorithm 2; for GANs Chen et al. 2021, "GANs Can Play Lottery
  Tickets Too"). Any network of a `tgp.PrunedGAN` with the schedule
  `tgp.AdaptiveSparsity` takes part; the others train as usual.

  Weights are pruned at the update right after a round's end, which still
  starts from the trained weights. The optimizers' counters are not reset, so
  that a step remains an update. The early weights are in the backups of a
  `tgp.BackupAndRestore` that comes after this callback in the list of
  callbacks.

  Example:
    >>> generator = tgp.prune_low_magnitude(generator, tgp.AdaptiveSparsity())
    >>> gan = tgp.GAN(discriminator, generator, 64, ema_decay=0.998)
    >>> ticket = tgp.LotteryTicket(0.8, rounds=5, epochs_per_round=20)
    >>> gan.fit(images, epochs=120, callbacks=[ticket])
  """

  sets_sparsity = True

  def __init__(
    self,
    final_sparsity: float,
    rounds: int,
    epochs_per_round: int,
    rewind_step: int = 0,
  ):
    """Sets the rounds.

    Args:
      final_sparsity: The share of zeros after the last pruning.
      rounds: The number of prunings; training takes one round more.
      epochs_per_round: The number of epochs of a round.
      rewind_step: The update after which weights are kept, to be reset to; 0
        for the start of training. It must be within the first round.

    Raises:
      ValueError: If a number is out of its range.
    """
    super().__init__()
    is_number = isinstance(final_sparsity, (int, float))
    if not is_number or not 0 < final_sparsity < 1:
      raise ValueError(
        f"`final_sparsity` must be in (0, 1); got {final_sparsity!r}."
      )
    for name, value, least in (
      ("rounds", rounds, 1),
      ("epochs_per_round", epochs_per_round, 1),
      ("rewind_step", rewind_step, 0),
    ):
      arguments.whole(name, value, least)
    self.final_sparsity = final_sparsity
    self.rounds = rounds
    self.epochs_per_round = epochs_per_round
    self.rewind_step = rewind_step

  def set_model(self, model: keras.Model) -> None:
    """Finds the networks, and creates variables for their early weights."""
    super().set_model(model)
    self._networks = _networks(model)
    variables = [x for name in self._networks for x in self._variables(name)]
    self._early = snapshots.Snapshot(variables)
    self._is_kept = tf.Variable(False, trainable=False)
    self._is_pruning = tf.Variable(False, trainable=False)
    callback_state.remember(
      self,
      early=self._early.copies,
      flags=[self._is_kept, self._is_pruning],
      schedules=[v for x in self._schedules() for v in x.variables],
    )

  def on_train_begin(self, logs: dict | None = None) -> None:
    """Keeps the weights if they are to be reset to the start of training."""
    self._warn_of_the_end()
    self._keep_early()

  def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
    """Resets weights after the update that pruned; keeps the early weights."""
    if self._is_pruning:
      self._is_pruning.assign(False)
      self._rewind()
    self._keep_early()

  def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
    """Makes the next update prune, at the end of a round."""
    done, rest = divmod(epoch + 1, self.epochs_per_round)
    if rest or done > self.rounds:
      return
    if not self._is_kept:
      raise ValueError(
        f"The first round is over before `rewind_step` {self.rewind_step};"
        " lower `rewind_step`, or raise `epochs_per_round`."
      )
    left = (1.0 - self.final_sparsity) ** (done / self.rounds)
    for schedule in self._schedules():
      schedule.set(1.0 - left)
    self._is_pruning.assign(True)
    logging.info("Round %d: pruned to %.4g, rewound.", done, 1.0 - left)

  def on_train_end(self, logs: dict | None = None) -> None:
    """Removes this callback's state from later backups."""
    callback_state.forget(self)

  def _warn_of_the_end(self) -> None:
    pruned = self.rounds * self.epochs_per_round
    epochs = self.params.get("epochs", pruned + 1)
    if epochs <= pruned:
      warnings.warn(
        f"Training ends after {epochs} epochs, but `final_sparsity`"
        f" {self.final_sparsity:g} is reached only after {pruned}: call `fit`"
        f" with epochs={pruned + self.epochs_per_round}.",
        stacklevel=2,
      )

  def _keep_early(self) -> None:
    made = [self._optimizer(name).iterations for name in self._networks]
    if not self._is_kept and min(map(int, made)) >= self.rewind_step:
      self._early.take()
      self._is_kept.assign(True)

  def _rewind(self) -> None:
    for schedule in self._schedules():
      schedule.rest()
    self._early.restore()
    layers = wrapped_layers.pruned_layers(self.model)
    ownership.advance(layers, 0)  # masks the restored weights
    self.model.restart_average()

  def _schedules(self) -> list[adaptive.AdaptiveSparsity]:
    return [x for found in self._networks.values() for x in found]

  def _optimizer(self, name: str):
    return self.model.optimizer_of(name)

  def _variables(self, name: str) -> list:
    """Returns the variables to reset: no masks, counters or learning rates."""
    network, optimizer = self.model.networks[name], self._optimizer(name)
    layers = wrapped_layers.pruned_layers(network)
    kept = [
      v for x in layers for _, mask, t in x.pruning_vars for v in (mask, t)
    ]
    kept += [x.pruning_step for x in layers]
    parts = [optimizer, getattr(optimizer, "inner_optimizer", optimizer)]
    kept += [x.iterations for x in parts]
    kept += [x._learning_rate for x in parts if hasattr(x, "_learning_rate")]
    ids = {id(x) for x in kept}
    found = [*network.weights, *optimizer.variables]
    return [x for x in found if id(x) not in ids]


def _networks(model) -> dict[str, list[adaptive.AdaptiveSparsity]]:
  """Returns the adaptive schedules of a model's networks, by name."""
  if not isinstance(model, PrunedGAN):
    raise ValueError(
      "LotteryTicket needs a tgp.GAN, or another class derived from"
      f" tgp.PrunedGAN; got a {type(model).__name__}. Use one of these, or"
      " prune with a schedule and tgp.UpdatePruningStep."
    )
  found = {
    name: schedules
    for name in model.optimizers
    if (schedules := adaptive_schedules.schedules_of(model.networks[name]))
  }
  if not found:
    raise ValueError(
      f"No network of {model.name!r} has the pruning schedule AdaptiveSparsity,"
      " which LotteryTicket sets. Wrap one by"
      " tgp.prune_low_magnitude(generator, tgp.AdaptiveSparsity())."
    )
  return found
