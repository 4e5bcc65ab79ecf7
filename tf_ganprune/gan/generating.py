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
"""A Keras model that draws inputs for its networks, and calls them."""

import types
from collections.abc import Mapping

import tensorflow as tf

from tf_ganprune import array_types, states
from tf_ganprune import inputs as inputs_
from tf_ganprune.gan import family_checks, given_inputs, image_checks, named
from tf_ganprune.graphs import calling

_BATCH = 256


class Generating(named.Named):
  """A model that draws inputs for the networks it exports, and calls them."""

  _given_inputs: Mapping[str, inputs_.Inputs] = types.MappingProxyType({})

  @property
  def input_source(self) -> inputs_.Inputs | None:
    """The object of `tgp.inputs` for the first exported network, or None."""
    return self.inputs_of(self.exported[0])

  def inputs_of(self, name: str) -> inputs_.Inputs | None:
    """Returns the object of `tgp.inputs` that draws a network's inputs.

    Args:
      name: The name of the network.

    Returns:
      The object; None if the GAN was made without one for this network.

    Raises:
      ValueError: If there is no network of that name.
    """
    self.network(name)
    return self._given_inputs.get(name)

  def check_real(self, name: str, examples) -> None:
    """Raises unless a discriminator takes examples as real ones.

    Args:
      name: The name of the discriminator.
      examples: The examples, `[n, ...]`.

    Raises:
      ValueError: If their shape, or in some families their range of values,
        does not fit.
    """
    image_checks.check_shape(self.network(name), examples)

  def draw(
    self, n, seed: int | None = None, network: str | None = None, **given
  ):
    """Draws inputs for a network.

    Args:
      n: How many; a number or a scalar tensor.
      seed: The same seed gives the same inputs; None for other ones each time.
      network: The name of the network; by default `sampled`, the generator.
      **given: Arguments of `inputs_of(network).draw`, such as `labels`.

    Returns:
      Inputs `[n, ...]`, as the network takes them.

    Raises:
      ValueError: If the GAN was made without `inputs` for the network.
    """
    source = given_inputs.source_of(self, network)
    rng = None if seed is not None else self._rng
    return source.draw(n, seed=seed, rng=rng, **given)

  def generate(
    self, n: int, seed: int | None = None, network: str | None = None, **given
  ):
    """Returns a network's outputs for inputs that are drawn.

    Args:
      n: How many.
      seed: The same seed gives the same inputs; None for other ones each time.
      network: The name of the network; by default `sampled`, the generator.
      **given: Arguments of `inputs_of(network).draw`, such as `labels`.

    Returns:
      Outputs `[n, ...]`, of the network's moving average if it has one.
    """
    family_checks.check_count(n)
    drawn = self.draw(n, seed, network, **given)
    parts = [
      tf.nest.map_structure(lambda x, i=i: x[i : i + _BATCH], drawn)
      for i in range(0, n, _BATCH)
    ]
    name = self.sampled if network is None else network
    with states.Kept(self.averaged(name)):
      made = [self._made(name, part) for part in parts]
    return tf.nest.map_structure(lambda *x: tf.concat(x, 0), *made)

  def discriminator_inputs(
    self, outputs: tf.Tensor, inputs: array_types.Tensors
  ) -> array_types.Tensors:
    """Returns what a discriminator is given; a family overrides it.

    Args:
      outputs: What a network made.
      inputs: What it was given.

    Returns:
      By default the outputs alone.
    """
    del inputs
    return outputs

  def _made(self, name: str, inputs):
    if name == self.exported[0]:  # a family may have a `call` of its own
      return self(inputs, training=False)
    return calling.called(self.averaged(name), inputs)

  def realness(self, scores: array_types.Tensors) -> tf.Tensor:
    """Returns how real examples are by a discriminator's outputs.

    A family overrides it if its discriminators return more than a logit.

    Args:
      scores: What a discriminator returned.

    Returns:
      By default the outputs as they are.
    """
    return scores

  def call(self, inputs, training=None):
    """Calls the first exported network, or its moving average if it has one.

    Args:
      inputs: Inputs as the network takes them.
      training: Whether the network is to run as in training, as in Keras.

    Returns:
      The outputs of the network.
    """
    network = self.averaged(self.exported[0])
    return calling.called(network, inputs, training=training)
