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
"""The table of contestants, the GANs that an experiment can compare."""

from collections.abc import Iterable

from tf_ganprune.experiments import contestants as contestants_
from tf_ganprune.experiments import fields, protocols, slim

# In the order in which they are trained.
CONTESTANTS: dict[str, type[contestants_.Contestant]] = {
  "dense": contestants_.Dense,
  "pruned": contestants_.Pruned,
  "slim": slim.Slim,
}

# Flags that may differ between experiments that share their beginning.
_OWN = (
  *("phases", "targets", "final_sparsity", "importance", "allocation"),
  *("frequency", "slim_", "zeros_"),
)


def in_order(names: Iterable[str]) -> list[str]:
  """Returns names of contestants in the order in which they are trained."""
  return [name for name in CONTESTANTS if name in set(names)]


def are_same(
  name: str, ours: protocols.Settings, theirs: protocols.Settings
) -> bool:
  """Whether two experiments from one beginning train a contestant alike.

  Args:
    name: The name of the contestant.
    ours: The settings of one experiment.
    theirs: The settings of the other.
  """
  kind = CONTESTANTS[name]
  return kind.plan(ours) == kind.plan(theirs)


def contestant(
  name: str, experiment: protocols.Experiment
) -> contestants_.Contestant:
  """Makes a contestant of an experiment.

  Args:
    name: The name of the contestant.
    experiment: The experiment that trains it.
  """
  return CONTESTANTS[name](experiment)


def check_same_beginning(
  ours: fields.Dataclass, theirs: fields.Dataclass
) -> None:
  """Raises if two experiments cannot share a beginning and a dense GAN.

  Args:
    ours: The settings of one experiment.
    theirs: The settings of the other, whose folder has these GANs.

  Raises:
    ValueError: If a setting differs that decides how they are trained or
      measured; the message names its flag.
  """
  known = fields.values(theirs)
  for flag, value in fields.values(ours).items():
    if value != known[flag] and not flag.startswith(_OWN):
      raise ValueError(
        f"--{flag} is {known[flag]!r} in the experiment that is extended, and"
        " must be the same in what is compared with its GANs; got"
        f" {value!r}. Make an experiment of its own for it."
      )
