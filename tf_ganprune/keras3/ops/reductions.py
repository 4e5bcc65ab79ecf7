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
"""Rules of Keras 3's reductions, such as sums, norms and softmax."""

import tensorflow as tf

from tf_ganprune.keras3.ops import operation

_ANY_TYPE = {
  "Amax": tf.reduce_max,
  "Amin": tf.reduce_min,
  "Max": tf.reduce_max,
  "Min": tf.reduce_min,
}
_FLOATING = {
  "Logsumexp": tf.reduce_logsumexp,
  "Mean": tf.reduce_mean,
  "Std": tf.math.reduce_std,
  "Var": tf.math.reduce_variance,
}
_SUMS = {"Prod": tf.reduce_prod, "Sum": tf.reduce_sum}
_BOOLEAN = {"All": tf.reduce_all, "Any": tf.reduce_any}


def _axis(op):
  return list(op.axis) if isinstance(op.axis, list | tuple) else op.axis


@operation.rule(*_ANY_TYPE)
def _extremum(op, x):
  found = _ANY_TYPE[type(op).__name__](x, axis=_axis(op), keepdims=op.keepdims)
  initial = getattr(op, "initial", None)
  if initial is None:
    return found
  is_max = type(op).__name__ == "Max"
  return (tf.maximum if is_max else tf.minimum)(found, initial)


@operation.rule(*_FLOATING)
def _floating(op, x):
  (x,) = operation.common(x, also=[float])
  return _FLOATING[type(op).__name__](x, axis=_axis(op), keepdims=op.keepdims)


@operation.rule(*_SUMS)
def _sum(op, x):
  if x.dtype.name in ("bool", "int8", "int16"):
    x = tf.cast(x, "int32")
  return _SUMS[type(op).__name__](x, axis=_axis(op), keepdims=op.keepdims)


@operation.rule(*_BOOLEAN)
def _boolean(op, x):
  x = operation.cast(x, "bool")
  return _BOOLEAN[type(op).__name__](x, axis=_axis(op), keepdims=op.keepdims)


@operation.rule("Argmax", "Argmin")
def _place(op, x):
  if op.axis is None or op.keepdims:
    raise ValueError("argmax and argmin need an axis, without keepdims")
  find = tf.argmax if type(op).__name__ == "Argmax" else tf.argmin
  return find(x, axis=op.axis, output_type=tf.int32)


@operation.rule("Cumsum")
def _cumsum(op, x):
  x = x if op.dtype is None else operation.cast(x, op.dtype)
  if op.axis is None:
    return tf.cumsum(tf.reshape(x, [-1]), axis=0)
  return tf.cumsum(x, axis=op.axis)


@operation.rule("Norm")
def _norm(op, x):
  if op.ord not in (None, 2, "fro", "euclidean"):
    raise ValueError(f"ord={op.ord!r}")
  (x,) = operation.common(x, also=[float])
  squares = tf.reduce_sum(tf.square(x), axis=_axis(op), keepdims=op.keepdims)
  if op.ord == 2 and (op.axis is None or isinstance(op.axis, list | tuple)):
    raise ValueError("a matrix's norm ord=2")
  return tf.sqrt(squares)


@operation.rule("Moments")
def _moments(op, x):
  if op.synchronized:
    raise ValueError("synchronized=True")
  return tf.nn.moments(x, axes=list(op.axes), keepdims=op.keepdims)


@operation.rule("Softmax")
def _softmax(op, x):
  if op.axis is None or not isinstance(op.axis, int):
    raise ValueError(f"axis={op.axis!r}")
  return tf.nn.softmax(x, axis=op.axis)


@operation.rule("LogSoftmax")
def _log_softmax(op, x):
  if not isinstance(op.axis, int):
    raise ValueError(f"axis={op.axis!r}")
  return tf.nn.log_softmax(x, axis=op.axis)


@operation.rule("Normalize")
def _normalize(op, x):
  """Divides by the L2 norm, at least epsilon, by default 1e-7."""
  if op.order != 2:
    raise ValueError(f"order={op.order!r}")
  squares = tf.reduce_sum(tf.square(x), axis=_axis(op), keepdims=True)
  epsilon = 1e-7 if op.epsilon is None else op.epsilon
  return x * tf.minimum(tf.math.rsqrt(squares), 1.0 / epsilon)
