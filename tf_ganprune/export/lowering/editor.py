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
"""Edits the operators of a `.tflite` file."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import TypeAlias

import flatbuffers
import numpy as np
import numpy.typing as npt
from ai_edge_litert import schema_py_generated as schema

_ALIGNMENT = 16  # of constants, as the converter has it
_OLD_CODES = 127  # the largest code that the schema's first field holds
# Operators that GPUs join with the sums and products after them, and these.
_ABSORBING = {
  "CONV_2D",
  "DEPTHWISE_CONV_2D",
  "FULLY_CONNECTED",
  "TRANSPOSE_CONV",
}
_ABSORBED = {"ADD", "DIV", "MUL", "SUB"}
_TYPES: dict[np.dtype, int] = {
  np.dtype("float32"): schema.TensorType.FLOAT32,
  np.dtype("int32"): schema.TensorType.INT32,
  np.dtype("int64"): schema.TensorType.INT64,
}
_ARRAYS = {code: dtype for dtype, code in _TYPES.items()}

Dtype: TypeAlias = np.dtype | str


class Editor:
  """Edits a `.tflite` file by writing its operators anew, one by one.

  Tensors are known by their numbers, as in the file.

  Example:
    >>> editor = Editor(content)
    >>> for operator in editor.operators: editor.keep(operator)
    >>> content = editor.content()

  Attributes:
    operators: The operators that the file had at first.
  """

  def __init__(self, content: bytes):
    """Reads a file.

    Args:
      content: The content that the converter gave.
    """
    self._file = schema.ModelT.InitFromObj(
      schema.Model.GetRootAsModel(content, 0)
    )
    self._main = self._file.subgraphs[0]
    self.operators = list(self._main.operators or ())
    for operator in self.operators:  # of variables, some have none
      operator.inputs = _numbers(operator.inputs)
      operator.outputs = _numbers(operator.outputs)
    self._main.operators = []
    self._near = ""

  @property
  def file(self) -> schema.ModelT:
    """The file as the schema's objects, of which the first subgraph is run."""
    return self._file

  def name(self, operator: schema.OperatorT) -> str:
    """Returns the kind of an operator, such as `CONV_2D`."""
    code = self._file.operatorCodes[operator.opcodeIndex]
    return _NAMES[max(code.builtinCode, code.deprecatedBuiltinCode)]

  def version(self, operator: schema.OperatorT) -> int:
    """Returns the version of an operator."""
    return self._file.operatorCodes[operator.opcodeIndex].version

  def label(self, tensor: int) -> str:
    """Returns the name of a tensor, which has names of layers in it."""
    return self._main.tensors[tensor].name.decode()

  def shape(self, tensor: int) -> tuple[int, ...]:
    """Returns the shape of a tensor."""
    shape = self._main.tensors[tensor].shape
    return () if shape is None else tuple(map(int, shape))

  def dtype(self, tensor: int) -> np.dtype | None:
    """Returns a tensor's type; None if it is not float32, int32 or int64."""
    return _ARRAYS.get(self._main.tensors[tensor].type)

  def value(self, tensor: int) -> np.ndarray | None:
    """Returns a constant's value; None for other tensors."""
    entry = self._main.tensors[tensor]
    data = self._file.buffers[entry.buffer].data
    dtype = self.dtype(tensor)
    if data is None or not len(data) or dtype is None:
      return None
    value = np.frombuffer(bytes(data), dtype)
    return value.reshape(self.shape(tensor))

  def is_constant(self, tensor: int) -> bool:
    """Whether a tensor is a constant, of whatever type."""
    data = self._file.buffers[self._main.tensors[tensor].buffer].data
    return data is not None and len(data) > 0

  def consumers(self, tensor: int) -> list[schema.OperatorT]:
    """Returns the file's operators that take a tensor."""
    return [x for x in self.operators if tensor in x.inputs]

  def is_result(self, tensor: int) -> bool:
    """Whether a tensor is an output of the file."""
    return tensor in self._main.outputs

  def retype(self, tensor: int, dtype: str) -> None:
    """Gives a tensor another type."""
    self._main.tensors[tensor].type = _TYPES[np.dtype(dtype)]

  def resize(self, tensor: int, shape: Sequence[int]) -> None:
    """Gives a tensor another shape."""
    entry = self._main.tensors[tensor]
    entry.shape, entry.shapeSignature = np.asarray(shape, np.int32), None

  def keep(self, operator: schema.OperatorT) -> None:
    """Adds an operator of the file as it is."""
    self._main.operators.append(operator)

  def at(self, operator: schema.OperatorT) -> None:
    """Names the tensors that follow after the output of an operator."""
    names = [self.label(int(x)) for x in operator.outputs[:1]]
    self._near = names[0].split(";")[0] if names else ""

  def constant(self, value: npt.ArrayLike, dtype: Dtype = "int32") -> int:
    """Adds a constant, and returns its number."""
    value = np.ascontiguousarray(np.asarray(value, dtype))
    self._file.buffers.append(
      schema.BufferT(data=np.frombuffer(value.tobytes(), np.uint8))
    )
    return self._tensor(value.shape, value.dtype, len(self._file.buffers) - 1)

  def emit(
    self,
    name: str,
    inputs: Sequence[int],
    shape: Sequence[int],
    options: object = None,
    out: int | None = None,
    dtype: Dtype = "float32",
    version: int = 1,
  ) -> int:
    """Adds an operator with one output, and returns the output's number.

    Args:
      name: The kind of operator, such as `CONV_2D`.
      inputs: The numbers of the tensors that it takes.
      shape: The shape of the output.
      options: The schema's options for this kind.
      out: The number of the output; by default a new tensor is made.
      dtype: The type of a new tensor.
      version: The version of the operator.
    """
    if out is None:
      out = self._tensor(shape, np.dtype(dtype), 0)
    operator = schema.OperatorT()
    operator.opcodeIndex = self._code(name, version)
    operator.inputs = np.asarray(inputs, np.int32)
    operator.outputs = np.asarray([out], np.int32)
    if options is not None:
      kind = type(options).__name__.removesuffix("T")
      operator.builtinOptionsType = getattr(schema.BuiltinOptions, kind)
      operator.builtinOptions = options
    self._main.operators.append(operator)
    return out

  def reshape(
    self,
    tensor: int,
    shape: Sequence[int],
    out: int | None = None,
    dtype: Dtype = "float32",
  ) -> int:
    """Adds a RESHAPE, and returns its output's number."""
    options = schema.ReshapeOptionsT(newShape=np.asarray(shape, np.int32))
    inputs = [tensor, self.constant(shape)]
    return self.emit("RESHAPE", inputs, shape, options, out, dtype)

  def copy(self, tensor: int) -> int:
    """Adds a copy of a tensor, and returns the copy's number.

    The copy is a MAXIMUM with the least number of the type. Delegates would
    remove a RESHAPE or a product with 1, or join it with a convolution, whose
    own output is then lost.

    Args:
      tensor: The number of a tensor whose `dtype` is not None.

    Raises:
      ValueError: If its `dtype` is None.
    """
    dtype = self.dtype(tensor)
    if dtype is None:
      raise ValueError(f"{self.label(tensor)!r} has a type without a MAXIMUM.")
    limits = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    inputs = [tensor, self.constant(limits.min, dtype)]
    options = schema.MaximumMinimumOptionsT()
    shape = self.shape(tensor)
    return self.emit("MAXIMUM", inputs, shape, options, dtype=dtype)

  def separate_results(self) -> list[str]:
    """Makes each output of the file a tensor of its own, by copies.

    Returns:
      The names of the outputs that were copied.
    """
    taken, copied = set(map(int, self._main.inputs)), []
    outputs = list(map(int, self._main.outputs))
    signature = self._file.signatureDefs[0].outputs
    for i, entry in enumerate(signature):
      tensor = entry.tensorIndex
      lost = tensor in taken or self._is_absorbed(tensor)
      if lost and self.dtype(tensor) is not None:
        self._near = entry.name.decode()
        entry.tensorIndex = self.copy(tensor)
        copied.append(entry.name.decode())
        outputs[i] = entry.tensorIndex
      else:
        outputs[i] = tensor
      taken.add(tensor)
    if copied:
      self._main.outputs = np.asarray(outputs, np.int32)
    return copied

  def _is_absorbed(self, tensor) -> bool:
    """Whether a GPU joins a tensor's operator with those that take the tensor.

    Sums and products with constants are joined with the convolution before
    them, even if the convolution's own result is an output.
    """
    makers = [self.name(x) for x in self._main.operators if tensor in x.outputs]
    takers = [self.name(x) for x in self._main.operators if tensor in x.inputs]
    if "ADD" in makers:
      return bool(takers)
    return bool(_ABSORBING & set(makers) and _ABSORBED & set(takers))

  def content(self) -> bytes:
    """Returns the file as it is now."""
    self._file.buffers = [_aligned(x) for x in self._file.buffers]
    builder = flatbuffers.Builder(1024)
    builder.Finish(self._file.Pack(builder), b"TFL3")
    return bytes(builder.Output())

  def _tensor(self, shape, dtype, buffer) -> int:
    tensor = schema.TensorT()
    number = len(self._main.tensors)
    tensor.name = f"{self._near}/{number}".encode()
    tensor.shape = np.asarray(shape, np.int32)
    tensor.type = _TYPES[dtype]
    tensor.buffer = buffer
    self._main.tensors.append(tensor)
    return number

  def _code(self, name, version) -> int:
    code = getattr(schema.BuiltinOperator, name)
    for i, entry in enumerate(self._file.operatorCodes):
      known = max(entry.builtinCode, entry.deprecatedBuiltinCode)
      if (known, entry.version) == (code, version):
        return i
    entry = schema.OperatorCodeT()
    entry.builtinCode, entry.version = code, version
    entry.deprecatedBuiltinCode = min(code, _OLD_CODES)
    self._file.operatorCodes.append(entry)
    return len(self._file.operatorCodes) - 1


_NAMES = {
  code: name
  for name, code in vars(schema.BuiltinOperator).items()
  if isinstance(code, int)
}


@dataclasses.dataclass(frozen=True)
class Lowering:
  """A replacement of one kind of operator by others that compute the same.

  Example:
    >>> Lowering("ADD_N", add_n, "added two by two")

  Attributes:
    name: The kind of operator.
    lower: A function that takes an editor and an operator of the file, adds
      others in its place and returns True; or returns False, and the operator
      stays.
    how: The replacement, as notes name it.
  """

  name: str
  lower: Callable[[Editor, schema.OperatorT], bool]
  how: str


class _AlignedBuffer(schema.BufferT):
  """Constants at offsets aligned for kernels, as Python's classes do not."""

  def Pack(self, builder):
    builder.StartVector(1, len(self.data), _ALIGNMENT)
    builder.head -= len(self.data)
    builder.Bytes[builder.Head() : builder.Head() + len(self.data)] = (
      self.data.tobytes()
    )
    vector = builder.EndVector()
    schema.BufferStart(builder)
    schema.BufferAddData(builder, vector)
    return schema.BufferEnd(builder)


def _numbers(tensors) -> np.ndarray:
  return np.asarray([] if tensors is None else tensors, np.int32)


def _aligned(buffer) -> schema.BufferT:
  if buffer.data is None or not len(buffer.data):
    return buffer
  return _AlignedBuffer(data=np.asarray(buffer.data, np.uint8))
