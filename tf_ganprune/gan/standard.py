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
"""A GAN of one generator and one discriminator, on any adversarial loss."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from tf_ganprune import array_types, inputs
from tf_ganprune.gan import adversarial, image_checks
from tf_ganprune.keras_compat import keras


@keras.utils.register_keras_serializable(package="tf_ganprune")
class GAN(adversarial.Adversarial):
  """Trains, prunes and samples a generator against a discriminator.

  Networks that `tgp.prune_low_magnitude` or TF-MOT's function wrapped are
  pruned: their steps are the updates of their own optimizer, and pruned
  weights are zero after each of them. No callback is needed for that.

  Goodfellow et al. 2014, "Generative Adversarial Nets", algorithm 1.

  Attributes:
    discriminator: The discriminator, as it trains.
    generator: The generator, as it trains.
    ema_generator: The generator's moving average, or None.
    ema_teacher: The moving average of a teacher that learns, or None.

  Example:
    >>> gan = tgp.GAN(discriminator, generator, latent_dim=64, ema_decay=0.999)
    >>> adam = tgp.keras.optimizers.Adam
    >>> gan.compile(adam(2e-4), adam(2e-4), loss="hinge")
    >>> gan.fit(tgp.data.load("mnist_5k"), epochs=10)
    >>> images = gan.generate(16, seed=0)
  """

  def __init__(
    self,
    discriminator: keras.Model,
    generator: keras.Model,
    latent_dim: int,
    discriminator_steps: int = 1,
    ema_decay: float | None = None,
    r1_weight: float = 0.0,
    teacher: keras.Model | None = None,
    distillation: Sequence = (),
    adversarial_weight: float = 1.0,
    generator_batch_size: int | None = None,
    **kwargs: Any,
  ):
    """Creates the GAN from its networks, whose weights are not copied.

    Args:
      discriminator: A network that maps images, `[n, height, width, channels]`,
        to one logit each, `[n, 1]`.
      generator: A network that maps latents, `[n, latent_dim]`, to images.
      latent_dim: The size of a latent vector; its numbers are drawn from
        N(0, 1).
      discriminator_steps: The number of the discriminator's updates in a train
        step, all on the same real images, each with new latents.
      ema_decay: If set, the decay of the generator's moving average, in
        (0, 1), and of the teacher's, if that learns.
      r1_weight: The weight gamma of the R1 penalty on the discriminator; 0
        leaves it out.
      teacher: If given, a generator that this one learns from, of the same
        latents and images; it is trained only if `compile` gets a
        `t_optimizer`.
      distillation: The losses between generator and teacher: names from
        `distillation.LOSSES`, or objects such as
        `distillation.ImageDistance(weight=10.0)`.
      adversarial_weight: The weight of the adversarial loss beside those; 0
        leaves it out.
      generator_batch_size: The number of latents in an update of the generator,
        on each replica; by default as many as real images. More of them help a
        small generator that learns from a teacher.
      **kwargs: Other arguments of `tgp.PrunedGAN`, such as `regularizers`.

    Raises:
      ValueError: If the networks do not fit each other or `latent_dim`, a
        number is out of range, a teacher has no losses or losses have no
        teacher.
    """
    source = kwargs.pop("inputs", None)
    if source is None:
      image_checks.check_networks(discriminator, generator, latent_dim)
      source = inputs.Latents(int(latent_dim))
    image_checks.check_batch_size(generator_batch_size)
    super().__init__(
      discriminator,
      generator,
      source,
      discriminator_steps=discriminator_steps,
      ema_decay=ema_decay,
      r1_weight=r1_weight,
      teacher=teacher,
      distillation=distillation,
      adversarial_weight=adversarial_weight,
      **kwargs,
    )
    self.latent_dim = latent_dim
    self.generator_batch_size = generator_batch_size

  def fit(
    self,
    x: array_types.Array | tf.data.Dataset | None = None,
    y: array_types.Array | None = None,
    **kwargs: Any,
  ) -> keras.callbacks.History:
    """Trains the GAN on real images, with Keras's `fit`.

    Args:
      x: Real images: an array `[n, height, width, channels]`, or a
        `tf.data.Dataset` of batches (images first, where it has labels).
      y: Not used; labels may be passed.
      **kwargs: Arguments of `keras.Model.fit`, such as `epochs`.

    Returns:
      Keras's history of the means of each epoch.

    Raises:
      ValueError: If there are no images, or they do not fit the discriminator
        or the generator's range.
    """
    image_checks.check_data(self, x)
    with image_checks.clear_errors():
      return super().fit(x, y, **kwargs)

  def check_real(self, name: str, examples: array_types.Array) -> None:
    """Raises unless images have the shape and range that the GAN trains on."""
    image_checks.check_images(self, examples)

  def unpack(self, data: tf.Tensor | Sequence[tf.Tensor]) -> tf.Tensor:
    """Returns the real images of a batch, and checks their range.

    Args:
      data: A batch of real images, or a tuple that begins with one.
    """
    return image_checks.checked_images(self, data)
