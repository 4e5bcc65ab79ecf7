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
"""A history of generated images, which discriminators are shown.

Shrivastava et al. 2017, "Learning from Simulated and Unsupervised Images
through Adversarial Training", section 2.3; Zhu et al. 2017, section 4.
"""

import tensorflow as tf

from tf_ganprune import arguments
from tf_ganprune.keras_compat import keras

_KEEP = 0.5


@keras.utils.register_keras_serializable(package="tf_ganprune")
class ImagePool(keras.layers.Layer):
  """Exchanges half of the images it is given for earlier ones.

  Until it is full it keeps all of them, and returns them as they are.

  Example:
    >>> pool = ImagePool(50)
    >>> shown = pool.exchanged(fake, gan.random)

  Attributes:
    size: The number of images it keeps; with 0 it exchanges none.
  """

  def __init__(self, size: int, **kwargs):
    """Creates an empty pool.

    Args:
      size: The number of images to keep, 0 for none.
      **kwargs: As of `keras.layers.Layer`.

    Raises:
      ValueError: If `size` is negative or no whole number.
    """
    super().__init__(trainable=False, **kwargs)
    self.size = arguments.whole("pool_size", size, 0)

  def build(self, input_shape) -> None:
    """Creates the memory, which is saved with the GAN.

    Args:
      input_shape: The shape of a batch of images.
    """
    self.images = self._state("images", (self.size, *input_shape[1:]))
    self.filled = self._state("filled", (), tf.int32)
    super().build(input_shape)

  def _state(self, name: str, shape, dtype=tf.float32) -> tf.Variable:
    # Each replica has images of its own.
    return self.add_weight(
      name,
      shape,
      dtype,
      "zeros",
      trainable=False,
      synchronization=tf.VariableSynchronization.ON_READ,
      aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA,
    )

  def exchanged(self, images: tf.Tensor, rng: tf.random.Generator) -> tf.Tensor:
    """Returns images, some of them exchanged for those of earlier batches.

    Args:
      images: `[n, height, width, channels]`.
      rng: The generator of random numbers.

    Returns:
      As many images.
    """
    if not self.size:
      return images
    new = tf.cast(images, self.images.dtype)
    places, is_kept, is_exchanged = self._plan(tf.shape(images)[0], rng)
    old = tf.gather(self.images, places)
    rows = tf.where(is_kept | is_exchanged)
    changed = tf.gather_nd(places, rows)[:, None]
    kept = tf.tensor_scatter_nd_update(
      tf.convert_to_tensor(self.images), changed, tf.gather_nd(new, rows)
    )
    self.images.assign(kept)
    self.filled.assign_add(tf.reduce_sum(tf.cast(is_kept, tf.int32)))
    shown = tf.where(is_exchanged[:, None, None, None], old, new)
    return tf.cast(shown, images.dtype)

  def _plan(self, n, rng) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Returns a place for each image, and whether it is kept or exchanged."""
    filled = tf.convert_to_tensor(self.filled)
    number = tf.range(n)
    free = tf.minimum(n, self.size - filled)
    is_kept = number < free
    # Those that find no free place get places that differ, as long as there
    # are any: each place is exchanged once at most.
    order = tf.argsort(rng.uniform([self.size]))
    rank = tf.minimum(number - free, self.size - 1)
    found = tf.gather(order, tf.maximum(rank, 0))
    has_place = (number - free < self.size) & (found < filled)
    coin = rng.uniform([n]) < _KEEP
    places = tf.where(is_kept, filled + number, found)
    places = tf.clip_by_value(places, 0, self.size - 1)
    return places, is_kept, ~is_kept & has_place & coin

  def get_config(self) -> dict:
    """Returns the constructor's arguments."""
    return super().get_config() | {"size": self.size}
