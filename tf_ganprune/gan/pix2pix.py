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
"""pix2pix, which translates images that it has seen in pairs.

Isola et al. 2017, "Image-to-Image Translation with Conditional Adversarial
Networks", equation 4.
"""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from tf_ganprune import array_types, losses
from tf_ganprune import inputs as inputs_
from tf_ganprune.gan import (
  adversarial,
  image_checks,
  judging,
  translation_checks,
)
from tf_ganprune.keras_compat import keras


@keras.utils.register_keras_serializable(package="tf_ganprune")
class Pix2Pix(adversarial.Adversarial):
  """Trains and prunes a generator that makes an image from another one.

  The discriminator judges an image beside the one that it was made from. The
  generator's inputs may be several, such as an image with a hole and the hole's
  mask.

  Attributes:
    lambda_l1: The weight of the mean absolute difference from the target.

  Example:
    >>> shape = (64, 64, 3)
    >>> gan = tgp.Pix2Pix(
    ...   tgp.networks.patch_discriminator(shape, shape, normalization="batch"),
    ...   tgp.networks.u_net_generator(shape, num_downs=6))
    >>> adam = lambda: tgp.keras.optimizers.Adam(2e-4, beta_1=0.5)
    >>> gan.compile(adam(), adam())
    >>> gan.fit(outlines, drawings, epochs=100)
    >>> drawn = gan(outlines_to_fill)
  """

  def __init__(
    self,
    discriminator: keras.Model,
    generator: keras.Model,
    lambda_l1: float = 100.0,
    inputs: "inputs_.Inputs | None" = None,
    **kwargs: Any,
  ):
    """Takes over the networks; their weights are not copied.

    Args:
      discriminator: Maps the generator's inputs with an image behind them, a
        list of `[n, height, width, channels]`, to logits of any shape.
      generator: Maps images to images.
      lambda_l1: The weight of the mean absolute difference between the images
        made and their targets.
      inputs: The object of `tgp.inputs` that draws the generator's inputs for
        `generate`, such as `tgp.inputs.Examples(outlines)`.
      **kwargs: As of `tgp.GAN`, such as `ema_decay`, `teacher`,
        `distillation` and `regularizers`.

    Raises:
      ValueError: If the networks do not fit each other, or a number is out of
        range.
    """
    image_checks.check_not_negative("lambda_l1", lambda_l1)
    translation_checks.check_pairs(generator, discriminator)
    super().__init__(discriminator, generator, inputs, **kwargs)
    self.lambda_l1 = lambda_l1

  def compile(  # type: ignore[override]  # with another default
    self,
    d_optimizer: keras.optimizers.Optimizer | str,
    g_optimizer: keras.optimizers.Optimizer | str,
    loss: str | losses.AdversarialLoss = "non_saturating",
    **kwargs: Any,
  ) -> None:
    """Sets optimizers and loss, with the arguments of `tgp.GAN.compile`."""
    super().compile(d_optimizer, g_optimizer, loss, **kwargs)

  def fit(
    self,
    x: array_types.Arrays | tf.data.Dataset | None = None,
    y: array_types.Array | None = None,
    **kwargs: Any,
  ) -> keras.callbacks.History:
    """Trains the GAN; see `keras.Model.fit`.

    Args:
      x: A `tf.data.Dataset` of batches of pairs, the generator's inputs and
        their targets; or an array of inputs.
      y: With an array, the targets, in the same order.
      **kwargs: As of `keras.Model.fit`.

    Returns:
      Keras's history.

    Raises:
      ValueError: If the data are no pairs, or do not fit the networks.
    """
    translation_checks.check_pair_data(self, x, y)
    with image_checks.clear_errors():
      return super().fit(x, y, **kwargs)

  def check_real(self, name: str, examples: array_types.Arrays) -> None:
    """Raises unless a list of inputs and targets is what the GAN trains on."""
    *inputs, target = examples
    translation_checks.check_pair_data(self, _single(inputs), target)
    image_checks.check_range(self, target)

  def unpack(self, data: Sequence) -> tuple:
    """Returns inputs and targets of a batch, and checks the targets' range.

    Args:
      data: A pair of the generator's inputs, and targets.
    """
    inputs, targets = translation_checks.pair(data)
    dtype = self.variable_dtype
    inputs = tf.nest.map_structure(lambda x: tf.cast(x, dtype), inputs)
    return inputs, image_checks.checked_images(self, targets, which="Targets")

  def discriminator_inputs(
    self, outputs: tf.Tensor, inputs: array_types.Tensors
  ) -> array_types.Tensors:
    """Returns inputs with the images that were made from them behind."""
    return [*tf.nest.flatten(inputs), outputs]

  def _scoring(self, condition=None) -> Callable[[tf.Tensor], tf.Tensor]:
    inputs, _ = condition

    def score(images):
      given = self.discriminator_inputs(images, inputs)
      return judging.score(self, "discriminator", given)

    return score

  def _with_condition(self, real) -> tuple:
    return real[1], real

  def _drawn(self, n, condition=None) -> tuple:
    return condition[0], condition

  def _learnt_from(self, n, batch) -> tuple:
    return batch[0], batch

  def _adversarial_loss(self, learner: str, fake, condition) -> tf.Tensor:
    """Adds the distance from the targets to the adversarial loss."""
    loss = super()._adversarial_loss(learner, fake, condition)
    targets = tf.cast(condition[1], fake.dtype)
    distance = tf.reduce_mean(tf.abs(targets - fake))
    return loss + self.lambda_l1 * tf.cast(distance, loss.dtype)


def _single(inputs: list):
  return inputs[0] if len(inputs) == 1 else inputs
