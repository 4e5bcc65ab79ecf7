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
"""What each loss between a teacher and a student is made of."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import tensorflow as tf

from tf_ganprune import registries
from tf_ganprune.distillation import observer
from tf_ganprune.graphs import signatures
from tf_ganprune.keras_compat import keras

Layers: TypeAlias = Sequence[str | tuple[str, str]]
_SCHEDULE = keras.optimizers.schedules.LearningRateSchedule
Schedule: TypeAlias = keras.optimizers.schedules.LearningRateSchedule


class Seen(NamedTuple):
  """What a generator computed from a batch of latents.

  Attributes:
    images: `[n, height, width, channels]`.
    features: What its layers gave, by their names: those in the `pairs` of the
      losses, `[n, ..., channels]`.
  """

  images: tf.Tensor
  features: dict[str, tf.Tensor]


class Distillation(keras.layers.Layer):
  """Something that a student is to have in common with its teacher.

  Derive from it, override `loss`, and register the class with Keras, so that a
  GAN that uses it can be saved.

  Attributes:
    kind: By default the loss's name, and that of its metric.
    weight: By what the loss is multiplied, or a schedule of that.
    pairs: Names of hidden layers that the loss looks at, a teacher's and a
      student's each.
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
    """Takes what every loss has.

    Args:
      weight: By what the loss is multiplied, at least 0; or a schedule, as of a
        learning rate, which maps the number of the generator's updates to it.
      name: The name of its metric; by default its kind.

    Raises:
      ValueError: If `weight` is, or begins, negative or not finite.
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
    """Makes the loss fit two networks, once.

    Args:
      teacher: A built generator.
      student: A built generator.
      discriminator: The student's.

    Raises:
      ValueError: If it has been made fit others, or cannot be made fit these.
    """
    if self._is_taken:
      raise ValueError(
        f"The distillation loss {self.name!r} belongs to another GAN already,"
        " and may have learned adapters for it. Make a new one."
      )
    self.prepare(teacher, student, discriminator)
    self._is_taken = True

  def prepare(
    self,
    teacher: keras.Model,
    student: keras.Model,
    discriminator: keras.Model | None,
  ) -> None:
    """Chooses layers and makes adapters; a loss that needs some overrides it.

    Args:
      teacher: A built generator.
      student: A built generator.
      discriminator: The student's.
    """

  def loss(self, teacher: Seen, student: Seen) -> tf.Tensor:
    """How far the student is from the teacher; each loss overrides it.

    Args:
      teacher: What the teacher made of some latents.
      student: What the student made of them.

    Returns:
      A scalar, without the weight.
    """
    raise NotImplementedError

  def weight_at(self, updates: tf.Tensor) -> tf.Tensor | float:
    """Returns by what the loss is multiplied.

    Args:
      updates: How many the generator has had.
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
    """Builds the loss, its network and schedule, from its configuration."""
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
    raise ValueError(f"`weight` must not be negative; got {first}{begins}.")
  return weight if is_schedule else float(weight)


def serialized(network: keras.Model | None) -> dict | None:
  """Returns what a loss's config says of its network."""
  if network is None:
    return None
  return keras.utils.serialize_keras_object(network)


def check_takes_images(network: keras.Model, generator: keras.Model) -> None:
  """Raises unless a network takes the images that a generator makes."""
  made = tf.TensorShape(signatures.shapes(generator)[1])
  taken = tf.TensorShape(signatures.shapes(network)[0])
  if not made.is_compatible_with(taken):
    raise ValueError(
      f"`network` {network.name!r} takes {taken}, and the teacher makes images"
      f" of shape {made}. Pass one that takes them; a Resizing layer in front"
      " may do."
    )


class HiddenDistillation(Distillation):
  """A loss between hidden layers: the sum of one term for each pair of them.

  Derive from it and override `distance`.

  Example:
    `KernelAlignment(layers=["act_7x7", ("act_14x14", "act_small")])`
  """

  def __init__(
    self,
    layers: Layers | None = None,
    weight: float | Schedule = 1.0,
    name: str | None = None,
  ):
    """Takes the layers.

    Args:
      layers: A name each for layers that are called alike in both networks, or
        a pair `(teacher's, student's)`. By default the last layer of each
        height and width that occur in both, without the images.
      weight: As of `Distillation`.
      name: As of `Distillation`.
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
    """The sum over all pairs; see `Distillation.loss`."""
    return tf.add_n(
      [
        self.distance(teacher.features[ours], student.features[theirs], place)
        for place, (ours, theirs) in enumerate(self.pairs)
      ]
    )

  def distance(
    self, teacher: tf.Tensor, student: tf.Tensor, place: int
  ) -> tf.Tensor:
    """How far one hidden layer is from the other.

    Args:
      teacher: `[n, ..., channels]`.
      student: `[n, ..., channels]`, with other channels.
      place: Of the layers in `pairs`.

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
  """Returns a new loss of that name, with its defaults, or the object itself.

  Args:
    loss: A name from `LOSSES`, or an object derived from `Distillation`.

  Raises:
    ValueError: If it is neither.
  """
  return LOSSES.make(loss)


def get_all(
  losses: str | Distillation | Sequence[str | Distillation],
) -> list[Distillation]:
  """Returns losses whose names differ.

  Args:
    losses: What `get` takes, one or several.

  Raises:
    ValueError: If it is no list, one is unknown, or two have one name.
  """
  if isinstance(losses, str | Distillation):
    losses = [losses]
  if not isinstance(losses, list | tuple):
    raise ValueError(
      "`distillation` must be a list of names or objects, which have their"
      f" weights, such as [ImageDistance(weight=10.0)]; got {losses!r}."
    )
  found = [get(loss) for loss in losses]
  names = [loss.name for loss in found]
  for name in names:
    if names.count(name) > 1:
      raise ValueError(
        f"`distillation` holds {names.count(name)} losses that are named"
        f" {name!r}, as their metrics would be; give them different `name`s."
      )
  return found
