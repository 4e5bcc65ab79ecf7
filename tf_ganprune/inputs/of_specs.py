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
"""Draws random inputs for a network by the shapes and dtypes of its inputs."""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from tf_ganprune.inputs import look_ups
from tf_ganprune.keras_compat import keras

_SMALL = (tf.int8, tf.uint8)  # pixels, as a rule: all of their values occur


def draw(model: keras.Model, count: int, seed: int = 0) -> dict:
  """Draws random inputs for a network.

  Indices, as of an embedding's rows, are drawn from those that exist, whatever
  their dtype. Of other inputs, floats are drawn from N(0, 1), as a GAN's
  latents; `uint8` and `int8` from all values of the dtype, as pixels; other
  integers, and booleans, from 0 and 1.

  Args:
    model: A network with inputs of known sizes, except for the batch.
    count: The number of inputs.
    seed: The seed; the same seed draws the same inputs.

  Returns:
    An array `[count, ...]` for each input, by its name.
  """
  return draw_specs(look_ups.specs(model), count, seed, look_ups.rows(model))


def draw_specs(
  specs: Mapping[str, tf.TensorSpec],
  count: int,
  seed: int = 0,
  choices: Mapping[str, range] | None = None,
) -> dict:
  """Draws random inputs of given shapes and dtypes.

  Args:
    specs: The spec of each input, by its name; the batch size is ignored.
    count: The number of inputs.
    seed: As in `draw`.
    choices: The range of indices of each input that looks up rows, by its name.

  Returns:
    As `draw` does.
  """
  rng = np.random.default_rng(seed)
  choices = choices or {}
  return {
    name: _drawn(rng, (count, *spec.shape[1:]), spec.dtype, choices.get(name))
    for name, spec in specs.items()
  }


def described(model: keras.Model) -> dict[str, str]:
  """Returns a description of the numbers that `draw` draws, for each input.

  Args:
    model: A network.

  Returns:
    A dict from inputs' names to text.
  """
  choices = look_ups.rows(model)
  return {
    name: _words(spec.dtype, choices.get(name))
    for name, spec in look_ups.specs(model).items()
  }


def _drawn(rng, shape, dtype, choices) -> np.ndarray:
  if choices:
    values = rng.integers(choices.start, choices.stop, shape)
  elif dtype.is_floating:
    values = rng.standard_normal(shape)
  elif dtype in _SMALL:
    values = rng.integers(dtype.min, dtype.max + 1, shape)
  else:
    values = rng.integers(0, 2, shape)
  return values.astype(dtype.as_numpy_dtype)


def _words(dtype, choices) -> str:
  if choices and choices.start:
    low, high = look_ups.limits(dtype, choices)
    return f"the whole numbers from {low} to {high}, which it looks up"
  if choices:
    return f"the whole numbers below {choices.stop}, which it looks up"
  if dtype.is_floating:
    return "N(0, 1), as latents are"
  if dtype in _SMALL:
    return f"all values of {dtype.name}, as pixels are"
  return "0 and 1"
