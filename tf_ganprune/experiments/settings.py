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
"""Settings of an experiment that every task has."""

import dataclasses

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  fields,
  known_contestants,
  slim_settings,
  zeros_settings,
)


@dataclasses.dataclass(frozen=True)
class Settings:
  """Settings of all tasks; a task derives a class with its own from these.

  Example:
    `Settings(epochs=1, phases=("dense", "pruned", "slim"))`
  """

  dataset: str = fields.field(
    "mnist_5k", "A TFDS data set, emoji, or image_folder.", fields.text()
  )
  data_dir: str | None = fields.field(
    None,
    "The folder in which TFDS keeps data sets; of image_folder and emoji the"
    " folder of the images and of the npm package.",
    fields.text(optional=True),
  )
  batch_size: int = fields.field(
    32, "Examples in a batch.", fields.whole(1, 65_536)
  )
  epochs: int = fields.field(
    26,
    "Dense epochs in the beginning, which all GANs share.",
    fields.whole(1, 100_000),
  )
  prune_epochs: int = fields.field(
    20,
    "Epochs after the common ones, pruned and dense.",
    fields.whole(1, 100_000),
  )
  phases: tuple[str, ...] = fields.field(
    ("dense", "pruned"),
    "The GANs to train after the common epochs, and to compare: dense, with"
    " zeros (pruned), with fewer channels (slim).",
    fields.some_of(known_contestants.CONTESTANTS, 1),
  )
  final_sparsity: float = fields.field(
    0.8,
    "The share of zeros at the end.",
    fields.real("be in [0, 1)", lambda share: 0 <= share < 1),
  )
  frequency: int = fields.field(
    50, "Steps between prunings.", fields.whole(1, 1_000_000_000)
  )
  importance: str = fields.field(
    "magnitude",
    "The importance by which weights are chosen: the least important go first.",
    fields.one_of(sorted(tgp.importance.IMPORTANCES)),
  )
  allocation: str = fields.field(
    "uniform",
    "The allocation by which layers share the zeros.",
    fields.one_of(sorted(tgp.allocation.ALLOCATIONS)),
  )
  decay_from: float = fields.field(
    0.5,
    "The share of the epochs after the common ones in which learning rates stay"
    " constant.",
    fields.real("lie from 0 to 1", lambda share: 0 <= share <= 1),
  )
  decay_to: float = fields.field(
    1.0,
    "The factor of the learning rates in the last epoch; they fall evenly after"
    " --decay_from. 1 keeps them constant.",
    fields.real("lie above 0 and not above 1", lambda share: 0 < share <= 1),
  )
  targets: tuple[str, ...] = fields.field(
    ("cpu", "cpu-fp16", "cpu-dynamic", "cpu-int8", "cpu-small", "gpu"),
    "The export targets.",
    fields.some_of(tgp.EXPORT_TARGETS, 1),
  )
  seed: int = fields.field(
    0, "The seed of all random numbers.", fields.whole(0, 2**31 - 1)
  )
  zeros: zeros_settings.Settings = fields.group(
    zeros_settings.Settings, "Settings of the phase with zeros."
  )
  slim: slim_settings.Settings = fields.group(
    slim_settings.Settings, "Settings of the phase with fewer channels."
  )
