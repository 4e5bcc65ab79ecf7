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
"""The Wasserstein GAN with a gradient penalty."""

from typing import Any

import tensorflow as tf

from tf_ganprune import losses
from tf_ganprune.gan import image_checks, standard
from tf_ganprune.keras_compat import keras


@keras.utils.register_keras_serializable(package="tf_ganprune")
class WGANGP(standard.GAN):
  """A Wasserstein GAN with a gradient penalty in place of weight clipping.

  Gulrajani et al. 2017, "Improved Training of Wasserstein GANs", algorithm 1.

  Example:
    >>> wgan = tgp.WGANGP(critic, generator, latent_dim=64)
    >>> adam = tgp.keras.optimizers.Adam
    >>> wgan.compile(adam(1e-4, 0.0, 0.9), adam(1e-4, 0.0, 0.9))
  """

  _weight_clip = None

  def __init__(
    self,
    discriminator: keras.Model,
    generator: keras.Model,
    latent_dim: int,
    discriminator_steps: int = 5,
    gp_weight: float = 10.0,
    **kwargs: Any,
  ):
    """Creates the GAN from its networks.

    Args:
      discriminator: The critic: a network that maps images to one score each,
        without batch normalization.
      generator: A network that maps latents, `[n, latent_dim]`, to images.
      latent_dim: The size of a latent vector.
      discriminator_steps: How many updates the critic gets in a train step.
      gp_weight: The weight lambda of the gradient penalty.
      **kwargs: Other arguments of `tgp.GAN`.

    Raises:
      ValueError: As in `tgp.GAN`, and if `gp_weight` is negative.
    """
    image_checks.check_not_negative("gp_weight", gp_weight)
    image_checks.check_once("gp_weight", gp_weight, "gradient_penalty", kwargs)
    super().__init__(
      discriminator, generator, latent_dim, discriminator_steps, **kwargs
    )
    self.gp_weight = gp_weight

  def compile(  # type: ignore[override]  # as in Keras' examples
    self,
    d_optimizer: keras.optimizers.Optimizer | str,
    g_optimizer: keras.optimizers.Optimizer | str,
    loss: str | losses.AdversarialLoss = "wasserstein",
    **kwargs: Any,
  ) -> None:
    """Sets optimizers and loss, with the arguments of `tgp.GAN.compile`."""
    super().compile(d_optimizer, g_optimizer, loss, **kwargs)

  def discriminator_loss(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """Returns the critic's loss with the gradient penalty, a scalar."""
    shape = tf.concat(
      [tf.shape(real)[:1], tf.ones([real.shape.rank - 1], tf.int32)], 0
    )
    penalty = losses.gradient_penalty(
      self._score, real, fake, self._rng.uniform(shape)
    )
    return super().discriminator_loss(real, fake) + self.gp_weight * penalty
