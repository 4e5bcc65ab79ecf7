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
"""Masks and steps that stay valid in moving averages of networks' weights."""

import copy
import functools

import numpy as np
import tensorflow as tf
from tensorflow.python.ops import resource_variable_ops

# The rounding error of 0.999 * 1 + 0.001 * 1; a real step is larger.
_ROUNDING = 1e-6


class _Mask:
  """A mask that stays 0 or 1: a move towards 0 or 1 takes it all the way.

  Weights whose mask becomes 0 are set to 0, so the average of a weight is 0 as
  soon as it is pruned.
  """

  _hidden = None

  def assign(self, value, *args, **kwargs):
    """Sets the mask; elements go to 0 or 1, in the direction of `value`."""
    before = tf.convert_to_tensor(self)
    # Arrays of zeros and ones come from `set_weights`, which restores.
    if self._hidden is None or not (tf.is_tensor(value) or _is_mean(value)):
      return super().assign(value, *args, **kwargs)
    value = tf.cast(value, before.dtype)
    moved = tf.where(value > before + _ROUNDING, 1.0, before)
    moved = tf.where(value < before - _ROUNDING, 0.0, moved)
    moved = tf.cast(moved, before.dtype)
    result = super().assign(moved, *args, **kwargs)
    weight = tf.convert_to_tensor(self._hidden)
    kept = tf.math.multiply_no_nan(weight, tf.cast(moved, weight.dtype))
    self._hidden.assign(kept)
    return result

  def assign_add(self, delta, *args, **kwargs):
    """Moves the mask, as `assign` does."""
    return self.assign(tf.convert_to_tensor(self) + delta, *args, **kwargs)

  def assign_sub(self, delta, *args, **kwargs):
    """Moves the mask, as `assign` does."""
    return self.assign(tf.convert_to_tensor(self) - delta, *args, **kwargs)

  def __deepcopy__(self, memo):
    copied = super().__deepcopy__(memo)
    return mask(copied, copy.deepcopy(self._hidden, memo))


def _is_mean(value) -> bool:
  """Returns whether an array or number has an element between 0 and 1."""
  value = np.asarray(value)
  return bool(np.any((value > _ROUNDING) & (value < 1 - _ROUNDING)))


def _meeting(name: str):
  """Returns an operator of `_Step` that computes in floats if it meets one."""

  def operator(self, other):
    dtype = _float_of(other)
    if dtype is None:
      return getattr(super(_Step, self), name)(other)
    return getattr(_number(self, dtype), name)(_number(other, dtype))

  return operator


def _number(value, dtype: tf.DType) -> tf.Tensor:
  return tf.cast(tf.convert_to_tensor(value), dtype)


class _Step:
  """An integer step that stays whole when a moving average is assigned."""

  def assign(self, value, *args, **kwargs):
    """Sets the step; a fraction is rounded away from the present step."""
    return super().assign(self._whole(value), *args, **kwargs)

  def assign_add(self, delta, *args, **kwargs):
    """Adds an integer; a float moves the step as `assign` does."""
    if _float_of(delta) is None:
      return super().assign_add(delta, *args, **kwargs)
    return self.assign(self + delta, *args, **kwargs)

  def assign_sub(self, delta, *args, **kwargs):
    """Subtracts an integer; a float moves the step as `assign` does."""
    if _float_of(delta) is None:
      return super().assign_sub(delta, *args, **kwargs)
    return self.assign(self - delta, *args, **kwargs)

  def _whole(self, value):
    dtype = _float_of(value)
    if dtype is None:
      return value
    change = _number(value, dtype) - _number(self, dtype)
    slack = _ROUNDING * (1.0 + tf.abs(_number(value, dtype)))
    size = tf.math.ceil(tf.maximum(tf.abs(change) - slack, 0.0))
    whole = tf.convert_to_tensor(self)
    return whole + tf.cast(tf.sign(change) * size, self.dtype)

  def _dense_var_to_tensor(self, dtype=None, *args, **kwargs):
    """Returns the step as a tensor, a float if `dtype` is one."""
    if dtype is None or not tf.as_dtype(dtype).is_floating:
      return super()._dense_var_to_tensor(dtype, *args, **kwargs)
    whole = super()._dense_var_to_tensor(None, *args, **kwargs)
    return tf.cast(whole, dtype)

  __add__ = _meeting("__add__")
  __radd__ = _meeting("__radd__")
  __sub__ = _meeting("__sub__")
  __rsub__ = _meeting("__rsub__")
  __mul__ = _meeting("__mul__")
  __rmul__ = _meeting("__rmul__")

  def __deepcopy__(self, memo):
    return step(super().__deepcopy__(memo))


def mask(variable: tf.Variable, weight: tf.Variable) -> tf.Variable:
  """Makes a mask variable stay 0 or 1 whatever is assigned to it.

  Args:
    variable: The mask; its class is changed in place.
    weight: The weight that it masks.

  Returns:
    The same variable.
  """
  variable.__class__ = _class(_Mask, type(variable))  # type: ignore[arg-type]  # classes are hashable
  variable._hidden = weight
  return variable


def step(variable: tf.Variable) -> tf.Variable:
  """Makes a step variable stay whole in a moving average.

  Args:
    variable: The step, an integer; its class is changed in place.

  Returns:
    The same variable.
  """
  variable.__class__ = _class(_Step, type(variable))  # type: ignore[arg-type]  # classes are hashable
  return variable


@functools.cache
def _class(more: type, variable_class: type) -> type:
  if issubclass(variable_class, more):
    return variable_class
  base = variable_class
  if more is _Step and base is resource_variable_ops.ResourceVariable:
    # Eager operations read integers of this very class without conversion.
    base = resource_variable_ops.BaseResourceVariable
  return type(variable_class.__name__, (more, base), {})


def _float_of(value) -> tf.DType | None:
  """Returns the float type to compute with a value in; None for an integer."""
  if isinstance(value, float | _Step):
    return tf.float32
  dtype = getattr(value, "dtype", None)
  is_float = dtype is not None and tf.as_dtype(dtype).is_floating
  return tf.as_dtype(dtype) if is_float else None
