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
"""The losses by which a generator learns from another."""

from collections.abc import Mapping, Sequence

import tf_ganprune as tgp

# Found by hand on the digits; the slim job's as well.
NAMES = ("image", "discriminator_features")
WEIGHTS = (10.0, 3.0)
_Decay = tgp.keras.optimizers.schedules.PolynomialDecay


def losses(
  discriminator: tgp.keras.Model,
  names: Sequence[str] = NAMES,
  weights: Sequence[float] = WEIGHTS,
  fade_to: float = 1.0,
  fade_steps: int = 1,
) -> list:
  """Returns losses for `tgp.GAN(distillation=...)`.

  Args:
    discriminator: Whose features are compared: as it is now, since what it sees
      would change as it trains on.
    names: Of `tgp.distillation.LOSSES`.
    weights: Of each.
    fade_to: By what the weights are multiplied in the end; 1 if they stay.
    fade_steps: In how many updates they fall, evenly.
  """
  found = [tgp.distillation.get(name) for name in names]
  for loss, weight in zip(found, weights, strict=True):
    loss.weight = weight
    if fade_to < 1:
      loss.weight = _Decay(weight, fade_steps, fade_to * weight)
    if isinstance(loss, tgp.distillation.DiscriminatorFeatures):
      loss.network = tgp.keras.models.clone_model(discriminator)
      loss.network.set_weights(discriminator.get_weights())
  return found


def lessons(
  taught: Mapping[str, tuple[tgp.keras.Model, tgp.keras.Model]],
  settings,
  fade_to: float,
  fade_steps: int,
) -> dict:
  """Returns the arguments with which a task's GAN learns from other networks.

  Args:
    taught: By the name of each network that learns, its teacher, and the
      network whose features tell how alike their outputs are.
    settings: With the names of what is learnt, `distillation`, and `weights`.
    fade_to: As of `losses`.
    fade_steps: As well.
  """
  return {
    "teachers": {name: teacher for name, (teacher, _) in taught.items()},
    "distillation": {
      name: losses(
        judge, settings.distillation, settings.weights, fade_to, fade_steps
      )
      for name, (_, judge) in taught.items()
    },
  }
