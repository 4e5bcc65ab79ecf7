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
"""Finds the random generators of layers, which Keras does not save."""

import tensorflow as tf

from tf_ganprune.keras_compat import keras

# The attributes with the strength of a layer's randomness; at 0 it is off.
_AMOUNTS = ("rate", "dropout", "recurrent_dropout", "stddev")


def generators(model: keras.Model) -> list[tf.random.Generator]:
  """Returns the random generators of a model's layers, to save their state.

  Args:
    model: Any model; layers that are not built yet have no generator.
  """
  found = [random._generator for _, random in _random_layers(model)]
  return [one for one in found if one is not None]


def not_saved(model: keras.Model) -> list[str]:
  """Returns names of layers whose random state cannot be saved.

  Args:
    model: Any model.
  """
  return [
    layer.name
    for layer, random in _random_layers(model)
    if random._rng_type == random.RNG_LEGACY_STATEFUL
    and any(getattr(layer, name, 0) for name in _AMOUNTS)
  ]


def _random_layers(model):
  for layer in model._flatten_layers():
    random = getattr(layer, "_random_generator", None)
    if isinstance(random, keras.src.backend.RandomGenerator):
      if layer.built:
        random._maybe_init()
      yield layer, random
