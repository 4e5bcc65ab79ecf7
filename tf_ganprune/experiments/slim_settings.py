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
"""What decides how the phase goes in which a network loses channels."""

import dataclasses

import tf_ganprune as tgp
from tf_ganprune.experiments import distilling, fields, learning_settings

TEACHERS = {
  "online": "which trained on beside it",
  "trained": "at the end of its training",
  "whole": "as it was at the first cut",
}


@dataclasses.dataclass(frozen=True)
class Settings(learning_settings.Settings):
  """What decides the results of the phase.

  Example:
    `Settings(macs=0.25, distillation=(), weights=())`
  """

  macs: float = fields.field(
    0.0625,
    "The fraction of the MACs to keep.",
    fields.real("lie above 0 and not above 1", lambda macs: 0 < macs <= 1),
  )
  importance: str = fields.field(
    "l2",
    "Which channels go first.",
    fields.one_of(sorted(tgp.channels.IMPORTANCES)),
  )
  allocation: str = fields.field(
    "equal",
    "How layers share what goes.",
    fields.one_of(sorted(tgp.channels.ALLOCATIONS)),
  )
  round_to: int = fields.field(
    1, "Widths are multiples of this.", fields.whole(1, 1024)
  )
  cuts: int = fields.field(1, "How often channels go.", fields.whole(1, 100))
  cut_epochs: int = fields.field(
    2, "Epochs between cuts.", fields.whole(1, 100_000)
  )
  slim_epochs: int | None = fields.field(
    None,
    "Epochs after the common ones; by default --prune_epochs, as of the dense"
    " network.",
    fields.whole(1, 100_000, optional=True),
  )
  whole_epochs: int | None = fields.field(
    None,
    "How many of --slim_epochs come before the first cut; by default half of"
    " what further cuts leave.",
    fields.whole(0, 100_000, optional=True),
  )
  slim_learning_rate: float = fields.field(
    5e-3, "Adam's, of the slim generator.", fields.RATE
  )
  generator_batch_size: int | None = fields.field(
    64,
    "Latents in an update of the slim generator, and of the whole one in"
    " --whole_epochs.",
    fields.whole(1, 65_536, optional=True),
  )
  distillation: tuple[str, ...] = fields.like(
    learning_settings.Settings, "distillation", distilling.NAMES
  )
  weights: tuple[float, ...] = fields.like(
    learning_settings.Settings, "weights", distilling.WEIGHTS
  )
  teacher: str = fields.field(
    "whole",
    "From which dense generator the slim one learns: "
    + "; ".join(f"{name}, {text}" for name, text in TEACHERS.items())
    + ".",
    fields.one_of(TEACHERS),
  )
  discriminator: str = fields.field(
    "new",
    "The slim generator's: the dense one's at the first cut, as small a part of"
    " that as the generator is of the dense one, a new one, or half of its"
    " channels.",
    fields.one_of(["kept", "matched", "new", "shrunk"]),
  )

  def resolved(self, prune_epochs: int) -> "Settings":
    """Returns these settings with epochs in place of None.

    Args:
      prune_epochs: For how long the dense network trains on.
    """
    slim_epochs, whole_epochs = self.slim_epochs, self.whole_epochs
    if slim_epochs is None:
      slim_epochs = prune_epochs
    if whole_epochs is None:
      cutting = (self.cuts - 1) * self.cut_epochs
      whole_epochs = max(0, slim_epochs - cutting) // 2
    return dataclasses.replace(
      self, slim_epochs=slim_epochs, whole_epochs=whole_epochs
    )

  def epochs(self) -> list[tuple[str, int]]:
    """Returns how long training goes on after each cut, and whole before.

    Returns:
      The names of the phases, and their epochs; of `resolved` settings.
    """
    found = [("whole", self.whole_epochs)]
    found += [
      (f"cut_{number}", self.cut_epochs) for number in range(1, self.cuts)
    ]
    left = self.slim_epochs - sum(epochs for _, epochs in found)
    return [*found, ("slim", left)]


def check(settings: Settings, prefix: str = "slim_") -> None:
  """Raises if settings will not do, each by itself or together.

  Args:
    settings: Of the phase, `resolved`.
    prefix: Of the flags, as of `fields.flat`.

  Raises:
    ValueError: With the flags.
  """
  fields.check(settings, prefix)
  learning_settings.check(settings, prefix)
  (*_, (_, left)) = settings.epochs()
  if left < 1:
    raise ValueError(
      f"--{prefix}whole_epochs {settings.whole_epochs}, --{prefix}cuts"
      f" {settings.cuts} and --{prefix}cut_epochs {settings.cut_epochs} take"
      f" {settings.slim_epochs - left} epochs before the last cut, which leaves"
      f" none of --slim_epochs {settings.slim_epochs}; lower them or raise it."
    )
