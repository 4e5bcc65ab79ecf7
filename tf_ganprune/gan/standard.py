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

import random
from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune import latents, losses, states
from tf_ganprune.gan import (
  averaging,
  base,
  checks,
  configs,
  distilling,
  optimizers,
)
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import updates

_COMPILE_OPTIONS = ("jit_compile", "run_eagerly", "steps_per_execution")


@keras.utils.register_keras_serializable(package="tf_ganprune")
class GAN(configs.Configured, base.PrunedGAN):
  """Trains, prunes and samples a generator against a discriminator.

  Networks that `tgp.prune_low_magnitude` or TF-MOT's function wrapped are
  pruned: their steps are the updates of their own optimizer, and pruned
  weights are zero after each of them. No callback is needed for that.

  Goodfellow et al. 2014, "Generative Adversarial Nets", algorithm 1.

  Attributes:
    discriminator: The live discriminator.
    generator: The live generator.
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
    **kwargs,
  ):
    """Takes over the networks; their weights are not copied.

    Args:
      discriminator: Maps images, `[n, height, width, channels]`, to one logit
        each, `[n, 1]`.
      generator: Maps latents, `[n, latent_dim]`, to images.
      latent_dim: The size of a latent vector; its numbers are drawn from
        N(0, 1).
      discriminator_steps: Updates of the discriminator in a train step, all on
        the same real images, each with new latents.
      ema_decay: If set, the decay of the generator's moving average, in
        (0, 1), and of the teacher's, if that learns.
      r1_weight: The weight gamma of the R1 penalty on the discriminator; 0
        leaves it out.
      teacher: If given, a generator that this one learns from, of the same
        latents and images; it is not trained unless `compile` says so.
      distillation: What to learn from it: names from `distillation.LOSSES`, or
        objects such as `distillation.ImageDistance(weight=10.0)`.
      adversarial_weight: The weight of the adversarial loss beside those; 0
        leaves it out.
      generator_batch_size: Latents in an update of the generator, on each
        replica; by default as many as there are real images. What a small
        generator learns from a teacher is worth more of them.
      **kwargs: As of `keras.Model`.

    Raises:
      ValueError: If the networks do not fit each other or `latent_dim`, a
        number is out of range, or a teacher and losses do not come together.
    """
    super().__init__(**kwargs)
    checks.check_networks(discriminator, generator, latent_dim)
    checks.check_numbers(discriminator_steps, ema_decay, r1_weight)
    checks.check_batch_size(generator_batch_size)
    self.discriminator = discriminator
    self.generator = generator
    self.latent_dim = latent_dim
    self.discriminator_steps = discriminator_steps
    self.ema_decay = ema_decay
    self.r1_weight = r1_weight
    self.generator_batch_size = generator_batch_size
    self.teacher = teacher
    self.distillation = distilling.checked(
      distillation, teacher, generator, latent_dim, adversarial_weight
    )
    self.adversarial_weight = adversarial_weight
    self._own(discriminator=discriminator, generator=generator, teacher=teacher)
    self._distiller = None if teacher is None else distilling.Distiller(self)
    self.ema_generator = self.ema_teacher = None
    if ema_decay is not None:
      self.ema_generator = averaging.copy_of(generator)
      self._on_pruned()
    # Python's seed, so that `keras.utils.set_random_seed` decides this as well.
    self._rng = tf.random.Generator.from_seed(random.randrange(2**31))
    self.built = True

  def compile(
    self,
    d_optimizer,
    g_optimizer,
    loss="non_saturating",
    t_optimizer=None,
    **kwargs,
  ):
    """Sets how the networks are trained.

    Args:
      d_optimizer: The discriminator's optimizer, or its name.
      g_optimizer: The generator's optimizer, or its name.
      loss: A name from `losses.LOSSES`, or an object such as
        `losses.AdversarialLoss`.
      t_optimizer: If given, the teacher's optimizer, or its name: then the
        teacher learns too, against the discriminator, which sees the teacher's
        images, and the student's only if there is an `adversarial_weight`; and
        the student learns from its moving average, if there is an `ema_decay`.
      **kwargs: As of `keras.Model.compile`, such as `jit_compile`.

    Raises:
      ValueError: If the loss is unknown, or an optimizer will not do.
    """
    self.adversarial_loss = losses.get(loss)
    self.loss_name = loss
    d_optimizer, g_optimizer, t_optimizer = optimizers.built(
      d_optimizer=(self.discriminator, d_optimizer),
      g_optimizer=(self.generator, g_optimizer),
      t_optimizer=(self.teacher, t_optimizer),
    )
    self._compile_options = {
      name: kwargs[name] for name in _COMPILE_OPTIONS if name in kwargs
    }
    # Keras' callbacks look at `optimizer`; it is the generator's.
    super().compile(optimizer=g_optimizer, **kwargs)
    self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer
    self.t_optimizer = t_optimizer
    if self._distiller is not None:
      self._distiller.compile(self)
    self.d_loss_metric = keras.metrics.Mean(name="d_loss")
    self.g_loss_metric = keras.metrics.Mean(name="g_loss")

  def _on_pruned(self) -> None:
    if self.ema_generator is not None:
      self._average = averaging.Follower(
        self.generator, self.ema_generator, self.ema_decay
      )
    if self._distiller is not None and self._is_compiled:
      self._distiller.follow(self)

  @property
  def metrics(self):
    """The mean losses of an epoch, which Keras resets."""
    if not self._is_compiled:
      return []
    more = [] if self._distiller is None else self._distiller.metrics
    return [self.d_loss_metric, self.g_loss_metric, *more]

  def fit(self, x=None, y=None, **kwargs):
    """Trains the GAN; see `keras.Model.fit`.

    Args:
      x: Real images: an array `[n, height, width, channels]`, or a
        `tf.data.Dataset` of batches (images first, where it has labels).
      y: Not used; labels may stand here.
      **kwargs: As of `keras.Model.fit`.

    Returns:
      Keras' history.

    Raises:
      ValueError: If there are no images, or they do not fit the discriminator
        or the generator's range.
    """
    checks.check_data(self, x)
    with checks.clear_errors():
      return super().fit(x, y, **kwargs)

  def train_step(self, data) -> dict[str, tf.Tensor]:
    """Updates the discriminator `discriminator_steps` times, and the generator.

    A teacher that learns is updated in between.

    Args:
      data: A batch of real images, or a tuple that begins with one.

    Returns:
      The mean losses of this epoch: `d_loss` and `g_loss`, and with a teacher
      `distillation_loss`, which is a part of `g_loss`, and its parts without
      their weights by their names.
    """
    real = checks.checked_images(self, data)
    base.repeat(
      self.discriminator_steps,
      lambda: self.d_loss_metric.update_state(self._update_discriminator(real)),
    )
    n = self.generator_batch_size or tf.shape(real)[0]
    if self.t_optimizer is not None:
      self._distiller.update_teacher(self, self._latents(tf.shape(real)[0]))
    before = updates.state(self.g_optimizer)
    self.g_loss_metric.update_state(self._update_generator(n))
    if self.ema_generator is not None:
      made = updates.made_since(self.g_optimizer, before)
      self._average.update(self.g_optimizer.iterations, made)
    return {metric.name: metric.result() for metric in self.metrics}

  def discriminator_loss(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """What the discriminator minimizes; a family overrides this.

    Args:
      real: Real images, `[n, height, width, channels]`.
      fake: Generated images of the same shape.

    Returns:
      A scalar.
    """
    loss = self.adversarial_loss.discriminator(
      self._score(real), self._score(fake)
    )
    if self.r1_weight:
      loss += self.r1_weight * losses.r1_penalty(self._score, real)
    return loss

  def generator_loss(self, fake: tf.Tensor) -> tf.Tensor:
    """What the generator minimizes; a family overrides this.

    Args:
      fake: Generated images, `[n, height, width, channels]`.

    Returns:
      A scalar.
    """
    return self.adversarial_loss.generator(self._score(fake))

  def restart_average(self) -> None:
    """Lets the moving average begin anew, from the generator as it is."""
    if self.ema_generator is not None:
      self._average.restart()

  def generate(self, n: int, seed: int | None = None) -> tf.Tensor:
    """Draws images, from the averaged generator where there is one.

    Args:
      n: How many.
      seed: Makes the latents, and so the images, the same at each call.

    Returns:
      Images, `[n, height, width, channels]`.
    """
    if n < 1:
      raise ValueError(f"`n` must be at least 1; got {n}.")
    if seed is None:
      z = self._latents(n)
    else:
      z = latents.of_seed(n, self.latent_dim, seed)
    batches = [z[i : i + 256] for i in range(0, n, 256)]
    with states.Kept(self.ema_generator or self.generator):
      return tf.concat([self(batch, training=False) for batch in batches], 0)

  def call(self, inputs, training=None):
    """Maps latents to images, with the averaged generator where there is one.

    Args:
      inputs: Latents, `[n, latent_dim]`.
      training: As of Keras.

    Returns:
      Images, `[n, height, width, channels]`.
    """
    network = self.ema_generator or self.generator
    return network(inputs, training=training)

  def _latents(self, n) -> tf.Tensor:
    return self._rng.normal([n, self.latent_dim])

  def _score(self, images: tf.Tensor) -> tf.Tensor:
    # Losses of half precision would overflow.
    logits = self.discriminator(images, training=True)
    return tf.cast(logits, self.variable_dtype)

  def _update_discriminator(self, real: tf.Tensor) -> tf.Tensor:
    # Outside of the tape: the generator does not learn here.
    n = tf.shape(real)[0]
    fakes = [
      tf.cast(network(self._latents(n), training=True), real.dtype)
      for network in distilling.opponents(self)
    ]
    return self.minimize(
      "discriminator",
      self.d_optimizer,
      lambda: tf.reduce_mean([self.discriminator_loss(real, x) for x in fakes]),
      weight_clip=self._weight_clip,
    )

  @property
  def _weight_clip(self) -> float | None:
    return getattr(self.adversarial_loss, "weight_clip", None)

  def _update_generator(self, n: tf.Tensor) -> tf.Tensor:
    latents = self._latents(n)
    if self._distiller is not None:
      return self._distiller.update_student(self, latents)
    return self.minimize(
      "generator",
      self.g_optimizer,
      lambda: self.generator_loss(self.generator(latents, training=True)),
    )
