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
"""Settings of the phase in which weights become zero."""

import dataclasses

from tf_ganprune.experiments import fields, learning_settings


@dataclasses.dataclass(frozen=True)
class Settings(learning_settings.Settings):
  """Settings of the phase with zeros, beside the share of zeros.

  Example:
    `Settings(distillation=("image",), weights=(10.0,), discriminator="new")`
  """

  end: float = fields.field(
    0.7,
    "The share of the phase's updates after which no more weights become zero.",
    fields.real("lie above 0 and not above 1", lambda share: 0 < share <= 1),
  )
  learning_rate: float | None = fields.field(
    None,
    "Adam's rate for networks that learn from the dense ones; by default the"
    " rate they had.",
    dataclasses.replace(fields.RATE, optional=True),
  )
  distillation: tuple[str, ...] = fields.like(
    learning_settings.Settings,
    "distillation",
    (),
    "Losses by which the pruned networks learn from the dense ones, which are"
    " then trained first; the pruned networks get new optimizers.",
  )
  discriminator: str = fields.field(
    "kept",
    "The discriminator of the pruned networks: kept from the beginning, or a"
    " new one, which needs --distillation.",
    fields.one_of(["kept", "new"]),
  )


def check(settings: Settings) -> None:
  """Raises if settings of the phase contradict each other.

  Args:
    settings: The settings of the phase.

  Raises:
    ValueError: If they do; the message names the flags.
  """
  learning_settings.check(settings, "zeros_")
  if settings.discriminator == "new" and not settings.distillation:
    raise ValueError(
      "--zeros_discriminator=new needs --zeros_distillation: a trained network"
      " loses what it has learnt against a discriminator that is not trained."
      " Set --zeros_distillation, or --zeros_discriminator=kept."
    )
