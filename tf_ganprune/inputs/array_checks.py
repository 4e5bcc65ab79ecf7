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
"""Checks of arrays that are passed to the inputs of a network."""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from tf_ganprune import array_types
from tf_ganprune.inputs import look_ups
from tf_ganprune.keras_compat import keras


def check(
  argument: str,
  name: str,
  values: array_types.Array,
  dtype: tf.DType,
  choices: range | None = None,
) -> None:
  """Raises unless the numbers of an array fit an input.

  Args:
    argument: The name of the user's argument, for the message.
    name: The name of the input.
    values: The array.
    dtype: The input's dtype.
    choices: The indices that exist, if the input looks up rows, as an Embedding
      does; else None.

  Raises:
    ValueError: If numbers are not finite, a cast to the input's dtype would
      change them, or a row does not exist.
  """
  values = np.asarray(values)
  if values.dtype.kind not in "fiub":
    raise ValueError(
      f"`{argument}` has {values.dtype} for input {name!r}; pass {dtype.name}."
    )
  if not np.all(np.isfinite(values)):
    raise ValueError(
      f"`{argument}` has NaN or infinity for input {name!r}; remove those rows."
    )
  low, high = look_ups.limits(dtype, choices)
  if not values.size:
    return
  is_whole = choices or dtype.is_integer or dtype.is_bool
  if is_whole and np.any(values != np.round(values)):
    raise ValueError(
      f"`{argument}` has numbers with fractions, {values.min():.4g} to"
      f" {values.max():.4g}, for input {name!r}, which"
      f" {'looks up rows' if choices else f'takes {dtype.name}'}: pass whole"
      f" numbers from {low} to {high}."
    )
  if values.min() < low or values.max() > high:
    raise ValueError(
      f"`{argument}` has numbers from {values.min():.4g} to {values.max():.4g}"
      f" for input {name!r}, which takes {low:.6g} to {high:.6g}"
      + (" (the rows that it looks up)." if choices else f" ({dtype.name}).")
    )


def check_rows(argument: str, model: keras.Model, values: Mapping) -> None:
  """Raises unless all rows exist that a network would look up.

  Args:
    argument: The name of the user's argument, for the message.
    model: The network.
    values: An array for each input, by its name.

  Raises:
    ValueError: If a row does not exist, or an index is not a whole number.
  """
  for name, choices in look_ups.rows(model, look_ups.LOOK_UPS).items():
    array = np.asarray(values[name])
    check(argument, name, array, tf.as_dtype(array.dtype), choices)
