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
"""A distillation loss on hidden layers, as a discriminator sees them."""

import numpy as np
import tensorflow as tf

from tf_ganprune import value_range
from tf_ganprune.distillation import base, discriminator_features, observer
from tf_ganprune.keras_compat import keras


@base.LOSSES.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class DiscriminatorMaps(base.HiddenDistillation):
  """The differences of a discriminator's features of hidden maps.

  sum_t sum_i E|D_i(p_t(T_t)) - D_i(q_t(S_t))| / E|D_i(p_t(T_t))|: the
  discriminator-cooperated distillation of Hu et al. 2023,
  "Discriminator-Cooperated Feature Map Distillation for GAN Compression" (DCD).
  1x1 convolutions turn maps into images: of the teacher by random numbers that
  stay, p_t, of the student by an adapter that learns with it, q_t. Here a tanh
  keeps them in the range of images, they are resized to the size of images, and
  the layers of the discriminator count equally, as in `DiscriminatorFeatures`.

  Example:
    `DiscriminatorMaps(layers=["act_7x7", "act_14x14"])`
  """

  kind = "discriminator_maps"

  def __init__(
    self,
    layers: base.Layers | None = None,
    network: keras.Model | None = None,
    judged_layers: list[str] | None = None,
    weight: float | base.Schedule = 1.0,
    name: str | None = None,
  ):
    """Sets the layers of the generators and of the discriminator.

    Args:
      layers: As in `HiddenDistillation`; layers whose outputs are maps.
      network: A trained discriminator, which is not trained further; by default
        the GAN's own, as it is at each step.
      judged_layers: Names of the discriminator's layers; by default the last
        layer of each height and width.
      weight: As in `Distillation`.
      name: As in `Distillation`.

    Raises:
      ValueError: If an argument is not as described.
    """
    super().__init__(layers, weight, name)
    self._features = discriminator_features.DiscriminatorFeatures(
      network, judged_layers
    )

  def prepare(
    self,
    teacher: keras.Model,
    student: keras.Model,
    discriminator: keras.Model | None,
  ) -> None:
    """Creates an adapter for each pair; see `Distillation.prepare`."""
    super().prepare(teacher, student, discriminator)
    self._features.prepare(teacher, student, discriminator)
    channels = base.image_shape(teacher, self.name)[-1]
    networks = (observer.hidden(teacher), observer.hidden(student))
    shapes = [
      [tuple(layers[x].shape) for layers, x in zip(networks, pair, strict=True)]
      for pair in self.pairs
    ]
    for pair, both in zip(self.pairs, shapes, strict=True):
      _check_maps(self.name, pair, both)
    self._range = value_range.of_network(teacher)
    self._projections = [
      _projection(place, ours[-1], channels)
      for place, (ours, _) in enumerate(shapes)
    ]
    self.adapters = [
      _adapter(name, theirs, channels)
      for (_, name), (_, theirs) in zip(self.pairs, shapes, strict=True)
    ]

  def loss(self, teacher: base.Seen, student: base.Seen) -> tf.Tensor:
    """Returns the sum of differences; see `Distillation.loss`."""
    found = []
    for place, (ours, theirs) in enumerate(self.pairs):
      maps = teacher.features[ours]
      fixed = tf.constant(self._projections[place], maps.dtype)
      images = (
        self._image(tf.matmul(maps, fixed), student),
        self._image(self.adapters[place](student.features[theirs]), student),
      )
      shown = [_shown(image, student, self.name) for image in images]
      found.append(self._features.loss(*shown))
    return tf.add_n(found)

  def _image(self, maps, like: base.Seen) -> tf.Tensor:
    """Returns maps in the range and size of images."""
    low, high = self._range.low, self._range.high
    images = (low + high) / 2 + (high - low) / 2 * tf.tanh(maps)
    return tf.image.resize(images, tf.shape(like.images)[1:3])

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    config = self._features.get_config()
    return super().get_config() | {
      "network": config["network"],
      "judged_layers": config["layers"],
    }


def _check_maps(loss: str, pair, shapes) -> None:
  for name, shape in zip(pair, shapes, strict=True):
    if len(shape) != 4:
      raise ValueError(
        f"The distillation loss {loss!r} needs layers that return maps, [n,"
        f" height, width, channels], and {name!r} returns {shape}; name others"
        " in `layers`."
      )


def _projection(place: int, channels_in: int, channels: int) -> np.ndarray:
  """Returns random numbers that are the same in each process."""
  drawn = np.random.default_rng(place).normal(size=(channels_in, channels))
  return drawn / np.sqrt(channels_in)


def _adapter(name: str, shape, channels: int) -> keras.layers.Layer:
  # On maps, a dense layer over the channels is a 1x1 convolution.
  adapter = keras.layers.Dense(
    channels,
    use_bias=False,
    name=f"image_{name}",
    dtype=keras.backend.floatx(),
  )
  with tf.name_scope(adapter.name):
    adapter.build(shape)
  return adapter


def _shown(image, like: base.Seen, loss: str) -> base.Seen:
  """Returns what a discriminator is given with another image in it."""
  if like.judged is None:
    return base.Seen(image, {})
  given = tf.nest.flatten(like.judged)
  if not any(x is like.images for x in given):
    raise ValueError(
      f"The distillation loss {loss!r} shows the discriminator other images,"
      " and `discriminator_inputs` of the GAN does not return the images as it"
      " got them; use the loss 'discriminator_features'."
    )
  shown = [image if x is like.images else x for x in given]
  return base.Seen(image, {}, tf.nest.pack_sequence_as(like.judged, shown))
