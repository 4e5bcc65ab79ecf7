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
"""Number formats of files, and the differences from Keras that each allows."""

import dataclasses

import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Numbers:
  """A number format, and the differences from Keras that it allows.

  A file is right if, for each output, its largest difference is at most
  `max_error * h + rounding * max |y|` and its mean difference at most
  `mean_error * mean |y - mean(y)| + step * h + rounding * max |y|`, y being
  Keras's output and `h` half of its range, `(max(y) - min(y)) / 2`. So a
  network's outputs may be of any size, and lie anywhere. The second bound
  catches images that are wrong as a whole while no pixel exceeds the first.

  Example:
    >>> Numbers("float16", 0.01, 0.02, 1e-3, 1e-6, tf.float16)

  Attributes:
    name: The name in messages and reports.
    max_error: The bound of the largest difference, as a share of half the
      range.
    mean_error: The bound of the mean difference, as a share of the mean
      deviation.
    step: The mean difference that rounding the outputs alone may make, as a
      share of half their range.
    rounding: The rounding error of float32, as a share of the largest output.
    weights: The type of the weights.
    activations: The type of the tensors between layers.
    interface: The type of inputs and outputs that are floating point numbers
      in Keras.
  """

  name: str
  max_error: float
  mean_error: float
  step: float
  rounding: float
  weights: tf.DType = tf.float32
  activations: tf.DType = tf.float32
  interface: tf.DType = tf.float32


@dataclasses.dataclass(frozen=True)
class Setting:
  """One way to convert a network.

  Example:
    >>> str(Setting(FLOAT32, flag=True))
    'flag + float32'

  Attributes:
    numbers: How numbers are stored.
    flag: Whether zeros are stored sparsely: the converter's
      `EXPERIMENTAL_SPARSITY`.
  """

  numbers: Numbers
  flag: bool = False

  def __str__(self) -> str:
    return f"flag + {self.numbers.name}" if self.flag else self.numbers.name


# Measured on a DCGAN generator (latent 64, Dense 7x7x64, two transposed
# convolutions, tanh) with random weights and after 150 training steps, at 0, 50
# and 80 % zeros, and after 1,200 steps at 0 and 80 %; the worst case of all, as
# largest difference and as mean difference over mean deviation:
#   float32       2.8e-6   0.0005 %
#   float16       2.6e-3   0.06 %
#   dynamic int8  0.14     1.2 %
#   int8          0.24     2.4 % (2.0e-3 absolute where outputs are below 0.13)
# The largest differences are single pixels on edges that a trained tanh makes
# steep; they grow with training, so that the mean is the stricter bound.
# Files that LiteRT runs wrongly give NaN, a largest difference of about 1, or
# a mean difference about as large as the mean deviation.
# A dozen roundings of float32.
_ROUNDING = 1e-6
FLOAT32 = Numbers(
  "float32",
  max_error=1e-5,
  mean_error=0.0,
  step=1e-5,
  rounding=_ROUNDING,
)
FLOAT16 = Numbers(
  "float16",
  max_error=2e-2,
  mean_error=0.02,
  step=5e-4,
  rounding=_ROUNDING,
  weights=tf.float16,
)
DYNAMIC = Numbers(
  "dynamic int8",
  max_error=0.5,
  mean_error=0.1,
  step=1e-3,
  rounding=_ROUNDING,
  weights=tf.int8,
)
INT8 = Numbers(
  "int8",
  max_error=0.8,
  mean_error=0.1,
  step=4e-3,
  rounding=_ROUNDING,
  weights=tf.int8,
  activations=tf.int8,
)
INTEGERS = dataclasses.replace(
  INT8,
  name="int8 in and out",
  interface=tf.int8,
)
# GPUs add in another order, and their tanh and exp are approximations.
GPU = dataclasses.replace(
  FLOAT32,
  name="float32 on a GPU",
  max_error=1e-4,
  step=3e-5,
  rounding=_ROUNDING,
)
