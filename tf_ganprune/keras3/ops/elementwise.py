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
"""Rules of Keras 3's elementwise operations."""

import math

import tensorflow as tf

from tf_ganprune.keras3.ops import operation

_UNARY = {
  "Abs": tf.abs,
  "Absolute": tf.abs,
  "Ceil": tf.math.ceil,
  "Copy": tf.identity,
  "Floor": tf.floor,
  "Isfinite": tf.math.is_finite,
  "Isinf": tf.math.is_inf,
  "Isnan": tf.math.is_nan,
  "Negative": tf.negative,
  "Relu": tf.nn.relu,
  "Relu6": tf.nn.relu6,
  "Sign": tf.sign,
  "Square": tf.square,
  "StopGradient": tf.stop_gradient,
}
# These give floats for integers.
_FLOATING = {
  "Arccos": tf.acos,
  "Arcsin": tf.asin,
  "Arctan": tf.atan,
  "Cos": tf.cos,
  "Cosh": tf.cosh,
  "Erf": tf.math.erf,
  "Exp": tf.exp,
  "Expm1": tf.math.expm1,
  "Log": tf.math.log,
  "Log1p": tf.math.log1p,
  "LogSigmoid": tf.math.log_sigmoid,
  "Reciprocal": tf.math.reciprocal,
  "Rsqrt": tf.math.rsqrt,
  "Selu": tf.nn.selu,
  "Sigmoid": tf.sigmoid,
  "Silu": tf.nn.silu,
  "Sin": tf.sin,
  "Sinh": tf.sinh,
  "Softplus": tf.math.softplus,
  "Softsign": tf.nn.softsign,
  "Sqrt": tf.sqrt,
  "Tan": tf.tan,
  "Tanh": tf.tanh,
}
_BINARY = {
  "Add": tf.add,
  "Equal": tf.equal,
  "FloorDivide": tf.math.floordiv,
  "Greater": tf.greater,
  "GreaterEqual": tf.greater_equal,
  "Less": tf.less,
  "LessEqual": tf.less_equal,
  "Maximum": tf.maximum,
  "Minimum": tf.minimum,
  "Mod": tf.math.mod,
  "Multiply": tf.multiply,
  "NotEqual": tf.not_equal,
  "Power": tf.pow,
  "Subtract": tf.subtract,
}
_LOGICAL = {
  "LogicalAnd": tf.logical_and,
  "LogicalNot": tf.logical_not,
  "LogicalOr": tf.logical_or,
}


@operation.rule(*_UNARY)
def _unary(op, x):
  return _UNARY[type(op).__name__](x)


@operation.rule(*_FLOATING)
def _floating(op, x):
  return _FLOATING[type(op).__name__](*operation.common(x, also=[float]))


@operation.rule(*_BINARY)
def _binary(op, x1, x2):
  return _BINARY[type(op).__name__](*operation.common(x1, x2))


@operation.rule(*_LOGICAL)
def _logical(op, *values):
  values = [operation.constant(x) for x in values]
  return _LOGICAL[type(op).__name__](
    *(
      operation.cast(x, "bool") if operation.is_tensor(x) else x for x in values
    )
  )


@operation.rule("Divide", "TrueDivide")
def _divide(op, x1, x2):
  return tf.divide(*operation.common(x1, x2, also=[float]))


@operation.rule("DivideNoNan")
def _divide_no_nan(op, x1, x2):
  return tf.math.divide_no_nan(*operation.common(x1, x2, also=[float]))


@operation.rule("Where")
def _where(op, condition, x1=None, x2=None):
  if x1 is None or x2 is None:
    raise ValueError("`where` with a condition alone has no fixed shape")
  condition = operation.constant(condition)
  return tf.where(operation.cast(condition, "bool"), *operation.common(x1, x2))


@operation.rule("Clip")
def _clip(op, x):
  return tf.clip_by_value(
    x, operation.constant(op.x_min), operation.constant(op.x_max)
  )


@operation.rule("Round")
def _round(op, x):
  if op.decimals == 0:
    return tf.round(x)
  (x,) = operation.common(x, also=[float])
  factor = math.pow(10, op.decimals)
  return tf.round(x * factor) / factor


@operation.rule("Cast")
def _cast(op, x):
  return operation.cast(x, op.dtype)


@operation.rule("Array", "ConvertToTensor")
def _convert(op, x):
  return tf.identity(x) if op.dtype is None else operation.cast(x, op.dtype)


@operation.rule("OnesLike", "ZerosLike")
def _like(op, x, dtype=None):
  make = tf.ones_like if type(op).__name__ == "OnesLike" else tf.zeros_like
  return make(x, dtype=dtype or op.dtype or x.dtype)


@operation.rule("LeakyRelu")
def _leaky_relu(op, x):
  return tf.nn.leaky_relu(x, alpha=op.negative_slope)


@operation.rule("Gelu")
def _gelu(op, x):
  return tf.nn.gelu(x, approximate=op.approximate)


@operation.rule("Elu")
def _elu(op, x):
  linear = tf.nn.elu(x)
  return linear if op.alpha == 1 else tf.where(x > 0, linear, op.alpha * linear)


@operation.rule("Celu")
def _celu(op, x):
  below = tf.math.expm1(tf.minimum(x, 0.0) / op.alpha)
  return tf.maximum(x, 0.0) + op.alpha * below


@operation.rule("HardSigmoid")
def _hard_sigmoid(op, x):
  return tf.nn.relu6(x + 3.0) / 6.0


@operation.rule("HardSilu")
def _hard_silu(op, x):
  return x * (tf.nn.relu6(x + 3.0) / 6.0)


@operation.rule("HardTanh")
def _hard_tanh(op, x):
  return tf.clip_by_value(x, -1.0, 1.0)


@operation.rule("TanhShrink")
def _tanh_shrink(op, x):
  return x - tf.math.tanh(x)


@operation.rule("HardShrink")
def _hard_shrink(op, x):
  return tf.where(tf.abs(x) > op.threshold, x, tf.zeros_like(x))


@operation.rule("SoftShrink")
def _soft_shrink(op, x):
  inside = tf.where(x < -op.threshold, x + op.threshold, tf.zeros_like(x))
  return tf.where(x > op.threshold, x - op.threshold, inside)


@operation.rule("Squareplus")
def _squareplus(op, x):
  return (x + tf.sqrt(tf.square(x) + float(op.b))) / 2.0


@operation.rule("Glu")
def _glu(op, x):
  values, gates = tf.split(x, 2, axis=op.axis)
  return values * tf.sigmoid(gates)
