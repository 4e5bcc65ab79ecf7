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
"""The table of pruning strategies that a sweep compares."""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow_model_optimization as tfmot

import tf_ganprune as tgp
from tf_ganprune.experiments import distilling, handover, training


@dataclasses.dataclass(frozen=True)
class Plan:
  """The sparsity, length and data of a run, for its strategy.

  Attributes:
    sparsity: The share of zeros at the end.
    epochs: The number of all epochs of training.
    steps_per_epoch: The number of the generator's updates in an epoch.
    frequency: The number of steps between prunings.
    seed: The seed of random choices.
    evaluator: The evaluator, for strategies that measure GANs; or None.
    images: Real examples as the discriminator takes them, `[n, ...]`, or a list
      of images and labels; or None.
    batch_size: The number of real examples in an update.

  Example:
    `Plan(0.8, 20, 125, 50, 0).schedule()`
  """

  sparsity: float
  epochs: int
  steps_per_epoch: int
  frequency: int
  seed: int
  evaluator: tgp.metrics.Evaluator | None = None
  images: np.ndarray | list[np.ndarray] | None = None
  batch_size: int = 32

  @property
  def end_step(self) -> int:
    """The step of the last pruning, after which the network recovers."""
    steps = int(0.7 * self.epochs * self.steps_per_epoch)
    return max(1, steps // self.frequency) * self.frequency

  def schedule(self) -> tfmot.sparsity.keras.PruningSchedule:
    """Returns TF-MOT's polynomial schedule over the first 70 % of the steps."""
    return training.ramp(self.sparsity, self.end_step, self.frequency)


@dataclasses.dataclass(frozen=True)
class Strategy:
  """A way to prune the exported networks of a GAN.

  Attributes:
    title: The strategy in a few words.
    make: A function of a GAN and a plan that returns a GAN which prunes.
    from_start: Whether pruning begins at the first step, so that `make` gets a
      new GAN; otherwise it gets one that was trained densely for a while.
    callbacks: A function of a plan that returns the callbacks it needs.
    is_dense: Whether it leaves all weights, whatever the plan's sparsity is.

  Example:
    `STRATEGIES["magnitude"].make(gan, plan)`
  """

  title: str
  make: Callable
  from_start: bool = False
  callbacks: Callable[[Plan], list] = lambda plan: []
  is_dense: bool = False


def _pruning(schedule=Plan.schedule, **kwargs):
  """Returns a `make` that prunes a GAN's exported networks by a schedule."""

  def make(gan, plan):
    names = gan.exported
    return handover.pruned(gan, schedule(plan), names, **kwargs)

  return make


def _more_latents(make, times: int = 2):
  """Returns a `make` with more latents an update, and a higher rate."""

  def made(gan, plan):
    for name in gan.exported:
      rate = gan.optimizers[name].learning_rate
      rate.assign(_FASTER * rate)
    return make(gan, plan).replaced(
      generator_batch_size=times * plan.batch_size
    )

  return made


def _both(gan, plan):
  names = gan.exported + gan.discriminators
  return handover.pruned(gan, plan.schedule(), names)


def _ramp(kind):
  return lambda plan: kind(
    0.0, plan.sparsity, 0, plan.end_step, frequency=plan.frequency
  )


def _staged(plan) -> tgp.StagedSparsity:
  """Returns a schedule of three cuts, each of the same share of the rest."""
  left = 1.0 - plan.sparsity
  return tgp.StagedSparsity(
    [
      (plan.end_step * stage // 3, 1.0 - left ** ((stage + 1) / 3))
      for stage in range(3)
    ]
  )


def _one_shot(plan) -> tgp.OneShot:
  return tgp.OneShot(plan.sparsity)


def _after_a_look(plan) -> tgp.OneShot:
  return tgp.OneShot(plan.sparsity, step=plan.frequency)


def _taught(gan, plan) -> tgp.PrunedGAN:
  """Prunes copies of the networks, which teach them and train further."""
  names = gan.exported
  averaged = {name: gan.averaged(name).get_weights() for name in names}
  students = {name: _copy(gan.networks[name], averaged[name]) for name in names}
  lessons = {
    name: distilling.losses(handover.judge_of(gan, name)) for name in names
  }
  another = gan.replaced(
    {f"teacher_{name}": gan.optimizers[name] for name in names},
    **handover.wrapped(students, plan.schedule(), names),
    teachers={name: gan.networks[name] for name in names},
    distillation=lessons,
  )
  for name, weights in averaged.items():
    another.averaged(another.teacher_of(name)).set_weights(weights)
  return another


def _copy(network, weights):
  """Returns a clone of a network with other weights."""
  copy = tgp.keras.models.clone_model(network)
  copy.set_weights(weights)
  return copy


def _smaller(gan, plan):
  """Returns a GAN with fewer channels, and as few weights as planned."""
  smaller = {
    name: tgp.prune_channels(gan.averaged(name), params=1.0 - plan.sparsity)
    for name in gan.exported
  }
  return gan.replaced(**smaller)


def _turns(kind, plan):
  return kind(
    plan.sparsity,
    update_frequency=plan.frequency,
    end_step=plan.end_step,
    seed=plan.seed,
  )


def _rewiring(kind):
  """Returns a `make` that trains sparsely from the first step on."""
  return _pruning(lambda plan: _turns(kind, plan), allocation="erk")


def _balanced(gan, plan):
  """Trains both networks sparsely; `BalancedDensity` adapts discriminators."""
  gan = _rewiring(tgp.RigL)(gan, plan)
  names = gan.discriminators
  return handover.pruned(gan, _turns(tgp.RigL, plan), names, allocation="erk")


def _balance(plan) -> list:
  if plan.images is None:
    raise ValueError(
      "The strategy 'balanced' needs real examples; let the task's `examples`"
      " return some, or leave the strategy out."
    )
  return [tgp.BalancedDensity(plan.images, seed=plan.seed)]


def _sensitive(gan, plan) -> tgp.GAN:
  table = tgp.sensitivity(gan, plan.evaluator, seed=plan.seed)
  allocation = tgp.allocation.Sensitivity(table)
  return _pruning(allocation=allocation)(gan, plan)


def _ticket(plan) -> list:
  """Returns the callback of a lottery ticket: rounds of equal length."""
  rounds = min(3, plan.epochs - 1)
  epochs = plan.epochs // (rounds + 1)
  rewind = min(2 * plan.frequency, epochs * plan.steps_per_epoch)
  return [tgp.LotteryTicket(plan.sparsity, rounds, epochs, rewind)]


def _adaptive(plan) -> tgp.AdaptiveSparsity:
  return tgp.AdaptiveSparsity()


def _dense(gan, plan) -> tgp.GAN:
  del plan
  return gan


# Found by hand on the digits, with LAMP at 80 % zeros and one seed.
_FASTER = 2.5
BASE, CONTROL = "dense", "random"
STRATEGIES = {
  BASE: Strategy("all weights, trained as long", _dense, is_dense=True),
  "dense_latents": Strategy(
    "all weights, 2 times the latents, 2.5 times the rate",
    _more_latents(_dense),
    is_dense=True,
  ),
  "dense_latents_4": Strategy(
    "all weights, 4 times the latents, 2.5 times the rate",
    _more_latents(_dense, 4),
    is_dense=True,
  ),
  CONTROL: Strategy(
    "random weights: the control", _pruning(importance="random")
  ),
  "magnitude": Strategy("the smallest weights, as TF-MOT", _pruning()),
  "gradient": Strategy("small gradients", _pruning(importance="gradient")),
  "taylor": Strategy("weight times gradient", _pruning(importance="taylor")),
  "movement": Strategy("moving to zero", _pruning(importance="movement")),
  "spectral": Strategy("singular values", _pruning(importance="spectral")),
  "snip": Strategy(
    "weight times gradient, at the start",
    _pruning(_after_a_look, importance="snip"),
    from_start=True,
  ),
  "erk": Strategy("shares by shape", _pruning(allocation="erk")),
  "global": Strategy("one threshold", _pruning(allocation="global")),
  "lamp": Strategy("one threshold, relative", _pruning(allocation="lamp")),
  "lamp_latents": Strategy(
    "lamp, 2 times the latents, 2.5 times the rate",
    _more_latents(_pruning(allocation="lamp")),
  ),
  "lamp_latents_4": Strategy(
    "lamp, 4 times the latents, 2.5 times the rate",
    _more_latents(_pruning(allocation="lamp"), 4),
  ),
  "sensitivity": Strategy("by measured sensitivity", _sensitive),
  "l1": Strategy(
    "pruned weights are shrunk before, by the same amount",
    _pruning(regularization="l1"),
  ),
  "l2": Strategy(
    "pruned weights are shrunk before", _pruning(regularization="l2")
  ),
  "group_lasso": Strategy(
    "pruned weights are shrunk before, unit by unit",
    _pruning(regularization="group_lasso"),
  ),
  "cosine": Strategy("a cosine schedule", _pruning(_ramp(tgp.CosineDecay))),
  "exponential": Strategy(
    "the same share of the rest at each pruning",
    _pruning(_ramp(tgp.ExponentialDecay)),
  ),
  "staged": Strategy("three cuts", _pruning(_staged)),
  "one_shot": Strategy("one cut", _pruning(_one_shot)),
  "taught": Strategy("the dense network trains on and teaches", _taught),
  "both": Strategy("the discriminator as well", _both),
  "set": Strategy(
    "sparse from the start, grown at random",
    _rewiring(tgp.SET),
    from_start=True,
  ),
  "rigl": Strategy(
    "sparse from the start, grown by gradients",
    _rewiring(tgp.RigL),
    from_start=True,
  ),
  "balanced": Strategy(
    "both sparse from the start, the discriminator steered",
    _balanced,
    from_start=True,
    callbacks=_balance,
  ),
  "ticket": Strategy(
    "a lottery ticket, rewound three times",
    _pruning(_adaptive),
    from_start=True,
    callbacks=_ticket,
  ),
  "channels": Strategy("fewer channels, as few weights", _smaller),
}
