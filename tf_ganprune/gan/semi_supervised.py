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
"""A GAN whose discriminator is a classifier that needs few labels.

Salimans et al. 2016, "Improved Techniques for Training GANs", sections 3.1 and
5: the discriminator has a logit for each class, and the logit of "real" is
their log-sum-exp; the generator matches the features of real images.
"""

import types
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from tf_ganprune import array_types, inputs, losses
from tf_ganprune.distillation import observer
from tf_ganprune.gan import base, image_checks, label_checks, unlabelled
from tf_ganprune.graphs import calling
from tf_ganprune.keras_compat import keras


@keras.utils.register_keras_serializable(package="tf_ganprune")
class SemiSupervisedGAN(base.PrunedGAN):
  """Trains a classifier on few labelled images and many that have no label.

  What ships is the discriminator: it is pruned, cut, exported and measured as
  a classifier. The generator makes the images from which it learns to tell what
  real ones have in common.

  Attributes:
    num_classes: How many classes there are.
    latent_dim: The size of a latent vector.
    feature_layer: Name of the layer whose outputs the generator matches, or
      None.
    supervised_weight: Of the labelled images' cross entropy.

  Example:
    >>> classifier = tgp.networks.dcgan_classifier((28, 28, 1), num_classes=10)
    >>> generator = tgp.networks.dcgan_generator((28, 28, 1), latent_dim=64)
    >>> gan = tgp.SemiSupervisedGAN(classifier, generator, 64, num_classes=10)
    >>> gan.compile("adam", "adam")
    >>> labels[100:] = -1  # have none
    >>> gan.fit(images, labels, epochs=20)
    >>> gan.classify(images).numpy().argmax(1)
  """

  logged = ("d_loss", "supervised_loss", "accuracy", "g_loss")
  optimizer_names = types.MappingProxyType(
    {"discriminator": "d_optimizer", "generator": "g_optimizer"}
  )

  def __init__(
    self,
    discriminator: keras.Model,
    generator: keras.Model,
    latent_dim: int,
    num_classes: int,
    feature_matching: bool | str = True,
    supervised_weight: float = 1.0,
    ema_decay: float | None = None,
    **kwargs: Any,
  ):
    """Takes over the networks; their weights are not copied.

    Args:
      discriminator: Maps images, `[n, height, width, channels]`, to logits of
        the classes, `[n, num_classes]`, without an activation.
      generator: Maps latents, `[n, latent_dim]`, to images.
      latent_dim: The size of a latent vector.
      num_classes: How many classes there are; labels are from 0 on, and -1 for
        an image without one.
      feature_matching: Whether the generator matches the mean features of real
        images, before the discriminator's last layer; or the name of the layer
        whose outputs it matches. If False, it is to seem real.
      supervised_weight: The weight of the labelled images' cross entropy.
      ema_decay: If set, the decay of the moving averages of both networks.
      **kwargs: As of `tgp.PrunedGAN`.

    Raises:
      ValueError: If the networks do not fit each other, `latent_dim` or
        `num_classes`, or there is no such layer.
    """
    image_checks.check_not_negative("supervised_weight", supervised_weight)
    unlabelled.check_networks(discriminator, generator, latent_dim, num_classes)
    super().__init__(
      {"discriminator": discriminator, "generator": generator},
      {"generator": inputs.Latents(latent_dim)},
      average=["discriminator", "generator"],
      ema_decay=ema_decay,
      **kwargs,
    )
    self.latent_dim, self.num_classes = latent_dim, num_classes
    self.feature_matching = feature_matching
    self.supervised_weight = supervised_weight
    self.feature_layer = unlabelled.feature_layer(
      discriminator, feature_matching
    )
    names = [] if self.feature_layer is None else [self.feature_layer]
    self._observer = observer.Observer(discriminator, names)

  @property
  def exported(self) -> tuple[str, ...]:
    """The classifier; `generate` draws with the generator."""
    return ("discriminator",)

  @property
  def sampled(self) -> str:
    """The generator, although it does not ship."""
    return "generator"

  def compile(  # type: ignore[override]  # as in Keras' examples
    self,
    d_optimizer: keras.optimizers.Optimizer | str,
    g_optimizer: keras.optimizers.Optimizer | str,
    **kwargs: Any,
  ) -> None:
    """Sets how the networks are trained.

    Args:
      d_optimizer: The discriminator's optimizer, or its name.
      g_optimizer: The generator's optimizer, or its name.
      **kwargs: As of `keras.Model.compile`.

    Raises:
      ValueError: If an optimizer will not do.
    """
    both = {"discriminator": d_optimizer, "generator": g_optimizer}
    super().compile(both, **kwargs)

  def fit(
    self,
    x: array_types.Array | tf.data.Dataset | None = None,
    y: array_types.Array | None = None,
    **kwargs: Any,
  ) -> keras.callbacks.History:
    """Trains the GAN; see `keras.Model.fit`.

    Args:
      x: Images, an array `[n, height, width, channels]`; or a `tf.data.Dataset`
        of batches of pairs, images and labels.
      y: Labels of an array's images, whole numbers, `[n]`; -1 where there is
        none.
      **kwargs: As of `keras.Model.fit`.

    Returns:
      Keras' history; `accuracy` is that of labelled images, in training.

    Raises:
      ValueError: If images or labels are missing or will not do, or an array
        has fewer labelled images than there are classes.
    """
    unlabelled.check_data(self, x, y)
    with image_checks.clear_errors():
      return super().fit(x, y, **kwargs)

  def unpack(self, data: Sequence) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the images of a batch and their labels, checked.

    Args:
      data: Images, and labels `[n]` or `[n, 1]`, -1 where there is none.
    """
    images, labels = label_checks.pair(data)
    images = image_checks.checked_images(self, images)
    return images, label_checks.checked(self, labels, lowest=-1)

  def update(self, batch: Sequence[tf.Tensor]) -> dict[str, tf.Tensor]:
    """Updates the discriminator, and then the generator.

    Args:
      batch: Images, and their labels.

    Returns:
      The losses of both, that of the labelled images, and the share of those
      that is classified rightly.
    """
    images, labels = batch
    n = tf.shape(images)[0]
    made = calling.called(self.generator, self._latents(n), training=True)
    made = tf.cast(made, images.dtype)
    found = {}
    d_loss = self.minimize(
      "discriminator", lambda: self._classified(images, labels, made, found)
    )
    g_loss = self.minimize("generator", lambda: self._deceived(images, n))
    return {"d_loss": d_loss, **found, "g_loss": g_loss}

  def realness(self, scores: array_types.Tensors) -> tf.Tensor:
    """Returns the log-sum-exp of logits of the classes, `[n, 1]`."""
    return tf.reduce_logsumexp(scores, 1, keepdims=True)

  def classify(self, images: array_types.Array) -> tf.Tensor:
    """Returns what the classifier thinks of images.

    Args:
      images: `[n, height, width, channels]`.

    Returns:
      Logits of the classes, `[n, num_classes]`, of the moving average where
      there is one.
    """
    self.check_real("discriminator", images)
    batches = tf.data.Dataset.from_tensor_slices(images).batch(256)
    return tf.concat([self(batch, training=False) for batch in batches], 0)

  def _latents(self, n) -> tf.Tensor:
    return self.draw(n)

  def _classified(self, images, labels, made, found: dict) -> tf.Tensor:
    """Returns the discriminator's loss, and notes its parts."""
    scorer = self.scorer("discriminator")
    real, fake = scorer(images), scorer(made)
    is_real = losses.LOSSES["non_saturating"].discriminator(
      tf.reduce_logsumexp(real, 1), tf.reduce_logsumexp(fake, 1)
    )
    loss, logs = unlabelled.supervised(real, labels)
    found |= logs
    weighted = self.supervised_weight * loss
    return is_real + weighted + scorer.penalty(images, made)

  def _deceived(self, images, n) -> tf.Tensor:
    """Returns the generator's loss."""
    made, distance = self.forward("generator", self._latents(n))
    made = tf.cast(made, images.dtype)
    if self.feature_layer is None:
      scores = self.scorer("discriminator", "generator")(made)
      score = tf.reduce_logsumexp(scores, 1)
      return distance + losses.LOSSES["non_saturating"].generator(score)
    means = [self._mean_features(x) for x in (images, made)]
    return distance + tf.reduce_mean(tf.square(means[0] - means[1]))

  def _mean_features(self, images) -> tf.Tensor:
    _, features = self._observer(images, True, self.variable_dtype)
    return tf.reduce_mean(features[self.feature_layer], 0)
