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
"""Adaptive discriminator augmentation (ADA)."""

from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune import arguments, replicas
from tf_ganprune.keras_compat import keras
from tf_ganprune.regularizers import augmentation, base, pipeline

_GROUPS = ("blit", "geometry", "color")


@base.REGULARIZERS.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class AdaptiveAugmentation(augmentation.Augmentation):
  """Augments images with a probability p that grows with overfitting (ADA).

  r_t = E[sign(D(x))] on real images, after augmentation, measures how far the
  discriminator overfits. Every `interval` updates p grows by the number of
  images seen since, divided by `images`, if r_t is above `target`, and else
  falls by as much, between 0 and 1. Karras et al. 2020, "Training Generative
  Adversarial Networks with Limited Data", equation 1.

  Of the paper's changes (appendix B), these are here, each made with the
  probability p and in the paper's order and strength: pixel blits (mirroring,
  quarter turns, translation by whole pixels), general geometry (isotropic
  scaling, rotation before and after anisotropic scaling, fractional
  translation) and colour (brightness, contrast, inversion of the luminance,
  hue, saturation). It is the set that the paper finds best. Left out are
  filtering in frequency bands, noise and cutout; and images are sampled
  bilinearly, at their own resolution. All numbers are for images in [-1, 1].
  Grey images keep hue and saturation.

  Attributes:
    probability: p, a variable.
    sign_sum: The sum of sign(D(x)) over real images since p was last changed, a
      variable.
    image_sum: The number of these images, a variable.
    num_updates: The number of the discriminator's updates, a variable.

  Example:
    `tgp.GAN(d, g, 64, regularizers=[AdaptiveAugmentation(images=100_000)])`
  """

  kind = "adaptive_augmentation"

  def __init__(
    self,
    target: float = 0.6,
    images: int = 500_000,
    interval: int = 4,
    pipeline: Sequence[str] = _GROUPS,
  ):
    """Creates the regularizer.

    Args:
      target: The value of r_t to keep to, from -1 to 1.
      images: The number of images in which p goes from 0 to 1 at most.
      interval: The number of the discriminator's updates between changes of p.
      pipeline: The groups of changes to make: any of `"blit"`, `"geometry"` and
        `"color"`.

    Raises:
      ValueError: If a number is out of its range, or a group is unknown.
    """
    super().__init__()
    self.target = arguments.real("target", target, -1, 1)
    self.images = arguments.whole("images", images, 1)
    self.interval = arguments.whole("interval", interval, 1)
    self.pipeline = _checked_groups(pipeline)

  def build(self, input_shape: object = None) -> None:
    """Creates the variables, with p = 0; see `Regularizer.build`."""
    self.probability = self.add_state("probability")
    self.sign_sum = self.add_state("sign_sum")
    self.image_sum = self.add_state("image_sum")
    self.num_updates = self.add_state("num_updates", tf.int64)
    super().build(input_shape)

  def draw(
    self, n: tf.Tensor, rng: tf.random.Generator
  ) -> dict[str, tf.Tensor]:
    """Draws the changes of each image; see `Augmentation.draw`."""
    draws = pipeline.Draws(n, rng, tf.convert_to_tensor(self.probability))
    groups = {
      "blit": draws.blit,
      "geometry": draws.geometry,
      "color": draws.color,
    }
    drawn = [groups[name]() for name in _GROUPS if name in self.pipeline]
    return {name: value for some in drawn for name, value in some.items()}

  def apply(self, images: tf.Tensor, drawn: dict[str, tf.Tensor]) -> tf.Tensor:
    """Returns changed images; see `Augmentation.apply`.

    Raises:
      ValueError: If colours are to be changed, and the images have not 1 or 3
        channels.
    """
    if "mirror" in drawn or "scale" in drawn:
      images = pipeline.moved(images, drawn)
    if "hue" not in drawn:
      return images
    if images.shape[3] not in (1, 3):
      raise ValueError(
        "`adaptive_augmentation` changes the colours of images with 1 or 3"
        f" channels; got {images.shape[3]}. Leave colours as they are with"
        ' pipeline=("blit", "geometry").'
      )
    return pipeline.recolored(images, drawn)

  def observe(self, real_scores: tf.Tensor, fake_scores: tf.Tensor) -> None:
    """Sums the signs of real scores, and changes p every `interval` updates."""
    del fake_scores
    n = tf.shape(real_scores)[0]
    signs = tf.sign(tf.reshape(base.full(real_scores), [n, -1]))
    signs = tf.cast(tf.reduce_mean(signs, axis=1), tf.float32)
    signs = self.sign_sum + replicas.summed(tf.reduce_sum(signs))
    images = self.image_sum + replicas.summed(tf.cast(n, tf.float32))
    updates = self.num_updates + 1
    is_turn = tf.equal(updates % self.interval, 0)
    up = tf.sign(signs / images - self.target) * images / self.images
    changed = tf.clip_by_value(self.probability + up, 0.0, 1.0)
    base.assign(self.probability, tf.where(is_turn, changed, self.probability))
    base.assign(self.sign_sum, tf.where(is_turn, 0.0, signs))
    base.assign(self.image_sum, tf.where(is_turn, 0.0, images))
    base.assign(self.num_updates, updates)

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return {
      "target": self.target,
      "images": self.images,
      "interval": self.interval,
      "pipeline": [*self.pipeline],
    }


def _checked_groups(groups) -> tuple[str, ...]:
  is_list = isinstance(groups, list | tuple) and groups
  if not is_list or any(x not in _GROUPS for x in groups):
    raise ValueError(
      f"`pipeline` must hold names out of {list(_GROUPS)}; got {groups!r}."
    )
  return tuple(groups)
