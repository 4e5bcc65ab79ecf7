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
"""Raises sparsity as long as the images stay good, and steps back if not."""

import dataclasses
import warnings

from absl import logging

from tf_ganprune import arguments, metrics
from tf_ganprune.callbacks import (
  callback_state,
  decisions,
  of_one_keras,
  quality_budget,
  snapshots,
)
from tf_ganprune.gan import PrunedGAN, given_inputs
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.schedules import adaptive
from tf_ganprune.sparsity.training import adaptive_schedules
from tf_ganprune.sparsity.wrapping import wrapped_layers


class AdaptivePruning(of_one_keras.OfOneKeras, keras.callbacks.Callback):
  """Finds the highest sparsity at which a GAN's images are still good enough.

  After each trial the Fréchet distance is measured. Within the budget, this
  state is kept and sparsity is raised. Above it, where the generator collapsed
  or a loss was not finite, weights, masks and optimizers go back to the last
  good state, and half as much more is tried. When the steps are too small,
  training goes on at the last good sparsity. It ends with a state that was
  measured to be within the budget, the best of that sparsity.

  What was decided is in the backups of a `tgp.BackupAndRestore` that stands
  behind it in the list of callbacks, which goes on with the same budget.

  Example:
    >>> generator = tgp.prune_low_magnitude(generator, tgp.AdaptiveSparsity())
    >>> gan = tgp.GAN(discriminator, generator, 64, ema_decay=0.998)
    >>> adaptive = tgp.AdaptivePruning(evaluator, max_increase=0.05)
    >>> gan.fit(images, epochs=40, callbacks=[adaptive])
    >>> print(*adaptive.decisions)

  Attributes:
    decisions: What was tried, a `Decision` each; also in the epochs' logs, as
      `sparsity` and `frechet_distance`.
    history: The same as a phase of `tgp.report.NetworkResult(history=...)`,
      whose page draws a point for each: the columns `step`, `sparsity` and
      `frechet_distance`.
  """

  sets_sparsity = True

  def __init__(
    self,
    evaluator: metrics.Evaluator,
    max_increase: float = 0.05,
    max_distance: float | None = None,
    step: float = 0.1,
    min_step: float = 0.0125,
    max_sparsity: float = 0.95,
    frequency: int = 1,
    num_images: int = 1000,
    seed: int = 0,
    value_range: tuple[float, float] | None = None,
  ):
    """Sets the budget.

    Args:
      evaluator: Measures images.
      max_increase: By which share the distance may be above that of the
        network as it is when training begins.
      max_distance: The highest distance, in place of `max_increase`.
      step: By how much sparsity is raised at first.
      min_step: Steps below this are not tried.
      max_sparsity: What is never exceeded.
      frequency: How many epochs a trial takes.
      num_images: How many images a measurement takes.
      seed: Of their latents.
      value_range: The generator's values that mean black and white; by default
        what bounds its outputs says it, such as (0, 1) if it ends in a sigmoid.

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
    self._gauge = quality_budget.Gauge(evaluator, num_images, seed, value_range)
    self.max_increase, self.max_distance = max_increase, max_distance
    self.step, self.min_step = step, min_step
    self.max_sparsity = max_sparsity
    self.frequency = frequency
    self._forget()

  @property
  def decisions(self) -> list[decisions.Decision]:
    """What was tried."""
    return [decisions.Decision(**x) for x in self._notes["decisions"]]

  @property
  def history(self) -> dict[str, list[float]]:
    """What was tried, by columns."""
    return decisions.columns(self.decisions)

  def set_model(self, model: keras.Model) -> None:
    """Finds the schedules, and makes room for the last good state."""
    super().set_model(model)
    self._schedules = _schedules(model)
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
    """Measures the network as it is, and tries the first step."""
    self.model.on_divergence = self._diverged
    self._warn_of_the_end()
    if self._notes["limit"] is not None:
      return  # goes on from a backup
    for schedule in self._schedules:
      schedule.rest(_zeros(self.model, schedule))
    distance, problem = self._gauge.measure(self.model)
    self._notes["limit"] = quality_budget.limit(
      distance, problem, self.max_increase, self.max_distance
    )
    self._keep(self._schedules[0].sparsity, distance)
    self._try_more()

  def _warn_of_the_end(self) -> None:
    epochs = self.params.get("epochs", self.frequency)
    if epochs < self.frequency:
      warnings.warn(
        f"Training ends after {epochs} epochs, and a trial takes"
        f" `frequency={self.frequency}`, so nothing will be pruned: fit with"
        " more epochs.",
        stacklevel=2,
      )

  def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
    """Counts."""
    self._notes["epoch"] = epoch + 1

  def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
    """The masks are made; they stay until the next trial."""
    self._steps = int(batch) + 1
    if self._has_gone_back:  # in this batch, after which the next trial begins
      self._has_gone_back = False
      return
    for schedule in self._schedules:
      schedule.rest()

  def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
    """Decides on the trial, if it is over."""
    self._notes["steps"], self._steps = self._notes["steps"] + self._steps, 0
    logs = {} if logs is None else logs
    logs["sparsity"] = self._schedules[0].sparsity
    logs["frechet_distance"] = float("nan")
    if (epoch + 1) % self.frequency:
      return
    if self._notes["has_diverged"]:
      self._notes["has_diverged"] = False  # decided when it did
      return
    distance, problem = self._gauge.measure(self.model)
    logs["frechet_distance"] = distance
    self._decide(distance, problem)

  def on_train_end(self, logs: dict | None = None) -> None:
    """Ends with the best state that is known to be within the budget."""
    self.model.on_divergence = None
    self._go_back()
    callback_state.forget(self)

  def _decide(self, distance: float, problem: str) -> None:
    sparsity, limit = self._schedules[0].sparsity, self._notes["limit"]
    if not problem and distance > limit:
      problem = f"above {limit:.4g}"
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
    return (
      sparsity > notes["good_sparsity"] or distance < notes["good_distance"]
    )

  def _step_back(self, sparsity: float) -> None:
    self._go_back()
    if sparsity > self._notes["good_sparsity"]:
      self._notes["left"] /= 2
    self._try_more()

  def _next(self) -> float:
    """Returns what to try after the current sparsity, 0 if nothing."""
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
    """Goes back where a loss was not finite; returns whether that helps."""
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
      epoch, sparsity, distance, verdict, reason, step
    )
    noted = self._notes["decisions"]
    self._notes["decisions"] = [*noted, dataclasses.asdict(decision)]
    logging.info("%s", decision)


def _schedules(model) -> list[adaptive.AdaptiveSparsity]:
  """Returns the schedules to set, each once."""
  if not isinstance(model, PrunedGAN):
    raise ValueError(
      "AdaptivePruning prunes a tgp.GAN, or a family of tgp.PrunedGAN; got a"
      f" {type(model).__name__}. Derive it from tgp.PrunedGAN, or prune with a"
      " schedule and tgp.UpdatePruningStep."
    )
  given_inputs.source_of(model)
  found = adaptive_schedules.schedules_of(model)
  if not found:
    raise ValueError(
      f"No network of {model.name!r} is pruned with AdaptiveSparsity, which"
      " AdaptivePruning sets: tgp.prune_low_magnitude(generator,"
      " tgp.AdaptiveSparsity())."
    )
  return found


def _zeros(model, schedule) -> float:
  """Returns the share of zeros that the masks have, which may be restored."""
  masks = [
    mask.numpy()
    for layer in wrapped_layers.pruned_layers(model)
    if layer.pruning_schedule is schedule
    for _, mask, _ in layer.pruning_vars
  ]
  size = sum(mask.size for mask in masks)
  return 1.0 - sum(float(mask.sum()) for mask in masks) / size
