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
"""What a regularization is: how weights that are to go shrink."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf
from tensorflow_model_optimization.python.core.sparsity.keras import (
  pruning_schedule as pruning_schedule_,
)

from tf_ganprune import arguments, registries


class Regularization:
  """Shrinks what the final sparsity will remove, more with every update.

  Every `frequency` updates the importance and the allocation say which weights
  would go if the kernel had the final sparsity now. These, and no others, are
  shrunk after each update of the optimizer, from `begin_step` to `end_step`, by
  a strength that grows from 0 to `weight`; so little is lost when they are cut.
  Wang et al. 2021, "Neural Pruning via Growing Regularization", section 3.2,
  let a penalty on what is to go grow so.

  The penalty is no part of the loss: its proximal step follows the optimizer's
  (Parikh and Boyd 2014, "Proximal Algorithms", section 4.2), as weight decay
  does in AdamW (Loshchilov and Hutter 2019). So it needs nothing of a
  `train_step`, does not change gradients that an importance gathers, and works
  alike with every optimizer. What L1 and group lasso bring to 0 is 0.

  A new one derives from this, is registered with
  `keras.utils.register_keras_serializable()`, and implements `shrinkage`.

  Attributes:
    kind: The name that `regularization=` takes.

  Example:
    >>> class Halving(tgp.regularization.Regularization):
    ...   def shrinkage(self, weight, strength, group_mean):
    ...     return weight * (1.0 - tf.pow(0.5, strength))
  """

  kind = ""
  _WEIGHT = 1e-4

  def __init__(
    self,
    weight: float | None = None,
    begin_step: int = 0,
    end_step: int | None = None,
    final_sparsity: float | None = None,
    frequency: int = 100,
  ):
    """Sets how strong it becomes, and when.

    Args:
      weight: The strength at `end_step`, of one update; the class has a value
        of its own for it.
      begin_step: The last update without it.
      end_step: The last update with it; by default that of the schedule, or of
        its only cut.
      final_sparsity: The share of weights that it is for; by default that
        which the schedule ends with.
      frequency: How many updates go by until they are chosen anew.

    Raises:
      ValueError: If a number is out of its range.
    """
    self.weight = arguments.real(
      "weight", self._WEIGHT if weight is None else weight, 0
    )
    if self.weight == 0:
      raise ValueError("`weight` must be above 0; got 0.")
    self.begin_step = arguments.whole("begin_step", begin_step, 0)
    self.frequency = arguments.whole("frequency", frequency, 1)
    self.end_step, self.final_sparsity = end_step, final_sparsity
    if end_step is not None:
      arguments.whole("end_step", end_step, self.begin_step + 1)
    if final_sparsity is not None:
      arguments.real("final_sparsity", final_sparsity, 0, 0.9999)

  def shrinkage(
    self,
    weight: tf.Tensor,
    strength: tf.Tensor,
    group_mean: Callable[[tf.Tensor], tf.Tensor],
  ) -> tf.Tensor:
    """Returns what one update takes off weights that are to go.

    Args:
      weight: A kernel; what is taken off weights that stay does not matter.
      strength: Of this update, a scalar. Where it is 0, as for a layer that is
        past `end_step` before others are, nothing may be taken off.
      group_mean: Maps numbers of the kernel's shape to their means over each
        weight's group, of those that are to go, of a shape that broadcasts
        against the kernel's.

    Returns:
      A tensor of the kernel's shape; 0 where that is 0.
    """
    raise NotImplementedError

  def fitted(
    self, schedule: pruning_schedule_.PruningSchedule
  ) -> "Regularization":
    """Returns one that knows what it left to a schedule.

    Args:
      schedule: A pruning schedule.

    Raises:
      ValueError: If the schedule does not say when it ends, and how sparse, or
        leaves no update before.
    """
    config = self.get_config()
    if self.end_step is None:
      config["end_step"] = _last_cut(schedule)
    if self.final_sparsity is None:
      config["final_sparsity"] = _final_sparsity(schedule)
    for name in ("end_step", "final_sparsity"):
      if config[name] is None:
        raise ValueError(
          f"`regularization`: a {type(schedule).__name__} does not say its"
          f" `{name}`; give it, as in"
          f" tgp.regularization.{type(self).__name__}({name}=...)."
        )
    if config["end_step"] <= self.begin_step:
      raise ValueError(
        "`regularization` has no update between its `begin_step`"
        f" ({self.begin_step}) and the schedule's last cut, at step"
        f" {config['end_step']}; let the schedule begin later."
      )
    return type(self)(**config)

  def is_turn(self, step: tf.Tensor) -> tf.Tensor:
    """Returns whether what is to go is chosen anew at an update."""
    since = step - self.begin_step - 1
    return self.is_active(step) & tf.equal(since % self.frequency, 0)

  def is_active(self, step: tf.Tensor) -> tf.Tensor:
    """Returns whether an update shrinks weights."""
    return (step > self.begin_step) & (step <= self.end_step)

  def strength(self, step: tf.Tensor) -> tf.Tensor:
    """Returns how strong an update shrinks, in float32."""
    end_step: Any = self.end_step  # known, once it is fitted
    part = tf.cast(step - self.begin_step, tf.float32)
    return self.weight * (part / float(end_step - self.begin_step))

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    names = ("weight", "begin_step", "end_step", "final_sparsity", "frequency")
    return {name: getattr(self, name) for name in names}


def _last_cut(schedule) -> int | None:
  """Returns the last step that raises sparsity; None if it is not known."""
  if hasattr(schedule, "target_sparsity"):  # one cut, at its first turn
    return schedule.begin_step or schedule.frequency
  return getattr(schedule, "end_step", None)


def _final_sparsity(schedule) -> float | None:
  for name in ("final_sparsity", "target_sparsity"):
    if hasattr(schedule, name):
      return float(getattr(schedule, name))
  stages = getattr(schedule, "sparsities", None)
  return float(stages[-1]) if stages else None


REGULARIZATIONS = registries.ClassRegistry(
  Regularization,
  "`regularization` must be one of {names}, an object derived from"
  " `tf_ganprune.regularization.Regularization`, or None",
)


def get(
  regularization: str | Regularization | None,
) -> Regularization | None:
  """Returns a new regularization of that name, the object itself, or None.

  Args:
    regularization: A name from `REGULARIZATIONS`, an object derived from
      `Regularization`, or None for none.

  Raises:
    ValueError: If it is none of them.
  """
  if regularization is None:
    return None
  return REGULARIZATIONS.make(regularization)
