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
"""The task of a DCGAN, which makes images from latents."""

import dataclasses
import functools
import types
from collections.abc import Mapping

import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  fields,
  generators,
  image_task,
  slim_settings,
  zeros_settings,
)

_MOST_WEIGHTS = 500_000_000


@dataclasses.dataclass(frozen=True)
class Settings(image_task.Settings):
  """Settings of the DCGAN experiment.

  Example:
    `Settings(width=16, epochs=1)`
  """

  generator: str = fields.field(
    "dcgan",
    "The kind of generator: a DCGAN's, or one for XNNPACK's sparse kernels on"
    " ARM, which has twice the channels.",
    fields.one_of(sorted(generators.GENERATORS)),
  )
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


class DCGAN(image_task.ImageTask):
  """The task of `examples.mnist_dcgan`: a DCGAN of images.

  Example:
    `Experiment(DCGAN, Settings(epochs=1), "runs/digits").run()`
  """

  Settings = Settings
  name = "mnist_dcgan"
  sweep_defaults = types.MappingProxyType({"width": 16})
  not_in_sweeps = types.MappingProxyType(
    {
      "generator_batch_size": "use --strategies",
      "prune": "use --strategies, where 'both' prunes the discriminator as"
      " well",
    }
  )

  def __init__(self, settings: Settings):
    """Loads the images, and checks that the networks are not too large.

    Args:
      settings: The settings, each within its limits.

    Raises:
      ValueError: If the settings do not fit each other or the images.
    """
    super().__init__(settings)
    self._kind = generators.GENERATORS[settings.generator]
    self.title = self._kind.title
    self._check_weights()

  def _check_weights(self) -> None:
    settings, shape = self.settings, self.data.image_shape
    weights = num_weights(
      shape, settings.latent_dim, settings.width, settings.generator
    )
    if weights > _MOST_WEIGHTS:
      raise ValueError(
        f"--width {settings.width} and --latent_dim {settings.latent_dim} make"
        f" networks of {weights:,} weights for images of {shape[0]}x{shape[1]},"
        f" and {_MOST_WEIGHTS:,} is the most; lower one of them or"
        " --image_size."
      )

  def networks(self) -> dict[str, tgp.keras.Model]:
    """Returns a new generator and discriminator, by name."""
    shape, settings = self.data.image_shape, self.settings
    return {
      "generator": self._kind.make(shape, settings.latent_dim, settings.width),
      "discriminator": tgp.networks.dcgan_discriminator(
        shape, settings.width, settings.translation
      ),
    }

  def gan(self, networks: Mapping[str, tgp.keras.Model]) -> tgp.GAN:
    """Returns a new compiled `tgp.GAN`.

    Args:
      networks: The networks by name.
    """
    settings = self.settings
    gan = tgp.GAN(
      **networks,
      latent_dim=settings.latent_dim,
      ema_decay=settings.ema_decay,
      r1_weight=settings.r1_weight,
    )
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

  def inputs(self, name: str, n: int, seed: int) -> tf.Tensor:
    """Returns random latents, `[n, latent_dim]`."""
    del name
    return tgp.inputs.Latents(self.settings.latent_dim).draw(n, (seed, 1))

  def pruned_names(self) -> tuple[str, ...]:
    """Returns the names of the networks to prune, from the setting `prune`."""
    both = ("generator", "discriminator")
    return both if self.settings.prune == "both" else (self.settings.prune,)

  def policies(self) -> dict[str, object]:
    """Returns the pruning policy of the generator's kind, by its name."""
    return {"generator": self._kind.policy()}


# The best settings known for ten minutes on two cores; defaults of the program.
BEST = Settings(
  prune_epochs=16,
  phases=("dense", "pruned", "slim"),
  allocation="lamp",
  frequency=25,
  decay_to=0.1,
  generator_batch_size=128,
  zeros=zeros_settings.Settings(
    end=0.25,
    learning_rate=5e-3,
    distillation=("image",),
    weights=(10.0,),
    discriminator="new",
  ),
  slim=slim_settings.Settings(
    macs=0.125,
    whole_epochs=0,
    generator_batch_size=None,
    distillation=("image",),
    weights=(10.0,),
    teacher="trained",
  ),
)


def num_weights(
  image_shape: tuple[int, int, int],
  latent_dim: int,
  width: int,
  generator: str = "dcgan",
) -> int:
  """Returns the number of weights of both networks, without making them.

  Args:
    image_shape: `(height, width, channels)`.
    latent_dim: The length of a latent.
    width: The width of both networks.
    generator: The kind of generator.

  Raises:
    ValueError: If images of that shape cannot be made.
  """
  # A graph's variables take no memory before they are initialized.
  with tf.Graph().as_default():
    kind = generators.GENERATORS[generator]
    network = kind.make(image_shape, latent_dim, width)
    discriminator = tgp.networks.dcgan_discriminator(image_shape, width)
    return network.count_params() + discriminator.count_params()
