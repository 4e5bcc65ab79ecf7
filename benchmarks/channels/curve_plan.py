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
"""Which runs of the channel curve the flags ask for, and their settings."""

import dataclasses

from absl import flags

from tf_ganprune.experiments import dcgan_task, slim_settings

_DEFAULT = slim_settings.Settings().resolved(dcgan_task.Settings().prune_epochs)
SEEDS = flags.DEFINE_list("curve_seeds", ["0", "1", "2"], "Seeds.")
_RATIOS = flags.DEFINE_list(
  "ratios", ["16", "4", "8", "24", "40"], "Times fewer MACs."
)
_KINDS = flags.DEFINE_list(
  "kinds", ["slim", "dense_latents", "scratch"], "What to train."
)
_SCRATCH_RATIOS = flags.DEFINE_list(
  "scratch_ratios", None, "Where to train from scratch; by default at all."
)
LATENTS = flags.DEFINE_integer(
  "curve_latents",
  256,
  "In an update after the first phase, of all but dense; the example has fewer,"
  " to be quick.",
  1,
)
WHOLE = flags.DEFINE_integer(
  "curve_whole_epochs",
  _DEFAULT.whole_epochs,
  "In which the slim generator is still whole.",
  0,
)
_OTHERS = flags.DEFINE_list(
  "others",
  [],
  "Other discriminators and teachers than the example's to try at the first"
  " ratio, as in kept:whole.",
)


@dataclasses.dataclass(frozen=True)
class Run:
  """One training.

  Attributes:
    seed: Of everything random.
    kind: `'begun'`, `'whole'` (what is cut), `'dense'`, `'dense_latents'`
      (trained on with as many latents in an update as the slim one), `'slim'`
      or `'scratch'`.
    ratio: Times fewer MACs.
    discriminator: As of `slim_settings.Settings`.
    teacher: As well.

  Example:
    `Run(0, "slim", 16).name`
  """

  seed: int
  kind: str
  ratio: float = 1
  discriminator: str = _DEFAULT.discriminator
  teacher: str = _DEFAULT.teacher

  @property
  def name(self) -> str:
    """Of its folder."""
    parts = [self.kind, f"{self.ratio:g}"]
    if self.kind == "slim":
      parts += [self.discriminator, self.teacher]
    return "_".join([*parts, f"seed_{self.seed}"])

  @property
  def main(self) -> dcgan_task.Settings:
    """Of the first phase, and of the dense generator's second."""
    return dcgan_task.Settings(seed=self.seed, targets=("cpu",))

  @property
  def slim(self) -> slim_settings.Settings:
    """Of the second phase of the others."""
    settings = slim_settings.Settings(
      macs=1 / self.ratio,
      discriminator=self.discriminator,
      teacher=self.teacher,
      generator_batch_size=LATENTS.value,
      whole_epochs=WHOLE.value,
    )
    return settings.resolved(self.main.prune_epochs)


def plan() -> list[Run]:
  """Returns the runs that the flags ask for, the most telling first.

  Raises:
    ValueError: If there is none with such settings.
  """
  seeds = [int(seed) for seed in SEEDS.value]
  ratios = [float(ratio) for ratio in _RATIOS.value]
  kinds = ("dense", "begun", "whole") if WHOLE.value else ("dense", "begun")
  runs = [Run(seed, kind) for kind in kinds for seed in seeds]
  scratch = [float(x) for x in _SCRATCH_RATIOS.value or ratios]
  for ratio in ratios:
    for kind in _KINDS.value:
      if kind == "scratch" and ratio not in scratch:
        continue
      if kind != "dense_latents":
        runs += [Run(seed, kind, ratio) for seed in seeds]
      elif ratio == ratios[0]:
        runs += [Run(seed, kind) for seed in seeds]
  runs += [
    Run(seed, "slim", ratios[0], discriminator, teacher)
    for discriminator, teacher in map(_pair, _OTHERS.value)
    for seed in seeds
  ]
  for run in runs:
    _check_whole(run.slim)
    slim_settings.check(run.slim)
  return runs


def _check_whole(settings: slim_settings.Settings) -> None:
  if settings.whole_epochs >= settings.slim_epochs:
    raise ValueError(
      f"--{WHOLE.name} {settings.whole_epochs} leaves nothing of the"
      f" {settings.slim_epochs} epochs after the first phase to the slim"
      " generator; lower it."
    )


def _pair(text: str) -> tuple[str, str]:
  """Returns a discriminator and a teacher.

  Raises:
    ValueError: If there is not one of each.
  """
  names = text.split(":")
  if len(names) != 2:
    raise ValueError(
      f"--others has {text!r}; give a discriminator and a teacher, as in"
      " kept:whole."
    )
  return names[0], names[1]
