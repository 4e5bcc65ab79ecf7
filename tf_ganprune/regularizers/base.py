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
"""What a regularizer of a discriminator may do in the updates of a GAN."""

import dataclasses
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from tf_ganprune import arguments, registries, replicas
from tf_ganprune.keras_compat import keras

Images = Any  # a tensor, or a nest of tensors that belong together


@dataclasses.dataclass(frozen=True)
class Seen:
  """What a discriminator saw in one of its updates, and thought of it.

  Attributes:
    score: Maps images to scores, which are higher for more real ones; it does
      not augment them.
    real: Real images, as the discriminator saw them: augmented.
    fake: Generated images, likewise.
    real_scores: Of `real`, `[n, ...]`.
    fake_scores: Of `fake`, `[n, ...]`.
    rng: Gives all random numbers.
    step: How many updates the discriminator has had, a scalar.
  """

  score: Callable[[Images], tf.Tensor]
  real: Images
  fake: Images
  real_scores: tf.Tensor
  fake_scores: tf.Tensor
  rng: tf.random.Generator
  step: tf.Tensor | int = 0


class Regularizer(keras.layers.Layer):
  """Something that makes it harder for a discriminator to overfit.

  Derive from it, override what the idea needs of `augment`, `penalty`,
  `observe` and `select`, and register the class with Keras, so that a GAN that
  uses it can be saved. What is not overridden does nothing.

  An object that a user makes has no state. `tgp.regularizers.Combined` makes a
  copy of it for each discriminator, and calls the copy's `build`, which makes
  the variables; so one object may be given to a GAN of many discriminators, or
  to many GANs.

  Attributes:
    kind: The name that `regularizers=` takes in place of an object.
    value_range: The lowest and highest value of images, which the GAN sets.

  Example:
    >>> @tgp.keras.utils.register_keras_serializable()
    ... class SmallScores(tgp.regularizers.Regularizer):
    ...   kind = "small_scores"
    ...   def penalty(self, seen):
    ...     return 0.001 * tf.reduce_mean(tf.square(seen.real_scores))
  """

  kind = ""
  value_range = (-1.0, 1.0)

  def __init__(self):
    """Makes a layer of full precision that has nothing to train."""
    super().__init__(
      name=self.kind or None, trainable=False, dtype=keras.backend.floatx()
    )

  def build(self, input_shape: object = None) -> None:
    """Makes the variables, for one discriminator; one with state overrides it.

    Args:
      input_shape: Not used; Keras has it.
    """
    super().build(input_shape)

  def copy(self) -> "Regularizer":
    """Returns a new one with the same arguments and no state."""
    return type(self).from_config(self.get_config())

  def augment(self, images: Images, rng: tf.random.Generator) -> Images:
    """Returns what the discriminator sees in place of images.

    It is asked for real and generated images alike, in the updates of both
    networks, so gradients must go through it.

    Args:
      images: `[n, height, width, channels]`, or a nest of such tensors, which
        belong together: all of them get the same random numbers.
      rng: Gives them.

    Returns:
      The same structure, of the same shapes and types.
    """
    del rng
    return images

  def penalty(self, seen: Seen) -> tf.Tensor | float:
    """Returns what is added to the loss of the discriminator.

    Args:
      seen: What it saw in this update.

    Returns:
      A scalar, with its weight.
    """
    del seen
    return 0.0

  def observe(self, real_scores: tf.Tensor, fake_scores: tf.Tensor) -> None:
    """Changes the state after an update of the discriminator.

    With several replicas it is called on each of them; see `assign` and
    `replicas.summed`.

    Args:
      real_scores: Of real images, as this update saw them, `[n, ...]`.
      fake_scores: Of generated images.
    """

  def select(self, scores: tf.Tensor, step: tf.Tensor | int) -> tf.Tensor:
    """Returns scores from which only those images learn that count.

    Args:
      scores: Of generated images in an update of the generator, `[n, ...]`.
      step: How many updates the generator has had.

    Returns:
      The same numbers, with other gradients.
    """
    del step
    return scores

  def get_config(self) -> dict:
    """Returns the arguments of the constructor; one that has some overrides.

    Raises:
      NotImplementedError: If it has some and does not.
    """
    if len(inspect.signature(type(self)).parameters):
      raise NotImplementedError(
        f"{type(self).__name__} has arguments and no `get_config` that returns"
        " them, so there can be no copy of it for a discriminator."
      )
    return {}

  def add_state(self, name: str, dtype: tf.DType = tf.float32) -> tf.Variable:
    """Returns a new variable, a scalar 0, that all replicas have alike.

    Args:
      name: Of the variable.
      dtype: Its type.
    """
    return self.add_weight(
      name,
      shape=(),
      initializer="zeros",
      dtype=dtype,
      trainable=False,
      aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA,
    )


def assign(variable: tf.Variable, value: tf.Tensor) -> None:
  """Gives a variable of a regularizer the same value on each replica.

  Args:
    variable: Of `Regularizer.add_state`.
    value: What each replica computed alike.
  """
  replicas.update([(variable,)], _assign, tf.cast(value, variable.dtype))


def _assign(variable, value) -> None:
  variable.assign(value)


def mean(values: tf.Tensor) -> tf.Tensor:
  """Returns the mean of what all replicas have, in float32, a scalar.

  Args:
    values: Of this replica, of any shape.
  """
  values = tf.cast(values, tf.float32)
  count = replicas.summed(tf.cast(tf.size(values), tf.float32))
  return replicas.summed(tf.reduce_sum(values)) / count


def full(values: tf.Tensor) -> tf.Tensor:
  """Returns numbers of half precision in float32, and others as they are."""
  is_half = values.dtype.is_floating and values.dtype.size < 4
  return tf.cast(values, tf.float32) if is_half else values


def checked_weight(weight: float) -> float:
  """Returns the weight of a penalty.

  Args:
    weight: What was passed.

  Raises:
    ValueError: If it is no number, or below 0.
  """
  return arguments.real("weight", weight, 0)


REGULARIZERS = registries.ClassRegistry(
  Regularizer,
  "`regularizers` must hold names out of {names}, or objects derived from"
  " `tf_ganprune.regularizers.Regularizer`",
)


def get(regularizer: str | Regularizer) -> Regularizer:
  """Returns a new one of that name, with its defaults, or the object itself.

  Args:
    regularizer: A name from `REGULARIZERS`, or an object derived from
      `Regularizer`.

  Raises:
    ValueError: If it is neither.
  """
  return REGULARIZERS.make(regularizer)


def get_all(
  regularizers: str | Regularizer | Sequence[str | Regularizer],
) -> list[Regularizer]:
  """Returns regularizers of different kinds.

  Args:
    regularizers: What `get` takes, one or several.

  Raises:
    ValueError: If it is no list, one is unknown, or two are of one kind.
  """
  if isinstance(regularizers, str | Regularizer):
    regularizers = [regularizers]
  if not isinstance(regularizers, list | tuple):
    wrong: Any = regularizers
    regularizers = [get(wrong)]  # which says what is wrong
  found = [get(one) for one in regularizers]
  kinds = [type(one) for one in found]
  for kind in kinds:
    if kinds.count(kind) > 1:
      raise ValueError(
        f"`regularizers` holds {kind.__name__} {kinds.count(kind)} times; one"
        " of a kind, with the weight that it is to have, is all that counts."
      )
  return found
