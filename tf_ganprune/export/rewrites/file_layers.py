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
"""Layers that exported copies have in place of the user's layers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tf_ganprune.keras_compat import keras


class Interleave(keras.layers.Layer):
  """Moves blocks of channels into height and width, and crops the border.

  With a block of `(s, s)` it is depth-to-space.

  Example:
    >>> Interleave((2, 2), ((1, 1), (1, 1)))(tf.zeros((1, 4, 4, 12))).shape
    TensorShape([1, 6, 6, 3])
  """

  def __init__(
    self, block: Sequence[int], crop: Sequence[Sequence[int]], **kwargs: Any
  ):
    """Makes the layer.

    Args:
      block: How many rows and columns a pixel becomes.
      crop: How many rows are cropped at the top and at the bottom, and how
        many columns at the left and at the right.
      **kwargs: Arguments of any Keras layer.
    """
    super().__init__(**kwargs)
    self._block = tuple(block)
    self._crop = tuple(map(tuple, crop))

  def call(self, inputs: tf.Tensor) -> tf.Tensor:
    """Returns images `[n, height * rows - crop, ..., channels / block]`."""
    rows, columns = self._block
    if rows == columns:
      outputs = tf.nn.depth_to_space(inputs, rows) if rows > 1 else inputs
    else:
      outputs = _interleaved(inputs, rows, columns)
    (top, bottom), (left, right) = self._crop
    if not any((top, bottom, left, right)):
      return outputs  # LiteRT would copy all of it
    height, width = outputs.shape[1:3]
    return outputs[:, top : height - bottom, left : width - right]


def _interleaved(inputs, rows: int, columns: int):
  """Does what depth-to-space does, for a block that is not square."""
  height, width, channels = inputs.shape[1:]
  outputs = channels // (rows * columns)
  if rows > 1:
    # The batch goes along with the height: LiteRT likes four axes.
    inputs = tf.reshape(inputs, [-1, width, rows, columns * outputs])
    inputs = tf.transpose(inputs, [0, 2, 1, 3])
  return tf.reshape(inputs, [-1, height * rows, width * columns, outputs])


class SeparateReLU(keras.layers.Layer):
  """ReLU, as an operator that LiteRT does not fuse into the one before it.

  Example:
    >>> SeparateReLU()(tf.constant([-1.0, 1.0]))
  """

  def __init__(self, limit: float = np.inf, **kwargs: Any):
    """Makes the layer.

    Args:
      limit: The largest output; larger numbers become this.
      **kwargs: Arguments of any Keras layer.
    """
    super().__init__(**kwargs)
    self._limit = limit

  def call(self, inputs: tf.Tensor) -> tf.Tensor:
    """Returns min(max(0, x), limit), of the inputs' shape."""
    outputs = tf.nn.leaky_relu(inputs, 0.0)
    if self._limit == np.inf:
      return outputs
    return tf.minimum(outputs, self._limit)


class TwoReLUs(keras.layers.Layer):
  """A PReLU as `relu(x) - slope * relu(-x)`.

  Example:
    >>> TwoReLUs(0.5)(tf.constant([-1.0, 1.0]))
  """

  def __init__(self, slope: npt.ArrayLike, **kwargs: Any):
    """Makes the layer.

    Args:
      slope: The slope for negative numbers, of a shape that broadcasts to the
        inputs.
      **kwargs: Arguments of any Keras layer.
    """
    super().__init__(**kwargs)
    self._slope = np.asarray(slope, np.float32)

  def call(self, inputs: tf.Tensor) -> tf.Tensor:
    """Returns x where it is positive, else slope * x, of the inputs' shape."""
    # LiteRT has an int8 kernel for a product, and none for a negation.
    below = tf.nn.relu(inputs * -1.0)
    return tf.nn.relu(inputs) - self._slope * below
