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
"""Runs a Keras network or a `.tflite` file on one tile."""

import dataclasses
import math
import os
import pathlib
from collections.abc import Callable

import numpy as np
import tensorflow as tf
from ai_edge_litert import interpreter as litert

from tf_ganprune import keras3
from tf_ganprune.export import graph, runtime
from tf_ganprune.export.tiling import receptive_field
from tf_ganprune.keras_compat import keras

# Of a network of unknown layers; few halve a picture more than five times.
_MULTIPLE = 32


@dataclasses.dataclass(frozen=True)
class TileRunner:
  """A network that turns one tile into another.

  Example:
    >>> of(generator).run(np.zeros((64, 64, 3), "float32"))

  Attributes:
    shape: `(height, width, channels)` of what it takes.
    factor: How many pixels it makes of one, along each side.
    channels: The channels of what it makes.
    dtype: The type of the pictures that it takes: float32, or uint8.
    out_dtype: The type of those that it makes.
    field: How far it sees.
    run: Takes a tile `[height, width, channels]`, and returns one of float32.
  """

  shape: tuple[int, int, int]
  factor: int
  channels: int
  dtype: np.dtype
  out_dtype: np.dtype
  field: receptive_field.Field
  run: Callable[[np.ndarray], np.ndarray]


def of(path_or_model: str | os.PathLike | keras.Model) -> TileRunner:
  """Returns what runs a network or a file on a tile.

  Args:
    path_or_model: A Keras network, or the path of a `.tflite` file.

  Raises:
    ValueError: If it does not turn pictures of one size into pictures as large,
      or larger by a whole factor; or the file cannot be read or run.
  """
  if isinstance(path_or_model, str | os.PathLike):
    return _of_file(path_or_model)
  return _of_network(keras3.as_tf_keras(path_or_model))


def _of_network(model) -> TileRunner:
  if not isinstance(model, keras.Model) or not model.built or not model.inputs:
    raise ValueError(
      "`path_or_model` must be a built Keras network, or the path of a .tflite"
      f" file; got {type(model).__name__}."
    )
  inputs, outputs = model.inputs, model.outputs
  taken, made = [x.shape[1:] for x in inputs], [x.shape[1:] for x in outputs]
  shape, channels, factor = _checked(repr(model.name), taken, made)

  @tf.function(input_signature=[tf.TensorSpec((1, *shape), inputs[0].dtype)])
  def call(tile):
    return model(tile, training=False)

  def run(tile):
    (output,) = tf.nest.flatten(call(tile[None]))
    return output[0].numpy().astype(np.float32)

  return TileRunner(
    shape,
    factor,
    channels,
    np.dtype(inputs[0].dtype.as_numpy_dtype),
    np.dtype(outputs[0].dtype.as_numpy_dtype),
    receptive_field.of_network(model)
    or receptive_field.Field(None, _multiple(shape)),
    run,
  )


def _of_file(path) -> TileRunner:
  try:
    content = pathlib.Path(path).read_bytes()
  except OSError as error:
    raise ValueError(
      f"`path_or_model` {os.fspath(path)!r} cannot be read ({error.strerror})."
    ) from error
  name = repr(os.fspath(path))
  try:
    details = runtime.input_details(content)
    # A file that would end this process ends the one that tries it.
    runtime.attempt(content, _zeros(details), 1)
  except runtime.NotRunError as error:
    raise ValueError(f"`path_or_model` {name} {error}.") from error
  interpreter = litert.Interpreter(model_content=content)
  interpreter.allocate_tensors()
  inputs, outputs = (
    interpreter.get_input_details(),
    interpreter.get_output_details(),
  )
  taken, made = (
    [x["shape"][1:] for x in inputs],
    [x["shape"][1:] for x in outputs],
  )
  shape, channels, factor = _checked(name, taken, made)

  def run(tile):
    interpreter.set_tensor(inputs[0]["index"], _coded(tile[None], inputs[0]))
    interpreter.invoke()
    return _decoded(interpreter.get_tensor(outputs[0]["index"])[0], outputs[0])

  return TileRunner(
    shape,
    factor,
    channels,
    _outside(inputs[0]),
    _outside(outputs[0]),
    receptive_field.Field(None, _multiple_of_file(content, shape)),
    run,
  )


def _multiple_of_file(content, shape) -> int:
  """Returns what the places of tiles are multiples of, from tensors' sizes."""
  made = [y.shape for x in graph.read(content).operators for y in x.outputs]
  halved = [
    shape[i] // size[1 + i]
    for size in made
    for i in range(2)
    if len(size) == 4
    and 1 < size[1 + i] < shape[i]
    and shape[i] % size[1 + i] == 0
    and size[1] * shape[1] == size[2] * shape[0]
  ]
  found = math.lcm(*halved)
  return found if found < min(shape[:2]) else _multiple(shape)


def _zeros(details) -> dict[str, np.ndarray]:
  return {
    name: np.zeros(entry["shape"], entry["dtype"])
    for name, entry in details.items()
  }


def _checked(name, taken, made) -> tuple:
  """Returns the shape of tiles, the channels made, and the factor."""
  if len(taken) != 1 or len(made) != 1:
    raise ValueError(
      f"{name} has {len(taken)} inputs and {len(made)} outputs, and tiles are"
      " for networks that turn one picture into one."
    )
  taken, made = tuple(taken[0]), tuple(made[0])
  if len(taken) != 3 or len(made) != 3:
    raise ValueError(
      f"{name} does not turn pictures, [height, width, channels], into"
      f" pictures: it takes {taken} and gives {made}."
    )
  if None in taken:
    raise ValueError(
      f"{name} takes any size, {taken}, and tiles have one; make it with a"
      " fixed size, such as keras.Input((256, 256, 3))."
    )
  height, width = (int(made[i]) / int(taken[i]) for i in range(2))
  if height != width or height != int(height) or height < 1:
    raise ValueError(
      f"{name} makes {made[0]}x{made[1]} pixels of {taken[0]}x{taken[1]}, and"
      " tiles need as many, or more by a whole factor."
    )
  shape = (int(taken[0]), int(taken[1]), int(taken[2]))
  return shape, int(made[2]), int(height)


def _multiple(shape) -> int:
  """Returns what the places of tiles are multiples of, if layers are unknown.

  Args:
    shape: Of a tile, which is halved at least once.
  """
  common = math.gcd(shape[0], shape[1])
  found = math.gcd(common, _MULTIPLE)
  return found if found < min(shape[:2]) else max(1, found // 2)


def _outside(entry) -> np.dtype:
  """Returns the type of a file's pictures; int8 stands for floats."""
  dtype = np.dtype(entry["dtype"])
  return np.dtype("float32") if dtype == np.int8 else dtype


def _coded(array, entry) -> np.ndarray:
  if np.dtype(entry["dtype"]) != np.int8:
    return array
  scale, zero = entry["quantization"]
  return np.clip(np.round(array / scale) + zero, -128, 127).astype(np.int8)


def _decoded(array, entry) -> np.ndarray:
  if array.dtype != np.int8:
    return array.astype(np.float32)
  scale, zero = entry["quantization"]
  return ((array.astype(np.float32) - zero) * scale).astype(np.float32)
