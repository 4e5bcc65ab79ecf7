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
"""Pruning schedules that TF-MOT lacks: other curves, stages, and one shot."""

import abc
import math
from collections.abc import Sequence
from typing import TypeAlias

import tensorflow as tf
import tensorflow_model_optimization as tfmot

from tf_ganprune import arguments
from tf_ganprune.keras_compat import keras

_PruningSchedule: TypeAlias = tfmot.sparsity.keras.PruningSchedule
_register = keras.utils.register_keras_serializable(package="tf_ganprune")


def _check_sparsity(name: str, value) -> float:
  if not isinstance(value, (int, float)) or not 0 <= value < 1:
    raise ValueError(f"`{name}` must be in [0, 1); got {value!r}.")
  return float(value)


class _Ramp(_PruningSchedule):
  """Raises sparsity from a start to an end, every `frequency` steps."""

  is_elementwise = True

  def __init__(
    self,
    initial_sparsity: float,
    final_sparsity: float,
    begin_step: int,
    end_step: int,
    frequency: int = 100,
  ):
    """Sets start and end, as in `tfmot.sparsity.keras.PolynomialDecay`.

    Args:
      initial_sparsity: The share of zeros at `begin_step`.
      final_sparsity: The share of zeros from `end_step` on.
      begin_step: The first step that prunes (the first update is step 1).
      end_step: The last step that prunes, whatever the frequency.
      frequency: The number of steps from one mask update to the next.

    Raises:
      ValueError: If a number is out of its range.
    """
    self.initial_sparsity = _check_sparsity(
      "initial_sparsity", initial_sparsity
    )
    self.final_sparsity = _check_sparsity("final_sparsity", final_sparsity)
    self.begin_step = arguments.whole("begin_step", begin_step, 0)
    self.end_step = arguments.whole("end_step", end_step, begin_step + 1)
    self.frequency = arguments.whole("frequency", frequency, 1)

  def __call__(self, step):
    """Returns whether to prune at a step, and the share of zeros then.

    Args:
      step: An optimizer update, a scalar from 1.
    """
    since = tf.cast(step, tf.int64) - self.begin_step
    length = self.end_step - self.begin_step
    is_turn = tf.equal(since % self.frequency, 0) | tf.equal(since, length)
    progress = tf.cast(since, tf.float32) / float(length)
    sparsity = self._sparsity(tf.clip_by_value(progress, 0.0, 1.0))
    return is_turn & (since >= 0) & (since <= length), sparsity

  @abc.abstractmethod
  def _sparsity(self, progress: tf.Tensor) -> tf.Tensor:
    """Returns the share of zeros at `progress`, from 0 (start) to 1 (end)."""

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    names = ("initial_sparsity", "final_sparsity", "begin_step", "end_step")
    return {name: getattr(self, name) for name in (*names, "frequency")}


@_register
class CosineDecay(_Ramp):
  """Raises sparsity along half a cosine: slow at both ends, fast between.

  s = s_final + (s_initial - s_final) (1 + cos(pi p)) / 2 after a share p of the
  steps, the curve of Loshchilov and Hutter 2017, "SGDR", equation 5.

  Example:
    `CosineDecay(0.0, 0.8, begin_step=0, end_step=2000)`
  """

  def _sparsity(self, progress):
    to_go = (1.0 + tf.cos(math.pi * progress)) / 2.0
    return self.final_sparsity + to_go * (
      self.initial_sparsity - self.final_sparsity
    )


@_register
class ExponentialDecay(_Ramp):
  """Removes the same share of the weights that are left at each mask update.

  1 - s = (1 - s_initial)^(1 - p) (1 - s_final)^p after a share p of the steps,
  as in the rounds of Frankle and Carbin 2019, "The Lottery Ticket Hypothesis",
  section 1.

  Example:
    `ExponentialDecay(0.0, 0.8, begin_step=0, end_step=2000)`
  """

  def _sparsity(self, progress):
    first = math.log1p(-self.initial_sparsity)
    last = math.log1p(-self.final_sparsity)
    return -tf.math.expm1(first + progress * (last - first))


@_register
class StagedSparsity(_PruningSchedule):
  """Prunes in stages, with updates between them in which the network recovers.

  Han et al. 2015, "Learning both Weights and Connections", section 3.4.

  Example:
    `StagedSparsity([(0, 0.5), (1000, 0.7), (2000, 0.8)])`
  """

  def __init__(self, stages: Sequence[tuple[int, float]]):
    """Sets the stages.

    Args:
      stages: Pairs of a step and the share of zeros from that step on. Step 0
        stands for the first update.

    Raises:
      ValueError: If there are no stages, steps do not rise, or shares fall.
    """
    if not stages or any(len(stage) != 2 for stage in stages):
      raise ValueError(
        f"`stages` must be pairs of a step and a sparsity; got {stages!r}."
      )
    # The first update is step 1.
    self.steps = [
      max(1, arguments.whole("stages", step, 0)) for step, _ in stages
    ]
    self.sparsities = [_check_sparsity("stages", s) for _, s in stages]
    if self.steps != sorted(set(self.steps)):
      raise ValueError(f"The steps of `stages` must rise; got {stages!r}.")
    if self.sparsities != sorted(self.sparsities):
      raise ValueError(
        f"The sparsities of `stages` must not fall; got {stages!r}."
      )
    self.begin_step, self.end_step = self.steps[0], self.steps[-1]

  def __call__(self, step):
    """Returns whether to prune at a step, and the share of zeros then.

    Args:
      step: An optimizer update, a scalar from 1.
    """
    step = tf.cast(step, tf.int64)
    steps = tf.constant(self.steps, tf.int64)
    reached = tf.reduce_sum(tf.cast(step >= steps, tf.int32))
    shares = tf.constant([0.0, *self.sparsities], tf.float32)
    return tf.reduce_any(tf.equal(step, steps)), tf.gather(shares, reached)

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    stages = zip(self.steps, self.sparsities, strict=True)
    return {"stages": [list(stage) for stage in stages]}


@_register
class OneShot(StagedSparsity):
  """Prunes at one step only.

  Example:
    `OneShot(0.8, step=100)`
  """

  def __init__(self, final_sparsity: float, step: int = 0):
    """Sets the sparsity, and the step that prunes.

    Args:
      final_sparsity: The share of zeros from that step on.
      step: The update at which it prunes; 0 stands for the first.

    Raises:
      ValueError: If a number is out of its range.
    """
    _check_sparsity("final_sparsity", final_sparsity)
    super().__init__([(arguments.whole("step", step, 0), final_sparsity)])

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return {"final_sparsity": self.sparsities[0], "step": self.steps[0]}
