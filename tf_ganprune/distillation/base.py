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
"""The base classes of distillation losses, and their registry."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import tensorflow as tf

from tf_ganprune import registries
from tf_ganprune.distillation import observer
from tf_ganprune.graphs import network_checks, signatures
from tf_ganprune.keras_compat import keras

Layers: TypeAlias = Sequence[str | tuple[str, str]]
_SCHEDULE = keras.optimizers.schedules.LearningRateSchedule
Schedule: TypeAlias = keras.optimizers.schedules.LearningRateSchedule


class Seen(NamedTuple):
  """A generator's images of a batch of latents, with hidden features.

  Attributes:
    images: `[n, height, width, channels]`.
    features: The outputs of the layers in the `pairs` of the losses, by the
      layers' names, `[n, ..., channels]`.
    judged: What a discriminator is given of them, such as a list of images and
      labels; None for the images alone.
  """

  images: tf.Tensor
  features: dict[str, tf.Tensor]
  judged: Any = None


class Distillation(keras.layers.Layer):
  """A loss between the outputs of a teacher and of a student.

  To add a loss, derive a class from this one, override `loss`, and register the
  class with Keras, so that a GAN that uses it can be saved.

  Attributes:
    kind: The default name of the loss, and of its metric.
    weight: The factor of the loss, or a schedule of it.
    pairs: The names of the hidden layers that the loss compares, pairs of a
      teacher's and a student's.
    adapters: Layers that are trained together with the student.

  Example:
    >>> @tgp.keras.utils.register_keras_serializable()
    ... class Brightness(tgp.distillation.Distillation):
    ...   kind = "brightness"
    ...   def loss(self, teacher, student):
    ...     means = [tf.reduce_mean(x.images) for x in (teacher, student)]
    ...     return tf.square(means[0] - means[1])
  """

  kind = "distillation"

  def __init__(self, weight: float | Schedule = 1.0, name: str | None = None):
    """Sets the factor and the name of the loss.

    Args:
      weight: The factor of the loss, at least 0; or a Keras schedule, as for
        learning rates, which maps the number of the generator's updates to it.
      name: The name of the loss and its metric; by default its kind.

    Raises:
      ValueError: If `weight`, or its first value, is negative or not finite.
    """
    # Features of half precision are compared in full precision.
    super().__init__(name=name or self.kind, dtype=keras.backend.floatx())
    self.weight = _checked_weight(weight)
    self.pairs = []
    self.adapters = []
    self._is_taken = False

  def take(
    self,
    teacher: keras.Model,
    student: keras.Model,
    discriminator: keras.Model | None,
  ) -> None:
    """Prepares the loss for two networks; it can be called only once.

    Args:
      teacher: A built generator.
      student: A built generator.
      discriminator: The student's discriminator.

    Raises:
      ValueError: If the loss belongs to other networks, or does not fit these.
    """
    if self._is_taken:
      raise ValueError(
        f"The distillation loss {self.name!r} belongs to another GAN already,"
        " and may have trained adapters for it. Make a new"
        f" {type(self).__name__}."
      )
    self.prepare(teacher, student, discriminator)
    self._is_taken = True

  def prepare(
    self,
    teacher: keras.Model,
    student: keras.Model,
    discriminator: keras.Model | None,
  ) -> None:
    """Chooses layers and creates adapters, in losses that override it.

    Args:
      teacher: A built generator.
      student: A built generator.
      discriminator: The student's discriminator.
    """

  def loss(self, teacher: Seen, student: Seen) -> tf.Tensor:
    """Returns the difference between student and teacher; override it.

    Args:
      teacher: The teacher's images and features of some latents.
      student: The student's images and features of the same latents.

    Returns:
      A scalar, without the weight.
    """
    raise NotImplementedError

  def weight_at(self, updates: tf.Tensor) -> tf.Tensor | float:
    """Returns the factor of the loss, a scalar.

    Args:
      updates: The number of updates that the generator has had.
    """
    if isinstance(self.weight, _SCHEDULE):
      return self.weight(updates)
    return self.weight

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    weight = self.weight
    if isinstance(weight, _SCHEDULE):
      weight = keras.utils.serialize_keras_object(weight)
    return {"weight": weight, "name": self.name}

  @classmethod
  def from_config(cls, config: dict) -> "Distillation":
    """Returns a loss, with its network and schedule, from its config."""
    found = {
      name: keras.utils.deserialize_keras_object(config[name])
      for name in ("weight", "network")
      if isinstance(config.get(name), dict)
    }
    return cls(**config | found)


def _checked_weight(weight) -> float | Schedule:
  is_schedule = isinstance(weight, _SCHEDULE)
  first = float(weight(0)) if is_schedule else weight
  if not 0.0 <= first < float("inf"):
    begins = " at first" if is_schedule else ""
    raise ValueError(
      f"`weight` must be finite and not negative; got {first}{begins}."
    )
  return weight if is_schedule else float(weight)


def serialized(network: keras.Model | None) -> dict | None:
  """Returns a loss's network as an entry of its config, None without one."""
  if network is None:
    return None
  return keras.utils.serialize_keras_object(network)


def check_takes_images(network: keras.Model, generator: keras.Model) -> None:
  """Raises unless a network takes images of the generator's shape."""
  made = tf.TensorShape(signatures.shapes(generator)[1])
  taken = network_checks.first_taken(network)
  if not made.is_compatible_with(taken):
    raise ValueError(
      f"`network` {network.name!r} takes {taken}, but the teacher's images have"
      f" the shape {made}. Pass a network that takes them, for example with a"
      " Resizing layer in front."
    )


def image_shape(generator: keras.Model, loss: str) -> tuple:
  """Returns height, width and channels of a generator's images.

  Args:
    generator: A built network, maybe with several outputs.
    loss: The name of the loss that needs images, for the message.

  Returns:
    Three numbers, None where a size is not fixed.

  Raises:
    ValueError: If no output has the rank of images.
  """
  made = signatures.shapes(generator)[1]
  if isinstance(made, dict):
    made = [*made.values()]
  made = made if isinstance(made, list) else [made]
  found = [tuple(x[1:]) for x in made if len(x) == 4]
  if not found:
    raise ValueError(
      f"The distillation loss {loss!r} needs images, [n, height, width,"
      f" channels], and {generator.name!r} makes {made[0]}; use the loss"
      " 'image', which compares outputs of any shape."
    )
  # As `bounds.image_of` chooses among outputs.
  return min(found, key=lambda shape: shape[-1] not in (1, 3, 4))


class HiddenDistillation(Distillation):
  """The base of losses that sum a distance over pairs of hidden layers.

  To add a loss, derive a class from this one and override `distance`.

  Example:
    `KernelAlignment(layers=["act_7x7", ("act_14x14", "act_small")])`
  """

  def __init__(
    self,
    layers: Layers | None = None,
    weight: float | Schedule = 1.0,
    name: str | None = None,
  ):
    """Sets the layers to compare.

    Args:
      layers: Names of layers that both networks have, or pairs of names
        `(teacher's, student's)`. By default the last layer of each height and
        width that both networks have, without their images.
      weight: As in `Distillation`.
      name: As in `Distillation`.
    """
    super().__init__(weight, name)
    self.layer_names = observer.checked_names(layers)

  def prepare(
    self,
    teacher: keras.Model,
    student: keras.Model,
    discriminator: keras.Model | None,
  ) -> None:
    """Pairs the layers; see `Distillation.prepare`."""
    del discriminator
    self.pairs = observer.pairs(teacher, student, self.layer_names, self.name)

  def loss(self, teacher: Seen, student: Seen) -> tf.Tensor:
    """Returns the sum of distances over all pairs; see `Distillation.loss`."""
    return tf.add_n(
      [
        self.distance(teacher.features[ours], student.features[theirs], place)
        for place, (ours, theirs) in enumerate(self.pairs)
      ]
    )

  def distance(
    self, teacher: tf.Tensor, student: tf.Tensor, place: int
  ) -> tf.Tensor:
    """Returns the distance of two hidden layers; override it.

    Args:
      teacher: The output of the teacher's layer, `[n, ..., channels]`.
      student: The output of the student's layer, `[n, ..., channels]`, possibly
        with another number of channels.
      place: The index of the layers in `pairs`.

    Returns:
      A scalar.
    """
    raise NotImplementedError

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    names = self.layer_names
    lists = names and [x if isinstance(x, str) else list(x) for x in names]
    return super().get_config() | {"layers": lists}


LOSSES = registries.ClassRegistry(
  Distillation,
  "`distillation` must hold names out of {names}, or objects derived from"
  " `tf_ganprune.distillation.Distillation`",
)


def get(loss: str | Distillation) -> Distillation:
  """Returns a new loss of a name, with its defaults, or the given loss itself.

  Args:
    loss: A name from `LOSSES`, or an object derived from `Distillation`.

  Raises:
    ValueError: If it is neither.
  """
  return LOSSES.make(loss)


def get_all(
  losses: str | Distillation | Sequence[str | Distillation],
) -> list[Distillation]:
  """Returns a list of losses; raises unless their names differ.

  Args:
    losses: A name or an object as in `get`, or a list of them.

  Raises:
    ValueError: If it is no list, a name is unknown, or two losses have the same
      name.
  """
  if isinstance(losses, str | Distillation):
    losses = [losses]
  if not isinstance(losses, list | tuple):
    raise ValueError(
      "`distillation` must be a list of names or losses, such as"
      f" [ImageDistance(weight=10.0)]; got {losses!r}."
    )
  found = [get(loss) for loss in losses]
  names = [loss.name for loss in found]
  for name in names:
    if names.count(name) > 1:
      raise ValueError(
        f"`distillation` has {names.count(name)} losses with the name {name!r},"
        " which their metrics would share; give each its own `name`."
      )
  return found
