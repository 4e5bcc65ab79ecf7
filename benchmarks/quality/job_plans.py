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
"""The jobs that are run with several seeds, their controls and their goals."""

import dataclasses
from collections.abc import Callable, Mapping

from tf_ganprune.experiments import (
  conditional_task,
  dcgan_task,
  fields,
  semi_supervised_task,
  settings,
  task,
)

# By networks' names, the means over seeds of every number by its row.
Means = Mapping[str, Mapping[str, float]]


@dataclasses.dataclass(frozen=True)
class Control:
  """A GAN that stands beside those of a job.

  Attributes:
    contestant: The contestant of the job that it is trained as; "dense" is
      trained from the beginning, the others begin where the job's do.
    flags: Flags that differ from the job's.

  Example:
    `Control("slim", {"slim_importance": "random"})`
  """

  contestant: str
  flags: Mapping[str, object]


@dataclasses.dataclass(frozen=True)
class Job:
  """An example program, with what stands beside its GANs.

  Attributes:
    task: Of the program.
    defaults: Its defaults.
    controls: By their names in the table.
    goals: By their sentences, what tells from the means whether they are met.
    flags: Flags that the program is given.

  Example:
    `JOBS["mnist_dcgan"].controls`
  """

  task: type[task.Task]
  defaults: settings.Settings
  controls: Mapping[str, Control]
  goals: Mapping[str, Callable[[Means], bool]] = dataclasses.field(
    default_factory=dict
  )
  flags: Mapping[str, object] = dataclasses.field(default_factory=dict)

  def settings(self, given: Mapping[str, object]) -> settings.Settings:
    """Returns the settings of the job with some other flags.

    Args:
      given: Values by their flags.
    """
    values = fields.values(self.defaults) | {**self.flags, **given}
    return fields.made(type(self.defaults), values)


FRECHET = "Fréchet distance ↓"
LABELS = "Images of the asked class, % ↑"
ACCURACY = "Held-out images put right, % ↑"
GAIN = "Points above the labels alone ↑"
_TAUGHT = Control("pruned", {"final_sparsity": 0.0})
_RANDOM_ZEROS = Control("pruned", {"importance": "random"})
_RANDOM_CHANNELS = Control("slim", {"slim_importance": "random"})


def of_file(target: str, row: str) -> str:
  """Returns the title of a row on a file's outputs."""
  return f"{target}: {row}"


_INT8 = of_file("`cpu-int8`", ACCURACY)


def _share(row: str, name: str, base: str = "dense"):
  """Returns what tells a network's share of another's number."""
  return lambda means: means[name][row] / means[base][row]


def _at_least(number, bound: float):
  return lambda means: number(means) >= bound


def _at_most(number, bound: float):
  return lambda means: number(means) <= bound


def _dense(row: str):
  return lambda means: means["dense"][row]


def _lost(row: str, name: str):
  return lambda means: means["dense"][row] - means[name][row]


_SMALLER = {
  "dense, taught": _TAUGHT,
  "random channels": _RANDOM_CHANNELS,
  "small from scratch": Control("dense", {"width": 16}),
}
JOBS = {
  "emoji": Job(
    dcgan_task.DCGAN,
    dcgan_task.BEST,
    _SMALLER,
    {
      "1/4 of the MACs: distance ≤ 1.05 of dense": _at_most(
        _share(FRECHET, "slim"), 1.05
      ),
      "1/4 of the MACs: distance ≤ 1.05 of dense, taught": _at_most(
        _share(FRECHET, "slim", "dense, taught"), 1.05
      ),
    },
    {
      "dataset": "emoji",
      "image_size": 32,
      "epochs": 40,
      "prune_epochs": 20,
      "phases": ["dense", "slim"],
      "slim_macs": 0.25,
      "targets": ["cpu", "cpu-int8"],
    },
  ),
  "mnist_dcgan": Job(
    dcgan_task.DCGAN, dcgan_task.BEST, {"dense, taught": _TAUGHT}
  ),
  "conditional_gan": Job(
    conditional_task.Conditional,
    conditional_task.BEST,
    {
      "slim, 1/16": Control("slim", {"slim_macs": 1 / 16}),
      "dense, taught": _TAUGHT,
      "random zeros": _RANDOM_ZEROS,
      "random channels": _RANDOM_CHANNELS,
      "small from scratch": Control("dense", {"width": 16}),
    },
    {
      "dense: ≥ 97 % of the asked class": _at_least(_dense(LABELS), 97),
      "80 % zeros: ≥ 0.99 of dense": _at_least(_share(LABELS, "pruned"), 0.99),
      "1/4 of the MACs: ≥ 0.99 of dense": _at_least(
        _share(LABELS, "slim"), 0.99
      ),
      "1/16 of the MACs: ≥ 0.97 of dense": _at_least(
        _share(LABELS, "slim, 1/16"), 0.97
      ),
      "80 % zeros: distance ≤ 1.05 of dense": _at_most(
        _share(FRECHET, "pruned"), 1.05
      ),
      "1/4 of the MACs: distance ≤ 1.05 of dense": _at_most(
        _share(FRECHET, "slim"), 1.05
      ),
    },
  ),
  "semi_supervised_gan": Job(
    semi_supervised_task.SemiSupervised,
    semi_supervised_task.BEST,
    {
      "random zeros": _RANDOM_ZEROS,
      "random channels": _RANDOM_CHANNELS,
      "small from scratch": Control("dense", {"width": 16}),
    },
    {
      "dense: ≥ 90 % right": _at_least(_dense(ACCURACY), 90),
      "dense: ≥ 10 points above the labels alone": _at_least(_dense(GAIN), 10),
      "80 % zeros: lose ≤ 1 point": _at_most(_lost(ACCURACY, "pruned"), 1),
      "int8: loses ≤ 1 point": _at_most(
        lambda means: means["dense"][ACCURACY] - means["dense"][_INT8], 1
      ),
      "80 % zeros in int8: lose ≤ 1 point": _at_most(
        lambda means: means["dense"][ACCURACY] - means["pruned"][_INT8], 1
      ),
    },
  ),
}
