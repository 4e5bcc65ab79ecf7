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
"""Schedules that move zeros about: dynamic sparse training."""

import abc
import math
from collections.abc import Sequence
from typing import Protocol, TypeAlias

import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tf_ganprune import arguments
from tf_ganprune.keras_compat import keras

_PruningSchedule: TypeAlias = tfmot.sparsity.keras.PruningSchedule
_register = keras.utils.register_keras_serializable(package="tf_ganprune")
_PRIME = 1_000_003
_SEEDS = 2**31


class PrunedWeight(Protocol):
  """The parts of a `scoring.Entry` that scores of what grows are made of."""

  @property
  def mask(self) -> tf.Variable:
    """0 where the weight was pruned, else 1."""

  @property
  def slot(self) -> tf.Tensor | tf.Variable | None:
    """The gradients that were gathered."""

  @property
  def place(self) -> int:
    """Which of its layer's pruned weights it is."""

  @property
  def step(self) -> tf.Variable:
    """How many updates the layer has had."""


class DynamicSparsity(_PruningSchedule):
  """A share of zeros that stays, while which weights are zero changes.

  Masks are drawn at random when an owner takes over the network, before its
  first update. At each turn the smallest weights are dropped, and as many of
  those that are zero then are grown; they begin at 0, and so do the optimizer's
  slots of both.

  A new one derives from this, is registered, and says what share goes at a
  step, `fraction`, and which weights come, `growth`.

  Attributes:
    needs_gradients: Whether `growth` goes by gradients.
  """

  needs_gradients = False

  def __init__(
    self,
    sparsity: float,
    update_frequency: int,
    drop_fraction: float,
    end_step: int,
    seed: int,
  ):
    self.sparsity = _between("sparsity", sparsity, "(0, 1)")
    self.update_frequency = arguments.whole(
      "update_frequency", update_frequency, 1
    )
    self.drop_fraction = _between("drop_fraction", drop_fraction, "[0, 1)")
    self.seed = arguments.whole("seed", seed, 0) % _SEEDS
    self.end_step = arguments.whole("end_step", end_step, -1)
    if 0 <= end_step < update_frequency:
      raise ValueError(
        f"`end_step` ({end_step}) is before the first turn, which is at"
        f" `update_frequency` ({update_frequency}); raise it, or lower that. A"
        " `drop_fraction` of 0 leaves the masks as they were drawn."
      )

  @property
  def begin_step(self) -> int:
    """The first turn."""
    return self.update_frequency

  @property
  def frequency(self) -> int:
    """Steps from one turn to the next, as TF-MOT's schedules call it."""
    return self.update_frequency

  def __call__(self, step):
    """Returns whether masks change at a step, and the share of zeros.

    Args:
      step: An optimizer update, a scalar from 1.
    """
    step = tf.cast(step, tf.int64)
    is_turn = (step > 0) & tf.equal(step % self.update_frequency, 0)
    if self.end_step >= 0:
      is_turn &= step <= self.end_step
    return is_turn, tf.constant(self.sparsity, tf.float32)

  def gathers_at(self, step: tf.Tensor | int) -> tf.Tensor:
    """Whether gradients of the update after a step decide on what grows."""
    return self(step + 1)[0]

  def accumulate(
    self, slot: tf.Tensor, weight: tf.Tensor, gradient: tf.Tensor
  ) -> tf.Tensor:
    """Adds a gradient: losses that share a network decide together."""
    del weight
    return slot + gradient

  @abc.abstractmethod
  def fraction(self, step: tf.Tensor | int) -> tf.Tensor:
    """Returns what share of the weights that are not zero is dropped.

    Args:
      step: A turn.

    Returns:
      A scalar float64 in [0, 1).
    """

  @abc.abstractmethod
  def growth(self, entry: PrunedWeight) -> tf.Tensor:
    """Returns scores of 0 or more; of what is zero, the highest are grown.

    Args:
      entry: A `scoring.Entry`: a kernel and what belongs to it.
    """

  def random(
    self,
    shape: tf.TensorShape | Sequence[int],
    place: int,
    step: tf.Tensor | int,
  ) -> tf.Tensor:
    """Returns numbers in [0, 1), others for each kernel and step.

    Args:
      shape: Of a kernel.
      place: Which of its layer's kernels it is.
      step: A scalar.
    """
    seed = tf.stack(
      [tf.cast(x, tf.int64) for x in (_mix(self.seed, place), step)]
    )
    # The same under XLA.
    return tf.random.stateless_uniform(shape, seed, alg="philox")

  def at(self, place: int) -> "DynamicSparsity":
    """Returns a schedule with a seed of its own for a layer of a network."""
    return type(self)(**self.get_config() | {"seed": _mix(self.seed, place)})

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    names = ("sparsity", "update_frequency", "drop_fraction", "end_step")
    return {name: getattr(self, name) for name in (*names, "seed")}


@_register
class SET(DynamicSparsity):
  """Sparse evolutionary training: grows at random.

  Mocanu et al. 2018, "Scalable training of artificial neural networks with
  adaptive sparse connectivity inspired by network science", algorithm 1, where
  an epoch is a turn.

  Example:
    >>> schedule = tgp.SET(0.8, update_frequency=100)
    >>> generator = tgp.prune_low_magnitude(
    ...   generator, schedule, allocation="erk"
    ... )
  """

  def __init__(
    self,
    sparsity: float,
    update_frequency: int = 100,
    drop_fraction: float = 0.3,
    end_step: int = -1,
    seed: int = 0,
  ):
    """Sets how much changes, and when.

    Args:
      sparsity: The share of zeros, in (0, 1).
      update_frequency: Steps from one turn to the next.
      drop_fraction: Which share of the weights that are not zero is dropped at
        a turn, the paper's zeta, in [0, 1); with 0 the first masks stay.
      end_step: The last step that may be a turn; -1 for no end.
      seed: Of the first masks and of what grows.

    Raises:
      ValueError: If a number is out of its range.
    """
    super().__init__(sparsity, update_frequency, drop_fraction, end_step, seed)

  def fraction(self, step: tf.Tensor | int) -> tf.Tensor:
    """Returns the same share at each turn."""
    del step
    return tf.constant(self.drop_fraction, tf.float64)

  def growth(self, entry: PrunedWeight) -> tf.Tensor:
    """Returns random numbers."""
    return self.random(entry.mask.shape, entry.place, entry.step)


@_register
class RigL(DynamicSparsity):
  """Grows what the loss depends on most: the largest gradients.

  Evci et al. 2020, "Rigging the Lottery: Making All Tickets Winners", algorithm
  1. The gradients are those of the update that a turn follows, dense, from the
  backward pass that is there anyway; no other step keeps any. The share that is
  dropped falls with the steps t, a (1 + cos(pi t / T_end)) / 2. Unlike there,
  the optimizer makes its update at a turn, too.

  Example:
    >>> schedule = tgp.RigL(0.8, end_step=15000, update_frequency=100)
    >>> generator = tgp.prune_low_magnitude(
    ...   generator, schedule, allocation="erk"
    ... )
  """

  needs_gradients = True

  def __init__(
    self,
    sparsity: float,
    end_step: int,
    update_frequency: int = 100,
    drop_fraction: float = 0.3,
    seed: int = 0,
  ):
    """Sets how much changes, and when.

    Args:
      sparsity: The share of zeros, in (0, 1).
      end_step: The step T_end at which the cosine is 0, and nothing changes any
        more; the paper takes three quarters of all steps.
      update_frequency: Steps from one turn to the next, the paper's delta T.
      drop_fraction: The share alpha that the cosine begins with, in [0, 1);
        with 0 the first masks stay.
      seed: Of the first masks.

    Raises:
      ValueError: If a number is out of its range.
    """
    arguments.whole("end_step", end_step, 1)
    super().__init__(sparsity, update_frequency, drop_fraction, end_step, seed)

  def fraction(self, step: tf.Tensor | int) -> tf.Tensor:
    """Returns half a cosine from `drop_fraction` to 0."""
    progress = tf.cast(step, tf.float64) / float(self.end_step)
    cosine = tf.cos(math.pi * tf.clip_by_value(progress, 0.0, 1.0))
    return self.drop_fraction * (1.0 + cosine) / 2.0

  def growth(self, entry: PrunedWeight) -> tf.Tensor:
    """Returns the gradients' magnitude."""
    return tf.abs(tf.convert_to_tensor(entry.slot))


def _mix(seed: int, place: int) -> int:
  return (seed * _PRIME + place + 1) % _SEEDS


def _between(name: str, value, interval: str) -> float:
  arguments.real(name, value, 0, 1)
  if value == 1 or (value == 0 and interval[0] == "("):
    raise ValueError(f"`{name}` must be in {interval}; got {value!r}.")
  return float(value)
