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
"""Combines all regularizers of one discriminator."""

import math
from collections.abc import Callable, Sequence

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.regularizers import base, scorer


@keras.utils.register_keras_serializable(package="tf_ganprune")
class Combined(keras.layers.Layer):
  """Applies several regularizers to one discriminator, and has their state.

  A GAN makes one for each of its discriminators, holds it as an attribute, so
  that Keras saves its variables, and makes a `Scorer` with it in each update.

  Attributes:
    regularizers: Copies of the regularizers, in their order.
    value_range: The lowest and highest value of images.
    asked: The names of the methods that its scorers have used.

  Example:
    >>> combined = tgp.regularizers.Combined(["r1", "diff_augment"], "critic")
    >>> scorer = combined.scorer(critic, rng, critic_optimizer.iterations)
    >>> with tf.GradientTape() as tape:
    ...   loss = tf.reduce_mean(scorer(fake) - scorer(real))
    ...   loss += scorer.penalty(real, fake)
    >>> critic_optimizer.minimize(loss, critic.trainable_variables, tape)
    >>> scorer.observe(real, fake)
  """

  def __init__(
    self,
    regularizers: Sequence[str | base.Regularizer] = (),
    name: str = "regularizers",
    value_range: tuple[float, float] = (-1.0, 1.0),
  ):
    """Copies the regularizers, and makes the copies' variables.

    Args:
      regularizers: Objects, or names from `REGULARIZERS`.
      name: The name of the discriminator, which begins the variables' names.
      value_range: The lowest and highest value of images; a range without an
        end counts as [-1, 1].

    Raises:
      ValueError: If one is unknown, or two are of one kind.
    """
    super().__init__(name=name, trainable=False, dtype=keras.backend.floatx())
    low, high = value_range
    if not all(math.isfinite(x) for x in (low, high)):
      low, high = -1.0, 1.0
    if not low < high:
      raise ValueError(f"`value_range` must rise; got {value_range!r}.")
    self.value_range = (float(low), float(high))
    self.asked = set()
    self.regularizers = [x.copy() for x in base.get_all(regularizers)]
    with tf.name_scope(name):
      for one in self.regularizers:
        one.value_range = self.value_range
        with tf.name_scope(one.name):
          one.build()
    self.built = True

  def of_kind(self, kind: str) -> base.Regularizer | None:
    """Returns the regularizer of a kind, with its state; None if there is none.

    Args:
      kind: The kind, such as `"lecam"`.
    """
    return {one.kind: one for one in self.regularizers}.get(kind)

  def overriding(self, method: str) -> list[base.Regularizer]:
    """Returns the regularizers that override a method, and so use it.

    Args:
      method: The name of the method, such as `"augment"`.
    """
    return [
      one
      for one in self.regularizers
      if getattr(type(one), method) is not getattr(base.Regularizer, method)
    ]

  def augment(
    self, images: base.Images, rng: tf.random.Generator
  ) -> base.Images:
    """Returns images after all augmentations; see `Regularizer.augment`."""
    for one in self.overriding("augment"):
      images = one.augment(images, rng)
    return images

  def penalty(self, seen: base.Seen) -> tf.Tensor | float:
    """Returns the sum of all penalties; see `Regularizer.penalty`."""
    return sum(one.penalty(seen) for one in self.overriding("penalty"))

  def observe(self, real_scores: tf.Tensor, fake_scores: tf.Tensor) -> None:
    """Changes the variables of all; see `Regularizer.observe`."""
    for one in self.overriding("observe"):
      one.observe(real_scores, fake_scores)

  def select(self, scores: tf.Tensor, step: tf.Tensor | int) -> tf.Tensor:
    """Returns scores with selected gradients; see `Regularizer.select`."""
    for one in self.overriding("select"):
      scores = one.select(scores, step)
    return scores

  def scorer(
    self,
    score: Callable[[base.Images], tf.Tensor],
    rng: tf.random.Generator,
    step: tf.Tensor | int,
    of_generator: bool = False,
  ) -> scorer.Scorer:
    """Returns a function-like object that scores images in one update.

    Args:
      score: A function that maps images to the discriminator's scores, without
        regularizers.
      rng: The generator of all random numbers.
      step: The number of earlier updates of the network that is updated.
      of_generator: Whether the generator is updated.
    """
    return scorer.Scorer(self, score, rng, step, of_generator)

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    serialize = keras.utils.serialize_keras_object
    return {
      "regularizers": [serialize(one) for one in self.regularizers],
      "name": self.name,
      "value_range": [*self.value_range],
    }

  @classmethod
  def from_config(cls, config: dict) -> "Combined":
    """Makes the object from its config, with new variables."""
    deserialize = keras.utils.deserialize_keras_object
    found = [deserialize(one) for one in config["regularizers"]]
    return cls(**config | {"regularizers": found})
