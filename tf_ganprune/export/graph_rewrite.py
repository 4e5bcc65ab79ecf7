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
"""Changes of a network's graph that its target needs before it is converted."""

from collections.abc import Callable

import tensorflow as tf

from tf_ganprune.export import one_hots, squares, stateless
from tf_ganprune.keras_compat import keras

# Takes a network's function, whose inputs are by position, their specs and the
# network; returns a function that computes the same, and sentences for users.
GraphRewrite = Callable[
  [tf.types.experimental.ConcreteFunction, list[tf.TensorSpec], keras.Model],
  tuple[tf.types.experimental.ConcreteFunction, list[str]],
]


def codes_of_a_table(
  function: tf.types.experimental.ConcreteFunction,
  specs: list[tf.TensorSpec],
  model: keras.Model,
) -> tuple[tf.types.experimental.ConcreteFunction, list[str]]:
  """Looks one-hot codes up in a table, which int8 files compute exactly.

  Args:
    function: The concrete function of a network.
    specs: The specs of its inputs.
    model: The network.

  Returns:
    A function that computes the same, and no sentence.
  """
  del model
  return one_hots.gathered(function, specs), []


def scaled_squares(
  function: tf.types.experimental.ConcreteFunction,
  specs: list[tf.TensorSpec],
  model: keras.Model,
) -> tuple[tf.types.experimental.ConcreteFunction, list[str]]:
  """Divides numbers before they are squared, so that float16 holds the sums.

  Args:
    function: The concrete function of a network.
    specs: The specs of its inputs.
    model: The network, whose layers are named.

  Returns:
    A function that computes the same, and a sentence if there are such sums.
  """
  function, names = squares.scaled(function, specs)
  layers = dict.fromkeys(map(stateless.Layers(model), names)) if names else ()
  if not layers:
    return function, []
  said = "Divided before it is squared, so that float16 holds the sum:"
  return function, [f"{said} {', '.join(layers)}."]
