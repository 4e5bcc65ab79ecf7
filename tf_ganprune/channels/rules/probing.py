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
"""Whether a function treats every channel by itself, as far as numbers show."""

from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

_CHANNELS, _UNKNOWN_SIDE = 4, 3
_ERRORS = (
  AttributeError,
  IndexError,
  TypeError,
  ValueError,
  tf.errors.OpError,
)


def is_by_channel(
  function: Callable, shape: Sequence[int | None], axis: int, dtype: str
) -> bool:
  """Returns whether the others are as before where a channel is left out.

  A function that compares channels, has a number for each, or is random, is
  none of that kind; nor is one that gives another shape.

  Args:
    function: Of a tensor, such as an activation.
    shape: Of the tensor, batch included; None where it is not known.
    axis: The channels'.
    dtype: The tensor's.
  """
  sides = [_UNKNOWN_SIDE if side is None else side for side in shape]
  sides[0], sides[axis] = 2, min(sides[axis], _CHANNELS)
  if sides[axis] == 1:
    return True
  numbers = tf.constant(np.random.default_rng(0).normal(0, 3, sides), dtype)
  try:
    whole = function(numbers)
    return whole.shape == numbers.shape and all(
      _goes_alone(function, numbers, whole, axis, channel)
      for channel in range(sides[axis])
    )
  except _ERRORS:
    return False


def _goes_alone(function, numbers, whole, axis: int, channel: int) -> bool:
  """Whether nothing changes for the others where a channel is left out."""
  kept = [i for i in range(numbers.shape[axis]) if i != channel]
  part = function(tf.gather(numbers, kept, axis=axis))
  return _is_near(tf.gather(whole, kept, axis=axis), part, numbers.dtype)


def _is_near(a, b, dtype) -> bool:
  if a.shape != b.shape:
    return False
  near = 1e-5 if dtype.size >= 4 else 1e-2
  pair = (tf.cast(x, tf.float64).numpy() for x in (a, b))
  return np.allclose(*pair, rtol=near, atol=near, equal_nan=True)
