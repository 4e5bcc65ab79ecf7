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
"""The base class of augmentations of a discriminator's inputs."""

import tensorflow as tf

from tf_ganprune.regularizers import base


class Augmentation(base.Regularizer):
  """Changes each image at random before the discriminator sees it.

  Derive from it and override `draw` and `apply`. Images are brought to
  [-1, 1] and float32 for `apply`, and back after it.

  Example:
    >>> @tgp.keras.utils.register_keras_serializable()
    ... class Negative(tgp.regularizers.Augmentation):
    ...   kind = "negative"
    ...   def draw(self, n, rng):
    ...     return {"sign": tf.sign(rng.normal([n, 1, 1, 1]))}
    ...   def apply(self, images, drawn):
    ...     return images * drawn["sign"]
  """

  def draw(
    self, n: tf.Tensor, rng: tf.random.Generator
  ) -> dict[str, tf.Tensor]:
    """Returns random numbers by their names, `[n, ...]` each.

    Args:
      n: The number of images.
      rng: The generator of all random numbers.
    """
    raise NotImplementedError

  def apply(self, images: tf.Tensor, drawn: dict[str, tf.Tensor]) -> tf.Tensor:
    """Returns changed images, of the same shape.

    Args:
      images: float32 `[n, height, width, channels]` in [-1, 1].
      drawn: The random numbers that `draw` returned.
    """
    raise NotImplementedError

  def augment(
    self, images: base.Images, rng: tf.random.Generator
  ) -> base.Images:
    """Returns changed images; see `Regularizer.augment`.

    Raises:
      ValueError: If they are not floats of rank 4.
    """
    flat = tf.nest.flatten(images)
    for one in flat:
      self._check(one)
    drawn = self.draw(tf.shape(flat[0])[0], rng)
    return tf.nest.map_structure(lambda x: self._changed(x, drawn), images)

  def _check(self, images) -> None:
    if images.shape.rank != 4 or not images.dtype.is_floating:
      raise ValueError(
        f"`{self.kind}` changes images of [n, height, width, channels] and a"
        f" floating type; got {images.dtype.name} of shape {images.shape}."
      )

  def _changed(self, images: tf.Tensor, drawn) -> tf.Tensor:
    low, high = self.value_range
    middle, half = (low + high) / 2, (high - low) / 2
    standard = (tf.cast(images, tf.float32) - middle) / half
    changed = self.apply(standard, drawn) * half + middle
    changed.set_shape(images.shape)
    return tf.cast(changed, images.dtype)
