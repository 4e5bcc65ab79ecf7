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
"""Rounding to int8 as in a `.tflite` file, and layers that learn ranges."""

from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune.keras_compat import keras

_HIGHEST = 127.0
_DECAY = 0.999  # as TF-MOT's


def channel_axis(layer, per_unit: bool = False) -> int | None:
  """Returns the axis of a kernel along which int8 scales differ.

  Args:
    layer: A Dense or convolutional layer.
    per_unit: Whether a Dense layer has a scale for each unit.

  Returns:
    The index of the axis of output channels or units; None if the kernel has a
    single scale.
  """
  if isinstance(layer, keras.layers.Conv2DTranspose):
    return 2
  if isinstance(layer, keras.layers.Conv2D):
    return 3
  return 1 if per_unit else None


@tf.custom_gradient
def _on_grid(kernel, scale):
  steps = tf.round(tf.math.divide_no_nan(kernel, scale))
  return steps * scale, lambda upstream: (upstream, tf.zeros_like(scale))


def rounded(kernel: tf.Tensor, axis: int | None) -> tf.Tensor:
  """Rounds a kernel to multiples of a scale, from -127 to 127 times it.

  The scale is the largest magnitude divided by 127. Zero stays zero, and equal
  weights of one scale stay equal. The gradient is straight-through.

  Args:
    kernel: A kernel of any shape.
    axis: The axis with a scale for each index; None for a single scale.

  Returns:
    A tensor of the kernel's shape.
  """
  axes = [i for i in range(kernel.shape.rank) if i != axis]
  largest = tf.reduce_max(tf.abs(kernel), axes, keepdims=True)
  return _on_grid(kernel, tf.stop_gradient(largest) / _HIGHEST)


@keras.utils.register_keras_serializable(package="tf_ganprune")
class FakeQuantize(keras.layers.Layer):
  """Rounds activations to 256 values between layers, as an int8 file does.

  The range is the moving average of the batches' ranges in training, as in
  TF-MOT's `MovingAverageQuantizer`; inference does not change it. Jacob et al.
  2018, "Quantization and Training of Neural Networks", section 3.1.

  Example:
    >>> x = FakeQuantize()(x)
  """

  def build(self, input_shape: tf.TensorShape | Sequence[int | None]) -> None:
    """Creates the range: [-6, 6] until `observe` or training sets it."""
    common = {
      "shape": (),
      "dtype": tf.float32,
      "trainable": False,
      "aggregation": tf.VariableAggregation.MEAN,
      "experimental_autocast": False,
    }
    constant = keras.initializers.Constant
    self.lowest = self.add_weight("lowest", initializer=constant(-6), **common)
    self.highest = self.add_weight("highest", initializer=constant(6), **common)
    super().build(input_shape)

  def call(
    self, inputs: tf.Tensor, training: tf.Tensor | bool | None = None
  ) -> tf.Tensor:
    """Returns the inputs rounded to 256 values; training moves the range."""
    if training is None:
      training = keras.backend.learning_phase()
    x = tf.cast(inputs, tf.float32)
    if isinstance(training, bool | int):
      if training:
        self._move(x, _DECAY)
    else:
      tf.cond(
        tf.cast(training, tf.bool),
        lambda: self._move(x, _DECAY),
        lambda: tf.constant(False),
      )
    x = tf.quantization.fake_quant_with_min_max_vars(
      x, self.lowest, self.highest
    )
    return tf.cast(x, inputs.dtype)

  def observe(self, inputs: tf.Tensor) -> None:
    """Sets the range to that of some inputs."""
    self._move(tf.cast(inputs, tf.float32), 0.0)

  def _move(self, x, decay) -> tf.Tensor:
    # Zero must be representable exactly: padding adds zeros.
    x = tf.stop_gradient(x)
    low = tf.minimum(tf.reduce_min(x), 0.0)
    high = tf.maximum(tf.reduce_max(x), 1e-6)
    for range_end, value in ((self.lowest, low), (self.highest, high)):
      range_end.assign(value + decay * (range_end - value))
    return tf.constant(True)
