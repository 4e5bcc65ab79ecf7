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

import types
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from tf_ganprune import inputs, losses
from tf_ganprune.gan import base, current_scorer, image_checks, judging
from tf_ganprune.graphs import calling
from tf_ganprune.keras_compat import keras


class Adversarial(base.PrunedGAN):
  """A GAN of a `generator`, a `discriminator` and maybe a `teacher`."""

  generator_batch_size: int | None = None
  logged = ("d_loss", "g_loss")
  sole_student = "generator"
  optimizer_names = types.MappingProxyType(
    {
      "discriminator": "d_optimizer",
      "generator": "g_optimizer",
      "teacher": "t_optimizer",
      "generator_adapter": "adapter_optimizer",
    }
  )

  def __init__(
    self,
    discriminator: keras.Model,
    generator: keras.Model,
    source: "inputs.Inputs | None",
    discriminator_steps: int = 1,
    ema_decay: float | None = None,
    r1_weight: float = 0.0,
    teacher: keras.Model | None = None,
    distillation: Sequence = (),
    adversarial_weight: float = 1.0,
    **kwargs: Any,
  ):
    """Takes over the networks; their weights are not copied.

    Args:
      discriminator: The discriminator.
      generator: The generator.
      source: The object of `tgp.inputs` that draws the generator's inputs.
      discriminator_steps: As of `tgp.GAN`, like all others.
      ema_decay: The decay of moving averages, or None.
      r1_weight: The weight of the R1 penalty.
      teacher: The network that the generator learns from, or None.
      distillation: The losses between the two.
      adversarial_weight: The weight of the adversarial loss beside those.
      **kwargs: As of `tgp.PrunedGAN`.

    Raises:
      ValueError: If a number is out of range, or an argument needs another.
    """
    image_checks.check_numbers(discriminator_steps, r1_weight)
    image_checks.check_once("r1_weight", r1_weight, "r1", kwargs)
    image_checks.check_adversarial_weight(
      adversarial_weight, teacher, distillation
    )
    super().__init__(
      {
        "discriminator": discriminator,
        "generator": generator,
        "teacher": teacher,
      },
      source,
      average=["generator"],
      ema_decay=ema_decay,
      teachers={} if teacher is None else {"generator": "teacher"},
      distillation={"generator": distillation},
      **kwargs,
    )
    if teacher is None:
      self.teacher: Any = None
    self.discriminator_steps = discriminator_steps
    self.r1_weight = r1_weight
    self.adversarial_weight = adversarial_weight
    self.ema_teacher = None

  def _kept_losses(self, losses: dict[str, list]) -> list:
    return losses.get("generator", [])

  def compile(  # type: ignore[override]  # as in Keras' examples
    self,
    d_optimizer: keras.optimizers.Optimizer | str,
    g_optimizer: keras.optimizers.Optimizer | str,
    loss: str | losses.AdversarialLoss = "non_saturating",
    t_optimizer: keras.optimizers.Optimizer | str | None = None,
    **kwargs: Any,
  ) -> None:
    """Sets the optimizers of the networks, and the adversarial loss.

    Args:
      d_optimizer: The discriminator's optimizer, or its name.
      g_optimizer: The generator's optimizer, or its name.
      loss: A name from `losses.LOSSES`, or an object such as
        `losses.AdversarialLoss`.
      t_optimizer: If given, the teacher's optimizer, or its name. The teacher
        is then trained as well, against the discriminator, which gets the
        teacher's images, and the student's only if `adversarial_weight` is not
        0. The student learns from the teacher's moving average, if there is an
        `ema_decay`.
      **kwargs: Arguments of `keras.Model.compile`, such as `jit_compile`.

    Raises:
      ValueError: If the loss is unknown, or an optimizer is missing, unknown,
        of the legacy kind, or used twice.
    """
    adversarial_loss = losses.get(loss)
    if t_optimizer is not None and self.teacher is None:
      raise ValueError(
        "`t_optimizer` is set, and the GAN has no network to update with it;"
        " leave it out, or pass `teacher` and `distillation` to the"
        " constructor."
      )
    optimizers = {"discriminator": d_optimizer, "generator": g_optimizer}
    if t_optimizer is not None:
      optimizers["teacher"] = t_optimizer
    super().compile(optimizers, **kwargs)
    self.t_optimizer = self.optimizers.get("teacher")
    self.adversarial_loss, self.loss_name = adversarial_loss, loss
    self.d_loss_metric = self._means["d_loss"]
    self.g_loss_metric = self._means["g_loss"]

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
      logs["t_loss"] = self._update_teacher(count, real)
    n = self.generator_batch_size or count
    return logs | {"g_loss": self._update_generator(n, real)}

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

  def _learnt_from(self, n, batch) -> tuple:
    """Returns inputs of an update of the generator, and what belongs to them.

    Args:
      n: How many to draw.
      batch: The batch that `update` got, for families whose inputs are in it.
    """
    del batch
    return self._drawn(n)

  def _update_teacher(self, n, batch) -> tf.Tensor:
    inputs, condition = self._learnt_from(n, batch)

    def loss():
      fake = calling.called(self.teacher, inputs, training=True)
      return self._adversarial_loss("teacher", fake, condition)

    return self.minimize("teacher", loss)

  def _update_generator(self, n, batch) -> tf.Tensor:
    inputs, condition = self._learnt_from(n, batch)

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
