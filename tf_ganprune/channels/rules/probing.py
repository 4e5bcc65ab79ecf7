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
"""Tries on numbers whether a function treats every channel by itself."""

from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

_CHANNELS, _UNKNOWN_SIDE = 4, 3
# For an unknown side: enough to be padded, cropped or halved twice.
_UNKNOWN_SPACE = 16
# Up to this number of channels, each is left out by itself.
_FEW = 8
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
  """Returns whether removing a channel leaves the others' outputs as they are.

  It is False for a function that compares channels, has a number for each, is
  random, or changes the shape.

  Args:
    function: A function of a tensor, such as an activation.
    shape: The tensor's shape, batch included; None for unknown sides.
    axis: The index of the channels' axis.
    dtype: The tensor's dtype.
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


def keeps_apart(
  function: Callable, shape: Sequence[int | None], dtype: str
) -> bool:
  """Returns whether a function maps each channel of the last axis by itself.

  That is so if it has as many channels of outputs as of inputs, and if leaving
  out channels or reordering them does the same to its outputs and nothing else.
  Other sides may change. The function is also called twice with the same
  channels, so that it is False for a random one.

  Args:
    function: A function of a tensor, such as a layer's `call`.
    shape: The tensor's shape, batch included; None for unknown sides.
    dtype: The tensor's dtype.
  """
  if not shape[-1]:
    return False
  sides = [_UNKNOWN_SPACE if side is None else side for side in shape]
  sides[0] = sides[0] if shape[0] is not None else 2
  numbers = tf.constant(np.random.default_rng(0).normal(0, 3, sides), dtype)
  try:
    whole = function(numbers)
    return (
      whole.shape.rank > 1
      and whole.shape[-1] == shape[-1]
      and all(
        _commutes(function, numbers, whole, kept) for kept in _picked(shape[-1])
      )
    )
  except _ERRORS:
    return False


def _picked(count: int):
  """Yields lists of channels to try: all, in other orders, without some."""
  yield list(range(count))
  yield list(range(count))[::-1]
  yield [*range(1, count), 0]
  for channel in range(count) if count <= _FEW else (0, count // 2, count - 1):
    yield [i for i in range(count) if i != channel] or [0]
    yield [channel]
  yield list(range(0, count, 2))


def _commutes(function, numbers, whole, kept: list[int]) -> bool:
  """Returns whether some channels have the same outputs as among all."""
  part = function(tf.gather(numbers, kept, axis=-1))
  return _is_near(tf.gather(whole, kept, axis=-1), part, numbers.dtype)


def _goes_alone(function, numbers, whole, axis: int, channel: int) -> bool:
  """Returns whether leaving out a channel keeps the others' outputs."""
  kept = [i for i in range(numbers.shape[axis]) if i != channel]
  part = function(tf.gather(numbers, kept, axis=axis))
  return _is_near(tf.gather(whole, kept, axis=axis), part, numbers.dtype)


def _is_near(a, b, dtype) -> bool:
  if a.shape != b.shape:
    return False
  near = 1e-5 if dtype.size >= 4 else 1e-2
  a, b = (tf.cast(x, tf.float64).numpy() for x in (a, b))
  return np.allclose(a, b, rtol=near, atol=near, equal_nan=True)
