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
"""Pruning at random, the control for all other importances."""

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.importance import base

_PRIME = 1_000_003
_SEEDS = 2**31


@base.IMPORTANCES.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class Random(base.Importance):
  """Scores weights by random numbers, drawn once for each kernel.

  The control in comparisons, as in Blalock et al. 2020, "What is the State of
  Neural Network Pruning?".

  Example:
    >>> random = tgp.importance.Random(seed=1)
    >>> tgp.prune_low_magnitude(generator, schedule, importance=random)
  """

  kind = "random"

  def __init__(self, seed: int = 0):
    """Sets the seed, from 0 to 2^31 - 1."""
    if not isinstance(seed, int) or not 0 <= seed < _SEEDS:
      raise ValueError(
        f"`seed` must be a whole number from 0 to 2^31 - 1; got {seed!r}."
      )
    self.seed = seed

  def scores(
    self, weight: tf.Tensor, slot: tf.Tensor | None = None
  ) -> tf.Tensor:
    """Returns uniform random numbers in [0, 1), the same at each call."""
    del slot
    return tf.random.stateless_uniform(weight.shape, [self.seed, 0])

  def at(self, place: int) -> "Random":
    """Returns an importance with its own seed for a layer or kernel."""
    return Random((self.seed * _PRIME + place + 1) % _SEEDS)

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return {"seed": self.seed}
