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
"""A GAN whose images have labels.

Mirza & Osindero 2014, "Conditional Generative Adversarial Nets", equation 2;
with an auxiliary weight, Odena et al. 2017, "Conditional Image Synthesis with
Auxiliary Classifier GANs", equations 2 and 3.
"""

import typing
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from tf_ganprune import array_types, inputs
from tf_ganprune.gan import (
  current_scorer,
  image_checks,
  judging,
  label_checks,
  standard,
)
from tf_ganprune.keras_compat import keras

_cross_entropy = tf.nn.sparse_softmax_cross_entropy_with_logits


@keras.utils.register_keras_serializable(package="tf_ganprune")
class ConditionalGAN(standard.GAN):
  """Trains, prunes and samples a generator that is told a class.

  Generated images have the labels of the real ones in updates of the
  discriminator, and even ones in those of the generator.

  Attributes:
    num_classes: How many classes there are.
    auxiliary_weight: Of the classes' cross entropy, in the losses of both.

  Example:
    >>> shape = (28, 28, 1)
    >>> gan = tgp.ConditionalGAN(
    ...   tgp.networks.conditional_discriminator(shape, num_classes=10),
    ...   tgp.networks.conditional_generator(shape, 64, num_classes=10),
    ...   latent_dim=64, num_classes=10, ema_decay=0.999)
    >>> adam = tgp.keras.optimizers.Adam
    >>> gan.compile(adam(2e-4), adam(2e-4), loss="hinge")
    >>> gan.fit(images, labels, epochs=10)
    >>> sevens = gan.generate(16, labels=7, seed=0)
  """

  def __init__(
    self,
    discriminator: keras.Model,
    generator: keras.Model,
    latent_dim: int,
    num_classes: int,
    auxiliary_weight: float = 0.0,
    **kwargs: Any,
  ):
    """Takes over the networks; their weights are not copied.

    Args:
      discriminator: Maps a list of images, `[n, height, width, channels]`, and
        int32 labels, `[n]`, to one logit each, `[n, 1]`. With an
        `auxiliary_weight` it also returns logits of the classes,
        `[n, num_classes]`, in a list behind that, and may take images alone.
      generator: Maps a list of latents, `[n, latent_dim]`, and int32 labels,
        `[n]`, to images; or latents joined with one-hot labels,
        `[n, latent_dim + num_classes]`.
      latent_dim: The size of a latent vector.
      num_classes: How many classes there are; labels are from 0 on.
      auxiliary_weight: The weight of the cross entropy of the classes; 0 for a
        discriminator without logits of classes.
      **kwargs: As of `tgp.GAN`, such as `ema_decay`.

    Raises:
      ValueError: If the networks do not fit each other, `latent_dim` or
        `num_classes`; or as of `tgp.GAN`.
    """
    image_checks.check_not_negative("auxiliary_weight", auxiliary_weight)
    source = label_checks.source_of(generator, latent_dim, num_classes)
    label_checks.check_networks(
      discriminator, generator, source, auxiliary_weight
    )
    super().__init__(
      discriminator, generator, latent_dim, inputs=source, **kwargs
    )
    self.num_classes = source.num_classes
    self.auxiliary_weight = auxiliary_weight
    self._takes_labels = label_checks.takes_labels(discriminator)

  def fit(
    self,
    x: array_types.Array | tf.data.Dataset | None = None,
    y: array_types.Array | None = None,
    **kwargs: Any,
  ) -> keras.callbacks.History:
    """Trains the GAN; see `keras.Model.fit`.

    Warns if the generator ignores its labels in the end.

    Args:
      x: Real images, an array `[n, height, width, channels]`; or a
        `tf.data.Dataset` of batches of pairs, images and labels.
      y: Labels of an array's images, whole numbers, `[n]`.
      **kwargs: As of `keras.Model.fit`.

    Returns:
      Keras' history.

    Raises:
      ValueError: If images or labels are missing or will not do.
    """
    label_checks.check_data(self, x, y)
    history = super().fit(x, y, **kwargs)
    label_checks.warn_if_ignored(self)
    return history

  def unpack(self, data: Sequence) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the real images of a batch and their labels, checked.

    Args:
      data: Images, and labels `[n]` or `[n, 1]`.
    """
    images, labels = label_checks.pair(data)
    return super().unpack(images), label_checks.checked(self, labels)

  @property
  def _source(self) -> inputs.LabelledLatents:
    return typing.cast(inputs.LabelledLatents, self.input_source)

  def generate(  # type: ignore[override]  # labels come before the seed
    self,
    n: int,
    labels: array_types.Array | int | None = None,
    seed: int | None = None,
    network: str | None = None,
  ) -> tf.Tensor:
    """Draws latents, and returns the images that the generator makes of them.

    Args:
      n: How many.
      labels: A label for all, or labels `[n]`; None draws them evenly.
      seed: Makes the images the same at each call.
      network: Another network's name, if not of the generator.

    Returns:
      Images, `[n, height, width, channels]`, of the moving average where there
      is one.

    Raises:
      ValueError: If a label is none.
    """
    return super().generate(n, seed, network, labels=labels)

  def discriminator_inputs(
    self, outputs: tf.Tensor, inputs: array_types.Tensors
  ) -> array_types.Tensors:
    """Returns images with the labels that they were made of."""
    if not self._takes_labels:
      return outputs
    return [outputs, self._source.labels(inputs)]

  def realness(self, scores: array_types.Tensors) -> tf.Tensor:
    """Returns the first of a discriminator's outputs, without the classes'."""
    return scores[0] if self.auxiliary_weight else scores

  def discriminator_loss(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """Adds the cross entropy of the classes of real and generated images."""
    loss = super().discriminator_loss(real, fake)
    return loss + self._of_classes(2)

  def generator_loss(self, fake: tf.Tensor) -> tf.Tensor:
    """Adds the cross entropy of the classes of generated images."""
    return super().generator_loss(fake) + self._of_classes(1)

  def _of_classes(self, count: int) -> tf.Tensor | float:
    """Returns the weighted cross entropy of what a loss scored first."""
    scorer = current_scorer.get()
    if not self.auxiliary_weight or scorer is None:
      return 0.0
    losses = scorer.function.cross_entropies[:count]
    return self.auxiliary_weight * tf.add_n(losses)

  def _scoring(self, condition=None) -> Callable[[tf.Tensor], tf.Tensor]:
    return _OfLabels(self, condition)

  def _with_condition(self, real) -> tuple:
    return real

  def _drawn(self, n, condition=None) -> tuple:
    drawn = self.draw(n, labels=condition)
    return drawn, self._source.labels(drawn)


class _OfLabels:
  """Scores images as images of given classes.

  Attributes:
    cross_entropies: Of the classes, of each batch that was scored.
  """

  def __init__(self, gan: ConditionalGAN, labels: tf.Tensor):
    self._gan, self._labels = gan, labels
    self.cross_entropies: list[tf.Tensor] = []

  def __call__(self, images: tf.Tensor) -> tf.Tensor:
    given = [images, self._labels] if self._gan._takes_labels else images
    found = judging.score(self._gan, "discriminator", given)
    if not self._gan.auxiliary_weight:
      return found
    score, classes = found
    each = _cross_entropy(self._labels, classes)
    self.cross_entropies.append(tf.reduce_mean(each))
    return score
