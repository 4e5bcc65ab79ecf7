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
"""The updates of two generators that undo each other, and of their judges.

Zhu et al. 2017, "Unpaired Image-to-Image Translation using Cycle-Consistent
Adversarial Networks", equations 1 to 3; Yi et al. 2017, "DualGAN: Unsupervised
Dual Learning for Image-to-Image Translation", equations 1 and 2.
"""

import functools
import types
from collections.abc import Mapping, Sequence
from typing import Any

import tensorflow as tf

from tf_ganprune import array_types, losses, regularizers
from tf_ganprune.gan import (
  base,
  image_checks,
  translation_checks,
)
from tf_ganprune.graphs import calling
from tf_ganprune.keras_compat import keras

G, F = "generator_G", "generator_F"
_JUDGES = {G: "discriminator_Y", F: "discriminator_X"}
_TEACHER = "teacher_"
_RANGE_OF = {"x": F, "y": G}


class Cyclic(base.PrunedGAN):
  """A GAN of `generator_G` from x to y, `generator_F` back, and two judges.

  A generator whose teacher has an optimizer learns from that alone: the teacher
  takes its place in the game against the discriminator (Ren et al. 2021,
  "Online Multi-Granularity Distillation for GAN Compression").
  """

  logged = ("G_loss", "F_loss", "D_X_loss", "D_Y_loss")
  trains_teachers = True
  optimizer_names = types.MappingProxyType(
    {
      G: "gen_G_optimizer",
      F: "gen_F_optimizer",
      "discriminator_X": "disc_X_optimizer",
      "discriminator_Y": "disc_Y_optimizer",
      f"teacher_{G}": "teacher_G_optimizer",
      f"teacher_{F}": "teacher_F_optimizer",
    }
  )

  def __init__(
    self,
    generator_G: keras.Model,
    generator_F: keras.Model,
    discriminator_X: keras.Model,
    discriminator_Y: keras.Model,
    lambda_cycle: float,
    adversarial_weight: float,
    average: Sequence[str] = (G, F),
    **kwargs: Any,
  ):
    """Takes over the networks; their weights are not copied.

    Args:
      generator_G: Maps images of x to images of y.
      generator_F: Maps images of y to images of x.
      discriminator_X: Maps images of x to logits, of any shape.
      discriminator_Y: Maps images of y to logits, of any shape.
      lambda_cycle: The weight of the distance between images and what becomes
        of them by both generators.
      adversarial_weight: The weight of the adversarial loss of generators.
      average: As of `tgp.PrunedGAN`.
      **kwargs: As of `tgp.PrunedGAN`.

    Raises:
      ValueError: If the networks do not fit each other, or a weight is
        negative.
    """
    image_checks.check_not_negative("lambda_cycle", lambda_cycle)
    image_checks.check_not_negative("adversarial_weight", adversarial_weight)
    networks = {
      G: generator_G,
      F: generator_F,
      "discriminator_X": discriminator_X,
      "discriminator_Y": discriminator_Y,
    }
    translation_checks.check_cycle(networks)
    super().__init__(networks, average=average, **kwargs)
    self.lambda_cycle = lambda_cycle
    self.adversarial_weight = adversarial_weight

  def compile(  # type: ignore[override]  # as in Keras' example
    self,
    gen_G_optimizer: keras.optimizers.Optimizer | str,
    gen_F_optimizer: keras.optimizers.Optimizer | str,
    disc_X_optimizer: keras.optimizers.Optimizer | str,
    disc_Y_optimizer: keras.optimizers.Optimizer | str,
    loss: str | losses.AdversarialLoss = "least_squares",
    teacher_G_optimizer: keras.optimizers.Optimizer | str | None = None,
    teacher_F_optimizer: keras.optimizers.Optimizer | str | None = None,
    **kwargs: Any,
  ) -> None:
    """Sets the optimizers of the networks, and the adversarial loss.

    Args:
      gen_G_optimizer: The optimizer of `generator_G`, or its name.
      gen_F_optimizer: That of `generator_F`.
      disc_X_optimizer: That of `discriminator_X`.
      disc_Y_optimizer: That of `discriminator_Y`.
      loss: A name from `losses.LOSSES`, or an object such as
        `losses.AdversarialLoss`.
      teacher_G_optimizer: If given, that of the teacher of `generator_G`, which
        then learns as well, in the place of its student.
      teacher_F_optimizer: That of the teacher of `generator_F`.
      **kwargs: Arguments of `keras.Model.compile`, such as `jit_compile`.

    Raises:
      ValueError: If the loss is unknown, or an optimizer is missing, unknown,
        of the legacy kind, used twice, or of a teacher that is not there.
    """
    self.adversarial_loss, self.loss_name = losses.get(loss), loss
    given = {
      G: gen_G_optimizer,
      F: gen_F_optimizer,
      "discriminator_X": disc_X_optimizer,
      "discriminator_Y": disc_Y_optimizer,
      f"teacher_{G}": teacher_G_optimizer,
      f"teacher_{F}": teacher_F_optimizer,
    }
    given = {name: x for name, x in given.items() if x is not None}
    super().compile(given, **kwargs)

  def judge_of(self, name: str) -> str | None:
    """Returns the name of the discriminator of a generator's images."""
    return _JUDGES.get(name.removeprefix(_TEACHER))

  def fit(
    self, x: array_types.Array | tf.data.Dataset | None = None, y=None, **kwargs
  ):
    """Trains the networks; see `keras.Model.fit`.

    Args:
      x: A `tf.data.Dataset` of batches of pairs, images of x and of y, which
        need not belong together; or an array of images of x.
      y: With arrays, as many images of y.
      **kwargs: As of `keras.Model.fit`.

    Returns:
      Keras's history.

    Raises:
      ValueError: If the data are no pairs, or do not fit the networks.
    """
    with image_checks.clear_errors():
      translation_checks.check_unpaired(self, x, y)
      return super().fit(x, y, **kwargs)

  def check_real(self, name: str, examples: array_types.Array) -> None:
    """Raises unless images have the shape and range of a domain."""
    super().check_real(name, examples)
    domain = name.rsplit("_", 1)[-1].lower()
    image_checks.check_range(self, examples, _RANGE_OF[domain])

  def unpack(self, data: Sequence) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns images of x and of y, and checks their ranges.

    Args:
      data: A pair of batches.
    """
    x, y = translation_checks.pair(data)
    return (
      image_checks.checked_images(self, x, F, "Images of x"),
      image_checks.checked_images(self, y, G, "Images of y"),
    )

  def player(self, name: str) -> str:
    """Returns who plays against a generator's discriminator.

    Args:
      name: `"generator_G"` or `"generator_F"`.

    Returns:
      Its name; or that of its teacher, if that learns.
    """
    teacher = self.teacher_of(name)
    if teacher is None or teacher in (G, F):
      return name
    return teacher if teacher in self.optimizers else name

  def update_generators(
    self, x: tf.Tensor, y: tf.Tensor
  ) -> tuple[dict[str, tf.Tensor], tf.Tensor, tf.Tensor]:
    """Updates both generators, with one tape and one loss.

    Args:
      x: Images of x, `[n, height, width, channels]`.
      y: Images of y, as many.

    Returns:
      The losses to log, images of y made from x, and images of x made from y.
    """
    players = self.player(G), self.player(F)
    with tf.GradientTape(persistent=True) as tape:
      fake_y, loss_G = self._played(players[0], x)
      fake_x, loss_F = self._played(players[1], y)
      again_x = self._made_by(players[1], fake_y)
      again_y = self._made_by(players[0], fake_x)
      loss_G += self.lambda_cycle * self.distance(y, again_y)
      loss_F += self.lambda_cycle * self.distance(x, again_x)
      more_G, more_F = self.more_losses(x, y, players)
      loss_G, loss_F = loss_G + more_G, loss_F + more_F
      both = {players: loss_G + loss_F}
    self.apply(self.gradients(tape, both), both)
    logs = {"G_loss": loss_G, "F_loss": loss_F}
    self._update_students({G: x, F: y}, players)
    return logs, fake_y, fake_x

  def distance(self, images: tf.Tensor, again: tf.Tensor) -> tf.Tensor:
    """Returns the mean absolute difference between images, a scalar.

    Args:
      images: Real images.
      again: What both generators made of them.
    """
    return tf.reduce_mean(tf.abs(images - again))

  def more_losses(
    self, x: tf.Tensor, y: tf.Tensor, players: tuple[str, str]
  ) -> tuple[tf.Tensor | float, tf.Tensor | float]:
    """Returns what a family adds to the losses of both generators.

    Args:
      x: Images of x.
      y: Images of y.
      players: The names of the networks that play.

    Returns:
      Two scalars, of the one from x to y first.
    """
    del x, y, players
    return 0.0, 0.0

  def _played(self, name: str, images) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns a player's images, and its loss without the cycle."""
    made, distance = self.forward(name, images)
    made = tf.cast(made, images.dtype)
    scores = self.scorer(_JUDGES[name.removeprefix(_TEACHER)], name)(made)
    weighted = self.adversarial_weight * self.adversarial_loss.generator(scores)
    return made, weighted + distance

  def _made_by(self, name: str, images) -> tf.Tensor:
    made = calling.called(self.network(name), images, training=True)
    return tf.cast(made, images.dtype)

  def _update_students(self, given: Mapping, players) -> None:
    """Updates the generators that learn from teachers which play."""
    for name in given:
      if name not in players:
        self.minimize(name, functools.partial(self._lesson, name, given[name]))

  def _lesson(self, name: str, images) -> tf.Tensor:
    """Returns what a student learns by from its teacher."""
    _, distance = self.forward(name, images)
    return distance

  def update_discriminators(
    self, x: tf.Tensor, y: tf.Tensor, fake_x: tf.Tensor, fake_y: tf.Tensor
  ) -> dict[str, tf.Tensor]:
    """Updates both discriminators, with one tape and one loss.

    Args:
      x: Real images of x.
      y: Real images of y.
      fake_x: Generated images of x.
      fake_y: Generated images of y.

    Returns:
      The losses to log.
    """
    pairs = {"discriminator_X": (x, fake_x), "discriminator_Y": (y, fake_y)}
    scorers = {name: self.scorer(name) for name in pairs}
    with tf.GradientTape(persistent=True) as tape:
      found = {
        name: self._judged(scorers[name], *pair) for name, pair in pairs.items()
      }
      both = {tuple(pairs): tf.add_n([*found.values()])}
    clip = getattr(self.adversarial_loss, "weight_clip", None)
    self.apply(self.gradients(tape, both), both, weight_clip=clip)
    for name, pair in pairs.items():
      scorers[name].observe(*pair)
    loss_X, loss_Y = found.values()
    return {"D_X_loss": loss_X, "D_Y_loss": loss_Y}

  def _judged(self, scorer: regularizers.Scorer, real, fake) -> tf.Tensor:
    loss = self.adversarial_loss.discriminator(scorer(real), scorer(fake))
    return loss + scorer.penalty(real, fake)
