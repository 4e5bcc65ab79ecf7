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

import tensorflow as tf

from tf_ganprune import calling, states
from tf_ganprune.gan import checks, family_checks, named

_BATCH = 256


class Generating(named.Named):
  """A model that draws inputs for the networks that ship, and calls the first.

  Attributes:
    input_source: What they are given, an object of `tgp.inputs`, or None.
  """

  def check_real(self, name: str, examples) -> None:
    """Raises unless a discriminator can be shown real examples.

    Args:
      name: Of the discriminator.
      examples: What it takes, `[n, ...]`.

    Raises:
      ValueError: If their shape, or in some families their range, is another.
    """
    checks.check_shape(self.network(name), examples)

  def draw(self, n, seed: int | None = None, **given):
    """Draws inputs for the networks that ship.

    Args:
      n: How many; a tensor will do.
      seed: Makes them the same at each call.
      **given: As of `input_source.draw`, such as `labels`.

    Raises:
      ValueError: If the GAN was made without `inputs`.
    """
    source = family_checks.input_source(self)
    rng = None if seed is not None else self._rng
    return source.draw(n, seed=seed, rng=rng, **given)

  def generate(self, n: int, seed: int | None = None, **given):
    """Draws inputs, and returns what the first network that ships makes of it.

    Args:
      n: How many.
      seed: Makes the inputs, and so the outputs, the same at each call.
      **given: As of `input_source.draw`, such as `labels`.

    Returns:
      Outputs, `[n, ...]`, of the moving average where there is one.
    """
    family_checks.check_count(n)
    inputs = self.draw(n, seed, **given)
    parts = [
      tf.nest.map_structure(lambda x, i=i: x[i : i + _BATCH], inputs)
      for i in range(0, n, _BATCH)
    ]
    with states.Kept(self.averaged(self.exported[0])):
      made = [self(part, training=False) for part in parts]
    return tf.nest.map_structure(lambda *x: tf.concat(x, 0), *made)

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
