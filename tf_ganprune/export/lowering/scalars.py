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
"""Gives tensors without axes, which GPU delegates do not take, one axis."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tf_ganprune.export.lowering import editor as editing

_ONE = (1,)
# Operators that compute number by number.
_ELEMENTWISE = frozenset(
  """
  ABS ADD ADD_N ATAN2 BITWISE_XOR CAST CEIL COS DIV ELU EQUAL EXP FLOOR
  FLOOR_DIV FLOOR_MOD GELU GREATER GREATER_EQUAL HARD_SWISH LEAKY_RELU LESS
  LESS_EQUAL LOG LOGICAL_AND LOGICAL_NOT LOGICAL_OR LOGISTIC MAXIMUM MINIMUM
  MUL NEG NOT_EQUAL POW RELU RELU6 RELU_0_TO_1 RELU_N1_TO_1 ROUND RSQRT SELECT
  SELECT_V2 SIGN SIN SQRT SQUARE SQUARED_DIFFERENCE SUB TANH
  """.split()
)
# Operators whose lowerings end in a RESHAPE to their output's new shape.
_MAKERS = frozenset(
  """
  GATHER MEAN REDUCE_MAX REDUCE_MIN REDUCE_PROD RESHAPE STRIDED_SLICE SUM
  """.split()
)
_TAKERS = frozenset(("BROADCAST_TO", "GATHER", "PACK", "RESHAPE"))


def widen(editor: editing.Editor) -> list[str]:
  """Gives tensors without axes one axis, if all operators on them allow it.

  Args:
    editor: The editor of a file in which nothing is lowered yet. Lowerings of
      reductions, slices and the like then give the new shape.

  Returns:
    The names of the tensors that were changed.
  """
  found = _widened(editor)
  names = [editor.label(x) for x in found]
  for tensor in found:
    editor.resize(tensor, _ONE)
  for operator in editor.operators:
    if editor.name(operator) == "RESHAPE" and operator.outputs[0] in found:
      options = schema.ReshapeOptionsT(newShape=np.asarray(_ONE, np.int32))
      operator.builtinOptions = options
      operator.builtinOptionsType = schema.BuiltinOptions.ReshapeOptions
      shape = editor.constant(_ONE)
      operator.inputs = np.asarray([operator.inputs[0], shape], np.int32)
  return names


def _widened(editor: editing.Editor) -> set[int]:
  """Returns the tensors that can be changed together with their neighbours."""
  groups = [_without_axes(editor, x) for x in editor.operators]
  found = set().union(*groups)
  pairs = list(zip(editor.operators, groups, strict=True))
  while True:
    left = {
      tensor
      for operator, group in pairs
      for tensor in group
      if not (group <= found and _allows(editor, operator))
    }
    left |= {x for x in found if editor.is_result(x)}
    if not left & found:
      return found
    found -= left


def _without_axes(
  editor: editing.Editor, operator: schema.OperatorT
) -> set[int]:
  tensors = map(int, (*operator.inputs, *operator.outputs))
  return {
    x
    for x in tensors
    if x >= 0 and not editor.shape(x) and not editor.is_constant(x)
  }


def _allows(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  name = editor.name(operator)
  if name in _ELEMENTWISE:
    return True
  given = not editor.shape(int(operator.outputs[0]))
  return name in (_MAKERS if given else _TAKERS)


def pack(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Replaces a PACK of numbers, which have one axis now, by a CONCATENATION."""
  (out,) = map(int, operator.outputs)
  found = [_with_axis(editor, int(x)) for x in operator.inputs]
  parts = [x for x in found if x is not None]
  if len(parts) < len(found) or len(editor.shape(out)) != len(_ONE):
    return False
  options, dtype = schema.ConcatenationOptionsT(axis=0), editor.dtype(out)
  if dtype is None or all(map(editor.is_constant, parts)):
    return False
  editor.emit("CONCATENATION", parts, editor.shape(out), options, out)
  return True


def _with_axis(editor: editing.Editor, tensor) -> int | None:
  if editor.shape(tensor) == _ONE:
    return tensor
  value = None if editor.shape(tensor) else editor.value(tensor)
  if value is None:
    return None
  return editor.constant(value.reshape(_ONE), value.dtype)
