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

from tf_ganprune import arguments, array_types, bounds, states
from tf_ganprune import inputs as inputs_
from tf_ganprune.graphs import calling, signatures
from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import generators as generators_

_BATCH = 256


@keras.utils.register_keras_serializable(package="tf_ganprune")
class Ensemble(keras.Model):
  """A generator that distributes its inputs over several generators.

  Of k members, number i mod k makes the image of latent i of a batch. So a
  latent always goes to the same member, all members make equally many images to
  within one, and an evaluation measures the mixture of their images in equal
  parts. With labels so are the images of each class: member (i + c) mod k makes
  number i of those of class c. The members are not copied.

  Attributes:
    generators: The members.
    input_source: The object of `tgp.inputs` that draws their inputs.
    latent_dim: The length of a latent.

  Example:
    >>> both = tgp.Ensemble([first_gan, second_gan])
    >>> evaluator.evaluate(both.generate(1000, seed=0))
  """

  def __init__(
    self,
    generators: Sequence[keras.Model],
    inputs: inputs_.Latents | inputs_.LabelledLatents | None = None,
    **kwargs: Any,
  ):
    """Creates the ensemble from its members.

    Args:
      generators: At least one generator or GAN; of a GAN the averaged generator
        is used, if it has one. All take latents of one length, or latents and
        labels, and make images of one shape; they may be pruned, and differ in
        size.
      inputs: The object of `tgp.inputs` that draws latents, or latents and
        labels; by default that of the first GAN, or what the first generator
        takes. It is needed for generators, not GANs, that take latents joined
        with one-hot labels.
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
    self.generators = list(named.values())
    self._set_source(inputs or _said_by(generators), named)
    first, *others = self.generators
    for other in others:
      bounds.check_alike(first, other, (repr(first.name), repr(other.name)))
    specs = self.input_source.specs
    self(tf.nest.map_structure(_symbolic, specs))

  def _set_source(self, said, named: dict[str, keras.Model]) -> None:
    """Sets what draws the members' inputs; raises unless they are alike."""
    first = self.generators[0]
    if isinstance(signatures.shapes(first)[0], tuple):
      width = generators_.check_alike(named).latent_dim
      said = said or inputs_.Latents(width)
    else:
      generators_.check_pair(named)
      said = said or inputs_.of(first, who="tgp.Ensemble")
    if not isinstance(said, inputs_.Latents | inputs_.LabelledLatents):
      raise ValueError(
        f"An Ensemble is of generators of latents, or of latents and labels;"
        f" {first.name!r} takes inputs of {said!r}."
      )
    inputs_.check_takes(first, said)
    self.input_source = said
    self.latent_dim = said.dim

  def call(
    self,
    inputs: array_types.Tensors,
    training: tf.Tensor | bool | None = None,
  ) -> tf.Tensor:
    """Maps each latent to an image, by the member with its number.

    Args:
      inputs: Latents, `[n, latent_dim]`, or what `input_source` draws.
      training: Whether to run as in training, as in Keras.

    Returns:
      Images, `[n, height, width, channels]`.
    """
    places = self._places(inputs)
    images = [
      calling.called(member, _rows(inputs, own), training=training)
      for member, own in zip(self.generators, places, strict=True)
    ]
    made = tf.dynamic_stitch(places, images)
    # In a graph, stitching forgets the number of latents.
    count = tf.nest.flatten(inputs)[0].shape[0]
    return tf.ensure_shape(made, [count, *images[0].shape[1:]])

  def _places(self, inputs) -> list[tf.Tensor]:
    """Returns the numbers of the inputs that each member gets, int32."""
    k = len(self.generators)
    source = self.input_source
    labels = inputs_.labels_of(source, inputs)
    if labels is None or not isinstance(source, inputs_.LabelledLatents):
      numbers = tf.range(tf.shape(inputs)[0])
      return [numbers[i::k] for i in range(k)]
    labels = tf.reshape(tf.cast(labels, tf.int32), [-1])
    columns = tf.one_hot(labels, source.num_classes, dtype=tf.int32)
    earlier = tf.cumsum(columns, exclusive=True)  # of the same class
    member = (tf.reduce_sum(earlier * columns, 1) + labels) % k
    return tf.dynamic_partition(tf.range(tf.shape(labels)[0]), member, k)

  def generate(
    self,
    n: int,
    seed: int | None = None,
    labels: array_types.Array | int | None = None,
  ) -> tf.Tensor:
    """Generates images, equally many with each member, to within one.

    Args:
      n: How many images to generate.
      seed: The same seed gives the same latents, those of `GAN.generate`, and
        so the same images; None for other ones each time.
      labels: A label for all, or labels `[n]`, if the members take labels; None
        draws them evenly.

    Returns:
      Images, `[n, height, width, channels]`.

    Raises:
      ValueError: If `n` is less than 1, or a label is none.
    """
    arguments.whole("n", n, 1)
    given = {} if labels is None else {"labels": labels}
    drawn = self.input_source.draw(n, seed, **given)
    # A multiple of k, so that each batch begins with the first member.
    k = len(self.generators)
    batch = k * max(1, _BATCH // k)
    parts = [_rows(drawn, slice(i, i + batch)) for i in range(0, n, batch)]
    with states.Kept(self):
      return tf.concat([self(part, training=False) for part in parts], 0)

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    serialize = keras.utils.serialize_keras_object
    members = [serialize(one) for one in self.generators]
    return super().get_config() | {
      "generators": members,
      "inputs": serialize(self.input_source),
      "name": self.name,
    }

  @classmethod
  def from_config(
    cls, config: dict, custom_objects: dict | None = None
  ) -> "Ensemble":
    """Makes the ensemble and its members from their config."""
    made = {
      name: keras.utils.deserialize_keras_object(
        config[name], custom_objects=custom_objects
      )
      for name in ("generators", "inputs")
      if config.get(name) is not None
    }
    return cls(**config | made)


def _said_by(generators) -> inputs_.Inputs | None:
  """Returns the inputs that the first GAN among the members says."""
  found = (getattr(one, "input_source", None) for one in generators)
  return next((x for x in found if x is not None), None)


def _symbolic(spec: tf.TensorSpec):
  return keras.Input(spec.shape[1:], dtype=spec.dtype)


def _rows(given: array_types.Tensors, places):
  """Returns rows of drawn inputs, by a slice or their numbers."""
  if isinstance(places, slice):
    return tf.nest.map_structure(lambda x: x[places], given)
  return tf.nest.map_structure(lambda x: tf.gather(x, places), given)
