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
"""Operations of Keras 3 by the name of their class."""

from collections.abc import Callable

import tensorflow as tf

from tf_ganprune.keras3 import library

# Called with the operation and what it is called with.
_RULES: dict[str, Callable] = {}


def rule(*names: str):
  """Registers what rebuilds operations of these classes."""

  def register(function):
    _RULES.update(dict.fromkeys(names, function))
    return function

  return register


def is_known(operation) -> bool:
  """Whether an operation can be rebuilt.

  Args:
    operation: A `keras.Operation`.
  """
  cls = type(operation)
  return cls.__module__.startswith("keras.src.ops.") and cls.__name__ in _RULES


def rebuild(operation, args: tuple, kwargs: dict):
  """Returns what an operation computes, from TensorFlow's operations.

  Args:
    operation: A `keras.Operation` that `is_known`.
    args: What it is called with, in tensors of tf_keras.
    kwargs: Likewise.

  Raises:
    ValueError: If it has arguments that TensorFlow has nothing for.
  """
  return _RULES[type(operation).__name__](operation, *args, **kwargs)


def is_tensor(x) -> bool:
  """Whether something is a tensor of tf_keras."""
  return isinstance(x, tf.Tensor | tf.Variable) or hasattr(x, "_keras_history")


def constant(x):
  """Returns an array of Keras 3 as one of TensorFlow, other things as is."""
  if is_tensor(x) or not hasattr(x, "shape"):
    return x
  return tf.constant(library.keras3().ops.convert_to_numpy(x))


def common(*values, also=()):
  """Returns values in the type that Keras 3 computes them in.

  Args:
    *values: Tensors, arrays and Python's numbers.
    also: Types that count as well.
  """
  values = [constant(x) for x in values]
  types = [x.dtype.name if is_tensor(x) else type(x) for x in values]
  wanted = library.keras3().backend.result_type(*types, *also)
  return [cast(x, wanted) if is_tensor(x) else x for x in values]


def cast(x, dtype: str):
  """Returns a tensor in a type, itself where it is of that type."""
  return x if x.dtype.name == dtype else tf.cast(x, dtype)
