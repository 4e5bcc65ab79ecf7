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
"""Schedules of dynamic sparse training, which drop and grow weights."""

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
  """The parts of a `scoring.Entry` that `DynamicSparsity.growth` uses."""

  @property
  def mask(self) -> tf.Variable:
    """The mask of the kernel: 0 where a weight is pruned, else 1."""

  @property
  def slot(self) -> tf.Tensor | tf.Variable | None:
    """The sum of the gradients, of the kernel's shape; None without any."""

  @property
  def place(self) -> int:
    """The index of the kernel among its layer's pruned weights."""

  @property
  def step(self) -> tf.Variable:
    """The number of updates that the layer has had, a scalar."""


class DynamicSparsity(_PruningSchedule):
  """Dynamic sparse training: a constant share of zeros at changing places.

  Masks are drawn at random when an owner (a GAN, `tgp.UpdatePruningStep` or
  `tgp.Pruner`) takes over the network, before its first update. Every
  `update_frequency` updates the smallest weights are dropped, and as many of
  the zeros are grown. Grown weights begin at 0, and the optimizer's slots of
  dropped and grown weights are reset.

  To add a schedule, derive a class from this one, register it with
  `keras.utils.register_keras_serializable()`, and implement `fraction`, the
  share that is dropped, and `growth`, the scores of the weights to grow.

  Attributes:
    needs_gradients: Whether `growth` uses gradients.
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
        f"`end_step` ({end_step}) is before the first mask update, at step"
        f" `update_frequency` ({update_frequency}); raise `end_step` or lower"
        " `update_frequency`. A `drop_fraction` of 0 keeps the first masks."
      )

  @property
  def begin_step(self) -> int:
    """The step of the first mask update."""
    return self.update_frequency

  @property
  def frequency(self) -> int:
    """`update_frequency`, by the name that TF-MOT's schedules have for it."""
    return self.update_frequency

  def __call__(self, step):
    """Returns whether masks change at a step, and the share of zeros.

    Args:
      step: The number of an optimizer update, a scalar from 1.
    """
    step = tf.cast(step, tf.int64)
    is_turn = (step > 0) & tf.equal(step % self.update_frequency, 0)
    if self.end_step >= 0:
      is_turn &= step <= self.end_step
    return is_turn, tf.constant(self.sparsity, tf.float32)

  def gathers_at(self, step: tf.Tensor | int) -> tf.Tensor:
    """Returns whether the gradients of the update after `step` are used."""
    return self(step + 1)[0]

  def accumulate(
    self, slot: tf.Tensor, weight: tf.Tensor, gradient: tf.Tensor
  ) -> tf.Tensor:
    """Returns the slot plus a gradient: those of several losses are summed."""
    del weight
    return slot + gradient

  @abc.abstractmethod
  def fraction(self, step: tf.Tensor | int) -> tf.Tensor:
    """Returns the share of the nonzero weights that is dropped at a step.

    Args:
      step: The step of a mask update, a scalar.

    Returns:
      A scalar float64 in [0, 1).
    """

  @abc.abstractmethod
  def growth(self, entry: PrunedWeight) -> tf.Tensor:
    """Returns scores of a kernel's weights; the highest zeros are grown.

    Args:
      entry: A `scoring.Entry`: a kernel with its mask, slot and step.

    Returns:
      Scores of 0 or more, of the kernel's shape.
    """

  def random(
    self,
    shape: tf.TensorShape | Sequence[int],
    place: int,
    step: tf.Tensor | int,
  ) -> tf.Tensor:
    """Returns random numbers in [0, 1), which differ by kernel and step.

    Args:
      shape: The kernel's shape, and that of the result.
      place: The index of the kernel in its layer.
      step: The number of an update, a scalar.
    """
    seed = tf.stack(
      [tf.cast(x, tf.int64) for x in (_mix(self.seed, place), step)]
    )
    # The same under XLA.
    return tf.random.stateless_uniform(shape, seed, alg="philox")

  def at(self, place: int) -> "DynamicSparsity":
    """Returns a copy with its own seed, for the layer at index `place`."""
    return type(self)(**self.get_config() | {"seed": _mix(self.seed, place)})

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    names = ("sparsity", "update_frequency", "drop_fraction", "end_step")
    return {name: getattr(self, name) for name in (*names, "seed")}


@_register
class SET(DynamicSparsity):
  """Sparse evolutionary training: drops the smallest weights, grows at random.

  Mocanu et al. 2018, "Scalable training of artificial neural networks with
  adaptive sparse connectivity inspired by network science", algorithm 1, where
  masks change after each epoch.

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
    """Sets the sparsity, and how often how many weights change.

    Args:
      sparsity: The share of zeros, in (0, 1).
      update_frequency: The number of steps from one mask update to the next.
      drop_fraction: The share of the nonzero weights that each mask update
        drops, the paper's zeta, in [0, 1); with 0 the first masks stay.
      end_step: The last step at which masks may change; -1 for no end.
      seed: The seed of the first masks and of the weights that grow.

    Raises:
      ValueError: If a number is out of its range.
    """
    super().__init__(sparsity, update_frequency, drop_fraction, end_step, seed)

  def fraction(self, step: tf.Tensor | int) -> tf.Tensor:
    """Returns `drop_fraction`, the same share at each mask update."""
    del step
    return tf.constant(self.drop_fraction, tf.float64)

  def growth(self, entry: PrunedWeight) -> tf.Tensor:
    """Returns random numbers in [0, 1), of the kernel's shape."""
    return self.random(entry.mask.shape, entry.place, entry.step)


@_register
class RigL(DynamicSparsity):
  """RigL: drops the smallest weights, grows those with the largest gradients.

  Evci et al. 2020, "Rigging the Lottery: Making All Tickets Winners", algorithm
  1. The gradients are dense, and those of the update right before the mask
  update, from the backward pass that training makes anyway; none are kept at
  other steps. The share that is dropped falls with the steps t as
  a (1 + cos(pi t / T_end)) / 2. Unlike in the paper, the optimizer updates the
  weights at the steps of mask updates, too.

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
    """Sets the sparsity, and how often how many weights change.

    Args:
      sparsity: The share of zeros, in (0, 1).
      end_step: The step T_end at which the dropped share reaches 0, after which
        masks stay; the paper takes three quarters of all steps.
      update_frequency: The number of steps from one mask update to the next,
        the paper's delta T.
      drop_fraction: The share alpha of the nonzero weights that would be
        dropped at step 0, in [0, 1); with 0 the first masks stay.
      seed: The seed of the first masks.

    Raises:
      ValueError: If a number is out of its range.
    """
    arguments.whole("end_step", end_step, 1)
    super().__init__(sparsity, update_frequency, drop_fraction, end_step, seed)

  def fraction(self, step: tf.Tensor | int) -> tf.Tensor:
    """Returns a share that falls from `drop_fraction` to 0 as a cosine does."""
    progress = tf.cast(step, tf.float64) / float(self.end_step)
    cosine = tf.cos(math.pi * tf.clip_by_value(progress, 0.0, 1.0))
    return self.drop_fraction * (1.0 + cosine) / 2.0

  def growth(self, entry: PrunedWeight) -> tf.Tensor:
    """Returns the magnitudes of the gradients, of the kernel's shape."""
    return tf.abs(tf.convert_to_tensor(entry.slot))


def _mix(seed: int, place: int) -> int:
  return (seed * _PRIME + place + 1) % _SEEDS


def _between(name: str, value, interval: str) -> float:
  arguments.real(name, value, 0, 1)
  if value == 1 or (value == 0 and interval[0] == "("):
    raise ValueError(f"`{name}` must be in {interval}; got {value!r}.")
  return float(value)
