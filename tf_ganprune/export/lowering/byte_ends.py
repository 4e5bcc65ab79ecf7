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
"""Lets int8 files take and give bytes.

An int8 tensor with the step of a byte holds the same numbers less 128, so that
one QUANTIZE, which adds or subtracts that, is all of the conversion.
"""

from collections.abc import Mapping

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tf_ganprune import value_range as value_ranges
from tf_ganprune.export.lowering import editor as editing

_INT8, _UINT8 = schema.TensorType.INT8, schema.TensorType.UINT8
_OFFSET = 128
# Shares of a step that tensors may differ by from bytes, to be shifted alone:
# a tanh's int8 has 256 steps from black to white, bytes 255.
_NEAR = 0.01
Ranges = Mapping[str, value_ranges.ValueRange]


class NotIntegersError(Exception):
  """A file has no int8 tensor behind an input or before an output."""


def apply(content: bytes, inputs: Ranges, outputs: Ranges) -> bytes:
  """Returns an int8 file with bytes in place of floats or of int8.

  Args:
    content: The content that the converter gave.
    inputs: The network's values of bytes 0 and 255, by the names of inputs.
    outputs: The same for outputs.

  Raises:
    NotIntegersError: If a tensor is not int8 where bytes are to become int8.
  """
  editor = editing.Editor(content)
  signature = editor.file.signatureDefs[0]
  for entry in signature.inputs:
    if entry.name.decode() in inputs:
      _take(editor, entry, inputs[entry.name.decode()])
  for operator in editor.operators:
    editor.keep(operator)
  for entry in signature.outputs:
    if entry.name.decode() in outputs:
      _give(editor, entry, outputs[entry.name.decode()])
  return editor.content()


def _take(editor, entry, values) -> None:
  main, number = editor.file.subgraphs[0], entry.tensorIndex
  if main.tensors[number].type == _INT8:
    entry.tensorIndex = _bytes(editor, number, values)
    editor.emit(
      "QUANTIZE",
      [entry.tensorIndex],
      (),
      schema.QuantizeOptionsT(),
      out=number,
    )
    main.inputs = _replaced(main.inputs, number, entry.tensorIndex)
    return
  users = editor.consumers(number)
  if not users or any(editor.name(x) != "QUANTIZE" for x in users):
    raise NotIntegersError(
      f"input {entry.name.decode()!r} is not turned into int8"
    )
  _retype(editor, number, int(users[0].outputs[0]), values)


def _give(editor, entry, values) -> None:
  main, number = editor.file.subgraphs[0], entry.tensorIndex
  source = number
  if main.tensors[number].type != _INT8:
    (maker,) = (x for x in editor.operators if number in x.outputs)
    if editor.name(maker) != "DEQUANTIZE" or editor.consumers(number):
      raise NotIntegersError(
        f"output {entry.name.decode()!r} does not come from int8"
      )
    source = int(maker.inputs[0])
    main.operators = [x for x in main.operators if x is not maker]
    _retype(editor, number, source, values)
  else:
    entry.tensorIndex = _bytes(editor, number, values)
    main.outputs = _replaced(main.outputs, number, entry.tensorIndex)
  editor.emit(
    "QUANTIZE", [source], (), schema.QuantizeOptionsT(), out=entry.tensorIndex
  )


def _bytes(editor, number, values) -> int:
  """Adds a tensor of bytes like one of int8, and returns its number."""
  tensors = editor.file.subgraphs[0].tensors
  tensor = schema.TensorT()
  tensor.name = tensors[number].name + b"/bytes"
  tensor.shape = np.asarray(editor.shape(number), np.int32)
  tensor.buffer = 0
  tensors.append(tensor)
  _retype(editor, len(tensors) - 1, number, values)
  return len(tensors) - 1


def _retype(editor, number, like, values) -> None:
  """Makes a tensor one of bytes, with the scale of one of int8 if it fits."""
  tensors = editor.file.subgraphs[0].tensors
  if tensors[like].type != _INT8:
    raise NotIntegersError(f"{editor.label(like)!r} is not int8")
  scale = float(tensors[like].quantization.scale[0])
  zero = int(tensors[like].quantization.zeroPoint[0]) + _OFFSET
  step = (values.high - values.low) / 255
  middle = int(np.clip(round(-values.low / step), 0, 255))
  if abs(scale / step - 1) > _NEAR or abs(zero - middle) > 1:
    scale, zero = step, middle
  quantization = schema.QuantizationParametersT()
  quantization.scale = np.asarray([scale], np.float32)
  quantization.zeroPoint = np.asarray([zero], np.int64)
  tensors[number].type, tensors[number].quantization = _UINT8, quantization


def _replaced(numbers, old, new) -> np.ndarray:
  return np.asarray([new if x == old else x for x in numbers], np.int32)
