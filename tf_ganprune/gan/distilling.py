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
"""A GAN's generator as the student of a teacher."""

import contextlib

import tensorflow as tf

from tf_ganprune import bounds, distillation, signatures, states
from tf_ganprune.gan import averaging, checks, scaling
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune, updates

_OWN_METRICS = ("d_loss", "g_loss", "t_loss", "distillation_loss")


def checked(losses, teacher, generator, latent_dim, adversarial_weight) -> list:
  """Returns the losses of a teacher, if it fits the generator.

  Builds a teacher that does not know its input shape yet.

  Raises:
    ValueError: If it does not, or teacher and losses do not come together.
  """
  checks.check_not_negative("adversarial_weight", adversarial_weight)
  if teacher is None:
    if losses or adversarial_weight != 1.0:
      name = "distillation" if losses else "adversarial_weight"
      raise ValueError(
        f"`{name}` is set, and there is no `teacher` to learn from; pass the"
        " trained generator as `teacher`."
      )
    return []
  if not losses:
    raise ValueError(
      "`teacher` is set, and `distillation` is empty; say what to learn from"
      f" it, such as ['image']; there are {sorted(distillation.LOSSES)}."
    )
  _check_teacher(teacher, generator, latent_dim)
  found = distillation.get_all(losses)
  _check_names(found)
  return found


def _check_names(losses) -> None:
  for loss in losses:
    if loss.name in _OWN_METRICS:
      raise ValueError(
        f"A distillation loss is named {loss.name!r}, as a metric of the GAN"
        " is; give it another `name`."
      )


def _check_teacher(teacher, generator, latent_dim) -> None:
  prune.check_network(teacher, "teacher")
  if teacher is generator:
    raise ValueError(
      "`teacher` and `generator` are the same network; clone one of them with"
      " `tf_ganprune.keras.models.clone_model` and `set_weights`."
    )
  checks.build(teacher, (None, latent_dim))
  _check_apart(teacher, generator)
  ours, theirs = signatures.shapes(teacher), signatures.shapes(generator)
  for what, one, other in zip(("takes", "makes"), ours, theirs, strict=True):
    if one[1:] != other[1:]:
      raise ValueError(
        f"The `teacher` {teacher.name!r} {what} {one[1:]}, and the generator"
        f" {generator.name!r} {other[1:]}; they must be equal."
      )
  names = f"The `teacher` {teacher.name!r}", f"the generator {generator.name!r}"
  bounds.check_alike(teacher, generator, names)


def _check_apart(teacher, generator) -> None:
  ours = {weight.ref() for weight in generator.weights}
  for weight in teacher.weights:
    if weight.ref() in ours:
      raise ValueError(
        f"`teacher` and `generator` share weights, such as {weight.name!r}, as"
        " a network and its pruned or stripped form do; clone the teacher with"
        " `tf_ganprune.keras.models.clone_model` and `set_weights`."
      )


class Distiller:
  """Updates the student, and the teacher if that is trained as well.

  Example:
    `Distiller(gan).update_student(gan, latents)`
  """

  def __init__(self, gan):
    """Makes the losses of a GAN fit its networks.

    Args:
      gan: A GAN that has its networks and losses, and is not compiled.
    """
    for loss in gan.distillation:
      loss.take(gan.teacher, gan.generator, gan.discriminator)
    names = [pair for loss in gan.distillation for pair in loss.pairs]
    self._names = [x for x, _ in names]
    self._teacher = distillation.Observer(gan.teacher, self._names)
    self._student = distillation.Observer(gan.generator, [x for _, x in names])
    self._average = None
    self.metrics = []

  def compile(self, gan) -> None:
    """Makes the optimizer of the adapters, and metrics.

    Args:
      gan: The GAN, which has the optimizers of its networks.

    Raises:
      ValueError: If the teacher has an optimizer, and nothing to learn.
    """
    if _learns(gan) and not gan.teacher.trainable_variables:
      raise ValueError(
        f"`t_optimizer` is set, and all of the teacher {gan.teacher.name!r} is"
        " frozen, as a GAN's `ema_generator` is, so it would never learn; set"
        " `teacher.trainable = True` first, or leave `t_optimizer` out."
      )
    mean = keras.metrics.Mean
    self._total = mean(name="distillation_loss")
    self._parts = [mean(name=loss.name) for loss in gan.distillation]
    self.metrics = [self._total, *self._parts]
    if _learns(gan):
      self._t_loss = mean(name="t_loss")
      self.metrics.append(self._t_loss)
    self.follow(gan)
    gan.adapter_optimizer = None
    if variables := _adapter_variables(gan):
      gan.adapter_optimizer = scaling.another(gan.g_optimizer)
      gan.adapter_optimizer.build(variables)

  def follow(self, gan) -> None:
    """Lets the student learn from the moving average of a teacher that learns.

    The GAN then has it as `ema_teacher`. A single state of a network that
    competes is noisier than the average of many.

    Args:
      gan: The GAN, compiled.
    """
    if not _learns(gan) or gan.ema_decay is None:
      return
    if gan.ema_teacher is None:
      gan.ema_teacher = averaging.copy_of(gan.teacher)
    self._average = averaging.Follower(
      gan.teacher, gan.ema_teacher, gan.ema_decay
    )
    self._teacher = distillation.Observer(gan.ema_teacher, self._names)

  def update_student(self, gan, latents: tf.Tensor) -> tf.Tensor:
    """Makes one update of the generator and of the adapters.

    Args:
      gan: The GAN.
      latents: `[n, latent_dim]`.

    Returns:
      What the generator minimized, a scalar.
    """
    # The moving batch statistics of a teacher that learns are behind. It is
    # called outside of the tape, so that nothing flows back into it.
    is_live = _learns(gan) and self._average is None
    with self._keeping(is_live):
      teacher = self._seen(gan, self._teacher, latents, training=is_live)
    return gan.minimize(
      "generator",
      gan.g_optimizer,
      lambda: self._loss(gan, teacher, latents),
      beside=(gan.adapter_optimizer, _adapter_variables(gan)),
    )

  def _keeping(self, is_live: bool):
    """Returns what keeps a teacher as it is, if it does not learn."""
    if is_live:
      return contextlib.nullcontext()
    return states.Kept(self._teacher.network)

  def update_teacher(self, gan, latents: tf.Tensor) -> None:
    """Makes one adversarial update of the teacher.

    Ren et al. 2021, "Online Multi-Granularity Distillation for GAN
    Compression": the teacher competes with the discriminator, and the student
    learns from the teacher as it becomes, or from its moving average.

    Args:
      gan: The GAN.
      latents: `[n, latent_dim]`.
    """
    before = updates.state(gan.t_optimizer)
    loss = gan.minimize(
      "teacher",
      gan.t_optimizer,
      lambda: gan.generator_loss(gan.teacher(latents, training=True)),
    )
    self._t_loss.update_state(loss)
    if self._average is not None:
      made = updates.made_since(gan.t_optimizer, before)
      self._average.update(gan.t_optimizer.iterations, made)

  def _loss(self, gan, teacher, latents) -> tf.Tensor:
    student = self._seen(gan, self._student, latents, training=True)
    total = tf.zeros([], gan.variable_dtype)
    updates = gan.g_optimizer.iterations
    for loss, metric in zip(gan.distillation, self._parts, strict=True):
      part = loss.loss(teacher, student)
      metric.update_state(part)
      total += tf.cast(loss.weight_at(updates), total.dtype) * part
    self._total.update_state(total)
    if gan.adversarial_weight:
      total += gan.adversarial_weight * gan.generator_loss(student.images)
    return total

  def _seen(self, gan, network, latents, training) -> distillation.Seen:
    return distillation.Seen(*network(latents, training, gan.variable_dtype))


def _learns(gan) -> bool:
  return gan.t_optimizer is not None


def _adapter_variables(gan) -> list[tf.Variable]:
  return [
    variable
    for loss in gan.distillation
    for adapter in loss.adapters
    for variable in adapter.trainable_variables
  ]


def opponents(gan) -> list[keras.Model]:
  """Returns whose images the discriminator learns to tell from real ones.

  Args:
    gan: A compiled GAN.
  """
  if not _learns(gan):
    return [gan.generator]
  return [gan.teacher, *([gan.generator] if gan.adversarial_weight else [])]
