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
"""An ensemble of generators, each of which makes an equal part of images."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from tf_ganprune import arguments, bounds, inputs, states
from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import generators as generators_

_BATCH = 256


@keras.utils.register_keras_serializable(package="tf_ganprune")
class Ensemble(keras.Model):
  """A generator that distributes its latents over several generators.

  Of k members, number i mod k makes the image of latent i of a batch. So a
  latent always goes to the same member, all members make equally many images to
  within one, and an evaluation measures the mixture of their images in equal
  parts. The members are not copied.

  Attributes:
    generators: The members.

  Example:
    >>> both = tgp.Ensemble([first_gan, second_gan])
    >>> evaluator.evaluate(both.generate(1000, seed=0))
  """

  def __init__(self, generators: Sequence[keras.Model], **kwargs: Any):
    """Creates the ensemble from its members.

    Args:
      generators: At least one generator or GAN; of a GAN the averaged generator
        is used, if it has one. All take latents of one length and make images
        of one shape; they may be pruned, and differ in size.
      **kwargs: Arguments of `keras.Model`.

    Raises:
      ValueError: If there are no generators, or they differ in latents, shape
        or range of images.
    """
    super().__init__(**kwargs)
    if not isinstance(generators, list | tuple) or not generators:
      raise ValueError(
        "`generators` must be a list of at least one generator or GAN; got"
        f" {generators!r}."
      )
    named = {
      f"generators[{i}]": generators_.generator_of(one, f"generators[{i}]")
      for i, one in enumerate(generators)
    }
    self.latent_dim = generators_.check_alike(named).latent_dim
    self.generators = list(named.values())
    first, *others = self.generators
    for other in others:
      bounds.check_alike(first, other, (repr(first.name), repr(other.name)))
    self(keras.Input([self.latent_dim]))

  def call(
    self, inputs: tf.Tensor, training: tf.Tensor | bool | None = None
  ) -> tf.Tensor:
    """Maps each latent to an image, by the member with its number.

    Args:
      inputs: Latents, `[n, latent_dim]`.
      training: Whether to run as in training, as in Keras.

    Returns:
      Images, `[n, height, width, channels]`.
    """
    k, places = len(self.generators), tf.range(tf.shape(inputs)[0])
    images = [
      member(inputs[i::k], training=training)
      for i, member in enumerate(self.generators)
    ]
    made = tf.dynamic_stitch([places[i::k] for i in range(k)], images)
    # In a graph, stitching forgets the number of latents.
    return tf.ensure_shape(made, [inputs.shape[0], *images[0].shape[1:]])

  def generate(self, n: int, seed: int | None = None) -> tf.Tensor:
    """Generates images, equally many with each member, to within one.

    Args:
      n: How many images to generate.
      seed: The same seed gives the same latents, those of `GAN.generate`, and
        so the same images; None for other ones each time.

    Returns:
      Images, `[n, height, width, channels]`.

    Raises:
      ValueError: If `n` is less than 1.
    """
    arguments.whole("n", n, 1)
    z = inputs.Latents(self.latent_dim).draw(n, seed)
    # A multiple of k, so that each batch begins with the first member.
    k = len(self.generators)
    batch = k * max(1, _BATCH // k)
    parts = [z[i : i + batch] for i in range(0, n, batch)]
    with states.Kept(self):
      return tf.concat([self(part, training=False) for part in parts], 0)

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    serialize = keras.utils.serialize_keras_object
    members = [serialize(one) for one in self.generators]
    return super().get_config() | {"generators": members, "name": self.name}

  @classmethod
  def from_config(
    cls, config: dict, custom_objects: dict | None = None
  ) -> "Ensemble":
    """Makes the ensemble and its members from their config."""
    members = keras.utils.deserialize_keras_object(
      config["generators"], custom_objects=custom_objects
    )
    return cls(**config | {"generators": members})
