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
"""The updates of a generator and a discriminator that compete.

Goodfellow et al. 2014, "Generative Adversarial Nets", algorithm 1.
"""

from collections.abc import Callable

import tensorflow as tf

from tf_ganprune import losses
from tf_ganprune.gan import base, current_scorer, judging
from tf_ganprune.graphs import calling
from tf_ganprune.keras_compat import keras


class Adversarial(base.PrunedGAN):
  """A GAN of a `generator`, a `discriminator` and maybe a `teacher`.

  Its constructor sets `discriminator_steps`, `generator_batch_size`,
  `r1_weight` and `adversarial_weight`, its `compile` `adversarial_loss` and
  `t_optimizer`.
  """

  def update(self, real: tf.Tensor) -> dict[str, tf.Tensor]:
    """Updates the discriminator `discriminator_steps` times, and the generator.

    A teacher that learns is updated in between.

    Args:
      real: Real images, `[n, height, width, channels]`.

    Returns:
      The losses `d_loss` and `g_loss`, and `t_loss` of a teacher that learns.
      With a teacher, `distillation_loss`, which is a part of `g_loss`, and its
      parts without their weights by their names are logged as well.
    """
    count = tf.shape(tf.nest.flatten(real)[0])[0]
    logs = {
      "d_loss": self.repeat(
        self.discriminator_steps, lambda: self._update_discriminator(real)
      )
    }
    if self.t_optimizer is not None:
      logs["t_loss"] = self._update_teacher(count)
    n = self.generator_batch_size or count
    return logs | {"g_loss": self._update_generator(n)}

  def discriminator_loss(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """Returns the discriminator's loss; a family may override this.

    Args:
      real: Real images, `[n, height, width, channels]`.
      fake: Generated images of the same shape.

    Returns:
      A scalar.
    """
    loss = self.adversarial_loss.discriminator(
      self.score(real), self.score(fake)
    )
    if self.r1_weight:
      loss += self.r1_weight * losses.r1_penalty(self._score, real)
    return loss

  def generator_loss(self, fake: tf.Tensor) -> tf.Tensor:
    """Returns the generator's loss; a family may override this.

    Args:
      fake: Generated images, `[n, height, width, channels]`.

    Returns:
      A scalar.
    """
    return self.adversarial_loss.generator(self.score(fake))

  def score(self, images: tf.Tensor) -> tf.Tensor:
    """Scores images with the discriminator, as the regularizers want them.

    An override of `discriminator_loss` or `generator_loss` scores images with
    it and with nothing else.

    Args:
      images: `[n, height, width, channels]`.

    Returns:
      Logits, `[n, 1]`.
    """
    return (current_scorer.get() or self._score)(images)

  def _score(self, images: tf.Tensor) -> tf.Tensor:
    """Scores images as the update in progress does, without regularizers."""
    scorer = current_scorer.get()
    return scorer.plain(images) if scorer else self._scoring()(images)

  def _scoring(self, condition=None) -> Callable[[tf.Tensor], tf.Tensor]:
    """Returns what scores images; a family overrides it.

    Args:
      condition: What the discriminator takes beside images.
    """
    del condition
    return lambda images: judging.score(self, "discriminator", images)

  def _with_condition(self, real) -> tuple:
    """Returns real images, and what the discriminator takes beside them."""
    return real, None

  def _drawn(self, n, condition=None) -> tuple:
    """Returns inputs of the generator, and what belongs to them.

    Args:
      n: How many.
      condition: What is to belong to them; None if it is drawn, too.
    """
    return self.draw(n), condition

  def _opponents(self) -> list[keras.Model]:
    """Returns whose images the discriminator learns to tell from real ones."""
    if self.t_optimizer is None:
      return [self.generator]
    competes = bool(self.adversarial_weight)
    return [self.teacher, *([self.generator] if competes else [])]

  def _update_discriminator(self, real) -> tf.Tensor:
    real, condition = self._with_condition(real)
    # Outside of the tape: the generator does not learn here.
    fakes = [
      self._faked(network, condition, real) for network in self._opponents()
    ]
    pairs = [
      (self.scorer("discriminator", score=self._scoring(condition)), fake)
      for fake in fakes
    ]

    def penalized(scorer, fake):
      with current_scorer.using(scorer, "discriminator_loss"):
        loss = self.discriminator_loss(real, fake)
      return loss + scorer.penalty(real, fake)

    loss = self.minimize(
      "discriminator",
      lambda: tf.reduce_mean([penalized(*pair) for pair in pairs]),
      weight_clip=self._weight_clip,
    )
    for scorer, fake in pairs:
      scorer.observe(real, fake)
    return loss

  def _faked(self, network, condition, real) -> tf.Tensor:
    """Returns as many images of a network as there are real ones."""
    inputs, _ = self._drawn(tf.shape(real)[0], condition)
    made = calling.called(network, inputs, training=True)
    return tf.cast(made, real.dtype)

  def _adversarial_loss(self, learner: str, fake, condition) -> tf.Tensor:
    """Returns the adversarial loss of who made images."""
    scorer = self.scorer("discriminator", learner, self._scoring(condition))
    with current_scorer.using(scorer, "generator_loss"):
      return self.generator_loss(fake)

  @property
  def _weight_clip(self) -> float | None:
    return getattr(self.adversarial_loss, "weight_clip", None)

  def _update_teacher(self, n) -> tf.Tensor:
    inputs, condition = self._drawn(n)

    def loss():
      fake = calling.called(self.teacher, inputs, training=True)
      return self._adversarial_loss("teacher", fake, condition)

    return self.minimize("teacher", loss)

  def _update_generator(self, n) -> tf.Tensor:
    inputs, condition = self._drawn(n)

    def loss():
      fake, distance = self.forward("generator", inputs)
      if not self.teacher:
        return self._adversarial_loss("generator", fake, condition)
      if not self.adversarial_weight:
        return distance
      return distance + self.adversarial_weight * self._adversarial_loss(
        "generator", fake, condition
      )

    return self.minimize("generator", loss)
