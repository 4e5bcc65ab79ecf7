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
"""A distillation loss on the images of teacher and student."""

import tensorflow as tf

from tf_ganprune import keras_compat, states
from tf_ganprune.distillation import base
from tf_ganprune.keras_compat import keras

_NORMS = {"l1": tf.abs, "l2": tf.square}


@base.LOSSES.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class ImageDistance(base.Distillation):
  """The mean difference of images, or of a network's features of them.

  E|T(z) - S(z)|, the pixel-level distillation loss of Chang and Lu 2020,
  "TinyGAN: Distilling BigGAN for Conditional Image Generation". With a network
  it is a perceptual loss: the sum over the network's outputs of the mean
  difference; Johnson et al. 2016, "Perceptual Losses for Real-Time Style
  Transfer and Super-Resolution", equation 2 (with `norm="l2"`).

  Example:
    `ImageDistance(norm="l2", weight=10.0)`
  """

  kind = "image"

  def __init__(
    self,
    norm: str = "l1",
    network: keras.Model | None = None,
    weight: float | base.Schedule = 1.0,
    name: str | None = None,
  ):
    """Sets the norm, and the network of a perceptual loss.

    Args:
      norm: `"l1"` for absolute differences, `"l2"` for squared ones.
      network: A model that maps images, `[n, height, width, channels]`, to
        features: a tensor, or a list or dict of them. It is not trained. None
        compares pixels.
      weight: As in `Distillation`.
      name: As in `Distillation`.

    Raises:
      ValueError: If there is no such norm, or `network` is no model.
    """
    super().__init__(weight, name)
    if norm not in _NORMS:
      raise ValueError(f"`norm` must be one of {sorted(_NORMS)}; got {norm!r}.")
    if network is not None:
      keras_compat.check_model(network, "network")
    self.norm = norm
    self.network = network

  def prepare(
    self,
    teacher: keras.Model,
    student: keras.Model,
    discriminator: keras.Model | None,
  ) -> None:
    """Checks that the network takes images; see `Distillation.prepare`."""
    del student, discriminator
    if self.network is not None:
      base.check_takes_images(self.network, teacher)

  def loss(self, teacher: base.Seen, student: base.Seen) -> tf.Tensor:
    """Returns the difference of the images; see `Distillation.loss`."""
    ours, theirs = (
      self._features(teacher.images),
      self._features(student.images),
    )
    return tf.add_n(
      [
        tf.reduce_mean(_NORMS[self.norm](a - b))
        for a, b in zip(ours, theirs, strict=True)
      ]
    )

  def _features(self, images) -> list[tf.Tensor]:
    if self.network is None:
      return [images]
    with states.Kept(self.network):
      features = self.network(images, training=False)
    return [tf.cast(x, images.dtype) for x in tf.nest.flatten(features)]

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return super().get_config() | {
      "norm": self.norm,
      "network": base.serialized(self.network),
    }
