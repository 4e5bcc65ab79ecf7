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
"""Layers that normalize in four axes, without squares too large for float16.

GPU delegates and NPUs take no more than four axes, and many GPUs compute in
float16, whose largest number is 65,504: the square of 256 is beyond it. So the
numbers are divided by their largest magnitude s before they are squared, which
leaves the result as it is: x / sqrt(mean(x^2) + e) = y / sqrt(mean(y^2) +
e / s^2) with y = x / s.
"""

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tf_ganprune.keras_compat import keras

# The smallest number that float16 has, about.
_TINY = 1e-7


@dataclasses.dataclass(frozen=True)
class View:
  """Describes how to reshape an array to four axes, and the axes of a norm.

  Example:
    >>> View((8, 8, 6), (2, 1), groups=3)

  Attributes:
    sizes: The sizes of the axes 1, 2 and 3; the batch is axis 0.
    axes: The axes over which means are taken, one after the other, since a
      sum over one axis is smaller than a sum over several.
    groups: The number of groups of channels, axis 3, with one mean each; None
      if there are no groups beside `axes`.
    order: The order in which the input's axes are transposed before they are
      reshaped; None to leave them.
  """

  sizes: tuple[int, int, int]
  axes: tuple[int, ...]
  groups: int | None = None
  order: tuple[int, ...] | None = None

  @property
  def count(self) -> int:
    """The number of elements that one mean is over."""
    sizes = [self.sizes[axis - 1] for axis in self.axes]
    return math.prod(sizes) * (self.sizes[2] // (self.groups or self.sizes[2]))

  def split(self, inputs: tf.Tensor) -> tf.Tensor:
    """Returns an input transposed and reshaped to four axes."""
    if self.order:
      inputs = tf.transpose(inputs, self.order)
    if tuple(inputs.shape[1:]) == self.sizes:
      return inputs
    return tf.reshape(inputs, [-1, *self.sizes])

  def restore(
    self, outputs: tf.Tensor, shape: Sequence[int | None]
  ) -> tf.Tensor:
    """Returns an array of four axes in the shape of the layer's input.

    Args:
      outputs: An array of four axes.
      shape: The shape of the input, with the batch.
    """
    shape = [shape[i] for i in self.order] if self.order else list(shape)
    if tuple(shape[1:]) != self.sizes:
      outputs = tf.reshape(outputs, [-1, *shape[1:]])
    if self.order:
      outputs = tf.transpose(outputs, np.argsort(self.order))
    return outputs

  def reduce(
    self, function: Callable[..., tf.Tensor], values: tf.Tensor
  ) -> tf.Tensor:
    """Reduces an array over `axes` and groups, for example to its means.

    Args:
      function: A reduction, such as `tf.reduce_mean`.
      values: An array with four axes.

    Returns:
      An array of four axes that broadcasts to `values`.
    """
    for axis in self.axes:
      if values.shape[axis] != 1:
        values = function(values, axis=axis, keepdims=True)
    if not self.groups:
      return values
    return self._over_groups(function, values, self.groups)

  def _over_groups(self, function, values, groups: int) -> tf.Tensor:
    """Reduces `[n, 1, 1, channels]` over each group, and keeps the shape."""
    channels = self.sizes[2]
    size = channels // groups
    values = tf.reshape(values, [-1, groups, size, 1])
    values = function(values, axis=2, keepdims=True)
    values = values * tf.ones([1, 1, size, 1])
    return tf.reshape(values, [-1, 1, 1, channels])


class Normalize(keras.layers.Layer):
  """Normalizes in four axes, with the weights of another layer.

  Example:
    >>> norm = keras.layers.GroupNormalization(3)
    >>> norm.build((None, 8, 8, 6))
    >>> Normalize(norm, View((8, 8, 6), (2, 1), groups=3))(images)
  """

  def __init__(
    self,
    norm: keras.layers.Layer,
    view: View,
    epsilon: float,
    parameters: tuple[int, ...],
    is_scaled: bool = True,
    **kwargs: Any,
  ):
    """Makes the layer.

    Args:
      norm: The layer that this one replaces, which is built.
      view: The four axes, and those of the norm.
      epsilon: The number that is added to the variance.
      parameters: The shape in which scale and shift broadcast to four axes.
      is_scaled: Whether squares are kept below 1; int8 has no need of it.
      **kwargs: Arguments of any Keras layer.
    """
    super().__init__(**kwargs)
    self.supports_masking = True
    # The weights alone: a layer kept here would be rewritten once more.
    self._gamma = getattr(norm, "gamma", None)
    self._beta = getattr(norm, "beta", None)
    takes_masks = type(norm) is keras.layers.GroupNormalization
    self._masked = norm.call if takes_masks else None
    self._view = view
    self._epsilon = epsilon
    self._parameters = parameters
    self._is_scaled = is_scaled

  def call(self, inputs: tf.Tensor, mask: tf.Tensor | None = None) -> tf.Tensor:
    """Returns the normalized array, of the shape of the inputs."""
    if mask is not None and self._masked:
      return self._masked(inputs, mask=mask)
    values = self._view.split(inputs)
    outputs = self._shifted(self._normalized(values))
    return self._view.restore(outputs, inputs.shape)

  def _normalized(self, values):
    if self._view.count == 1:  # and a number less itself is zero
      return tf.zeros_like(values)
    values = values - self._view.reduce(tf.reduce_mean, values)
    if not self._is_scaled:
      square = self._view.reduce(tf.reduce_mean, values * values)
      return values * self._scaled(tf.math.rsqrt(square + self._epsilon))
    floor = max(math.sqrt(self._epsilon), _TINY)
    largest = self._view.reduce(tf.reduce_max, tf.abs(values))
    largest = tf.maximum(largest, floor)
    values = values / largest
    rest = math.sqrt(self._epsilon) / largest
    square = self._view.reduce(tf.reduce_mean, values * values)
    return values * self._scaled(tf.math.rsqrt(square + rest * rest))

  def _scaled(self, factor):
    if self._gamma is None:
      return factor
    return factor * tf.reshape(self._gamma, self._parameters)

  def _shifted(self, outputs):
    if self._beta is None:
      return outputs
    return outputs + tf.reshape(self._beta, self._parameters)


class UnitNormalize(keras.layers.Layer):
  """Divides an array by the root of its sum of squares, in four axes.

  Example:
    >>> UnitNormalize(View((1, 1, 8), (3,)))(vectors)
  """

  # TensorFlow's lower bound for the root.
  _SMALLEST = 1e-6

  def __init__(self, view: View, is_scaled: bool = True, **kwargs: Any):
    """Makes the layer.

    Args:
      view: The four axes, and those of the norm.
      is_scaled: As in `Normalize`.
      **kwargs: Arguments of any Keras layer.
    """
    super().__init__(**kwargs)
    self.supports_masking = True
    self._view = view
    self._is_scaled = is_scaled

  def call(self, inputs: tf.Tensor) -> tf.Tensor:
    """Returns the array divided by its norm, of the shape of the inputs."""
    values = self._view.split(inputs)
    if not self._is_scaled:
      square = self._view.reduce(tf.reduce_sum, values * values)
      square = tf.maximum(square, self._SMALLEST**2)
      values = values * tf.math.rsqrt(square)
      return self._view.restore(values, inputs.shape)
    values, factor = self._unit(values)
    return self._view.restore(values * factor, inputs.shape)

  def _unit(self, values):
    """Returns the array scaled to at most 1, and the factor to unit norm."""
    largest = self._view.reduce(tf.reduce_max, tf.abs(values))
    largest = tf.maximum(largest, self._SMALLEST)
    values = values / largest
    square = self._view.reduce(tf.reduce_mean, values * values)
    root = math.sqrt(self._view.count)
    rest = self._SMALLEST / root / largest
    return values, tf.math.rsqrt(tf.maximum(square, rest * rest)) / root
