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
"""Lowers padding and broadcasting to operators that GPU delegates take.

Each public function takes the editor of a file and one of its operators, adds
operators that compute the same, and returns True; or returns False, and the
operator stays.
"""

from typing import Literal

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tf_ganprune.export.lowering import editor as editing

_MODES: dict[int, Literal["reflect", "symmetric"]] = {
  schema.MirrorPadMode.REFLECT: "reflect",
  schema.MirrorPadMode.SYMMETRIC: "symmetric",
}
_AXES = (3, 4)  # that delegates pad


def pad(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Replaces a PAD of other than three or four axes by joining zeros."""
  if len(editor.shape(int(operator.inputs[0]))) in _AXES:
    return False
  return _join(editor, operator, 0.0)


def padv2(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Replaces a PADV2 by joining constants, since its value may be lost."""
  value = editor.value(int(operator.inputs[2]))
  return value is not None and _join(editor, operator, value.item())


def mirror_pad(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Replaces a MIRROR_PAD that is not 'reflect' by lookups of rows."""
  source, sides = int(operator.inputs[0]), editor.value(int(operator.inputs[1]))
  mode = _MODES[operator.builtinOptions.mode]
  shape = list(editor.shape(source))
  if sides is None or (mode == "reflect" and len(shape) in _AXES):
    return False
  padded = [axis for axis, side in enumerate(sides) if any(side)]
  if not padded or editor.dtype(source) != np.float32:
    return False
  for axis in padded:
    rows = np.pad(np.arange(shape[axis]), sides[axis].tolist(), mode)
    shape[axis] = len(rows)
    source = editor.emit(
      "GATHER",
      [source, editor.constant(rows)],
      shape,
      schema.GatherOptionsT(axis=axis),
      int(operator.outputs[0]) if axis == padded[-1] else None,
    )
  return True


def broadcast_to(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Replaces a BROADCAST_TO by a TILE, after a RESHAPE if axes are new."""
  source, out = int(operator.inputs[0]), int(operator.outputs[0])
  dtype = editor.dtype(source)
  if dtype is None:
    return False
  shape, wanted = editor.shape(source), editor.shape(out)
  wide = (1,) * (len(wanted) - len(shape)) + shape
  if wide != shape:
    source = editor.reshape(source, wide, dtype=dtype)
  times = editor.constant(np.floor_divide(wanted, np.maximum(1, wide)))
  editor.emit("TILE", [source, times], wanted, schema.TileOptionsT(), out)
  return True


def _join(
  editor: editing.Editor, operator: schema.OperatorT, value: float
) -> bool:
  """Adds one CONCATENATION with constants for each axis that is padded."""
  source, sides = int(operator.inputs[0]), editor.value(int(operator.inputs[1]))
  shape = list(editor.shape(source))
  if sides is None or editor.dtype(source) != np.float32:
    return False
  padded = [axis for axis, side in enumerate(sides) if any(side)]
  for axis in padded:
    blocks = [_block(editor, shape, axis, int(n), value) for n in sides[axis]]
    parts = [x for x in (blocks[0], source, blocks[1]) if x is not None]
    shape[axis] += int(sum(sides[axis]))
    source = editor.emit(
      "CONCATENATION",
      parts,
      shape,
      schema.ConcatenationOptionsT(axis=axis),
      int(operator.outputs[0]) if axis == padded[-1] else None,
    )
  return bool(padded)


def _block(editor: editing.Editor, shape, axis, rows, value) -> int | None:
  if not rows:
    return None
  size = [*shape[:axis], rows, *shape[axis + 1 :]]
  return editor.constant(np.full(size, value), "float32")
