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
"""The base class of regularizations, and their registry."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf
from tensorflow_model_optimization.python.core.sparsity.keras import (
  pruning_schedule as pruning_schedule_,
)

from tf_ganprune import arguments, registries


class Regularization:
  """Shrinks the weights that will be pruned, more with every update.

  Every `frequency` updates the importance and the allocation choose the weights
  that would be pruned if the kernel had the final sparsity now. These weights,
  and no others, are shrunk after each update of the optimizer, from
  `begin_step` to `end_step`, by a strength that grows from 0 to `weight`, so
  that pruning them changes little.
  Wang et al. 2021, "Neural Pruning via Growing Regularization", section 3.2,
  let a penalty on the weights to be pruned grow in this way.

  The penalty is no part of the loss: its proximal step follows the optimizer's
  (Parikh and Boyd 2014, "Proximal Algorithms", section 4.2), as weight decay
  does in AdamW (Loshchilov and Hutter 2019). So a `train_step` needs no change,
  gradients for an importance are not affected, and every optimizer will do. L1
  and group lasso bring weights to exactly 0.

  To add a regularization, derive a class from this one, register it with
  `keras.utils.register_keras_serializable()`, and implement `shrinkage`.

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
    """Sets the strength, and the updates that shrink weights.

    Args:
      weight: The strength of the update at `end_step`; by default the value
        of the class.
      begin_step: The last update before the first that shrinks weights.
      end_step: The last update that shrinks weights; by default the last one
        at which the schedule prunes.
      final_sparsity: The share of weights to shrink; by default the sparsity
        that the schedule ends with.
      frequency: The number of updates after which the weights to shrink are
        chosen anew.

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
    """Returns the amounts that one update subtracts from weights.

    Args:
      weight: A kernel. Amounts for weights that are not to be pruned are
        ignored.
      strength: The strength of this update, a scalar. Where it is 0, as for a
        layer that is past `end_step` before others are, amounts must be 0.
      group_mean: A function from a tensor of the kernel's shape to its means
        over the weights of each group that are to be pruned. The result
        broadcasts against the kernel's shape.

    Returns:
      A tensor of the kernel's shape; 0 where the weight is 0.
    """
    raise NotImplementedError

  def fitted(
    self, schedule: pruning_schedule_.PruningSchedule
  ) -> "Regularization":
    """Returns a copy with `end_step` and `final_sparsity` from a schedule.

    Args:
      schedule: A pruning schedule; it is asked for those of the two that were
        not given.

    Raises:
      ValueError: If the schedule has no end or no final sparsity, or no update
        is left between `begin_step` and `end_step`.
    """
    config = self.get_config()
    if self.end_step is None:
      config["end_step"] = _last_cut(schedule)
    if self.final_sparsity is None:
      config["final_sparsity"] = _final_sparsity(schedule)
    for name in ("end_step", "final_sparsity"):
      if config[name] is None:
        raise ValueError(
          f"`regularization`: a {type(schedule).__name__} has no `{name}`; pass"
          " it to the regularization, as in"
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
    """Returns whether an update chooses the weights to shrink, booleans.

    Args:
      step: The numbers of updates, integers of any shape.
    """
    since = step - self.begin_step - 1
    return self.is_active(step) & tf.equal(since % self.frequency, 0)

  def is_active(self, step: tf.Tensor) -> tf.Tensor:
    """Returns whether an update shrinks weights, booleans of `step`'s shape."""
    return (step > self.begin_step) & (step <= self.end_step)

  def strength(self, step: tf.Tensor) -> tf.Tensor:
    """Returns the strength of an update, a float32 of `step`'s shape."""
    end_step: Any = self.end_step  # known, once it is fitted
    part = tf.cast(step - self.begin_step, tf.float32)
    return self.weight * (part / float(end_step - self.begin_step))

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    names = ("weight", "begin_step", "end_step", "final_sparsity", "frequency")
    return {name: getattr(self, name) for name in names}


def _last_cut(schedule) -> int | None:
  """Returns the last step at which a schedule raises sparsity, or None."""
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
  """Returns a new regularization of a name, the given object itself, or None.

  Args:
    regularization: A name from `REGULARIZATIONS`, an object derived from
      `Regularization`, or None for none.

  Raises:
    ValueError: If it is none of them.
  """
  if regularization is None:
    return None
  return REGULARIZATIONS.make(regularization)
