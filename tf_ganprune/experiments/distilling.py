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
"""Makes the distillation losses by which a network learns from another."""

from collections.abc import Mapping, Sequence

import tf_ganprune as tgp
from tf_ganprune.experiments import learning_settings

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
    discriminator: The network whose features are compared. It is copied as it
      is now, since its features change as it trains on.
    names: Names from `tgp.distillation.LOSSES`.
    weights: The weight of each loss.
    fade_to: The factor of the weights in the end; 1 if they are constant.
    fade_steps: The number of updates in which the weights fall, evenly.
  """
  settings = learning_settings.Settings(tuple(names), tuple(weights))
  return _prepared(settings.losses(), discriminator, fade_to, fade_steps)


def _prepared(
  found: list, discriminator: tgp.keras.Model, fade_to: float, fade_steps: int
) -> list:
  """Lets the weights of new losses fade, and gives them the discriminator."""
  for loss in found:
    if fade_to < 1:
      loss.weight = _Decay(loss.weight, fade_steps, fade_to * loss.weight)
    if isinstance(loss, tgp.distillation.DiscriminatorFeatures):
      loss.network = tgp.keras.models.clone_model(discriminator)
      loss.network.set_weights(discriminator.get_weights())
  return found


def lessons(
  taught: Mapping[str, tuple[tgp.keras.Model, tgp.keras.Model]],
  settings: learning_settings.Settings,
  fade_to: float,
  fade_steps: int,
) -> dict:
  """Returns the arguments with which a task's GAN learns from other networks.

  Args:
    taught: By the name of each network that learns, its teacher, and the
      network on whose features their outputs are compared.
    settings: Settings that make the losses.
    fade_to: As in `losses`.
    fade_steps: As in `losses`.

  Returns:
    The arguments `teachers` and `distillation` of a GAN.
  """
  return {
    "teachers": {name: teacher for name, (teacher, _) in taught.items()},
    "distillation": {
      name: _prepared(settings.losses(), judge, fade_to, fade_steps)
      for name, (_, judge) in taught.items()
    },
  }
