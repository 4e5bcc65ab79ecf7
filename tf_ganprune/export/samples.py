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
"""Samples for calibrating and comparing files: the user's, or random ones."""

import itertools
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import tensorflow as tf

from tf_ganprune import inputs
from tf_ganprune.export import signature
from tf_ganprune.keras_compat import keras

ARGUMENT = "representative_data"
# Calibration sees each sample once, so more would only take time.
_MOST = 512

Sample = dict[str, np.ndarray]
Specs = dict[str, tf.TensorSpec]


def draw(
  model: keras.Model, count: int, seed: int = 0, source=None
) -> list[Sample]:
  """Draws random inputs for a network, as samples of batch 1.

  Args:
    model: A network that passed `signature.check`.
    count: How many samples.
    seed: The same seed gives the same samples.
    source: An object of `tgp.inputs` that draws them; by default `inputs.draw`.

  Returns:
    The samples; each has one array `[1, ...]` for each input, by its name.

  Raises:
    ValueError: If the network does not take what the object draws.
  """
  if source is None:
    arrays = inputs.draw(model, count, seed)
  else:
    arrays = _drawn(model, source, count, seed)
  return [
    {name: array[row : row + 1] for name, array in arrays.items()}
    for row in range(count)
  ]


def _drawn(model, source, count: int, seed: int) -> Sample:
  made = inputs.source(source, model).draw(count, seed=seed)
  arrays = inputs.by_input_name(model, made)
  inputs.check_rows(ARGUMENT, model, arrays)
  return {name: np.asarray(array) for name, array in arrays.items()}


def split_for(
  model: keras.Model, data, most: int | None = _MOST
) -> list[Sample]:
  """Splits `representative_data` for a network into samples of batch 1.

  Args:
    model: A network that passed `signature.check`.
    data: As in `split`.
    most: How many samples at most; None for all.

  Returns:
    The samples; each has one array `[1, ...]` for each input, by its name.

  Raises:
    ValueError: As in `split`, and if an input that looks up rows, such as
      those of an embedding, has the number of a row that does not exist.
  """
  taken = split(signature.input_specs(model), data, most)
  values = {k: np.concatenate([x[k] for x in taken]) for k in taken[0]}
  inputs.check_rows(ARGUMENT, model, values)
  return taken


def split(specs: Specs, data, most: int | None = _MOST) -> list[Sample]:
  """Splits `representative_data` into samples of batch 1.

  Args:
    specs: The specs of the inputs by name, with batch 1.
    data: An array `[n, ...]`; or a tuple, list or dict of them, one for each
      input; or an iterable of such batches, for example a `tf.data.Dataset`.
    most: How many samples at most; None for all.

  Returns:
    The samples; each has one array `[1, ...]` for each input, by its name.

  Raises:
    ValueError: If `data` is empty, or an array does not fit its input.
  """
  singles = itertools.chain.from_iterable(
    _split(specs, _by_name(specs, batch)) for batch in _batches(specs, data)
  )
  taken = list(itertools.islice(singles, most))
  if not taken:
    raise ValueError(
      "`representative_data` is empty; pass some hundred inputs, or None for"
      " random ones."
    )
  return taken


def _batches(specs, data) -> Iterable:
  if _is_array(data) or isinstance(data, Mapping):
    return [data]
  if isinstance(data, tuple | list):
    # A list is one batch if it has an array for each of several inputs.
    inside = all(_is_array(part) for part in data)
    several = len(specs) > 1 or isinstance(data, tuple)
    return [data] if inside and several and data else data
  if isinstance(data, Iterable):
    return data
  raise ValueError(
    "`representative_data` must be an array, a tuple, list or dict of arrays,"
    f" or an iterable of batches; got {type(data).__name__}."
  )


def _is_array(value) -> bool:
  return isinstance(value, np.ndarray | tf.Tensor | tf.Variable)


def _by_name(specs, batch) -> dict:
  if isinstance(batch, Mapping):
    arrays = dict(batch)
  else:
    parts = list(batch) if isinstance(batch, tuple | list) else [batch]
    if len(parts) != len(specs):
      raise ValueError(
        f"`representative_data` has {len(parts)} arrays a batch, and the"
        f" network has {len(specs)} inputs: {', '.join(specs)}."
      )
    arrays = dict(zip(specs, parts, strict=True))
  if set(arrays) != set(specs):
    raise ValueError(
      f"`representative_data` has the keys {sorted(map(str, arrays))}, and the"
      f" network's inputs are {sorted(specs)}."
    )
  return {name: np.asarray(arrays[name]) for name in specs}


def _split(specs, arrays) -> Iterator[Sample]:
  for name, spec in specs.items():
    _check_array(name, spec, arrays[name])
  if len({len(array) for array in arrays.values()}) > 1:
    lengths = {name: len(array) for name, array in arrays.items()}
    raise ValueError(
      "`representative_data` must have as many rows for each input; got"
      f" {lengths}."
    )
  for row in range(len(next(iter(arrays.values())))):
    yield {
      name: array[row : row + 1].astype(specs[name].dtype.as_numpy_dtype)
      for name, array in arrays.items()
    }


def _check_array(name, spec, array) -> None:
  if not array.ndim or array.shape[1:] != tuple(spec.shape[1:]):
    wanted = ", ".join(["n", *map(str, spec.shape[1:])])
    raise ValueError(
      f"`representative_data` has the shape {array.shape} for input {name!r},"
      f" which takes [{wanted}]."
    )
  inputs.check(ARGUMENT, name, array, spec.dtype)
