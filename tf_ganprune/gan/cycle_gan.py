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
"""CycleGAN, which translates images without pairs.

Zhu et al. 2017, "Unpaired Image-to-Image Translation using Cycle-Consistent
Adversarial Networks".
"""

from typing import Any

import tensorflow as tf

from tf_ganprune.gan import base, cyclic, image_checks, image_pool
from tf_ganprune.keras_compat import keras


@keras.utils.register_keras_serializable(package="tf_ganprune")
class CycleGAN(cyclic.Cyclic):
  """Trains and prunes two generators that translate images, without pairs.

  Each is judged by a discriminator, and has to be undone by the other. Names
  and log keys are those of Keras' example. Both generators learn from the
  whole cycle loss, as in the paper.

  Attributes:
    lambda_cycle: The weight of the cycle loss.
    lambda_identity: The weight of the identity loss beside the cycle's.
    pool_X: Earlier images of x that discriminators are shown.
    pool_Y: Those of y.

  Example:
    >>> shape = (64, 64, 3)
    >>> gan = tgp.CycleGAN(
    ...   tgp.networks.resnet_generator(shape, num_blocks=6),
    ...   tgp.networks.resnet_generator(shape, num_blocks=6),
    ...   tgp.networks.patch_discriminator(shape),
    ...   tgp.networks.patch_discriminator(shape))
    >>> adam = lambda: tgp.keras.optimizers.Adam(2e-4, beta_1=0.5)
    >>> gan.compile(adam(), adam(), adam(), adam())
    >>> gan.fit(tf.data.Dataset.zip((photos, paintings)), epochs=200)
    >>> painted = gan.generator_G(photos_to_paint)
  """

  def __init__(
    self,
    generator_G: keras.Model,
    generator_F: keras.Model,
    discriminator_X: keras.Model,
    discriminator_Y: keras.Model,
    lambda_cycle: float = 10.0,
    lambda_identity: float = 0.5,
    pool_size: int = 50,
    adversarial_weight: float = 2.0,
    **kwargs: Any,
  ):
    """Takes over the networks; their weights are not copied.

    Args:
      generator_G: Maps images of x to images of y.
      generator_F: Maps images of y to images of x.
      discriminator_X: Maps images of x to logits, of any shape.
      discriminator_Y: Maps images of y to logits, of any shape.
      lambda_cycle: The weight of the cycle loss, a mean absolute difference.
      lambda_identity: The weight, times `lambda_cycle`, of how much generators
        change images of the domain that they make; 0 leaves it out, as domains
        of different channels need.
      pool_size: How many earlier images of each domain are kept, to show
        discriminators some of them; 0 for none.
      adversarial_weight: The weight of the adversarial loss of generators. The
        default is 2 since `"least_squares"` is half of the mean square that the
        paper has.
      **kwargs: As of `tgp.PrunedGAN`, such as `ema_decay`, `teachers` and
        `distillation` by the generators' names, `regularizers`, and `inputs`
        such as `{"generator_G": tgp.inputs.Examples(x)}` for `generate`.

    Raises:
      ValueError: If the networks do not fit each other, or a number is out of
        range.
    """
    image_checks.check_not_negative("lambda_identity", lambda_identity)
    super().__init__(
      generator_G,
      generator_F,
      discriminator_X,
      discriminator_Y,
      lambda_cycle,
      adversarial_weight,
      **kwargs,
    )
    self._check_identity(lambda_identity)
    self.lambda_identity = lambda_identity
    self.pool_size = pool_size
    self.pool_X = self._pool(pool_size, "discriminator_X")
    self.pool_Y = self._pool(pool_size, "discriminator_Y")

  def _check_identity(self, weight: float) -> None:
    shapes = [self.network(x).input_shape for x in (cyclic.G, cyclic.F)]
    if weight and shapes[0][1:] != shapes[1][1:]:
      raise ValueError(
        f"`lambda_identity` is {weight:g}, and images of x are"
        f" {shapes[0][1:]}, those of y {shapes[1][1:]}, so that a generator"
        " cannot take images of the other domain; pass lambda_identity=0."
      )

  def _pool(self, size: int, judge: str) -> image_pool.ImagePool:
    pool = image_pool.ImagePool(size, name=f"pool_{judge[-1]}")
    if size:
      pool.build(self.network(judge).input_shape)
    return pool

  def take_over(self, before: base.PrunedGAN) -> None:
    """Copies the earlier images of another GAN, if it has as many.

    Args:
      before: The other GAN.
    """
    for name in ("pool_X", "pool_Y"):
      ours, theirs = getattr(self, name), getattr(before, name)
      if theirs.size == ours.size:
        ours.set_weights(theirs.get_weights())

  def update(self, batch: tuple[tf.Tensor, tf.Tensor]) -> dict[str, tf.Tensor]:
    """Updates the generators, then the discriminators.

    Args:
      batch: Images of x, and of y.

    Returns:
      The losses `G_loss`, `F_loss`, `D_X_loss` and `D_Y_loss`.
    """
    x, y = batch
    logs, fake_y, fake_x = self.update_generators(x, y)
    fake_x = self.pool_X.exchanged(fake_x, self._rng)
    fake_y = self.pool_Y.exchanged(fake_y, self._rng)
    return logs | self.update_discriminators(x, y, fake_x, fake_y)

  def more_losses(
    self, x: tf.Tensor, y: tf.Tensor, players: tuple[str, str]
  ) -> tuple[tf.Tensor | float, tf.Tensor | float]:
    """Returns the identity losses of both generators."""
    if not self.lambda_identity:
      return 0.0, 0.0
    weight = self.lambda_cycle * self.lambda_identity
    same_y, same_x = self._made_by(players[0], y), self._made_by(players[1], x)
    return weight * self.distance(y, same_y), weight * self.distance(x, same_x)
