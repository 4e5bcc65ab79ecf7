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
"""A registry of rules for Keras 3's operations, and helpers of rules."""

from collections.abc import Callable

import tensorflow as tf

from tf_ganprune.keras3 import library

# Functions of a Keras 3 operation and the arguments of its call.
_RULES: dict[str, Callable] = {}


def rule(*names: str):
  """Registers a function that replaces operations of classes; a decorator.

  Args:
    *names: The names of the operations' classes.
  """

  def register(function):
    _RULES.update(dict.fromkeys(names, function))
    return function

  return register


def is_known(operation) -> bool:
  """Returns whether an operation has a rule.

  Args:
    operation: A `keras.Operation`.
  """
  cls = type(operation)
  return cls.__module__.startswith("keras.src.ops.") and cls.__name__ in _RULES


def rebuild(operation, args: tuple, kwargs: dict):
  """Returns the result of an operation, by TensorFlow's operations.

  Args:
    operation: A `keras.Operation` that `is_known`.
    args: The positional arguments of its call, with tensors of tf_keras.
    kwargs: The named arguments of its call.

  Raises:
    ValueError: If its arguments have no counterpart in TensorFlow.
  """
  return _RULES[type(operation).__name__](operation, *args, **kwargs)


def is_tensor(x) -> bool:
  """Returns whether a value is a tensor of tf_keras or TensorFlow."""
  return isinstance(x, tf.Tensor | tf.Variable) or hasattr(x, "_keras_history")


def constant(x):
  """Returns an array of Keras 3 as a constant of TensorFlow, others as is."""
  if is_tensor(x) or not hasattr(x, "shape"):
    return x
  return tf.constant(library.keras3().ops.convert_to_numpy(x))


def common(*values, also=()):
  """Returns values in the common dtype in which Keras 3 computes with them.

  Args:
    *values: Tensors, arrays and Python's numbers.
    also: Further types that the common dtype depends on.
  """
  values = [constant(x) for x in values]
  types = [x.dtype.name if is_tensor(x) else type(x) for x in values]
  wanted = library.keras3().backend.result_type(*types, *also)
  return [cast(x, wanted) if is_tensor(x) else x for x in values]


def cast(x, dtype: str):
  """Returns a tensor in a dtype, the tensor itself if it has that dtype."""
  return x if x.dtype.name == dtype else tf.cast(x, dtype)
