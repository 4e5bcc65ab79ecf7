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
"""The base class of regularizers of a GAN's discriminator."""

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
  """The images of one update of a discriminator, and its scores of them.

  Attributes:
    score: A function that maps images to scores, which are higher for more real
      ones, without augmenting them.
    real: Real images, after augmentation.
    fake: Generated images, after augmentation.
    real_scores: The scores of `real`, `[n, ...]`.
    fake_scores: The scores of `fake`, `[n, ...]`.
    rng: The generator of all random numbers.
    step: The number of the discriminator's updates before this one, a scalar.
  """

  score: Callable[[Images], tf.Tensor]
  real: Images
  fake: Images
  real_scores: tf.Tensor
  fake_scores: tf.Tensor
  rng: tf.random.Generator
  step: tf.Tensor | int = 0


class Regularizer(keras.layers.Layer):
  """The base class of methods that keep a discriminator from overfitting.

  Derive from it, override some of `augment`, `penalty`, `observe` and `select`,
  and register the class with Keras, so that a GAN that uses it can be saved.
  Methods that are not overridden do nothing.

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
    """Creates a layer of full precision without trainable weights."""
    super().__init__(
      name=self.kind or None, trainable=False, dtype=keras.backend.floatx()
    )

  def build(self, input_shape: object = None) -> None:
    """Creates the variables for one discriminator.

    A regularizer with state overrides this, and calls `add_state`.

    Args:
      input_shape: Not used; an argument of Keras.
    """
    super().build(input_shape)

  def copy(self) -> "Regularizer":
    """Returns a new regularizer with the same arguments, without variables."""
    return type(self).from_config(self.get_config())

  def augment(self, images: Images, rng: tf.random.Generator) -> Images:
    """Returns images augmented for the discriminator.

    It is called with real and with generated images, in the updates of both
    networks, so gradients must pass through it.

    Args:
      images: `[n, height, width, channels]`, or a nest of such tensors that
        belong together: all of them get the same random numbers.
      rng: The generator of the random numbers.

    Returns:
      Images of the same structure, shapes and types.
    """
    del rng
    return images

  def penalty(self, seen: Seen) -> tf.Tensor | float:
    """Returns a penalty to add to the loss of the discriminator.

    Args:
      seen: The images of this update, and their scores.

    Returns:
      A scalar, multiplied by its weight.
    """
    del seen
    return 0.0

  def observe(self, real_scores: tf.Tensor, fake_scores: tf.Tensor) -> None:
    """Changes the regularizer's variables after a discriminator's update.

    With several replicas it is called on each of them; see `assign` and
    `replicas.summed`.

    Args:
      real_scores: The scores of real images in this update, `[n, ...]`.
      fake_scores: The scores of generated images, `[n, ...]`.
    """

  def select(self, scores: tf.Tensor, step: tf.Tensor | int) -> tf.Tensor:
    """Returns scores with gradients for a selection of the images.

    Args:
      scores: The scores of generated images in an update of the generator,
        `[n, ...]`.
      step: The number of the generator's updates before this one.

    Returns:
      The same numbers, with other gradients.
    """
    del step
    return scores

  def get_config(self) -> dict:
    """Returns the arguments of the constructor.

    A class whose constructor has arguments overrides this.

    Raises:
      NotImplementedError: If it does not.
    """
    if len(inspect.signature(type(self)).parameters):
      raise NotImplementedError(
        f"{type(self).__name__} has arguments and no `get_config`, and cannot"
        " be copied for a discriminator; let `get_config` return them."
      )
    return {}

  def add_state(self, name: str, dtype: tf.DType = tf.float32) -> tf.Variable:
    """Creates a variable, a scalar 0, that is equal on all replicas.

    Args:
      name: The name of the variable.
      dtype: The type of the variable.
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
  """Assigns a value to a regularizer's variable, the same on each replica.

  Args:
    variable: A variable from `Regularizer.add_state`.
    value: The value, which is equal on all replicas.
  """
  replicas.update([(variable,)], _assign, tf.cast(value, variable.dtype))


def _assign(variable, value) -> None:
  variable.assign(value)


def mean(values: tf.Tensor) -> tf.Tensor:
  """Returns the mean of the values of all replicas, a float32 scalar.

  Args:
    values: The values of this replica, of any shape.
  """
  values = tf.cast(values, tf.float32)
  count = replicas.summed(tf.cast(tf.size(values), tf.float32))
  return replicas.summed(tf.reduce_sum(values)) / count


def full(values: tf.Tensor) -> tf.Tensor:
  """Casts numbers of half precision to float32, and leaves others."""
  is_half = values.dtype.is_floating and values.dtype.size < 4
  return tf.cast(values, tf.float32) if is_half else values


def checked_weight(weight: float) -> float:
  """Checks the weight of a penalty, and returns it.

  Args:
    weight: The value of the argument `weight`.

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
  """Returns a new regularizer of a name, or the given object.

  Args:
    regularizer: A name from `REGULARIZERS`, or an object derived from
      `Regularizer`.

  Raises:
    ValueError: If the argument is neither.
  """
  return REGULARIZERS.make(regularizer)


def get_all(
  regularizers: str | Regularizer | Sequence[str | Regularizer],
) -> list[Regularizer]:
  """Returns a list of regularizers of different kinds.

  Args:
    regularizers: One name or object as for `get`, or a list of them.

  Raises:
    ValueError: If it is no list, one is unknown, or two are of one kind.
  """
  if isinstance(regularizers, str | Regularizer):
    regularizers = [regularizers]
  if not isinstance(regularizers, list | tuple):
    wrong: Any = regularizers
    regularizers = [get(wrong)]  # raises the error for it
  found = [get(one) for one in regularizers]
  kinds = [type(one) for one in found]
  for kind in kinds:
    if kinds.count(kind) > 1:
      raise ValueError(
        f"`regularizers` holds {kind.__name__} {kinds.count(kind)} times; pass"
        " one of a kind, with the weight that it is to have."
      )
  return found
