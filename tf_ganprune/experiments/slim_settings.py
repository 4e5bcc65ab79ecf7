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
"""Settings of the phase in which a network loses channels."""

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
  """Settings of the phase with fewer channels.

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
    "The importance by which channels are chosen: the least goes first.",
    fields.one_of(sorted(tgp.channels.IMPORTANCES)),
  )
  allocation: str = fields.field(
    "equal",
    "The allocation by which layers share the removed channels.",
    fields.one_of(sorted(tgp.channels.ALLOCATIONS)),
  )
  round_to: int = fields.field(
    1, "The number that all widths are multiples of.", fields.whole(1, 1024)
  )
  cuts: int = fields.field(
    1, "How many times channels are removed.", fields.whole(1, 100)
  )
  cut_epochs: int = fields.field(
    2, "Epochs between cuts.", fields.whole(1, 100_000)
  )
  slim_epochs: int | None = fields.field(
    None,
    "Epochs after the common ones; by default --prune_epochs, as for the dense"
    " network.",
    fields.whole(1, 100_000, optional=True),
  )
  whole_epochs: int | None = fields.field(
    None,
    "How many of --slim_epochs come before the first cut; by default half of"
    " those that are not between cuts.",
    fields.whole(0, 100_000, optional=True),
  )
  slim_learning_rate: float = fields.field(
    5e-3, "Adam's rate for the slim generator.", fields.RATE
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
  recipe: str | None = fields.field(
    None,
    "A paper's recipe of distillation, in place of --distillation and"
    " --weights. If it has a teacher that learns and a student without a"
    " discriminator (omgd), --teacher is online, --discriminator is kept, and"
    " the weights do not fall.",
    fields.one_of(sorted(tgp.distillation.RECIPES), optional=True),
  )
  teacher: str = fields.field(
    "whole",
    "The dense generator that the slim one learns from: "
    + "; ".join(f"{name}, {text}" for name, text in TEACHERS.items())
    + ".",
    fields.one_of(TEACHERS),
  )
  discriminator: str = fields.field(
    "new",
    "The discriminator of the slim generator: kept, which is the dense GAN's at"
    " the first cut; matched, which is that one, shrunk as much as the"
    " generator; new; or shrunk to half of its channels.",
    fields.one_of(["kept", "matched", "new", "shrunk"]),
  )

  def resolved(self, prune_epochs: int) -> "Settings":
    """Returns these settings with numbers in place of epochs that are None.

    Args:
      prune_epochs: The number of epochs of the dense network after the common
        ones.
    """
    slim_epochs, whole_epochs = self.slim_epochs, self.whole_epochs
    if slim_epochs is None:
      slim_epochs = prune_epochs
    if whole_epochs is None:
      cutting = (self.cuts - 1) * self.cut_epochs
      whole_epochs = max(0, slim_epochs - cutting) // 2
    return dataclasses.replace(
      self,
      slim_epochs=slim_epochs,
      whole_epochs=whole_epochs,
      **self._of_recipe(),
    )

  def _of_recipe(self) -> dict:
    """Returns the settings that the recipe decides, if there is one."""
    # Another name is refused by `check`.
    if self.recipe is None or self.recipe not in tgp.distillation.RECIPES:
      return {}
    recipe = tgp.distillation.recipe(self.recipe)
    losses = recipe.make()
    found: dict = {
      "distillation": tuple(loss.kind for loss in losses),
      "weights": tuple(loss.weight for loss in losses),
    }
    if recipe.teacher_learns:
      found |= {"teacher": "online"}
    if not recipe.student_competes:
      found |= {"discriminator": "kept", "fade_to": 1.0}
    return found

  def losses(self) -> list[tgp.distillation.Distillation]:
    """Returns new losses with their weights, those of the recipe if any."""
    if self.recipe is None:
      return super().losses()
    return tgp.distillation.recipe(self.recipe).make()

  @property
  def competes(self) -> bool:
    """Whether the slim network plays against a discriminator."""
    if self.recipe is None:
      return True
    return tgp.distillation.recipe(self.recipe).student_competes

  @property
  def learnt(self) -> str:
    """The distillation losses in words, for the page."""
    text = super().learnt
    return text if self.recipe is None else f"by {self.recipe}, {text}"

  def epochs(self) -> list[tuple[str, int]]:
    """Returns the epochs before the first cut, and after each cut.

    Returns:
      Pairs of a phase's name and its number of epochs.

    Raises:
      ValueError: If the settings are not `resolved`.
    """
    if self.slim_epochs is None or self.whole_epochs is None:
      raise ValueError("Epochs that are None must be `resolved`.")
    found = [("whole", self.whole_epochs)]
    found += [
      (f"cut_{number}", self.cut_epochs) for number in range(1, self.cuts)
    ]
    left = self.slim_epochs - sum(epochs for _, epochs in found)
    return [*found, ("slim", left)]


def check(settings: Settings, prefix: str = "slim_") -> None:
  """Raises if a setting is out of its limits, or settings do not fit together.

  Args:
    settings: The settings of the phase, `resolved`.
    prefix: The prefix of the flags, as in `fields.flat`.

  Raises:
    ValueError: If so; the message names the flags.
  """
  fields.check(settings, prefix)
  learning_settings.check(settings, prefix)
  (*before, (_, left)) = settings.epochs()
  if left < 1:
    raise ValueError(
      f"--{prefix}whole_epochs {settings.whole_epochs}, --{prefix}cuts"
      f" {settings.cuts} and --{prefix}cut_epochs {settings.cut_epochs} take"
      f" {sum(epochs for _, epochs in before)} epochs before the last cut, and"
      f" --slim_epochs {settings.slim_epochs} leaves none after it; lower them,"
      " or raise --slim_epochs."
    )
