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
"""Activations of Keras 3 and their counterparts in tf_keras."""

import functools
from collections.abc import Callable

import tensorflow as tf

from tf_ganprune.keras3 import library
from tf_ganprune.keras_compat import keras

_SAME = (
  "elu",
  "exponential",
  "gelu",
  "linear",
  "mish",
  "relu",
  "selu",
  "sigmoid",
  "softmax",
  "softplus",
  "softsign",
  "tanh",
)
# Called without arguments, Keras 3's operations compute what its activations
# of the same name do, except for this one.
_OTHER_OP = "gelu"
_NN = ("elu", "relu", "selu", "sigmoid")
_PLAIN = {
  "leaky_relu": tf.nn.leaky_relu,
  "log_softmax": tf.nn.log_softmax,
  "relu6": tf.nn.relu6,
  "silu": keras.activations.swish,
}
_OURS: dict[str, Callable] = {}

# tf_keras saves an activation by this name and finds no such function.
keras.utils.get_custom_objects().setdefault(
  tf.nn.log_softmax.__name__, tf.nn.log_softmax
)


def _ours(function):
  _OURS[function.__name__.removeprefix("keras3_")] = function
  return keras.utils.register_keras_serializable("tf_ganprune")(function)


@_ours
def keras3_hard_sigmoid(x):
  """Returns relu6(x + 3) / 6; tf_keras's own has another slope."""
  return tf.nn.relu6(x + 3.0) / 6.0


@_ours
def keras3_hard_silu(x):
  """Returns x relu6(x + 3) / 6."""
  return x * (tf.nn.relu6(x + 3.0) / 6.0)


@_ours
def keras3_hard_tanh(x):
  """Returns x, clipped to [-1, 1]."""
  return tf.clip_by_value(x, -1.0, 1.0)


@_ours
def keras3_hard_shrink(x):
  """Returns x, or 0 where |x| is at most 1/2."""
  return tf.where(tf.abs(x) > 0.5, x, tf.zeros_like(x))


@_ours
def keras3_soft_shrink(x):
  """Returns x moved towards 0 by 1/2, or 0 where |x| is at most 1/2."""
  inside = tf.where(x < -0.5, x + 0.5, tf.zeros_like(x))
  return tf.where(x > 0.5, x - 0.5, inside)


@_ours
def keras3_tanh_shrink(x):
  """Returns x - tanh(x)."""
  return x - tf.math.tanh(x)


@_ours
def keras3_squareplus(x):
  """Returns (x + sqrt(x^2 + 4)) / 2."""
  return (x + tf.sqrt(tf.square(x) + 4.0)) / 2.0


@_ours
def keras3_sparse_plus(x):
  """Returns 0 below -1, (x + 1)^2 / 4 up to 1, and x above."""
  inside = tf.where(x < 1, 0.25 * tf.pow(x + 1, 2), x)
  return tf.where(x <= -1, tf.zeros_like(x), inside)


@_ours
def keras3_sparse_sigmoid(x):
  """Returns 0 below -1, (x + 1) / 2 up to 1, and 1 above."""
  return tf.clip_by_value(0.5 * (x + 1), 0.0, 1.0)


@_ours
def keras3_log_sigmoid(x):
  """Returns log(1 / (1 + exp(-x)))."""
  return tf.math.log_sigmoid(x)


@_ours
def keras3_celu(x):
  """Returns x above 0, and exp(x) - 1 below."""
  return tf.maximum(x, 0.0) + tf.math.expm1(tf.minimum(x, 0.0))


@functools.cache
def _keras3_of_hard_sigmoid():
  keras3 = library.keras3()

  @keras3.saving.register_keras_serializable("tf_ganprune")
  def tf_keras_hard_sigmoid(x):
    return keras3.ops.clip(0.2 * x + 0.5, 0.0, 1.0)

  return tf_keras_hard_sigmoid


@functools.cache
def _pairs() -> list[tuple[Callable, Callable]]:
  """Returns pairs (of Keras 3, of tf_keras), the preferred ones first."""
  ours, theirs = library.keras3(), keras.activations
  pairs = [(getattr(ours.activations, x), getattr(theirs, x)) for x in _SAME]
  pairs += [
    (getattr(ours.activations, name), function)
    for name, function in (_PLAIN | _OURS).items()
    if hasattr(ours.activations, name)
  ]
  pairs.append((_keras3_of_hard_sigmoid(), theirs.hard_sigmoid))
  pairs += [
    (getattr(ours.ops, a.__name__), b)
    for a, b in tuple(pairs)
    if hasattr(ours.ops, a.__name__) and a.__name__ != _OTHER_OP
  ]
  pairs += [(getattr(ours.activations, x), getattr(tf.nn, x)) for x in _NN]
  pairs += [(ours.activations.softmax, tf.nn.softmax)]
  pairs += [(ours.activations.silu, tf.nn.silu)]
  return [*pairs, (ours.activations.tanh, tf.nn.tanh)]


def of_tf_keras(activation: Callable) -> Callable | None:
  """Returns tf_keras's activation for one of Keras 3, or None.

  Args:
    activation: A function of Keras 3, or of TensorFlow.
  """
  found = next((b for a, b in _pairs() if a is activation), None)
  if found is None and activation.__module__.startswith("tensorflow."):
    return activation
  return found


def of_keras3(activation: Callable) -> Callable | None:
  """Returns Keras 3's activation for one of tf_keras, or None.

  Args:
    activation: A function of tf_keras, of TensorFlow, or of this module.
  """
  return next((a for a, b in _pairs() if b is activation), None)
