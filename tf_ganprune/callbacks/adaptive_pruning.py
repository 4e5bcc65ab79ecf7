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
"""A callback that raises sparsity while the images stay good enough."""

import dataclasses
import warnings

from absl import logging

from tf_ganprune import arguments, metrics
from tf_ganprune.callbacks import (
  callback_state,
  decisions,
  keras3_refusal,
  quality_budget,
  snapshots,
)
from tf_ganprune.gan import PrunedGAN, given_inputs
from tf_ganprune.keras_compat import keras
from tf_ganprune.metrics import score_choice
from tf_ganprune.sparsity.schedules import adaptive
from tf_ganprune.sparsity.training import adaptive_schedules
from tf_ganprune.sparsity.wrapping import wrapped_layers


class AdaptivePruning(keras3_refusal.RefusesKeras3, keras.callbacks.Callback):
  """Finds the highest sparsity at which a GAN's images are still good enough.

  The Fréchet distance of the images is measured after each trial of a
  sparsity. If it is within the budget, the state is kept and a higher sparsity
  is tried. If it is above, or the generator collapsed, or a loss was not
  finite, weights, masks and optimizers are restored from the last good state,
  and a step half as large is tried. When steps become smaller than `min_step`,
  training continues at the last good sparsity. At the end of training the
  model has the best state of the highest sparsity that was measured to be
  within the budget.

  Decisions are in the backups of a `tgp.BackupAndRestore` that comes after this
  callback in the list of callbacks; a resumed training keeps the budget.

  Example:
    >>> generator = tgp.prune_low_magnitude(generator, tgp.AdaptiveSparsity())
    >>> gan = tgp.GAN(discriminator, generator, 64, ema_decay=0.998)
    >>> adaptive = tgp.AdaptivePruning(evaluator, max_increase=0.05)
    >>> gan.fit(images, epochs=40, callbacks=[adaptive])
    >>> print(*adaptive.decisions)

  Attributes:
    score: The name of the score, by default `frechet_distance`.
    decisions: A `Decision` for each trial; the epochs' logs have its `sparsity`
      and its distance, by the score's name, too.
    history: The decisions as the columns `step`, `sparsity` and
      `frechet_distance`, or the score's name, to be passed as a phase of
      `tgp.report.NetworkResult(history=...)`: the report draws a point for
      each.
  """

  sets_sparsity = True

  def __init__(
    self,
    evaluator: metrics.Evaluator | metrics.ClassifierEvaluator,
    max_increase: float = 0.05,
    max_distance: float | None = None,
    step: float = 0.1,
    min_step: float = 0.0125,
    max_sparsity: float = 0.95,
    frequency: int = 1,
    num_images: int = 1000,
    seed: int = 0,
    value_range: tuple[float, float] | None = None,
    score: str | None = None,
  ):
    """Sets the budget, and the steps of sparsity.

    Args:
      evaluator: The evaluator that measures images; it is given their labels if
        it has those of the real ones. With a `tgp.metrics.ClassifierEvaluator`
        the classifier of a `tgp.SemiSupervisedGAN` is measured.
      max_increase: The highest increase of the distance, as a share of the
        distance when training begins; of a score that is better if higher, the
        highest loss.
      max_distance: The worst distance, in place of `max_increase`.
      step: The first increase of sparsity.
      min_step: The smallest increase of sparsity.
      max_sparsity: The highest sparsity.
      frequency: The number of epochs of a trial.
      num_images: The number of images of a measurement.
      seed: The seed of the generator's inputs.
      value_range: The generator's values that mean black and white; by default
        they follow from its outputs, such as (0, 1) if it ends in a sigmoid.
      score: The score that takes the place of the distance, such as
        'label_accuracy'; by default the Fréchet distance of images, and the
        error of a classifier.

    Raises:
      ValueError: If an argument is out of its range.
    """
    super().__init__()
    self._has_gone_back, self._steps = False, 0
    arguments.real("max_increase", max_increase, 0)
    arguments.real("max_sparsity", max_sparsity, 0, 0.9999)
    arguments.real("step", step, 1e-6, 1)
    arguments.real("min_step", min_step, 1e-6, step)
    if max_distance is not None:
      arguments.real("max_distance", max_distance, 0)
    arguments.whole("frequency", frequency, 1)
    self._meter = quality_budget.DistanceMeter(
      evaluator, num_images, seed, value_range, score
    )
    self.score = self._meter.score
    self.max_increase, self.max_distance = max_increase, max_distance
    self.step, self.min_step = step, min_step
    self.max_sparsity = max_sparsity
    self.frequency = frequency
    self._forget()

  @property
  def decisions(self) -> list[decisions.Decision]:
    """A `Decision` for each trial, in order."""
    return [decisions.Decision(**x) for x in self._notes["decisions"]]

  @property
  def history(self) -> dict[str, list[float]]:
    """The decisions as columns: `step`, `sparsity` and the score's name."""
    return decisions.columns(self.decisions, self.score)

  def set_model(self, model: keras.Model) -> None:
    """Finds the schedules, and creates variables for the last good state."""
    super().set_model(model)
    self._schedules = _schedules(model, self._meter.needs_images)
    self._forget()
    self._good = snapshots.Snapshot(snapshots.state(model))
    callback_state.remember(
      self,
      notes=self._notes.variable,
      good=self._good.copies,
      schedules=[v for x in self._schedules for v in x.variables],
    )

  def _forget(self) -> None:
    self._notes = callback_state.Notes(
      decisions=[],
      epoch=0,
      steps=0,
      limit=None,
      left=self.step,
      good_sparsity=0.0,
      good_distance=0.0,
      has_diverged=False,
    )

  def on_train_begin(self, logs: dict | None = None) -> None:
    """Measures the network before pruning, and tries the first sparsity."""
    self.model.on_divergence = self._diverged
    self._warn_of_the_end()
    if self._notes["limit"] is not None:
      return  # goes on from a backup
    for schedule in self._schedules:
      schedule.rest(_zeros(self.model, schedule))
    distance, problem = self._meter.measure(self.model)
    self._notes["limit"] = quality_budget.limit(
      distance, problem, self.max_increase, self.max_distance, self.score
    )
    self._keep(self._schedules[0].sparsity, distance)
    self._try_more()

  def _warn_of_the_end(self) -> None:
    epochs = self.params.get("epochs", self.frequency)
    if epochs < self.frequency:
      warnings.warn(
        f"Training ends after {epochs} epochs, before the first trial, which"
        f" takes `frequency={self.frequency}` epochs, so nothing will be"
        " pruned: raise `epochs` or lower `frequency`.",
        stacklevel=2,
      )

  def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
    """Records the number of the epoch."""
    self._notes["epoch"] = epoch + 1

  def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
    """Stops mask updates until the next trial."""
    self._steps = int(batch) + 1
    if self._has_gone_back:  # in this batch, after which the next trial begins
      self._has_gone_back = False
      return
    for schedule in self._schedules:
      schedule.rest()

  def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
    """Measures the images and decides on the trial, at its last epoch."""
    self._notes["steps"], self._steps = self._notes["steps"] + self._steps, 0
    logs = {} if logs is None else logs
    logs["sparsity"] = self._schedules[0].sparsity
    logs[self.score] = float("nan")
    if (epoch + 1) % self.frequency:
      return
    if self._notes["has_diverged"]:
      self._notes["has_diverged"] = False  # decided when it did
      return
    distance, problem = self._meter.measure(self.model)
    logs[self.score] = distance
    self._decide(distance, problem)

  def on_train_end(self, logs: dict | None = None) -> None:
    """Restores the best state that was measured to be within the budget."""
    self.model.on_divergence = None
    self._go_back()
    callback_state.forget(self)

  def _decide(self, distance: float, problem: str) -> None:
    sparsity, limit = self._schedules[0].sparsity, self._notes["limit"]
    if not problem and score_choice.is_worse(self.score, distance, limit):
      side = "above" if score_choice.sign(self.score) > 0 else "below"
      problem = f"{side} {limit:.4g}"
    if problem:
      self._note(sparsity, distance, decisions.BACK, problem)
      self._step_back(sparsity)
    elif self._is_better(sparsity, distance):
      is_last = not self._next()
      self._note(
        sparsity, distance, decisions.HELD if is_last else decisions.KEPT
      )
      self._keep(sparsity, distance)
      self._try_more()
    else:
      self._note(sparsity, distance, decisions.HELD)

  def _is_better(self, sparsity: float, distance: float) -> bool:
    notes = self._notes
    return sparsity > notes["good_sparsity"] or score_choice.is_worse(
      self.score, notes["good_distance"], distance
    )

  def _step_back(self, sparsity: float) -> None:
    self._go_back()
    if sparsity > self._notes["good_sparsity"]:
      self._notes["left"] /= 2
    self._try_more()

  def _next(self) -> float:
    """Returns the sparsity to try next, 0 if there is none."""
    now = self._schedules[0].sparsity
    more = min(now + self._notes["left"], self.max_sparsity)
    return more if more - now >= self.min_step * (1 - 1e-6) else 0.0

  def _try_more(self) -> None:
    if more := self._next():
      for schedule in self._schedules:
        schedule.set(more)

  def _keep(self, sparsity: float, distance: float) -> None:
    self._good.take()
    self._notes["good_sparsity"] = sparsity
    self._notes["good_distance"] = distance

  def _go_back(self) -> None:
    self._good.restore()
    for schedule in self._schedules:
      schedule.rest(self._notes["good_sparsity"])

  def _diverged(self, error: Exception) -> bool:
    """Restores the last good state if pruning made training diverge.

    Args:
      error: The error about a loss that is not finite.

    Returns:
      Whether it did; if not, training was not pruned any further since the last
      good state, and ends with the error.
    """
    sparsity = self._schedules[0].sparsity
    if sparsity <= self._notes["good_sparsity"]:
      self.model.on_divergence = None  # `fit` ends here
      return False  # not by pruning
    self._note(sparsity, float("nan"), decisions.BACK, "a loss was not finite")
    logging.warning("%s", error)
    self._step_back(sparsity)
    self.model.reset_metrics()  # the mean of losses is not finite any more
    self._notes["has_diverged"] = self._has_gone_back = True
    return True

  def _note(self, sparsity, distance, verdict, reason="") -> None:
    epoch, step = self._notes["epoch"], self._notes["steps"] + self._steps
    decision = decisions.Decision(
      epoch, sparsity, distance, verdict, reason, step, self.score
    )
    noted = self._notes["decisions"]
    self._notes["decisions"] = [*noted, dataclasses.asdict(decision)]
    logging.info("%s", decision)


def _schedules(model, needs_images: bool) -> list[adaptive.AdaptiveSparsity]:
  """Returns the schedules to set, each once."""
  if not isinstance(model, PrunedGAN):
    raise ValueError(
      "AdaptivePruning needs a tgp.GAN, or another class derived from"
      f" tgp.PrunedGAN; got a {type(model).__name__}. Derive it from"
      " tgp.PrunedGAN, or prune with a schedule and tgp.UpdatePruningStep."
    )
  if needs_images:
    given_inputs.source_of(model)
  found = adaptive_schedules.schedules_of(model)
  if not found:
    raise ValueError(
      f"No network of {model.name!r} has the pruning schedule AdaptiveSparsity,"
      " which AdaptivePruning sets. Wrap one by"
      " tgp.prune_low_magnitude(generator, tgp.AdaptiveSparsity())."
    )
  return found


def _zeros(model, schedule) -> float:
  """Returns the share of zeros in a schedule's masks, in [0, 1]."""
  masks = [
    mask.numpy()
    for layer in wrapped_layers.pruned_layers(model)
    if layer.pruning_schedule is schedule
    for _, mask, _ in layer.pruning_vars
  ]
  size = sum(mask.size for mask in masks)
  return 1.0 - sum(float(mask.sum()) for mask in masks) / size
