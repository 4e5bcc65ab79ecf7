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
"""A frozen config of the arguments of `prune_low_magnitude`."""

import dataclasses
import uuid
from typing import Any

from tensorflow_model_optimization.python.core.sparsity.keras import (
  pruning_schedule as pruning_schedule_,
)

from tf_ganprune.sparsity import allocation as allocations
from tf_ganprune.sparsity import importance as importances
from tf_ganprune.sparsity import regularization as regularizations
from tf_ganprune.sparsity.masks import pattern_checks
from tf_ganprune.sparsity.schedules import dynamic, schedule_checks


@dataclasses.dataclass(frozen=True)
class PruningConfig:
  """The arguments of pruning that layers wrapped together have in common.

  Attributes:
    pruning_schedule: As of `prune_low_magnitude`, as all that follows.
    block_size: Likewise.
    block_pooling_type: Likewise.
    sparsity_m_by_n: Likewise.
    prune_depthwise: Likewise.
    importance: A name or an object; after `checked` an object.
    allocation: As well.
    regularization: As well, fitted to the schedule; or None.
    group: What wrappers that share what stays have in common; set by `checked`.

  Example:
    `PruningConfig(schedule, importance="taylor").checked()`
  """

  pruning_schedule: pruning_schedule_.PruningSchedule
  block_size: tuple[int, int] = (1, 1)
  block_pooling_type: str = "AVG"
  sparsity_m_by_n: tuple[int, int] | None = None
  prune_depthwise: bool = False
  importance: Any = "magnitude"
  allocation: Any = "uniform"
  regularization: Any = None
  group: str = ""

  def replace(self, **changes: Any) -> "PruningConfig":
    """Returns one with other values of some attributes."""
    return dataclasses.replace(self, **changes)

  def checked(self) -> "PruningConfig":
    """Returns one whose rules are objects, if all go together.

    Raises:
      ValueError: If a value is wrong, or two do not go together.
    """
    schedule_checks.validate(self.pruning_schedule)
    pattern_checks.check(
      self.block_size, self.block_pooling_type, self.sparsity_m_by_n
    )
    allocation = allocations.get(self.allocation)
    found = self.replace(
      block_size=tuple(self.block_size),
      importance=importances.get(self.importance),
      allocation=allocation,
      regularization=regularizations.get(self.regularization),
      group=uuid.uuid4().hex if allocation.is_joint else "",
    )
    _check_joint(found)
    if found.is_dynamic:
      _check_dynamic(found)
    return found.replace(regularization=found._fitted())

  @property
  def is_dynamic(self) -> bool:
    """Whether zeros move about: dynamic sparse training."""
    return isinstance(self.pruning_schedule, dynamic.DynamicSparsity)

  def _fitted(self):
    shrinks = self.regularization
    return shrinks and shrinks.fitted(self.pruning_schedule)

  def at(self, place: int, path: str) -> "PruningConfig":
    """Returns the config of one layer of those that are wrapped together.

    Args:
      place: How many were wrapped before it.
      path: The layer's name, behind those of what it is part of.
    """
    schedule = self.pruning_schedule
    return self.replace(
      pruning_schedule=schedule.at(place) if self.is_dynamic else schedule,
      importance=self.importance.at(place),
      allocation=self.allocation.at(path),
    )

  def arguments(self) -> dict[str, Any]:
    """Returns the arguments of a wrapper, by name."""
    return {x.name: getattr(self, x.name) for x in dataclasses.fields(self)}


# What a user can say of some layers alone.
NAMES = tuple(
  sorted(x.name for x in dataclasses.fields(PruningConfig) if x.name != "group")
)


def _check_joint(config: PruningConfig) -> None:
  """Raises if an allocation that is joint cannot do what else is asked."""
  share, rule = config.allocation, config.importance
  if not share.is_joint:
    return
  name = share.kind or type(share).__name__
  if config.block_size != (1, 1) or config.sparsity_m_by_n:
    raise ValueError(
      f"`allocation={name!r}` counts single weights, so it does not go with"
      " `block_size` or `sparsity_m_by_n`; leave those out, or take"
      " `allocation='uniform'`."
    )
  if rule.is_signed and not share.takes_signed:
    raise ValueError(
      f"`allocation={name!r}` squares scores, and those of"
      f" `importance={rule.kind or type(rule).__name__!r}` have a sign; take"
      " another of the two."
    )


def _check_dynamic(config: PruningConfig) -> None:
  """Raises if zeros cannot move about with what else is asked."""
  name, share = type(config.pruning_schedule).__name__, config.allocation
  if config.block_size != (1, 1) or config.sparsity_m_by_n:
    raise ValueError(
      f"{name} moves single weights, so it does not go with `block_size` or"
      " `sparsity_m_by_n`; leave those out."
    )
  rule = config.importance
  if type(rule) is not importances.Magnitude:
    raise ValueError(
      f"{name} drops by magnitude, and `importance` is"
      f" {rule.kind or type(rule).__name__!r}; leave it out, or take a schedule"
      " that only prunes."
    )
  if config.regularization is not None:
    raise ValueError(
      f"{name} decides at each turn what goes, so there is nothing that"
      " `regularization` could shrink before; leave it out."
    )
  if share.is_joint and not share.goes_by_shape:
    raise ValueError(
      f"{name} begins with random masks, and `allocation="
      f"{share.kind or type(share).__name__!r}` goes by scores, which do not"
      " matter then; take 'erk' or 'uniform'."
    )
