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
"""DualGAN, which translates images without pairs by Wasserstein critics.

Yi et al. 2017, "DualGAN: Unsupervised Dual Learning for Image-to-Image
Translation", algorithm 1.
"""

from typing import Any

import tensorflow as tf

from tf_ganprune import arguments, losses
from tf_ganprune.gan import cyclic
from tf_ganprune.keras_compat import keras


@keras.utils.register_keras_serializable(package="tf_ganprune")
class DualGAN(cyclic.Cyclic):
  """Trains and prunes two generators that translate images, without pairs.

  Unlike in a `tgp.CycleGAN` the discriminators are Wasserstein critics whose
  weights are clipped, which are updated several times in a train step; images
  are drawn anew for each. Dropout in the generators is the noise.

  Attributes:
    lambda_cycle: The weight of the reconstruction, of both domains.
    critic_steps: The number of updates of the critics in a train step.

  Example:
    >>> shape = (64, 64, 3)
    >>> u_net = lambda: tgp.networks.u_net_generator(shape, num_downs=6)
    >>> critic = lambda: tgp.networks.patch_discriminator(shape)
    >>> gan = tgp.DualGAN(u_net(), u_net(), critic(), critic())
    >>> rmsprop = lambda: tgp.keras.optimizers.RMSprop(5e-5)
    >>> gan.compile(rmsprop(), rmsprop(), rmsprop(), rmsprop())
    >>> gan.fit(tf.data.Dataset.zip((photos, sketches)), epochs=45)
  """

  def __init__(
    self,
    generator_G: keras.Model,
    generator_F: keras.Model,
    discriminator_X: keras.Model,
    discriminator_Y: keras.Model,
    lambda_cycle: float = 500.0,
    critic_steps: int = 3,
    adversarial_weight: float = 1.0,
    **kwargs: Any,
  ):
    """Takes over the networks; their weights are not copied.

    Args:
      generator_G: Maps images of x to images of y.
      generator_F: Maps images of y to images of x.
      discriminator_X: Maps images of x to scores, of any shape.
      discriminator_Y: Maps images of y to scores, of any shape.
      lambda_cycle: The weight of the mean absolute difference between images
        and what becomes of them by both; the paper has 100 to 1,000.
      critic_steps: The number of updates of the critics in a train step; the
        paper has 2 to 4.
      adversarial_weight: The weight of the adversarial loss of generators.
      **kwargs: As of `tgp.CycleGAN`.

    Raises:
      ValueError: If the networks do not fit each other, or a number is out of
        range.
    """
    self.critic_steps = arguments.whole("critic_steps", critic_steps, 1)
    super().__init__(
      generator_G,
      generator_F,
      discriminator_X,
      discriminator_Y,
      lambda_cycle,
      adversarial_weight,
      **kwargs,
    )

  def compile(  # type: ignore[override]  # with another default
    self,
    gen_G_optimizer: keras.optimizers.Optimizer | str,
    gen_F_optimizer: keras.optimizers.Optimizer | str,
    disc_X_optimizer: keras.optimizers.Optimizer | str,
    disc_Y_optimizer: keras.optimizers.Optimizer | str,
    loss: str | losses.AdversarialLoss = "wasserstein",
    **kwargs: Any,
  ) -> None:
    """Sets the optimizers of the networks; see `tgp.CycleGAN.compile`.

    Args:
      gen_G_optimizer: The optimizer of `generator_G`, or its name.
      gen_F_optimizer: That of `generator_F`.
      disc_X_optimizer: That of `discriminator_X`.
      disc_Y_optimizer: That of `discriminator_Y`.
      loss: The adversarial loss, by default that of Wasserstein with weights
        clipped.
      **kwargs: As of `tgp.CycleGAN.compile`.

    Raises:
      ValueError: As of `tgp.CycleGAN.compile`.
    """
    super().compile(
      gen_G_optimizer,
      gen_F_optimizer,
      disc_X_optimizer,
      disc_Y_optimizer,
      loss,
      **kwargs,
    )

  def update(self, batch: tuple[tf.Tensor, tf.Tensor]) -> dict[str, tf.Tensor]:
    """Updates the critics `critic_steps` times, then the generators.

    Args:
      batch: Images of x, and of y.

    Returns:
      The losses `G_loss`, `F_loss`, `D_X_loss` and `D_Y_loss`.
    """
    x, y = batch

    def update_critics():
      fake_y = self._made_by(self.player(cyclic.G), x)
      fake_x = self._made_by(self.player(cyclic.F), y)
      found = self.update_discriminators(x, y, fake_x, fake_y)
      return tf.stack([found["D_X_loss"], found["D_Y_loss"]])

    judged = self.repeat(self.critic_steps, update_critics, shape=(2,))
    loss_X, loss_Y = tf.unstack(judged)
    logs, _, _ = self.update_generators(x, y)
    return logs | {"D_X_loss": loss_X, "D_Y_loss": loss_Y}
