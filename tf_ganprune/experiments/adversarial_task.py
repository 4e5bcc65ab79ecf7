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
"""The base of tasks with a generator and a discriminator of images."""

import dataclasses
import functools
import types

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  fields,
  image_task,
  slim_settings,
  zeros_settings,
)


@dataclasses.dataclass(frozen=True)
class Settings(image_task.Settings):
  """Settings of a generator and a discriminator, and of their training.

  Example:
    `Settings(width=16, epochs=1)`
  """

  latent_dim: int = fields.field(
    64, "The length of a latent.", fields.whole(1, 65_536)
  )
  width: int = fields.field(
    32, "The channels of the outer layers.", fields.whole(1, 4096)
  )
  translation: float = fields.field(
    0.1,
    "The largest random shift of the discriminator's images, as a share of"
    " their size.",
    fields.real("lie from 0 to 0.9", lambda share: 0 <= share <= 0.9),
  )
  loss: str = fields.field(
    "hinge", "The adversarial loss.", fields.one_of(sorted(tgp.losses.LOSSES))
  )
  r1_weight: float = fields.field(
    0.0, "The weight of the R1 penalty.", fields.WEIGHT
  )
  d_learning_rate: float = fields.field(
    2e-3, "Adam's rate for the discriminator.", fields.RATE
  )
  g_learning_rate: float = fields.field(
    2e-3, "Adam's rate for the generator.", fields.RATE
  )
  generator_batch_size: int | None = fields.field(
    None,
    "Latents in an update of the generator after the common epochs; before"
    " them, and by default, as many as there are real images.",
    fields.whole(1, 65_536, optional=True),
  )
  ema_decay: float = fields.field(
    0.998,
    "The decay of the generator's moving average.",
    fields.real(
      "lie between 0 and 1, 0.999999 at most",
      lambda decay: 0 < decay <= 0.999999,
    ),
  )
  prune: str = fields.field(
    "generator",
    "The networks to prune.",
    fields.one_of(["generator", "discriminator", "both"]),
  )


class AdversarialTask(image_task.ImageTask):
  """A task of a `tgp.GAN`, or of a family that derives from it.

  Example:
    `class MyTask(adversarial_task.AdversarialTask): ...`
  """

  settings: Settings
  not_in_sweeps = types.MappingProxyType(
    {
      "generator_batch_size": "use --strategies",
      "prune": "use --strategies, where 'both' prunes the discriminator as"
      " well",
    }
  )

  def compiled(self, gan: tgp.GAN) -> tgp.GAN:
    """Compiles a GAN as the settings say, and returns it.

    Args:
      gan: With a discriminator and a generator.
    """
    settings = self.settings
    adam = functools.partial(tgp.keras.optimizers.Adam, beta_1=0.0, beta_2=0.99)
    gan.compile(
      adam(settings.d_learning_rate),
      adam(settings.g_learning_rate),
      settings.loss,
    )
    return gan

  def later_arguments(self) -> dict:
    """Returns the generator's batch size after the common epochs, if set."""
    size = self.settings.generator_batch_size
    return {} if size is None else {"generator_batch_size": size}

  def pruned_names(self) -> tuple[str, ...]:
    """Returns the names of the networks to prune, from the setting `prune`."""
    both = ("generator", "discriminator")
    return both if self.settings.prune == "both" else (self.settings.prune,)

  # At the end, since in annotations after it the name would mean this variable.
  Settings = Settings


def recipe(slim_macs: float) -> dict:
  """Returns the best settings known for ten minutes on two cores, by name.

  Args:
    slim_macs: The share of multiplications that the slim generator keeps.
  """
  losses, weights = ("image",), (10.0,)
  return {
    "prune_epochs": 16,
    "phases": ("dense", "pruned", "slim"),
    "allocation": "lamp",
    "frequency": 25,
    "decay_to": 0.1,
    "generator_batch_size": 128,
    "zeros": zeros_settings.Settings(
      end=0.25,
      learning_rate=5e-3,
      distillation=losses,
      weights=weights,
      discriminator="new",
    ),
    "slim": slim_settings.Settings(
      macs=slim_macs,
      whole_epochs=0,
      generator_batch_size=None,
      distillation=losses,
      weights=weights,
      teacher="trained",
    ),
  }
