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
"""Lowers powers, for which GPU delegates get signs and constant bases wrong."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tf_ganprune.export.lowering import arithmetic
from tf_ganprune.export.lowering import editor as editing

_MULTIPLIED = 32  # the largest exponent for which products are made


def power(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Replaces a POW by products, by an EXP, or by a POW of magnitudes.

  Delegates take a base that is one constant, as in `2 ** x`, for the exponent,
  and lose the sign of odd powers.

  Args:
    editor: The editor of the file.
    operator: The POW.

  Returns:
    Whether it was replaced.
  """
  base, exponent = map(int, operator.inputs)
  if editor.dtype(int(operator.outputs[0])) != np.float32:
    return False
  bases, exponents = editor.value(base), editor.value(exponent)
  if bases is not None and bases.size == 1 and bases.item() > 0:
    return _exponential(editor, operator, exponent, bases.item())
  if exponents is None:
    return arithmetic.same_input_twice(editor, operator)
  if bases is not None or not np.any(_is_whole(exponents)):
    return False
  if exponents.size == 1 and 0 < abs(exponents.item()) <= _MULTIPLIED:
    if editor.shape(base) == editor.shape(int(operator.outputs[0])):
      return _product(editor, operator, base, int(exponents.item()))
  return _with_sign(editor, operator, base, exponents)


def _is_whole(values) -> np.ndarray:
  return values == np.round(values)


def _exponential(
  editor: editing.Editor, operator: schema.OperatorT, exponent, base
) -> bool:
  """Adds `exp(x * log(base))`."""
  shape = editor.shape(exponent)
  factor = editor.constant(np.log(base), "float32")
  moved = _multiplied(editor, exponent, factor, shape)
  out = int(operator.outputs[0])
  editor.emit("EXP", [moved], editor.shape(out), schema.ExpOptionsT(), out)
  return True


def _product(
  editor: editing.Editor, operator: schema.OperatorT, base, exponent
) -> bool:
  """Adds products for a whole exponent, and a division if it is negative."""
  shape, out = editor.shape(base), int(operator.outputs[0])
  one = editor.constant(1, "float32")
  if exponent == 1:
    _multiplied(editor, base, one, shape, out)
  elif exponent > 1:
    _whole_power(editor, base, exponent, out)
  else:
    below = _whole_power(editor, base, -exponent)
    editor.emit("DIV", [one, below], shape, schema.DivOptionsT(), out)
  return True


def _whole_power(editor: editing.Editor, base, exponent, out=None) -> int:
  if exponent == 1:
    return base
  shape = editor.shape(base)
  half = _whole_power(editor, base, exponent // 2)
  if exponent % 2 == 0:
    return _multiplied(editor, half, half, shape, out)
  square = _multiplied(editor, half, half, shape)
  return _multiplied(editor, square, base, shape, out)


def _with_sign(
  editor: editing.Editor, operator: schema.OperatorT, base, exponents
) -> bool:
  """Adds `|x| ** exponents`, times the sign of x where these are odd."""
  shape, out = editor.shape(base), int(operator.outputs[0])
  is_odd = (exponents % 2 == 1).astype("float32")
  sizes = editor.emit("ABS", [base], shape, schema.AbsOptionsT())
  inputs, wide = [sizes, int(operator.inputs[1])], editor.shape(out)
  if not is_odd.any():
    editor.emit("POW", inputs, wide, schema.PowOptionsT(), out)
    return True
  powers = editor.emit("POW", inputs, wide, schema.PowOptionsT())
  signs = editor.emit("SIGN", [base], shape, schema.SignOptionsT())
  odd, even = (editor.constant(x, "float32") for x in (is_odd, 1 - is_odd))
  signs = _multiplied(editor, signs, odd, wide)
  signs = editor.emit("ADD", [signs, even], wide, schema.AddOptionsT())
  _multiplied(editor, powers, signs, wide, out)
  return True


def _multiplied(editor: editing.Editor, first, second, shape, out=None) -> int:
  options = schema.MulOptionsT()
  return editor.emit("MUL", [first, second], shape, options, out)
