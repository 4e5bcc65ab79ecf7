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
"""The losses between teacher and student by their names."""

from collections.abc import Sequence

from tf_ganprune import arguments
from tf_ganprune.distillation import (
  alignment,
  base,
  features,
  images,
  opinion,
)

LOSSES = {
  loss.kind: loss
  for loss in (
    images.ImageDistance,
    features.FeatureMatching,
    opinion.DiscriminatorFeatures,
    alignment.KernelAlignment,
  )
}


def get(loss: str | base.Distillation) -> base.Distillation:
  """Returns a new loss of that name, with its defaults, or the object itself.

  Args:
    loss: A name from `LOSSES`, or an object derived from `Distillation`.

  Raises:
    ValueError: If it is neither.
  """
  return arguments.named(
    loss,
    LOSSES,
    base.Distillation,
    f"`distillation` must hold names out of {sorted(LOSSES)}, or objects"
    " derived from `tf_ganprune.distillation.Distillation`",
  )


def get_all(
  losses: str | base.Distillation | Sequence[str | base.Distillation],
) -> list[base.Distillation]:
  """Returns losses whose names differ.

  Args:
    losses: What `get` takes, one or several.

  Raises:
    ValueError: If it is no list, one is unknown, or two have one name.
  """
  if isinstance(losses, str | base.Distillation):
    losses = [losses]
  if not isinstance(losses, list | tuple):
    raise ValueError(
      "`distillation` must be a list of names or objects, which have their"
      f" weights, such as [ImageDistance(weight=10.0)]; got {losses!r}."
    )
  found = [get(loss) for loss in losses]
  names = [loss.name for loss in found]
  for name in names:
    if names.count(name) > 1:
      raise ValueError(
        f"`distillation` holds {names.count(name)} losses that are named"
        f" {name!r}, as their metrics would be; give them different `name`s."
      )
  return found
