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
"""Wrappers by which layers compute with clustered or rounded weights.

The layer keeps its variables. The kernels that it computes with are computed
from them and the wrapper's variables at each call, without side effects: so
they are clustered or rounded in the middle of training, in a moving average and
in a file that was loaded.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from tf_ganprune.compression import clusters, integers
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.wrapping import prunable

_autocast = keras.src.mixed_precision.autocast_variable


def kernel_names(layer) -> list[str]:
  """Returns the names of a built layer's attributes that hold its kernels.

  Args:
    layer: Any layer; one whose kernels are in layers inside of it has none.
  """
  kernels = {id(kernel) for kernel in prunable.prunable_weights(layer)}
  return [name for name, x in vars(layer).items() if id(x) in kernels]


class CompressedWeights(keras.layers.Wrapper):
  """The base class of `ClusterWeights` and `QuantizeWeights`."""

  def __init__(
    self,
    layer: keras.layers.Layer,
    number_of_clusters: int | None = None,
    preserve_sparsity: bool = True,
    **kwargs,
  ):
    """Wraps a layer.

    Args:
      layer: A layer with kernels of its own, such as Dense.
      number_of_clusters: The largest number of different values of a kernel,
        zero included; None for any number.
      preserve_sparsity: Whether weights that are 0 stay 0.
      **kwargs: As in `keras.layers.Wrapper`.
    """
    kwargs.setdefault("dtype", layer.dtype_policy)
    kwargs.setdefault("trainable", layer.trainable)
    super().__init__(layer, **kwargs)
    self.number_of_clusters = number_of_clusters
    self.preserve_sparsity = preserve_sparsity
    self.supports_masking = layer.supports_masking

  def build(self, input_shape=None):
    """Creates the centroids, which `start` fills."""
    super().build(input_shape)
    # Their names alone: Keras would count the variables as the wrapper's own.
    self._names = tuple(kernel_names(self.layer))
    self._centroids = {}
    if self.number_of_clusters is None:
      return
    shape = [self.number_of_clusters - self.preserve_sparsity]
    for name in self._names:
      self._centroids[name] = self.add_weight(
        f"{name}_centroids",
        shape,
        self.layer.variable_dtype,
        initializer="zeros",
      )

  def start(self) -> None:
    """Sets the centroids to those of the present weights, by k-means."""
    for name, centroids in self._centroids.items():
      values = getattr(self.layer, name).numpy()
      if self.preserve_sparsity:
        values = values[values != 0]
      if values.size:
        found = clusters.k_means(values, centroids.shape[0])
        centroids.assign(found)

  def kernels(self) -> dict[str, tf.Tensor]:
    """Returns the kernels that the layer computes with, by attribute names."""
    with _autocast.enable_auto_cast_variables(None):
      return {name: self._kernel(name) for name in self._names}

  def _kernel(self, name) -> tf.Tensor:
    weights = tf.convert_to_tensor(getattr(self.layer, name))
    kernel = weights
    if name in self._centroids:
      centroids = tf.convert_to_tensor(self._centroids[name])
      kernel = clusters.nearest(weights, centroids)
    if not self.preserve_sparsity:
      return kernel
    # Without a gradient a weight that is 0 also stays 0 in the variable.
    return tf.where(tf.equal(weights, 0), tf.zeros_like(kernel), kernel)

  def call(self, inputs, *args, training=None, **kwargs):
    """Calls the layer with the weights of `kernels()`."""
    if self.layer._expects_training_arg:
      kwargs["training"] = training
    if not self.layer._expects_mask_arg:
      kwargs.pop("mask", None)
    with self._in_place():
      return self.layer.call(inputs, *args, **kwargs)

  @contextlib.contextmanager
  def _in_place(self) -> Iterator[None]:
    # Keras would track an assignment as a new variable of the layer.
    attributes: Any = vars(self.layer)
    before = {name: attributes[name] for name in self._names}
    dtype = self.layer.compute_dtype
    kernels = {name: tf.cast(x, dtype) for name, x in self.kernels().items()}
    attributes.update(kernels)
    try:
      yield
    finally:
      attributes.update(before)

  def get_prunable_weights(self) -> list[tf.Variable]:
    """Returns the kernels' variables, zero where the kernels are."""
    return [getattr(self.layer, name) for name in self._names]

  def compute_mask(self, inputs, mask=None):
    """Returns the layer's own output mask."""
    return self.layer.compute_mask(inputs, mask)

  def compute_output_shape(self, input_shape):
    """Returns the layer's own output shape."""
    return self.layer.compute_output_shape(input_shape)

  def get_config(self):
    """Returns the constructor's arguments."""
    return super().get_config() | {
      "number_of_clusters": self.number_of_clusters,
      "preserve_sparsity": self.preserve_sparsity,
    }


@keras.utils.register_keras_serializable(package="tf_ganprune")
class ClusterWeights(CompressedWeights):
  """A wrapper by which a layer computes with clustered weights.

  Example:
    >>> layer = ClusterWeights(keras.layers.Dense(8), number_of_clusters=16)
  """


@keras.utils.register_keras_serializable(package="tf_ganprune")
class QuantizeWeights(CompressedWeights):
  """A wrapper by which a layer computes with weights rounded to int8.

  Clusters and zeros are kept.

  Example:
    >>> layer = QuantizeWeights(keras.layers.Dense(8))
  """

  def __init__(
    self,
    layer: keras.layers.Layer,
    number_of_clusters: int | None = None,
    preserve_sparsity: bool = True,
    per_unit: bool = False,
    **kwargs: Any,
  ):
    """Wraps a layer.

    Args:
      layer: A Dense layer or a convolution.
      number_of_clusters: As in `CompressedWeights`.
      preserve_sparsity: As in `CompressedWeights`.
      per_unit: Whether a Dense kernel has a scale for each unit; else it has a
        single one, which keeps the number of its clusters. Convolutions have
        one for each output channel, as in LiteRT.
      **kwargs: As in `keras.layers.Wrapper`.
    """
    super().__init__(layer, number_of_clusters, preserve_sparsity, **kwargs)
    self.per_unit = per_unit

  def _kernel(self, name) -> tf.Tensor:
    axis = integers.channel_axis(self.layer, self.per_unit)
    return integers.rounded(super()._kernel(name), axis)

  def get_config(self) -> dict:
    """Returns the constructor's arguments."""
    return super().get_config() | {"per_unit": self.per_unit}
