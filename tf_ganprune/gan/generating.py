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
"""What the networks that ship are given, and what they make of it."""

import types
from collections.abc import Mapping

import tensorflow as tf

from tf_ganprune import inputs as inputs_
from tf_ganprune import states
from tf_ganprune.gan import family_checks, given_inputs, image_checks, named
from tf_ganprune.graphs import calling

_BATCH = 256


class Generating(named.Named):
  """A model that draws inputs for the networks that ship, and calls them."""

  _given_inputs: Mapping[str, inputs_.Inputs] = types.MappingProxyType({})

  @property
  def input_source(self) -> inputs_.Inputs | None:
    """What the first network that ships is given."""
    return self.inputs_of(self.exported[0])

  def inputs_of(self, name: str) -> inputs_.Inputs | None:
    """Returns what draws the inputs of a network; None where nobody said so.

    Args:
      name: Of the network.

    Raises:
      ValueError: If there is none of that name.
    """
    self.network(name)
    return self._given_inputs.get(name)

  def check_real(self, name: str, examples) -> None:
    """Raises unless a discriminator can be shown real examples.

    Args:
      name: Of the discriminator.
      examples: What it takes, `[n, ...]`.

    Raises:
      ValueError: If their shape, or in some families their range, is another.
    """
    image_checks.check_shape(self.network(name), examples)

  def draw(
    self, n, seed: int | None = None, network: str | None = None, **given
  ):
    """Draws inputs for a network that ships.

    Args:
      n: How many; a tensor will do.
      seed: Makes them the same at each call.
      network: Its name; by default the first.
      **given: As of `inputs_of(network).draw`, such as `labels`.

    Raises:
      ValueError: If the GAN was made without `inputs` for it.
    """
    source = given_inputs.of(self, network)
    rng = None if seed is not None else self._rng
    return source.draw(n, seed=seed, rng=rng, **given)

  def generate(
    self, n: int, seed: int | None = None, network: str | None = None, **given
  ):
    """Draws inputs, and returns what a network that ships makes of them.

    Args:
      n: How many.
      seed: Makes the inputs, and so the outputs, the same at each call.
      network: Its name; by default the first.
      **given: As of `inputs_of(network).draw`, such as `labels`.

    Returns:
      Outputs, `[n, ...]`, of the moving average where there is one.
    """
    family_checks.check_count(n)
    drawn = self.draw(n, seed, network, **given)
    parts = [
      tf.nest.map_structure(lambda x, i=i: x[i : i + _BATCH], drawn)
      for i in range(0, n, _BATCH)
    ]
    name = self.exported[0] if network is None else network
    with states.Kept(self.averaged(name)):
      made = [self._made(name, part) for part in parts]
    return tf.nest.map_structure(lambda *x: tf.concat(x, 0), *made)

  def _made(self, name: str, inputs):
    if name == self.exported[0]:  # a family may have a `call` of its own
      return self(inputs, training=False)
    return calling.called(self.averaged(name), inputs)

  def call(self, inputs, training=None):
    """Calls the first network that ships, averaged where there is an average.

    Args:
      inputs: What it takes.
      training: As of Keras.

    Returns:
      Its outputs.
    """
    network = self.averaged(self.exported[0])
    return calling.called(network, inputs, training=training)
