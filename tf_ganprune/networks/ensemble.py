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
"""Several generators as one: each makes an equal part of the images."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from tf_ganprune import arguments, bounds, inputs, states
from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import generators as generators_

_BATCH = 256


@keras.utils.register_keras_serializable(package="tf_ganprune")
class Ensemble(keras.Model):
  """A generator that shares its latents out between several.

  Of k members, number i mod k makes the image of latent i of a batch: always
  the same one, and all of them equally many, to within one. What is evaluated
  is then the mixture of their images in equal parts. The members are not
  copied.

  Attributes:
    generators: The members.

  Example:
    >>> both = tgp.Ensemble([first_gan, second_gan])
    >>> evaluator.evaluate(both.generate(1000, seed=0))
  """

  def __init__(self, generators: Sequence[keras.Model], **kwargs: Any):
    """Takes over the members.

    Args:
      generators: At least one generator, or GAN, whose averaged generator is
        taken, or else its live one. All take latents of one length and make
        images of one shape; they may be pruned, or smaller than each other.
      **kwargs: As of `keras.Model`.

    Raises:
      ValueError: If there are none, or they do not fit each other.
    """
    super().__init__(**kwargs)
    if not isinstance(generators, list | tuple) or not generators:
      raise ValueError(
        "`generators` must be a list of at least one generator or GAN; got"
        f" {generators!r}."
      )
    named = {
      f"generators[{i}]": generators_.of(one, f"generators[{i}]")
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
    """Maps latents to images, each by the member whose turn it is.

    Args:
      inputs: Latents, `[n, latent_dim]`.
      training: As of Keras.

    Returns:
      Images, `[n, height, width, channels]`.
    """
    k, places = len(self.generators), tf.range(tf.shape(inputs)[0])
    images = [
      member(inputs[i::k], training=training)
      for i, member in enumerate(self.generators)
    ]
    made = tf.dynamic_stitch([places[i::k] for i in range(k)], images)
    # In a graph, stitching forgets how many latents there were.
    return tf.ensure_shape(made, [inputs.shape[0], *images[0].shape[1:]])

  def generate(self, n: int, seed: int | None = None) -> tf.Tensor:
    """Draws images, equally many of each member, to within one.

    Args:
      n: How many.
      seed: Makes the latents, and so the images, the same at each call; they
        are those of `GAN.generate`.

    Returns:
      Images, `[n, height, width, channels]`.

    Raises:
      ValueError: If `n` is less than 1.
    """
    arguments.whole("n", n, 1)
    z = inputs.Latents(self.latent_dim).draw(n, seed)
    # Whole rounds, so that each batch begins with the first member's turn.
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
    """Builds the members and the ensemble from what `get_config` returned."""
    members = keras.utils.deserialize_keras_object(
      config["generators"], custom_objects=custom_objects
    )
    return cls(**config | {"generators": members})
