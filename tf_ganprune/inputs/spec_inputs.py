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
"""Inputs that are drawn by the shapes and dtypes of a network's inputs."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tf_ganprune import array_types
from tf_ganprune.graphs import signatures
from tf_ganprune.inputs import base, look_ups, of_specs
from tf_ganprune.keras_compat import keras


@keras.utils.register_keras_serializable(package="tf_ganprune")
class SpecInputs(base.Inputs):
  """Draws inputs by shapes and dtypes, as `inputs.draw`; not in `tf.function`.

  Example:
    >>> SpecInputs.of(generator).draw(4, seed=0)
  """

  def __init__(
    self,
    specs: array_types.Specs,
    choices: Sequence[tuple[int, int] | None] | None = None,
    value_range: tuple[float, float] | None = None,
  ):
    """Sets the specs of the inputs.

    Args:
      specs: A `tf.TensorSpec`, or a list or dict of them.
      choices: For each spec, in order, the range of indices if the input looks
        up rows, `(first, last + 1)`, else None.
      value_range: As in `Inputs`.
    """
    super().__init__(value_range)
    self._specs = specs
    flat = tf.nest.flatten(specs)
    self._choices = [x and tuple(x) for x in choices or [None] * len(flat)]

  @classmethod
  def of(
    cls, network: keras.Model, choices: dict | None = None
  ) -> "SpecInputs":
    """Returns an object that draws inputs for a network.

    Args:
      network: A built network, with inputs of known sizes.
      choices: The result of `inputs.rows`; by default it is computed.
    """
    args, kwargs = signatures.call_specs(network)
    several = [*args, *kwargs.values()]
    specs = several[0] if len(several) == 1 else several
    functional = signatures.as_functional(network)
    if choices is None:
      choices = look_ups.rows(functional)
    found = [choices.get(name) for name in functional.input_names]
    return cls(specs, [(x.start, x.stop) if x else None for x in found])

  @property
  def specs(self) -> array_types.Specs:
    """The specs of the inputs, batch None."""
    return self._specs

  def _draw(self, n, seed, rng):
    flat = dict(enumerate(tf.nest.flatten(self._specs)))
    choices = {i: x and range(*x) for i, x in enumerate(self._choices)}
    seed = np.asarray(base.pair_of(seed, rng)).tolist()
    # The second of a pair is 0 where the user gave one seed.
    seed = seed if seed[1] else seed[0]
    drawn = of_specs.draw_specs(flat, int(n), seed, choices).values()
    tensors = [tf.convert_to_tensor(x) for x in drawn]
    return tf.nest.pack_sequence_as(self._specs, tensors)

  def latents(self, drawn: array_types.Tensors) -> tf.Tensor | None:
    """Returns the only float vectors among drawn inputs, or None."""
    place = self._place()
    return None if place is None else tf.nest.flatten(drawn)[place]

  def with_latents(
    self, drawn: array_types.Tensors, latents: tf.Tensor
  ) -> array_types.Tensors:
    """Returns drawn inputs with their float vectors replaced by latents."""
    flat = tf.nest.flatten(drawn)
    flat[self._place()] = latents
    return tf.nest.pack_sequence_as(drawn, flat)

  def _place(self) -> int | None:
    specs = tf.nest.flatten(self._specs)
    found = [
      i
      for i, (x, rows) in enumerate(zip(specs, self._choices, strict=True))
      if not rows and x.shape.rank == 2 and x.dtype.is_floating
    ]
    return found[0] if len(found) == 1 else None

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    specs = signatures.serialize(self._specs)
    return {"specs": specs, "choices": self._choices} | super().get_config()

  @classmethod
  def from_config(cls, config: dict) -> "SpecInputs":
    """Returns an object from its config.

    Args:
      config: The result of `get_config`.
    """
    specs = signatures.deserialize(config["specs"])
    return cls(**config | {"specs": specs})
