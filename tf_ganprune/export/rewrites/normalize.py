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
"""Normalizations of keras, computed in four axes and without large squares.

GPU delegates and NPUs take no more than four axes, and many GPUs compute in
float16, whose largest number is 65,504: the square of 256 is beyond it. So what
is squared is divided by its largest magnitude before, which changes nothing
else: x / sqrt(mean(x^2) + e) = y / sqrt(mean(y^2) + e / s^2) with y = x / s.
"""

import dataclasses
import math

import numpy as np
import tensorflow as tf

from tf_ganprune.keras_compat import keras

# The smallest number that float16 has, about.
_TINY = 1e-7


@dataclasses.dataclass(frozen=True)
class View:
  """An array seen with four axes, and over which of them a norm is taken.

  Example:
    >>> View((8, 8, 6), (2, 1), groups=3)

  Attributes:
    sizes: Of the axes 1, 2 and 3; the batch is axis 0.
    axes: Over which a mean is taken, one after the other: a sum over one axis
      stays smaller than one over all.
    groups: Into how many groups the channels, axis 3, are divided, each with
      one mean; None if each channel, or `axes`, has its own.
    order: The transposition of the input's axes before; None if there is none.
  """

  sizes: tuple[int, int, int]
  axes: tuple[int, ...]
  groups: int | None = None
  order: tuple[int, ...] | None = None

  @property
  def count(self) -> int:
    """Of how many numbers one mean is taken."""
    sizes = [self.sizes[axis - 1] for axis in self.axes]
    return math.prod(sizes) * (self.sizes[2] // (self.groups or self.sizes[2]))

  def of(self, inputs: tf.Tensor) -> tf.Tensor:
    """Returns an array with four axes."""
    if self.order:
      inputs = tf.transpose(inputs, self.order)
    if tuple(inputs.shape[1:]) == self.sizes:
      return inputs
    return tf.reshape(inputs, [-1, *self.sizes])

  def back(self, outputs: tf.Tensor, shape) -> tf.Tensor:
    """Returns an array with the axes that it had.

    Args:
      outputs: It has four axes.
      shape: The shape that it had.
    """
    shape = [shape[i] for i in self.order] if self.order else list(shape)
    if tuple(shape[1:]) != self.sizes:
      outputs = tf.reshape(outputs, [-1, *shape[1:]])
    if self.order:
      outputs = tf.transpose(outputs, np.argsort(self.order))
    return outputs

  def reduce(self, function, values: tf.Tensor) -> tf.Tensor:
    """Returns a mean or a maximum, which broadcasts to the array.

    Args:
      function: Such as `tf.reduce_mean`.
      values: An array with four axes.
    """
    for axis in self.axes:
      if values.shape[axis] != 1:
        values = function(values, axis=axis, keepdims=True)
    return self._over_groups(function, values) if self.groups else values

  def _over_groups(self, function, values):
    """Takes `[n, 1, 1, channels]`; height and width are reduced everywhere."""
    channels = self.sizes[2]
    size = channels // self.groups
    values = tf.reshape(values, [-1, self.groups, size, 1])
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
    **kwargs,
  ):
    """Makes the layer.

    Args:
      norm: The layer that it stands for, which is built.
      view: Its axes.
      epsilon: What is added to the variance.
      parameters: The shape of scale and shift beside four axes.
      is_scaled: Whether squares are kept below 1, which integers need not.
      **kwargs: As of any layer.
    """
    super().__init__(**kwargs)
    self.supports_masking = True
    # Weights alone: what is inside of a layer would be rewritten once more.
    self._gamma = getattr(norm, "gamma", None)
    self._beta = getattr(norm, "beta", None)
    takes_masks = type(norm) is keras.layers.GroupNormalization
    self._masked = norm.call if takes_masks else None
    self._view = view
    self._epsilon = epsilon
    self._parameters = parameters
    self._is_scaled = is_scaled

  def call(self, inputs, mask=None):
    """Returns the normalized array, of the shape of the inputs."""
    if mask is not None and self._masked:
      return self._masked(inputs, mask=mask)
    values = self._view.of(inputs)
    outputs = self._shifted(self._normalized(values))
    return self._view.back(outputs, inputs.shape)

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

  # What TensorFlow takes in place of a smaller root.
  _SMALLEST = 1e-6

  def __init__(self, view: View, is_scaled: bool = True, **kwargs):
    """Makes the layer.

    Args:
      view: Its axes.
      is_scaled: As of `Normalize`.
      **kwargs: As of any layer.
    """
    super().__init__(**kwargs)
    self.supports_masking = True
    self._view = view
    self._is_scaled = is_scaled

  def call(self, inputs):
    """Returns the array divided, of the shape of the inputs."""
    values = self._view.of(inputs)
    if not self._is_scaled:
      square = self._view.reduce(tf.reduce_sum, values * values)
      square = tf.maximum(square, self._SMALLEST**2)
      values = values * tf.math.rsqrt(square)
      return self._view.back(values, inputs.shape)
    values, factor = self._unit(values)
    return self._view.back(values * factor, inputs.shape)

  def _unit(self, values):
    """Returns numbers of at most 1, and what makes a unit of them."""
    largest = self._view.reduce(tf.reduce_max, tf.abs(values))
    largest = tf.maximum(largest, self._SMALLEST)
    values = values / largest
    square = self._view.reduce(tf.reduce_mean, values * values)
    root = math.sqrt(self._view.count)
    rest = self._SMALLEST / root / largest
    return values, tf.math.rsqrt(tf.maximum(square, rest * rest)) / root
