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
"""Reads the operators of a `.tflite` file, and the layers they come from."""

import dataclasses
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tf_ganprune.keras_compat import keras

_OPERATORS = {
  code: name
  for name, code in vars(schema.BuiltinOperator).items()
  if isinstance(code, int)
}
_TYPES = {
  code: name.lower()
  for name, code in vars(schema.TensorType).items()
  if isinstance(code, int)
}
# Operators that belong to the one before them, if it is not known of which
# layer they are.
_VIEWS = ("RESHAPE", "SQUEEZE", "STRIDED_SLICE", "TRANSPOSE", "UNPACK")
_CONVERTING = ("DEQUANTIZE", "QUANTIZE")


@dataclasses.dataclass(frozen=True, eq=False)
class Tensor:
  """A tensor of a file: a constant, an input or an operator's output.

  Example:
    >>> Tensor("x", (1, 7, 7, 16), "float32")

  Attributes:
    name: The tensor's name in the file.
    shape: The tensor's sizes, -1 where they may vary.
    dtype: The type's name in the file's schema, in small letters.
    value: The value of a constant; None for other tensors, and for constants
      that are stored sparsely.
    scale: The scale of a quantized tensor; None for other tensors.
  """

  name: str
  shape: tuple[int, ...]
  dtype: str
  value: np.ndarray | None = None
  scale: float | None = None


@dataclasses.dataclass(frozen=True, eq=False)
class Operator:
  """One operator of a file.

  Example:
    >>> Operator("TANH", 1, "image", (x,), (y,), None)

  Attributes:
    name: The operator's name in the file's schema, such as CONV_2D.
    version: The operator's version.
    layer: The layer that it comes from; the operator's name if that is not
      known.
    inputs: The inputs, None where an optional one is left out.
    outputs: The outputs.
    options: The options that the schema has for this operator, or None.
  """

  name: str
  version: int
  layer: str
  inputs: tuple[Tensor | None, ...]
  outputs: tuple[Tensor, ...]
  options: Any

  @property
  def given(self) -> tuple[Tensor, ...]:
    """The inputs without optional ones that are left out."""
    return tuple(x for x in self.inputs if x is not None)

  @property
  def constants(self) -> list[Tensor]:
    """The inputs that are constants."""
    return [x for x in self.given if x.value is not None]

  @property
  def values(self) -> list[np.ndarray]:
    """The values of `constants`."""
    return [x.value for x in self.given if x.value is not None]


@dataclasses.dataclass(frozen=True)
class Graph:
  """The operators of a file, with its inputs and outputs.

  Example:
    >>> graph = read(content, generator)
    >>> print([operator.name for operator in graph.operators])

  Attributes:
    network: The network's name.
    operators: The operators, in the order in which they run.
    inputs: The tensors that the file takes.
    outputs: The tensors that the file gives.
  """

  network: str
  operators: tuple[Operator, ...]
  inputs: tuple[Tensor, ...]
  outputs: tuple[Tensor, ...]

  def producer(self, tensor: Tensor | None) -> Operator | None:
    """Returns the operator that gives a tensor; None for inputs."""
    return next((x for x in self.operators if tensor in x.outputs), None)

  def consumers(self, tensor: Tensor) -> list[Operator]:
    """Returns the operators that take a tensor."""
    return [x for x in self.operators if tensor in x.inputs]


def read(content: bytes, model: keras.Model | None = None) -> Graph:
  """Reads the operators of a converted network.

  Args:
    content: The file's content.
    model: The network, for the names of its layers. Without it, operators have
      their own names in place of their layers'.
  """
  file = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(content, 0))
  (main,) = file.subgraphs[:1]
  tensors = [_tensor(file, entry) for entry in main.tensors]
  find = _LayerFinder(model)
  results = _results(file, tensors)
  layers: dict[Tensor | None, str] = {}

  def pick(indices):
    return tuple(tensors[i] if i >= 0 else None for i in indices)

  operators = []
  for entry in main.operators:
    code = file.operatorCodes[entry.opcodeIndex]
    inputs, outputs = pick(entry.inputs), pick(entry.outputs)
    name = _name(file, entry)
    layer = find(inputs, outputs, results)
    if layer is None and name in _VIEWS:
      layer = layers.get(inputs[0])
    if layer is not None:
      layers |= dict.fromkeys(outputs, layer)
    operators.append(
      Operator(
        name,
        code.version,
        layer or name,
        inputs,
        outputs,
        entry.builtinOptions,
      )
    )
  network = "main" if model is None else model.name
  return Graph(network, tuple(operators), pick(main.inputs), pick(main.outputs))


def _results(file, tensors) -> dict[Tensor, str]:
  """Returns the names of the file's outputs, which are those of layers."""
  found = {
    tensors[entry.tensorIndex]: entry.name.decode()
    for signature in (file.signatureDefs or ())[:1]
    for entry in signature.outputs
  }
  for entry in file.subgraphs[0].operators:
    if _name(file, entry) in _CONVERTING and len(entry.outputs) == 1:
      given, made = tensors[entry.inputs[0]], tensors[entry.outputs[0]]
      if made in found:
        found.setdefault(given, found[made])
  return found


def _name(file, entry) -> str:
  code = file.operatorCodes[entry.opcodeIndex]
  return _OPERATORS[max(code.builtinCode, code.deprecatedBuiltinCode)]


def _tensor(file, entry) -> Tensor:
  shape = () if entry.shape is None else entry.shape
  if entry.shapeSignature is not None:
    shape = entry.shapeSignature
  shape = tuple(int(size) for size in shape)
  dtype = _TYPES[entry.type]
  data = file.buffers[entry.buffer].data
  value = None
  if data is not None and len(data) and entry.sparsity is None:
    value = _value(data, shape, dtype)
  return Tensor(entry.name.decode(), shape, dtype, value, _scale(entry))


def _scale(entry) -> float | None:
  """Returns a tensor's scale; of one scale a channel, the largest."""
  scales = entry.quantization and entry.quantization.scale
  if scales is None or not len(scales):
    return None
  return float(max(scales))


def _value(data, shape, dtype) -> np.ndarray | None:
  try:
    return np.frombuffer(bytes(data), np.dtype(dtype)).reshape(shape)
  except (TypeError, ValueError):  # strings, and types packed in half bytes
    return None


class _LayerFinder:
  """Finds the layer that an operator comes from, by its tensors' names."""

  def __init__(self, model):
    parts = () if model is None else model.submodules
    layers = [x for x in parts if isinstance(x, keras.layers.Layer)]
    self._by_name = {layer.name: layer for layer in layers}

  def __call__(self, inputs, outputs, results) -> str | None:
    constants = [x for x in inputs if x is not None and x.value is not None]
    named = [
      self._by_name[part]
      for tensor in [*constants, *outputs]
      for path in tensor.name.split(";")
      for part in path.split("/")
      if part in self._by_name and not _holds_layers(self._by_name[part])
    ]
    # Of several layers fused into one operator, the one with a kernel is taken.
    with_kernel = [x for x in named if _kernel(x) is not None]
    found = next(iter(with_kernel or named), None)
    if found:
      return found.name
    # The converter drops the names of the last tensors, and some others.
    named_outputs = [results[x] for x in outputs if x in results]
    last = next((name for name in named_outputs if name in self._by_name), None)
    return self._by_shape(constants) or last

  def _by_shape(self, constants) -> str | None:
    """Returns the layer with a kernel of a shape that no other one has."""
    shapes = [sorted(x.shape) for x in constants if len(x.shape) > 1]
    layers = [
      x
      for x in self._by_name.values()
      if (shape := _shape(x)) is not None and sorted(shape) in shapes
    ]
    return layers[0].name if len(layers) == 1 else None


def _kernel(layer):
  kernel = getattr(layer, "kernel", None)
  if kernel is None:
    kernel = getattr(layer, "depthwise_kernel", None)
  return kernel if hasattr(kernel, "shape") else None


def _shape(layer) -> tuple[int, ...] | None:
  """Returns the shape of a layer's kernel in a file."""
  if isinstance(layer, keras.layers.RNN):
    kernel, units = _kernel(layer.cell), getattr(layer.cell, "units", None)
    return None if kernel is None or not units else (units, kernel.shape[0])
  kernel = _kernel(layer)
  return None if kernel is None else tuple(kernel.shape)


def _holds_layers(layer) -> bool:
  return isinstance(layer, keras.Model)
