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
"""Removes channels from a network until a budget is met."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from tf_ganprune import arguments, array_types, foreign, states
from tf_ganprune.channels import budget as budgets
from tf_ganprune.channels import channel_allocation as allocations
from tf_ganprune.channels import channel_importance as importances
from tf_ganprune.channels import groups as groups_
from tf_ganprune.channels import reasons, surgery
from tf_ganprune.channels import trace as traces
from tf_ganprune.channels import unit_costs as costs_
from tf_ganprune.channels import view as views
from tf_ganprune.graphs import signatures, walks
from tf_ganprune.inputs import network_batch
from tf_ganprune.keras_compat import keras


def prune_channels(
  model: keras.Model,
  *,
  macs: float | None = None,
  params: float | None = None,
  channels: float | None = None,
  latency: float | None = None,
  num_bytes: float | None = None,
  importance: str | importances.ChannelImportance = "l2",
  allocation: str | allocations.ChannelAllocation = "global",
  round_to: int = 1,
  exclude: Sequence[str] = (),
  data: array_types.Arrays | Sequence[array_types.Arrays] | None = None,
  steps: int = 1,
  fine_tune: Callable[[keras.Model], object] | None = None,
  seed: int = 0,
  input_shape: array_types.InputShape | None = None,
) -> keras.Model:
  """Returns a smaller network, without the least important channels.

  Channels that depend on each other through reshapes, skip connections and
  concatenations are removed together; inputs and outputs keep their shapes. See
  `tgp.channel_groups`. Pass exactly one budget, the fraction of the network's
  cost to keep; the result costs at most that much.

  Args:
    model: A built functional or Sequential network, which is not changed.
    macs: The fraction of multiply-accumulates to keep, in (0, 1].
    params: The fraction of weights to keep, in (0, 1].
    channels: The fraction of the removable channels to keep, in (0, 1].
    latency: The fraction of the milliseconds that the network takes in LiteRT
      on this machine, in (0, 1].
    num_bytes: The fraction of the bytes of its float32 `.tflite` file, in
      (0, 1].
    importance: The scores of channels, of which the lowest are removed: a name
      from `channels.IMPORTANCES`, or a function of a `View`.
    allocation: The share that each group of channels loses: `'global'`,
      `'uniform'`, `'equal'`, `'sensitivity'`, or a function of a `View` and
      scores.
    round_to: Each group that loses channels keeps a multiple of this number;
      some delegates are faster with multiples of 4 or 8.
    exclude: Names of layers whose outputs stay whole.
    data: A batch of inputs, such as `gan.draw(256)`, or a list of batches, if
      the importance or the allocation runs the network.
    steps: The number of rounds of pruning; scores are computed anew in each.
    fine_tune: A function that trains a network; called with the network after
      each round but the last.
    seed: The seed of random importances and projections.
    input_shape: The sizes at which the cost is counted, such as `(64, 64, 3)`,
      for a network of unknown height and width, which the result has, too; a
      list or a dict by name for several inputs.

  Returns:
    A new network with the kept weights. It is trainable, even if all of `model`
    is frozen, as a GAN's `ema_generator` is.

  Raises:
    ValueError: If not exactly one budget is given; if no widths meet it (the
      message gives the smallest possible fraction, the channels that must stay,
      and what to do about them); if the multiply-accumulates of a layer are
      unknown; if the network is subclassed, pruned, clustered or quantized; if
      it does not take `data`; or if a name is unknown.

  Example:
    >>> small = tgp.prune_channels(generator, macs=0.25)
    >>> print(tgp.profile(small))
  """
  budget = _budget(
    macs=macs,
    params=params,
    channels=channels,
    latency=latency,
    num_bytes=num_bytes,
  )
  _check_counts(round_to=round_to, steps=steps)
  if isinstance(model, keras.Model):
    foreign.check(model, "model")
  if fine_tune is not None and not callable(fine_tune):
    raise ValueError(
      f"`fine_tune` must be a function that takes a network; got {fine_tune!r}."
    )
  pruner = _Pruner(*budget, importance, allocation, round_to, exclude, seed)
  walks.check(model)
  pruner.shapes = signatures.fixed_shapes(model, input_shape)
  pruner.begin(model)
  batches = _batches(model, data)
  for step in range(1, steps + 1):
    model = pruner.prune(model, step / steps, batches)
    if fine_tune is not None and step < steps:
      fine_tune(model)
  return model


def _budget(**fractions) -> tuple[str, float]:
  """Returns the name and value of the only budget."""
  given = {k: v for k, v in fractions.items() if v is not None}
  if len(given) != 1:
    names = ", ".join(f"`{name}`" for name in fractions)
    got = ", ".join(f"{k}={v}" for k, v in given.items()) or "none"
    raise ValueError(f"Pass exactly one budget, one of {names}; got {got}.")
  ((name, value),) = given.items()
  if not arguments.is_real(value) or not 0 < value <= 1:
    raise ValueError(
      f"`{name}` must be the fraction to keep, in (0, 1]; got {value!r}."
    )
  return name, float(value)


def _check_counts(**values) -> None:
  for name, value in values.items():
    arguments.whole(name, value, 1)


def _batches(model, data) -> list | None:
  """Returns `data` as a list of batches; raises if one does not fit."""
  if data is None:
    return None
  if isinstance(data, tf.data.Dataset):
    if data.cardinality() == tf.data.INFINITE_CARDINALITY:
      raise ValueError("`data` never ends; pass `data.take(n)`.")
  elif not isinstance(data, list) or _is_batch(model, data):
    data = [data]
  batches = list(data)
  if not batches:
    raise ValueError("`data` is empty; pass at least one batch of inputs.")
  for batch in batches:
    network_batch.batch(model, batch)
  return [tf.nest.map_structure(tf.convert_to_tensor, x) for x in batches]


def _is_batch(model, data: list) -> bool:
  """Returns whether a list has an array for each of several inputs."""
  is_flat = all(hasattr(x, "shape") for x in data)
  return len(model.inputs) > 1 and len(data) == len(model.inputs) and is_flat


def _checked(values, view, name: str) -> np.ndarray:
  """Returns a function's values, `[units]`; raises unless they are finite."""
  values = np.asarray(values, np.float64)
  if values.shape != (view.trace.num_units,):
    raise ValueError(
      f"The function passed as `{name}` must return a number for each of"
      f" {view.trace.num_units} units; got the shape {values.shape}."
    )
  for group in view.groups:
    if not np.isfinite(values[group.units]).all():
      raise ValueError(
        f"`{name}` gives numbers that are not finite for {group}. Either the"
        f" weights have a NaN, or the function passed as `{name}` returned one."
      )
  return values


def _rounded_up(fraction: float) -> float:
  """Returns a fraction rounded up to the six digits that a message shows."""
  return math.ceil(fraction * 1e6) / 1e6


class _Pruner:
  """One call of `prune_channels`: the budget, and how to meet it."""

  def __init__(
    self, name, fraction, importance, allocation, round_to, exclude, seed
  ):
    self._name, self._fraction = name, fraction
    self._importance = importances.IMPORTANCES.find(importance)
    self._allocation = allocations.ALLOCATIONS.find(allocation)
    self._round_to, self._exclude = round_to, exclude
    self._seed = arguments.whole("seed", seed, 0)
    self.shapes: list[tuple] | None = None

  def begin(self, model) -> None:
    """Computes the whole network's cost; raises if a budget has no use."""
    with states.Kept(model):  # users' layers are run
      trace = self._trace(model)
    if self._name == "macs":
      costs_.Costs(trace).check_macs()
    if self._fraction < 1:
      self._check_groups(groups_.of_trace(trace))
    if self._name in budgets.MEASURES:
      sized = signatures.with_shapes(model, self.shapes)
      self._measure, self._whole = budgets.MEASURES[self._name](sized), 1.0
    else:
      self._whole = self._cost(trace)(np.ones(trace.num_units, bool))
      self._check_whole(model)

  def _check_whole(self, model) -> None:
    if self._fraction < 1 and not self._whole:
      raise ValueError(
        f"No widths meet `{self._name}={self._fraction:g}`: {model.name!r} has"
        f" no {self._name} to save. Use another budget, such as `params`."
      )

  def _check_groups(self, groups) -> None:
    if not groups.removable:
      raise ValueError(
        f"No widths meet `{self._name}={self._fraction:g}`: no channel of the"
        f" network can be removed.{reasons.listed(groups)}"
      )

  def prune(self, model, progress: float, data) -> keras.Model:
    """Returns a network pruned to the budget of one round.

    Args:
      model: The network so far.
      progress: The share of the rounds made with this one, in (0, 1].
      data: Batches of inputs, or None.
    """
    with states.Kept(model):
      return self._pruned(model, progress, data)

  def _pruned(self, model, progress: float, data) -> keras.Model:
    trace = self._trace(model)
    found = groups_.of_trace(trace)
    groups = found.removable
    view = views.View(trace, groups, data, self._seed)
    scores = _checked(self._importance(view), view, "importance")
    values = _checked(self._allocation(view, scores), view, "allocation")
    choice = budgets.RemovalOrder(
      groups, values, trace.num_units, self._round_to
    )
    target = self._whole * self._fraction**progress
    cost = self._cost(trace)
    self._check_least(cost(choice.least()), target, found)
    fill = self._name not in budgets.MEASURES
    return surgery.rebuild(trace, choice.fit(cost, target, fill))

  def _trace(self, model):
    trace = traces.Trace(model, self.shapes)
    groups_.exclude_layers(trace, self._exclude)
    trace.check_can_shrink()
    return trace

  def _cost(self, trace):
    if self._name in budgets.MEASURES:
      return lambda kept: self._measure(
        signatures.with_shapes(surgery.rebuild(trace, kept), self.shapes)
      )
    return costs_.counted(costs_.Costs(trace))[self._name]

  def _check_least(self, least: float, target: float, groups) -> None:
    if least > target:
      raise ValueError(
        f"No widths meet `{self._name}={self._fraction:g}`: the smallest"
        f" possible is {_rounded_up(least / self._whole):.6f} of"
        f" {self._whole:,.6g}, with"
        f" `round_to={self._round_to}` and {len(self._exclude)} layers"
        f" excluded.{reasons.listed(groups)}"
      )
