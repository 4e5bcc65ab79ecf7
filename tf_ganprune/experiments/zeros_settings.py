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
"""What decides how the phase goes in which weights become zero."""

import dataclasses

from tf_ganprune.experiments import fields, learning_settings


@dataclasses.dataclass(frozen=True)
class Settings(learning_settings.Settings):
  """What decides the results of the phase, beside how many zeros there are.

  Example:
    `Settings(distillation=("image",), weights=(10.0,), discriminator="new")`
  """

  end: float = fields.field(
    0.7,
    "After which share of the phase's updates there are no more zeros.",
    fields.real("lie above 0 and not above 1", lambda share: 0 < share <= 1),
  )
  learning_rate: float | None = fields.field(
    None,
    "Adam's, of networks that learn from the dense ones; by default as before.",
    dataclasses.replace(fields.RATE, optional=True),
  )
  distillation: tuple[str, ...] = fields.like(
    learning_settings.Settings,
    "distillation",
    (),
    "What the pruned networks learn from the dense ones, which are trained"
    " first; their optimizers are new then.",
  )
  discriminator: str = fields.field(
    "kept",
    "The pruned networks': that of the beginning, or a new one, which needs"
    " --distillation.",
    fields.one_of(["kept", "new"]),
  )


def check(settings: Settings) -> None:
  """Raises if settings will not do together.

  Args:
    settings: Of the phase.

  Raises:
    ValueError: With the flags.
  """
  learning_settings.check(settings, "zeros_")
  if settings.discriminator == "new" and not settings.distillation:
    raise ValueError(
      "--zeros_discriminator=new: against a discriminator that knows nothing a"
      " trained network loses what it has learnt; set --zeros_distillation, or"
      " leave it kept."
    )
