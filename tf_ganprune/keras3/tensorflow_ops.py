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
"""Rules that replace TensorFlow's operations by Keras 3's."""

import inspect
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tf_ganprune.keras3 import library

# TensorFlow's name and Keras 3's, with the same arguments in the same order.
_SAME = (
  {
    "__operators__.add": "add",
    "__operators__.floordiv": "floor_divide",
    "__operators__.ge": "greater_equal",
    "__operators__.gt": "greater",
    "__operators__.le": "less_equal",
    "__operators__.lt": "less",
    "__operators__.mod": "mod",
    "__operators__.mul": "multiply",
    "__operators__.ne": "not_equal",
    "__operators__.neg": "negative",
    "__operators__.pow": "power",
    "__operators__.sub": "subtract",
    "__operators__.truediv": "divide",
    "broadcast_to": "broadcast_to",
    "cast": "cast",
    "clip_by_value": "clip",
    "expand_dims": "expand_dims",
    "floor_div": "floor_divide",
    "identity": "copy",
    "linalg.matmul": "matmul",
    "math.acos": "arccos",
    "math.asin": "arcsin",
    "math.atan": "arctan",
    "math.floormod": "mod",
    "math.reduce_logsumexp": "logsumexp",
    "math.reduce_max": "max",
    "math.reduce_mean": "mean",
    "math.reduce_min": "min",
    "math.reduce_prod": "prod",
    "math.reduce_std": "std",
    "math.reduce_sum": "sum",
    "math.reduce_variance": "var",
    "math.reduce_all": "all",
    "math.reduce_any": "any",
    "math.floordiv": "floor_divide",
    "math.mod": "mod",
    "math.pow": "power",
    "math.truediv": "divide",
    "nn.leaky_relu": "leaky_relu",
    "ones_like": "ones_like",
    "repeat": "repeat",
    "reshape": "reshape",
    "roll": "roll",
    "squeeze": "squeeze",
    "stop_gradient": "stop_gradient",
    "tensordot": "tensordot",
    "tile": "tile",
    "where": "where",
    "zeros_like": "zeros_like",
  }
  | {
    f"math.{name}": name
    for name in (
      "abs add ceil cos cosh cumsum divide divide_no_nan equal erf exp expm1"
      " floor greater greater_equal isfinite isinf isnan less less_equal log"
      " log1p log_sigmoid logical_and logical_not logical_or maximum minimum"
      " multiply negative not_equal reciprocal round rsqrt sigmoid sign sin"
      " sinh softplus sqrt square subtract tan tanh"
    ).split()
  }
  | {
    f"nn.{name}": name
    for name in (
      "elu log_softmax relu relu6 selu sigmoid silu softmax softplus softsign"
      " tanh"
    ).split()
  }
  | {
    "nn.swish": "silu",
    "math.is_nan": "isnan",
    "math.is_inf": "isinf",
    "math.is_finite": "isfinite",
  }
)
_RULES: dict[str, Callable] = {}


def _rule(*names: str):
  def register(function):
    _RULES.update(dict.fromkeys(names, function))
    return function

  return register


def symbol(layer) -> str | None:
  """Returns the TensorFlow name of an operation that is a layer of Keras.

  Args:
    layer: A layer of tf_keras.

  Returns:
    The name, as in `math.add`; None for other layers.
  """
  if type(layer).__name__ not in ("TFOpLambda", "SlicingOpLambda"):
    return None
  name = getattr(layer, "symbol", None) or "?"
  return name.removeprefix("compat.v1.")


def is_known(layer) -> bool:
  """Returns whether an operation has a counterpart or a rule.

  Args:
    layer: A layer of tf_keras with a `symbol`.
  """
  return symbol(layer) in _SAME or symbol(layer) in _RULES


def rebuild(layer, args: tuple, kwargs: dict):
  """Returns the result of an operation, by Keras 3's operations.

  Args:
    layer: A layer of tf_keras that `is_known`.
    args: The positional arguments of its call, with tensors of Keras 3.
    kwargs: The named arguments of its call.
  """
  bound = inspect.signature(layer.function).bind(*args, **kwargs)
  given = {k: x for k, x in bound.arguments.items() if k != "name"}
  name = str(symbol(layer))
  if name in _RULES:
    return _RULES[name](library.keras3().ops, **given)
  return getattr(library.keras3().ops, _SAME[name])(
    *(_type(x) for x in given.values())
  )


def _type(x):
  return x.name if isinstance(x, tf.DType) else x


@_rule("concat")
def _concat(ops, values, axis):
  return ops.concatenate(values, axis=axis)


@_rule("stack")
def _stack(ops, values, axis=0):
  return ops.stack(values, axis=axis)


@_rule("unstack")
def _unstack(ops, value, num=None, axis=0):
  return ops.unstack(value, num=num, axis=axis)


@_rule("split")
def _split(ops, value, num_or_size_splits, axis=0, num=None):
  if isinstance(num_or_size_splits, int):
    return ops.split(value, num_or_size_splits, axis=axis)
  places = np.cumsum(num_or_size_splits)[:-1].tolist()
  return ops.split(value, places, axis=axis)


@_rule("pad")
def _pad(ops, tensor, paddings, mode="CONSTANT", constant_values=0):
  values = {"constant_values": constant_values} if mode == "CONSTANT" else {}
  return ops.pad(tensor, np.asarray(paddings).tolist(), mode.lower(), **values)


@_rule("reverse")
def _reverse(ops, tensor, axis):
  return ops.flip(tensor, axis=tuple(axis))


@_rule("gather")
def _gather(ops, params, indices, axis=0, **_):
  return ops.take(params, indices, axis=axis)


@_rule("one_hot")
def _one_hot(ops, indices, depth, dtype=None, axis=-1, **_):
  return ops.one_hot(indices, depth, axis=axis or -1, dtype=_type(dtype))


@_rule("einsum")
def _einsum(ops, equation, inputs):
  return ops.einsum(equation, *inputs)


@_rule("nn.gelu")
def _gelu(ops, features, approximate=False):
  return ops.gelu(features, approximate=approximate)


@_rule("math.argmax")
def _argmax(ops, input, axis=None, output_type="int64"):
  return ops.cast(ops.argmax(input, axis=axis), _type(tf.as_dtype(output_type)))


@_rule("math.argmin")
def _argmin(ops, input, axis=None, output_type="int64"):
  return ops.cast(ops.argmin(input, axis=axis), _type(tf.as_dtype(output_type)))


@_rule("nn.moments")
def _moments(ops, x, axes, keepdims=False):
  return ops.moments(x, axes=tuple(axes), keepdims=keepdims)


@_rule("nn.depth_to_space")
def _depth_to_space(ops, input, block_size):
  return ops.nn.depth_to_space(input, block_size)


@_rule("nn.space_to_depth")
def _space_to_depth(ops, input, block_size):
  return ops.nn.space_to_depth(input, block_size)


@_rule("nn.max_pool1d", "nn.max_pool2d", "nn.max_pool3d", "nn.max_pool")
def _max_pool(ops, input, ksize, strides, padding, data_format=None):
  _check_format(data_format)
  sizes = (_sides(input, x) for x in (ksize, strides))
  return ops.max_pool(input, *sizes, padding.lower())


@_rule("nn.avg_pool1d", "nn.avg_pool2d", "nn.avg_pool3d", "nn.avg_pool")
def _avg_pool(ops, input, ksize, strides, padding, data_format=None):
  _check_format(data_format)
  sizes = (_sides(input, x) for x in (ksize, strides))
  return ops.average_pool(input, *sizes, padding.lower())


def _sides(input, size):
  """Returns a pooling size without the batch and the channels."""
  if isinstance(size, int):
    return size
  return tuple(size[1:-1] if len(size) == len(input.shape) else size)


def _check_format(data_format) -> None:
  if data_format not in (None, "NHWC", "NWC", "NDHWC"):
    raise ValueError(f"data_format={data_format!r}")


@_rule("math.squared_difference")
def _squared_difference(ops, x, y):
  return ops.square(ops.subtract(x, y))


@_rule("transpose")
def _transpose(ops, a, perm=None, conjugate=False):
  return ops.transpose(a, None if perm is None else tuple(perm))


@_rule("image.resize")
def _resize(ops, images, size, method="bilinear", antialias=False):
  return ops.image.resize(
    images, tuple(size), interpolation=method, antialias=antialias
  )


@_rule("__operators__.getitem")
def _get_item(ops, tensor, slice_spec):
  return tensor[_slices(slice_spec)]


def _slices(spec):
  if isinstance(spec, dict):
    return slice(spec["start"], spec["stop"], spec["step"])
  if isinstance(spec, list | tuple):
    return tuple(_slices(one) for one in spec)
  return spec
