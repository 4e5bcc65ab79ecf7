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
"""Adversarial losses and gradient penalties: pure functions on logits."""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

DiscriminatorLoss = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
GeneratorLoss = Callable[[tf.Tensor], tf.Tensor]


def _cross_entropy(logits: tf.Tensor, label: float) -> tf.Tensor:
  labels = tf.fill(tf.shape(logits), tf.cast(label, logits.dtype))
  return tf.reduce_mean(
    tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
  )


def minimax_discriminator_loss(real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
  """Minimax discriminator loss: -E[log D(x)] - E[log(1 - D(G(z)))].

  Goodfellow et al. 2014, "Generative Adversarial Nets", equation 1.

  Args:
    real: Logits of real images, any shape.
    fake: Logits of generated images, any shape.

  Returns:
    The loss, a scalar to be minimized.
  """
  return _cross_entropy(real, 1.0) + _cross_entropy(fake, 0.0)


def minimax_generator_loss(fake: tf.Tensor) -> tf.Tensor:
  """Minimax generator loss: E[log(1 - D(G(z)))].

  Goodfellow et al. 2014, "Generative Adversarial Nets", equation 1.

  Args:
    fake: Logits of generated images, any shape.

  Returns:
    The loss, a scalar to be minimized; never above 0.
  """
  return -_cross_entropy(fake, 0.0)


def non_saturating_generator_loss(fake: tf.Tensor) -> tf.Tensor:
  """Non-saturating generator loss: -E[log D(G(z))].

  Goodfellow et al. 2014, "Generative Adversarial Nets", section 3.

  Args:
    fake: Logits of generated images, any shape.

  Returns:
    The loss, a scalar to be minimized.
  """
  return _cross_entropy(fake, 1.0)


def least_squares_discriminator_loss(
  real: tf.Tensor, fake: tf.Tensor
) -> tf.Tensor:
  """Least-squares discriminator loss: (E[(D(x) - 1)^2] + E[D(G(z))^2]) / 2.

  Mao et al. 2017, "Least Squares Generative Adversarial Networks", equation 9.

  Args:
    real: Logits of real images, any shape.
    fake: Logits of generated images, any shape.

  Returns:
    The loss, a scalar to be minimized.
  """
  return 0.5 * (
    tf.reduce_mean(tf.square(real - 1.0)) + tf.reduce_mean(tf.square(fake))
  )


def least_squares_generator_loss(fake: tf.Tensor) -> tf.Tensor:
  """Least-squares generator loss: E[(D(G(z)) - 1)^2] / 2.

  Mao et al. 2017, "Least Squares Generative Adversarial Networks", equation 9.

  Args:
    fake: Logits of generated images, any shape.

  Returns:
    The loss, a scalar to be minimized.
  """
  return 0.5 * tf.reduce_mean(tf.square(fake - 1.0))


def hinge_discriminator_loss(real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
  """Hinge loss of a discriminator: E[max(0, 1 - D(x)) + max(0, 1 + D(G(z)))].

  Lim and Ye 2017, "Geometric GAN".

  Args:
    real: Logits of real images, any shape.
    fake: Logits of generated images, any shape.

  Returns:
    The loss, a scalar to be minimized.
  """
  return tf.reduce_mean(tf.nn.relu(1.0 - real)) + tf.reduce_mean(
    tf.nn.relu(1.0 + fake)
  )


def wasserstein_discriminator_loss(
  real: tf.Tensor, fake: tf.Tensor
) -> tf.Tensor:
  """Wasserstein discriminator (critic) loss: E[D(G(z))] - E[D(x)].

  Arjovsky et al. 2017, "Wasserstein GAN", equation 2 (negated).

  Args:
    real: Scores of real images, any shape.
    fake: Scores of generated images, any shape.

  Returns:
    The loss, a scalar to be minimized.
  """
  return tf.reduce_mean(fake) - tf.reduce_mean(real)


def wasserstein_generator_loss(fake: tf.Tensor) -> tf.Tensor:
  """Wasserstein generator loss, also the hinge loss: -E[D(G(z))].

  Arjovsky et al. 2017, "Wasserstein GAN", algorithm 1.

  Args:
    fake: Scores of generated images, any shape.

  Returns:
    The loss, a scalar to be minimized.
  """
  return -tf.reduce_mean(fake)


def gradient_penalty(
  discriminator: Callable[[tf.Tensor], tf.Tensor],
  real: tf.Tensor,
  fake: tf.Tensor,
  mix: tf.Tensor,
) -> tf.Tensor:
  """Gradient penalty of WGAN-GP: E[(|grad D(x)| - 1)^2].

  It is taken at points between real and generated images. Gulrajani et al.
  2017, "Improved Training of Wasserstein GANs", equation 3, without the weight.

  Args:
    discriminator: A function from images to scores.
    real: Real images, `[n, ...]`.
    fake: Generated images, of the same shape.
    mix: Uniform numbers in [0, 1], `[n]` followed by ones up to the images'
      rank: the position of each point, from 0 at `fake` to 1 at `real`.

  Returns:
    The penalty, a scalar.
  """
  between = fake + mix * (real - fake)
  with tf.GradientTape() as tape:
    tape.watch(between)
    scores = discriminator(between)
  gradients = tape.gradient(scores, between)
  axes = list(range(1, gradients.shape.rank))
  # The square root has no finite slope at 0.
  norms = tf.sqrt(tf.reduce_sum(tf.square(gradients), axis=axes) + 1e-12)
  return tf.reduce_mean(tf.square(norms - 1.0))


def r1_penalty(
  discriminator: Callable[[tf.Tensor], tf.Tensor], real: tf.Tensor
) -> tf.Tensor:
  """R1 gradient penalty: E[|grad D(x)|^2] / 2 on real images.

  Mescheder et al. 2018, "Which Training Methods for GANs do actually
  Converge?", equation 9.

  Args:
    discriminator: A function from images to logits.
    real: Real images, `[n, ...]`.

  Returns:
    The penalty, a scalar, without its weight gamma.
  """
  with tf.GradientTape() as tape:
    tape.watch(real)
    logits = discriminator(real)
  gradients = tape.gradient(logits, real)
  axes = list(range(1, gradients.shape.rank))
  return 0.5 * tf.reduce_mean(tf.reduce_sum(tf.square(gradients), axis=axes))


@dataclasses.dataclass(frozen=True)
class AdversarialLoss:
  """The losses of the two networks of a GAN.

  Example:
    `tgp.GAN(d, g, 64).compile(d_opt, g_opt, loss=AdversarialLoss(my_d, my_g))`

  Attributes:
    discriminator: A function from real and fake logits to the discriminator's
      loss.
    generator: A function from fake logits to the generator's loss.
    weight_clip: If set, the discriminator's trainable weights are clipped to
      [-weight_clip, weight_clip] after each of its updates (Arjovsky et al.
      2017, algorithm 1).
  """

  discriminator: DiscriminatorLoss
  generator: GeneratorLoss
  weight_clip: float | None = None


LOSSES = {
  "minimax": AdversarialLoss(
    minimax_discriminator_loss, minimax_generator_loss
  ),
  "non_saturating": AdversarialLoss(
    minimax_discriminator_loss, non_saturating_generator_loss
  ),
  "least_squares": AdversarialLoss(
    least_squares_discriminator_loss, least_squares_generator_loss
  ),
  "hinge": AdversarialLoss(
    hinge_discriminator_loss, wasserstein_generator_loss
  ),
  "wasserstein": AdversarialLoss(
    wasserstein_discriminator_loss, wasserstein_generator_loss, weight_clip=0.01
  ),
}


def get(loss: str | AdversarialLoss) -> AdversarialLoss:
  """Returns the adversarial loss of a name, or the given object itself.

  Args:
    loss: A name from `LOSSES`, or any object with `discriminator(real, fake)`
      and `generator(fake)`.

  Raises:
    ValueError: If there is no loss of that name, or a method is missing.
  """
  if isinstance(loss, str) and loss in LOSSES:
    return LOSSES[loss]
  if not isinstance(loss, str) and (
    callable(getattr(loss, "discriminator", None))
    and callable(getattr(loss, "generator", None))
  ):
    return loss
  raise ValueError(
    f"`loss` must be one of {sorted(LOSSES)}, or have the methods"
    f" `discriminator(real, fake)` and `generator(fake)`; got {loss!r}."
  )
