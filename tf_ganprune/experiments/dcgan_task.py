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
import types
from collections.abc import Mapping

import tensorflow as tf

import tf_ganprune as tgp
from tf_ganprune.experiments import (
  adversarial_task,
  fields,
  generators,
)

_MOST_WEIGHTS = 500_000_000


@dataclasses.dataclass(frozen=True)
class Settings(adversarial_task.Settings):
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


class DCGAN(adversarial_task.AdversarialTask):
  """The task of `examples.mnist_dcgan`: a DCGAN of images.

  Example:
    `Experiment(DCGAN, Settings(epochs=1), "runs/digits").run()`
  """

  settings: Settings
  name = "mnist_dcgan"
  sweep_defaults = types.MappingProxyType({"width": 16})

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
    return self.compiled(gan)

  def policies(self) -> dict[str, object]:
    """Returns the pruning policy of the generator's kind, by its name."""
    return {"generator": self._kind.policy()}

  # At the end, since in annotations after it the name would mean this variable.
  Settings = Settings


# The best settings known for ten minutes on two cores; defaults of the program.
BEST = Settings(**adversarial_task.recipe(slim_macs=0.125))


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
