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
"""Lowers arithmetic that GPU delegates lack to operators that they have.

Each public function takes the editor of a file and one of its operators, adds
operators that compute the same, and returns True; or returns False, and the
operator stays.
"""

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tf_ganprune.export.lowering import editor as editing

# Operators that take int32 as well as int64, and at which place.
_MOVING = ("RESHAPE", "SLICE", "SQUEEZE", "STRIDED_SLICE", "TRANSPOSE")
_TAKING_INDICES = dict.fromkeys((*_MOVING, "CAST", "ONE_HOT"), 0) | {
  "GATHER": 1
}
_TINY = 1e-12  # LiteRT's own kernel divides by its root at least


def add_n(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Replaces a sum of more than two tensors by sums of two."""
  first, *others = map(int, operator.inputs)
  dtype = editor.dtype(first)
  if dtype is None or (len(others) < 2 and dtype == np.float32):
    return False
  for i, other in enumerate(others):
    out = int(operator.outputs[0]) if i == len(others) - 1 else None
    options, shape = schema.AddOptionsT(), editor.shape(first)
    first = editor.emit("ADD", [first, other], shape, options, out, dtype)
  return True


def select(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Broadcasts the constants of a SELECT to the output's shape."""
  condition, *sides = map(int, operator.inputs)
  shape = editor.shape(int(operator.outputs[0]))
  values = [editor.value(x) for x in sides]
  wide = [
    side
    if value is None or value.size <= 1 or value.shape == shape
    else editor.constant(np.broadcast_to(value, shape), value.dtype)
    for side, value in zip(sides, values, strict=True)
  ]
  if wide == sides:
    return False
  operator.inputs = np.asarray([condition, *wide], np.int32)
  editor.keep(operator)
  return True


def arg_max(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Makes the indices of an ARG_MAX int32, if all their consumers take that."""
  source, axis = map(int, operator.inputs)
  return _indices(editor, operator, source, axis)


def arg_min(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Replaces an ARG_MIN by an ARG_MAX of the negated input."""
  source, axis = map(int, operator.inputs)
  if editor.dtype(source) != np.float32 or not _narrow(editor, operator):
    return False
  shape = editor.shape(source)
  source = editor.emit("NEG", [source], shape, schema.NegOptionsT())
  return _indices(editor, operator, source, axis, always=True)


def l2_normalization(
  editor: editing.Editor, operator: schema.OperatorT
) -> bool:
  """Computes L2 normalization as `x / sqrt(max(sum(x * x), 1e-12))`."""
  (source,) = map(int, operator.inputs)
  shape, (out,) = editor.shape(source), map(int, operator.outputs)
  squares = editor.emit("SQUARE", [source], shape, schema.SquareOptionsT())
  total = _reduced(editor, "SUM", squares)
  short = editor.shape(total)
  least = editor.constant(_TINY, "float32")
  total = editor.emit(
    "MAXIMUM", [total, least], short, schema.MaximumMinimumOptionsT()
  )
  scale = editor.emit("RSQRT", [total], short)
  _emit(editor, "MUL", [source, scale], shape, out)
  return True


def log_softmax(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Computes log-softmax as `y - log(sum(exp(y)))` with `y = x - max(x)`."""
  (source,) = map(int, operator.inputs)
  shape, (out,) = editor.shape(source), map(int, operator.outputs)
  largest = _reduced(editor, "REDUCE_MAX", source)
  moved = _emit(editor, "SUB", [source, largest], shape)
  powers = editor.emit("EXP", [moved], shape, schema.ExpOptionsT())
  total = _reduced(editor, "SUM", powers)
  total = editor.emit("LOG", [total], editor.shape(total))
  _emit(editor, "SUB", [moved, total], shape, out)
  return True


def cumsum(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Replaces a reverse or exclusive CUMSUM by a plain one, and reversals."""
  source, axis = map(int, operator.inputs)
  options, dtype = operator.builtinOptions, editor.dtype(source)
  if (known := editor.value(axis)) is None:
    return False
  (index,) = known.reshape(1)
  plain = index >= 0 and not (options.exclusive or options.reverse)
  if plain or dtype != np.float32:
    return False
  axis = editor.constant(index % len(editor.shape(source)))
  axes = editor.constant([index % len(editor.shape(source))])

  def turn(tensor, out=None):
    kind, shape = schema.ReverseV2OptionsT(), editor.shape(source)
    return editor.emit("REVERSE_V2", [tensor, axes], shape, kind, out)

  shape, (out,) = editor.shape(source), map(int, operator.outputs)
  given = turn(source) if options.reverse else source
  kind = schema.CumsumOptionsT()
  last = out if not (options.exclusive or options.reverse) else None
  total = editor.emit("CUMSUM", [given, axis], shape, kind, last)
  if options.exclusive:
    last = None if options.reverse else out
    total = _emit(editor, "SUB", [total, given], shape, last)
  if options.reverse:
    turn(total, out)
  return True


def same_input_twice(
  editor: editing.Editor, operator: schema.OperatorT
) -> bool:
  """Copies the second input of an operator that takes one tensor twice."""
  first, second = map(int, operator.inputs[:2])
  if first != second or editor.dtype(first) is None:
    return False
  copy = editor.copy(first)
  operator.inputs = np.asarray([first, copy, *operator.inputs[2:]], np.int32)
  editor.keep(operator)
  return True


def reduction(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Reduces only the axes that are longer than 1, and reshapes the result.

  With the batch among the axes, as in layer normalization, WebGPU's delegate
  asks for more threads along one axis than there may be. A result without axes
  that `scalars.widen` gave an axis gets it from the RESHAPE.
  """
  source, out = int(operator.inputs[0]), int(operator.outputs[0])
  axes, shape = editor.value(int(operator.inputs[1])), editor.shape(source)
  dtype = editor.dtype(source)
  if axes is None or dtype is None:
    return False
  axes = np.unique(axes % len(shape))
  longer = [int(axis) for axis in axes if shape[axis] > 1]
  widened = _is_widened(editor, operator, axes)
  if not widened:
    if len(longer) == len(axes) or not longer or dtype != np.float32:
      return False
  short = [1 if i in longer else n for i, n in enumerate(shape)]
  if longer:
    source = editor.emit(
      editor.name(operator),
      [source, editor.constant(longer)],
      short,
      schema.ReducerOptionsT(keepDims=True),
      dtype=dtype,
    )
  editor.reshape(source, editor.shape(out), out)
  return True


def _is_widened(
  editor: editing.Editor, operator: schema.OperatorT, axes
) -> bool:
  """Whether all axes are reduced, and the output was given one nevertheless."""
  options, shape = operator.builtinOptions, editor.shape(operator.inputs[0])
  gone = len(axes) == len(shape) and not (options and options.keepDims)
  return gone and len(editor.shape(operator.outputs[0])) == 1


def prelu(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Computes a PRELU as `relu(x) - slope * relu(-x)`, for any slope's shape."""
  source, slope = map(int, operator.inputs)
  _two_relus(editor, source, slope, int(operator.outputs[0]))
  return True


def leaky_relu(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Computes a LEAKY_RELU with a slope outside of 0 to 1 as `prelu` does."""
  (source,), alpha = map(int, operator.inputs), operator.builtinOptions.alpha
  if 0 <= alpha <= 1 or editor.dtype(source) != np.float32:
    return False
  slope = editor.constant(alpha, "float32")
  _two_relus(editor, source, slope, int(operator.outputs[0]))
  return True


def _two_relus(editor: editing.Editor, source, slope, out) -> None:
  shape = editor.shape(source)
  above = editor.emit("RELU", [source], shape)
  below = editor.emit("NEG", [source], shape, schema.NegOptionsT())
  below = editor.emit("RELU", [below], shape)
  below = _emit(editor, "MUL", [below, slope], shape)
  _emit(editor, "SUB", [above, below], shape, out)


def relu_0_to_1(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Replaces a RELU_0_TO_1 by a RELU and a MINIMUM with 1."""
  (source,) = map(int, operator.inputs)
  shape, (out,) = editor.shape(source), map(int, operator.outputs)
  above = editor.emit("RELU", [source], shape)
  one, kind = editor.constant(1, "float32"), schema.MaximumMinimumOptionsT()
  editor.emit("MINIMUM", [above, one], shape, kind, out)
  return True


def _emit(editor: editing.Editor, name, inputs, shape, out=None) -> int:
  """Adds an ADD, a SUB or a MUL."""
  options = getattr(schema, f"{name.capitalize()}OptionsT")()
  return editor.emit(name, inputs, shape, options, out)


def _reduced(editor: editing.Editor, name, tensor) -> int:
  """Adds a reduction of the last axis, which is kept with size 1."""
  shape = editor.shape(tensor)
  axis = editor.constant([len(shape) - 1])
  short = (*shape[:-1], 1)
  options = schema.ReducerOptionsT(keepDims=True)
  return editor.emit(name, [tensor, axis], short, options)


def _indices(
  editor: editing.Editor, operator: schema.OperatorT, source, axis, always=False
) -> bool:
  """Adds an ARG_MAX of int32, if one is needed and possible."""
  out = int(operator.outputs[0])
  wide, known = editor.dtype(out) == np.int64, editor.value(axis)
  if known is None or not (wide or always) or not _narrow(editor, operator):
    return False
  if wide:
    for tensor in _same_numbers(editor, out):
      _retype(editor, tensor)
  options = schema.ArgMaxOptionsT(outputType=schema.TensorType.INT32)
  axis = editor.constant(int(known.ravel()[0]))
  editor.emit("ARG_MAX", [source, axis], editor.shape(out), options, out)
  return True


def _retype(editor: editing.Editor, tensor) -> None:
  editor.retype(tensor, "int32")
  for taker in editor.consumers(tensor):
    if editor.name(taker) == "CAST" and taker.builtinOptions is not None:
      taker.builtinOptions.inDataType = schema.TensorType.INT32


def _narrow(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Whether indices may be int32: none is an output, all consumers take it."""
  out = int(operator.outputs[0])
  if editor.value(int(operator.inputs[1])) is None:
    return False
  if editor.dtype(out) == np.int32:
    return True
  tensors = _same_numbers(editor, out)
  return not any(map(editor.is_result, tensors)) and all(
    _takes_narrow(editor, taker, tensor)
    for tensor in tensors
    for taker in editor.consumers(tensor)
  )


def _same_numbers(editor: editing.Editor, tensor) -> list[int]:
  """Returns a tensor, and its reshapes, slices and transpositions."""
  found = [tensor]
  for one in found:
    found += [
      int(taker.outputs[0])
      for taker in editor.consumers(one)
      if editor.name(taker) in _MOVING and taker.inputs[0] == one
    ]
  return found


def _takes_narrow(editor: editing.Editor, taker, tensor) -> bool:
  place = _TAKING_INDICES.get(editor.name(taker))
  return place is not None and taker.inputs[place] == tensor
