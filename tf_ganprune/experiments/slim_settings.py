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
"""What decides the results of the slim job."""

import dataclasses

from tf_ganprune.experiments import (
  distilling,
  limits,
)

TEACHERS = {
  "whole": "as it was at the first cut",
  "trained": "at the end of its training",
  "online": "which trained on beside it",
}


@dataclasses.dataclass(frozen=True)
class Settings:
  """What decides the results; the flags of `slim_dcgan` say what they mean."""

  macs: float = 0.0625
  importance: str = "l2"
  allocation: str = "equal"
  round_to: int = 1
  cuts: int = 1
  cut_epochs: int = 2
  slim_epochs: int = 20
  whole_epochs: int = 10
  slim_learning_rate: float = 5e-3
  generator_batch_size: int = 64
  distillation: tuple[str, ...] = distilling.NAMES
  weights: tuple[float, ...] = distilling.WEIGHTS
  fade_to: float = 0.25
  teacher: str = "whole"
  discriminator: str = "new"
  slim_targets: tuple[str, ...] = ("cpu", "cpu-int8", "gpu")


def check(settings: Settings) -> None:
  """Raises if settings will not do, each by itself or together.

  Args:
    settings: Of the job.

  Raises:
    ValueError: With the flags.
  """
  limits.check(settings, limits.SLIM_LIMITS)
  if len(settings.weights) != len(settings.distillation):
    raise ValueError(
      f"--weights has {len(settings.weights)} numbers for the"
      f" {len(settings.distillation)} losses of --distillation; give one each."
    )
  (*_, (_, left)) = epochs(settings)
  if left < 1:
    raise ValueError(
      f"--whole_epochs {settings.whole_epochs}, --cuts {settings.cuts} and"
      f" --cut_epochs {settings.cut_epochs} take"
      f" {settings.slim_epochs - left} epochs before the last cut, which leaves"
      f" none of --slim_epochs {settings.slim_epochs}; lower them or raise it."
    )


def epochs(settings: Settings) -> list[tuple[str, int]]:
  """Returns how long the generator trains after each cut, and whole before.

  Args:
    settings: Of the job.

  Returns:
    The names of the phases, and their epochs.
  """
  found = [("whole", settings.whole_epochs)]
  found += [
    (f"cut_{number}", settings.cut_epochs) for number in range(1, settings.cuts)
  ]
  left = settings.slim_epochs - sum(epochs for _, epochs in found)
  return [*found, ("slim", left)]
