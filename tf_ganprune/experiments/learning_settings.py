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
"""Settings of phases in which networks learn from the dense ones."""

import dataclasses

import tf_ganprune as tgp
from tf_ganprune.experiments import fields


@dataclasses.dataclass(frozen=True)
class Settings:
  """Settings of distillation, which the phases' own settings derive from.

  Example:
    `Settings(distillation=("image",), weights=(10.0,))`
  """

  distillation: tuple[str, ...] = fields.field(
    (),
    "Losses by which the phase's networks learn from the dense ones.",
    fields.some_of(sorted(tgp.distillation.LOSSES)),
  )
  weights: tuple[float, ...] = fields.field(
    (),
    "The weight of each loss of --distillation.",
    fields.each(fields.WEIGHT, "must be a number from 0 to 1e6 for each loss"),
  )
  fade_to: float = fields.field(
    0.25,
    "The factor of --weights in the end: they fall evenly (if channels are"
    " removed, after the last cut), so that the adversarial loss counts more"
    " and more. 1 keeps them constant.",
    fields.real("lie between 0 and 1", lambda share: 0 <= share <= 1),
  )

  def losses(self) -> list[tgp.distillation.Distillation]:
    """Returns new losses with their weights."""
    found = [tgp.distillation.get(name) for name in self.distillation]
    for loss, weight in zip(found, self.weights, strict=True):
      loss.weight = weight
    return found

  @property
  def learnt(self) -> str:
    """The distillation losses in words, for the page."""
    if not self.distillation:
      return "nothing"
    text = " and ".join(self.distillation)
    if self.fade_to < 1:
      text += f", with weights that fall to {self.fade_to:.0%}"
    return text


def check(settings: Settings, prefix: str) -> None:
  """Raises unless there is a weight for each loss.

  Args:
    settings: The settings of the phase.
    prefix: The prefix of the flags, as in `fields.flat`.

  Raises:
    ValueError: If not; the message names the flags.
  """
  losses, weights = len(settings.distillation), len(settings.weights)
  if losses != weights:
    raise ValueError(
      f"--{prefix}distillation has {losses} losses, and --{prefix}weights has"
      f" {weights} numbers; give one weight for each loss."
    )
