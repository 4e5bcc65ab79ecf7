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
"""A callback that balances a sparse GAN by its discriminator's density."""

import contextlib
import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from absl import logging

from tf_ganprune import arguments, array_types
from tf_ganprune.callbacks import (
  callback_state,
  keras3_refusal,
  real_examples,
  snapshots,
)
from tf_ganprune.gan import PrunedGAN, given_inputs
from tf_ganprune.graphs import calling
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.training import density
from tf_ganprune.sparsity.wrapping import wrapped_layers

_RAISED, _LOWERED, _KEPT = "raised", "lowered", "kept"


@dataclasses.dataclass(frozen=True)
class DensityDecision:
  """A measured balance ratio, and the discriminator's density after it.

  Example:
    `DensityDecision(1000, 0.61, 0.35, "raised")`

  Attributes:
    step: The number of updates of the discriminator so far.
    balance_ratio: The measured ratio; infinite if the discriminator did not
      score real images higher than generated ones.
    density: The share of its weights that are not zero from then on.
    verdict: `'raised'`, `'lowered'`, or `'kept'` if the ratio is within its
      bounds or the density has reached its own.
  """

  step: int
  balance_ratio: float
  density: float
  verdict: str

  def __str__(self) -> str:
    return (
      f"Update {self.step} of the discriminator: balance ratio"
      f" {self.balance_ratio:.4g}, density {self.verdict}, {self.density:.4g}."
    )


class BalancedDensity(keras3_refusal.RefusesKeras3, keras.callbacks.Callback):
  """Adjusts the density of a discriminator to the balance of a GAN.

  The balance ratio is the share of the gap between real and generated images'
  scores that an update of the generator closes,

      BR = (D(G'(z)) - D(G(z))) / (D(x) - D(G(z))),

  with logits D, and the generator G before and G' after the update. If it is
  high, the discriminator is too weak, and becomes denser; if low, sparser. It
  is measured every `measure_frequency` updates, and the density changes at
  the mask updates of the discriminator's `tgp.SET` or `tgp.RigL`. Wang et al.
  2023, "Balanced Training for Sparse GANs", section 4, ADAPT, take the mean of
  ratios; here numerators and denominators are summed first, so that a
  denominator close to 0 has no large effect.

  Measurements and decisions are in the backups of a `tgp.BackupAndRestore` that
  comes after this callback in the list of callbacks.

  Example:
    >>> schedule = tgp.RigL(0.5, end_step=10**6, update_frequency=1000)
    >>> discriminator = tgp.prune_low_magnitude(discriminator, schedule)
    >>> gan = tgp.GAN(discriminator, generator, 64)
    >>> balance = tgp.BalancedDensity(images)
    >>> gan.fit(images, epochs=100, callbacks=[balance])
    >>> print(*balance.decisions)

  The last decision is in the epochs' logs as well, as `balance_ratio` and
  `d_density`.
  """

  def __init__(
    self,
    images: array_types.Arrays,
    lower: float = 0.45,
    upper: float = 0.55,
    increment: float = 0.05,
    min_density: float = 0.05,
    max_density: float = 1.0,
    measure_frequency: int = 10,
    num_images: int = 64,
    seed: int = 0,
    discriminator: str | None = None,
    generator: str | None = None,
  ):
    """Sets the bounds of the balance ratio and of the density.

    Args:
      images: Real images, `[n, height, width, channels]`; or a list of them and
        of their labels, `[n]`, for a discriminator that takes both.
      lower: The balance ratio below which the discriminator becomes sparser, by
        default the paper's.
      upper: The balance ratio above which it becomes denser, by default the
        paper's.
      increment: The change of its density at a mask update.
      min_density: The lowest density.
      max_density: The highest density.
      measure_frequency: The number of the generator's updates from one
        measurement to the next.
      num_images: The number of real and of generated images of a measurement.
      seed: The seed of the generator's inputs.
      discriminator: The name of the discriminator whose density changes, if
        there are several.
      generator: The name of the network that makes its images, if there are
        several.

    Raises:
      ValueError: If an argument is out of its range.
    """
    super().__init__()
    self._said = discriminator, generator
    arguments.real("lower", lower, -1e6)
    arguments.real("upper", upper, lower)
    arguments.real("increment", increment, 1e-6, 1)
    arguments.real("min_density", min_density, 1e-6, 1)
    arguments.real("max_density", max_density, min_density, 1)
    self.measure_frequency = arguments.whole(
      "measure_frequency", measure_frequency, 1
    )
    self.num_images = arguments.whole("num_images", num_images, 1)
    self.seed = arguments.whole("seed", seed, 0)
    self.images, self.labels = real_examples.split(images)
    self.lower, self.upper, self.increment = lower, upper, increment
    self.min_density, self.max_density = min_density, max_density
    self._notes = callback_state.Notes(decisions=[])

  @property
  def decisions(self) -> list[DensityDecision]:
    """A `DensityDecision` for each mask update with measurements, in order."""
    return [DensityDecision(**x) for x in self._notes["decisions"]]

  def set_model(self, model: keras.Model) -> None:
    """Creates the variables of measurements, and adds them to backups."""
    super().set_model(model)
    self._notes = callback_state.Notes(decisions=[])
    # Numerators and denominators of ratios, summed since the last mask update.
    self._sums = tf.Variable([0.0, 0.0], dtype=tf.float64, trainable=False)
    callback_state.remember(self, sums=self._sums, notes=self._notes.variable)

  def on_train_begin(self, logs: dict | None = None) -> None:
    """Finds the networks; raises if the discriminator's density is fixed."""
    self._discriminator, self._generator = _names(self.model, *self._said)
    self._layers = _layers(self.model, self._discriminator)
    self.model.check_real(self._discriminator, self.images)
    network = self.model.network(self._discriminator)
    real_examples.check_labels(network, self.labels)
    self._before = None

  def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
    """Keeps generated images from before an update that is measured."""
    self._step = self._layers[0].pruning_step.numpy()
    updates = self._updates()
    if (updates + 1) % self.measure_frequency == 0:
      self._before = self._generated(updates)

  def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
    """Measures the balance, and changes the density at a mask update."""
    updates = self._updates()
    if self._before is not None:
      self._sums.assign_add(self._measured(updates - 1))
      self._before = None
    made = range(self._step + 1, self._layers[0].pruning_step.numpy() + 1)
    schedule = self._layers[0].pruning_schedule
    if any(bool(schedule(step)[0]) for step in made):
      self._decide()

  def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
    """Logs the last balance ratio, and the density."""
    logs = {} if logs is None else logs
    last = next(reversed(self.decisions), None)
    logs["balance_ratio"] = last.balance_ratio if last else float("nan")
    logs["d_density"] = density.density(self._layers)

  def on_train_end(self, logs: dict | None = None) -> None:
    """Removes this callback's state from later backups."""
    callback_state.forget(self)

  def _updates(self) -> int:
    """Returns the number of updates of the generator."""
    return int(self.model.optimizer_of(self._generator).iterations.numpy())

  def _generated(self, step: int) -> array_types.Tensors:
    """Returns generated images as the discriminator takes them."""
    name = self._generator
    inputs = self.model.draw(self.num_images, (self.seed, step), name)
    network = self.model.networks[name]
    with _as_it_was(network):
      images = calling.called(network, inputs, training=True)
    return self.model.discriminator_inputs(images, inputs)

  def _measured(self, step: int) -> tf.Tensor:
    """Returns numerator and denominator of the balance ratio, `[2]`."""
    places = step * self.num_images + np.arange(self.num_images)
    places = places % len(self.images)
    examples: Any = self.images[places]
    if self.labels is not None:
      examples = [examples, self.labels[places]]
    before, after, real = map(
      self._score, (self._before, self._generated(step), examples)
    )
    return tf.stack([after - before, real - before])

  def _score(self, judged) -> tf.Tensor:
    network = self.model.networks[self._discriminator]
    judged = tf.nest.map_structure(tf.convert_to_tensor, judged)
    with _as_it_was(network):
      scores = calling.called(network, judged, training=True)
    logits = self.model.realness(scores)
    return tf.reduce_mean(tf.cast(logits, tf.float64))

  def _decide(self) -> None:
    gained, distance = self._sums.numpy()
    if gained == 0 and distance == 0:
      return  # nothing was measured since the last turn
    self._sums.assign([0.0, 0.0])
    ratio = gained / distance if distance > 0 else float("inf")
    before = density.density(self._layers)
    wanted = self._wanted(ratio, before)
    if wanted != before:
      optimizer = self.model.optimizer_of(self._discriminator)
      density.set_density(self._layers, wanted, optimizer)
    self._note(ratio, before, density.density(self._layers))

  def _wanted(self, ratio: float, before: float) -> float:
    if ratio > self.upper:
      return max(before, min(before + self.increment, self.max_density))
    if ratio < self.lower:
      return min(before, max(before - self.increment, self.min_density))
    return before

  def _note(self, ratio: float, before: float, now: float) -> None:
    step = int(self._layers[0].pruning_step.numpy())
    changed = _RAISED if now > before else _LOWERED
    verdict = changed if now != before else _KEPT
    decision = DensityDecision(step, float(ratio), now, verdict)
    noted = self._notes["decisions"]
    self._notes["decisions"] = [*noted, dataclasses.asdict(decision)]
    logging.info("%s", decision)


@contextlib.contextmanager
def _as_it_was(network) -> Iterator[None]:
  """Restores batch statistics and the like after forward passes in training."""
  masks = {
    variable.ref()
    for layer in wrapped_layers.pruned_layers(network)
    for variable in layer._non_trainable_weights
  }
  own = [x for x in network.non_trainable_weights if x.ref() not in masks]
  state = snapshots.Snapshot(own)
  try:
    yield
  finally:
    state.restore()


def _names(model, discriminator, generator) -> tuple[str, str]:
  """Returns the names of the discriminator and of the generator."""
  if not isinstance(model, PrunedGAN):
    raise ValueError(
      "BalancedDensity needs a tgp.GAN, or another class derived from"
      f" tgp.PrunedGAN; got a {type(model).__name__}. Use one of these, or"
      " train with tgp.SET and tgp.UpdatePruningStep alone."
    )
  names = (
    _one("discriminator", discriminator, model.discriminators),
    _one("generator", generator, _generators(model)),
  )
  given_inputs.source_of(model, names[1])
  return names


def _generators(model) -> tuple[str, ...]:
  """Returns the names of the networks whose outputs are judged."""
  judged = (x for x in model.exported if x not in model.discriminators)
  return tuple(judged) or (model.sampled,)


def _one(argument: str, name: Any, names) -> str:
  if name is None and len(names) == 1:
    return names[0]
  if name not in names:
    raise ValueError(
      f"`{argument}` of BalancedDensity must be one of"
      f" {', '.join(names) or 'none'}; got {name!r}."
    )
  return name


def _layers(model, name: str) -> list:
  """Returns a discriminator's layers with a dynamic schedule."""
  found = wrapped_layers.pruned_layers(model.networks[name])
  found = [one for one in found if one.is_dynamic() and one.layer.trainable]
  if not found:
    raise ValueError(
      f"The {name} of {model.name!r} has no pruning schedule tgp.SET or"
      " tgp.RigL, whose density BalancedDensity changes. Wrap it by"
      f" tgp.prune_low_magnitude({name}, tgp.SET(0.5))."
    )
  steps = model._steps_per_execution
  # A variable of several replicas is no number, but can be read.
  if steps is not None and int(tf.convert_to_tensor(steps)) > 1:
    raise ValueError(
      "BalancedDensity measures single updates; set `steps_per_execution` of"
      " `compile` to 1."
    )
  return found
