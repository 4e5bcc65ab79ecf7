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
"""Latents, standard normal numbers: the inputs of most generators."""

import tensorflow as tf

from tf_ganprune import arguments
from tf_ganprune.inputs import base
from tf_ganprune.keras_compat import keras


@keras.utils.register_keras_serializable(package="tf_ganprune")
class Latents(base.Inputs):
  """Draws latents from N(0, 1), `[n, dim]`, float32.

  Example:
    >>> tgp.inputs.Latents(64).draw(16, seed=0).shape
    TensorShape([16, 64])

  Attributes:
    dim: The length of a latent.
  """

  def __init__(
    self, dim: int, value_range: tuple[float, float] | None = None
  ) -> None:
    """Sets the length of latents.

    Args:
      dim: The length of a latent.
      value_range: The values `(black, white)` of the generator's images; by
        default they follow from its outputs.

    Raises:
      ValueError: If an argument has a wrong type or value.
    """
    super().__init__(value_range)
    self.dim = arguments.whole("dim", dim, 1)

  @property
  def specs(self) -> tf.TensorSpec:
    """The spec of latents: float32, `[None, dim]`."""
    return tf.TensorSpec([None, self.dim], tf.float32, "latents")

  def _draw(self, n, seed, rng):
    return drawn(n, self.dim, seed, rng)

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return {"dim": self.dim} | super().get_config()


def drawn(n, dim: int, seed, rng) -> tf.Tensor:
  """Returns latents from N(0, 1), float32 `[n, dim]`.

  Args:
    n: The number of latents.
    dim: The length of a latent.
    seed: A pair of seeds, or None.
    rng: The random generator that draws them without seeds.
  """
  if seed is None:
    return rng.normal([n, dim])
  return tf.random.stateless_normal([n, dim], seed)
