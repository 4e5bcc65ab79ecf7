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
"""Inputs that are drawn by a user's function."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tf_ganprune import array_types
from tf_ganprune.inputs import base, first_rows


class DrawnByFunction(base.Inputs):
  """Draws inputs by calling a function of `(n, seed)`; not in a `tf.function`.

  Example:
    >>> DrawnByFunction(lambda n, seed: tf.ones([n, 7])).draw(4, seed=0).shape
    TensorShape([4, 7])
  """

  def __init__(
    self,
    function: Callable[[int, int], array_types.Arrays],
    value_range: tuple[float, float] | None = None,
  ):
    """Sets the function.

    Args:
      function: A function of a number `n` and a seed that returns at least `n`
        rows of each input.
      value_range: As in `Inputs`.
    """
    super().__init__(value_range)
    self._function = function

  @property
  def specs(self) -> array_types.Specs:
    """The specs of the function's results, batch None."""
    return first_rows.specs_of(self.draw(1, seed=0))

  def _draw(self, n, seed, rng):
    seed = int(np.asarray(base.pair_of(seed, rng)[0]))
    made = self._function(n, seed)
    return tf.nest.map_structure(lambda x: tf.convert_to_tensor(x)[:n], made)
