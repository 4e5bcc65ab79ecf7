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
"""Checks of arguments, with an error that names the argument and its value."""

import math
import numbers


def whole(name: str, value, least: int) -> int:
  """Returns an argument as an int; raises unless it is a whole number.

  Args:
    name: The name of the argument.
    value: The user's value.
    least: The lowest valid value.

  Raises:
    ValueError: If it is not a whole number, or too low.
  """
  is_whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
  if not is_whole or value < least:
    raise ValueError(
      f"`{name}` must be a whole number of at least {least}; got {value!r}."
    )
  return int(value)


def real(name: str, value, least: float, most: float = math.inf) -> float:
  """Returns an argument as a float; raises unless it is finite and in range.

  Args:
    name: The name of the argument.
    value: The user's value.
    least: The lowest valid value.
    most: The highest valid value.

  Raises:
    ValueError: If it is not a finite number, or out of range.
  """
  is_real = isinstance(value, numbers.Real) and not isinstance(value, bool)
  # Every comparison with NaN is false.
  if not is_real or not least <= value <= most or math.isinf(value):
    bounds = f"to {most:g}" if most < math.inf else "up"
    raise ValueError(
      f"`{name}` must be a number from {least:g} {bounds}; got {value!r}."
    )
  return float(value)


def boolean(name: str, value) -> bool:
  """Returns an argument; raises unless it is True or False.

  Args:
    name: The name of the argument.
    value: The user's value.

  Raises:
    ValueError: If it is neither.
  """
  if not isinstance(value, bool):
    raise ValueError(f"`{name}` must be True or False; got {value!r}.")
  return value
