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
"""Lowers slices, splits, lookups and one-hot codes for GPU delegates.

Each public function takes the editor of a file and one of its operators, adds
operators that compute the same, and returns True; or returns False, and the
operator stays.
"""

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tf_ganprune.export.lowering import editor as editing


def gather(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Replaces a GATHER by one with flat indices, between two RESHAPEs."""
  values, indices = map(int, operator.inputs)
  options = operator.builtinOptions
  axis, batch = options.axis, options.batchDims
  shape, wanted = editor.shape(values), editor.shape(indices)
  if any(n != 1 for n in shape[:batch]):
    return False
  known, (out,) = editor.value(indices), map(int, operator.outputs)
  axis %= len(shape)
  rows = (*shape[:axis], int(np.prod(wanted)), *shape[axis + 1 :])
  is_row = len(wanted) == 1 and editor.shape(out) == rows
  if is_row and not batch and editor.dtype(indices) == np.int32:
    return False
  if known is not None:
    flat = editor.constant(known.ravel())
  elif editor.dtype(indices) == np.int32:
    flat = editor.reshape(indices, [int(np.prod(wanted))], dtype="int32")
  else:
    return False
  gathered = editor.emit(
    "GATHER",
    [values, flat],
    rows,
    schema.GatherOptionsT(axis=axis),
    dtype=editor.dtype(values) or "float32",
  )
  editor.reshape(gathered, editor.shape(out), out)
  return True


def strided_slice(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Replaces a slice by one without masks, and steps back by a REVERSE_V2."""
  source = int(operator.inputs[0])
  options = operator.builtinOptions
  values = [editor.value(int(x)) for x in operator.inputs[1:]]
  rows = [x for x in values if x is not None]
  if len(rows) < len(values) or _has_new_axes(options):
    return False
  shape = editor.shape(source)
  sides = [_side(shape[i], i, rows, options) for i in range(len(rows[0]))]
  back = [i for i, (_, _, step) in enumerate(sides) if step < 0]
  if not back and not options.shrinkAxisMask:
    return False
  dtype = editor.dtype(source)
  if dtype is None:
    return False
  if back:
    # LiteRT's kernel takes several axes only if they lie side by side.
    for axis in back:
      axes = editor.constant([axis])
      source = editor.emit(
        "REVERSE_V2",
        [source, axes],
        shape,
        schema.ReverseV2OptionsT(),
        dtype=dtype,
      )
    sides = [
      _reversed(side, n) if side[2] < 0 else side
      for side, n in zip(sides, shape, strict=False)
    ]
  whole = [(0, n, 1) for n in shape[len(sides) :]]
  _slice(editor, source, [*sides, *whole], int(operator.outputs[0]), dtype)
  return True


def split(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Replaces a SPLIT by slices, since parts of few channels come out wrong."""
  axis, source = map(int, operator.inputs)
  return _cut(editor, source, axis, operator.outputs)


def split_v(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Replaces a SPLIT_V by slices, since its parts come out wrong."""
  source, _, axis = map(int, operator.inputs)
  return _cut(editor, source, axis, operator.outputs)


def one_hot(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Computes a ONE_HOT as `relu(1 - |index - class|)`, which is 1 if equal."""
  indices, depth, on, off = map(int, operator.inputs)
  shape = editor.shape(indices)
  axis = operator.builtinOptions.axis % (len(shape) + 1)
  values = [editor.value(x) for x in (depth, on, off)]
  known = [x for x in values if x is not None]
  if editor.dtype(indices) != np.int32 or len(known) < len(values):
    return False
  if editor.dtype(int(operator.outputs[0])) not in (np.float32, np.int32):
    return False
  if len(shape) > 3:
    return False
  flat = axis == len(shape) and all(n == 1 for n in shape[:-1])
  if flat and known[1].dtype == np.float32:
    return False
  wide = (*shape[:axis], 1, *shape[axis:])
  classes = np.arange(int(known[0])).reshape([-1] + [1] * (len(shape) - axis))
  (out,) = map(int, operator.outputs)
  codes = _codes(editor, indices, wide, classes, editor.shape(out))
  _scaled(editor, codes, float(known[1]), float(known[2]), out)
  return True


def _codes(editor: editing.Editor, indices, wide, classes, shape) -> int:
  found = editor.reshape(indices, wide, dtype="int32")
  found = editor.emit(
    "CAST",
    [found],
    wide,
    schema.CastOptionsT(
      inDataType=schema.TensorType.INT32,
      outDataType=schema.TensorType.FLOAT32,
    ),
  )
  classes = editor.constant(classes, "float32")
  found = editor.emit("SUB", [found, classes], shape, schema.SubOptionsT())
  found = editor.emit("ABS", [found], shape, schema.AbsOptionsT())
  one = editor.constant(1, "float32")
  found = editor.emit("SUB", [one, found], shape, schema.SubOptionsT())
  return editor.emit("RELU", [found], shape)


def _scaled(editor: editing.Editor, codes, on, off, out) -> None:
  shape, dtype = editor.shape(out), editor.dtype(out)
  scale = editor.constant(on - off, "float32")
  codes = editor.emit("MUL", [codes, scale], shape, schema.MulOptionsT())
  shift = editor.constant(off, "float32")
  last = out if dtype == np.float32 else None
  codes = editor.emit("ADD", [codes, shift], shape, schema.AddOptionsT(), last)
  if last is None:
    kinds = schema.CastOptionsT(
      inDataType=schema.TensorType.FLOAT32,
      outDataType=schema.TensorType.INT32,
    )
    editor.emit("CAST", [codes], shape, kinds, out)


def _has_new_axes(options) -> bool:
  return bool(options.newAxisMask or options.ellipsisMask or options.offset)


def _side(size, axis, rows, options) -> tuple[int, int, int]:
  """Returns begin, end and step of one axis, as Python's `range` has them."""
  begin, end, step = (int(row[axis]) for row in rows)
  bit = 1 << axis
  if options.shrinkAxisMask & bit:
    begin %= size
    return begin, begin + 1, 1
  first = None if options.beginMask & bit else begin
  last = None if options.endMask & bit else end
  return slice(first, last, step).indices(size)


def _reversed(side, size) -> tuple[int, int, int]:
  begin, end, step = side
  return size - 1 - begin, size - 1 - end, -step


def _cut(editor: editing.Editor, source, axis, outputs) -> bool:
  dtype = editor.dtype(source)
  axis = editor.value(axis)
  if axis is None or dtype is None:
    return False
  shape = editor.shape(source)
  axis = int(axis.ravel()[0]) % len(shape)
  sides, begin = [(0, n, 1) for n in shape], 0
  for out in map(int, outputs):
    end = begin + editor.shape(out)[axis]
    sides[axis] = begin, end, 1
    begin = end
    _slice(editor, source, sides, out, dtype)
  return True


def _slice(editor: editing.Editor, source, sides, out, dtype) -> None:
  """Adds a slice that keeps all axes, and a RESHAPE if the output has fewer."""
  kept = tuple(len(range(*side)) for side in sides)
  rows = [editor.constant(row) for row in zip(*sides, strict=True)]
  same = kept == editor.shape(out)
  options = schema.StridedSliceOptionsT()
  found = editor.emit(
    "STRIDED_SLICE",
    [source, *rows],
    kept,
    options,
    out if same else None,
    dtype,
  )
  if not same:
    editor.reshape(found, editor.shape(out), out)
