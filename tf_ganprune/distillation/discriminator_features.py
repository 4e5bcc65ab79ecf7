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
"""A distillation loss on a discriminator's features of both images."""

import tensorflow as tf

from tf_ganprune import keras_compat
from tf_ganprune.distillation import base, observer
from tf_ganprune.keras_compat import keras


@base.LOSSES.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class DiscriminatorFeatures(base.Distillation):
  """The relative differences of a discriminator's features, summed over layers.

  sum_i E|D_i(T(z)) - D_i(S(z))| / E|D_i(T(z))|: the feature-level distillation
  loss of Chang and Lu 2020, "TinyGAN: Distilling BigGAN for Conditional Image
  Generation". Its layers are weighted by the teacher's means here, so that
  layers with small numbers count as much as others. The discriminator is called
  with `training=False`: shifts and dropout would differ between the two images.

  Example:
    `DiscriminatorFeatures(network=teachers_discriminator)`
  """

  kind = "discriminator_features"

  def __init__(
    self,
    network: keras.Model | None = None,
    layers: list[str] | None = None,
    weight: float | base.Schedule = 1.0,
    name: str | None = None,
  ):
    """Sets the discriminator and its layers.

    Args:
      network: A trained discriminator, such as the teacher's, which is not
        trained further. By default the GAN's own, as it is at each step.
      layers: Names of its layers; by default the last layer of each height and
        width.
      weight: As in `Distillation`.
      name: As in `Distillation`.

    Raises:
      ValueError: If `network` is no model, or `layers` is no list of names.
    """
    super().__init__(weight, name)
    if network is not None:
      keras_compat.check_model(network, "network")
    self.network = network
    self.layer_names = observer.checked_names(layers)
    if any(not isinstance(x, str) for x in self.layer_names or []):
      raise ValueError(
        "`layers` must be a list of names of the discriminator's layers; got"
        f" {layers!r}."
      )

  def prepare(
    self,
    teacher: keras.Model,
    student: keras.Model,
    discriminator: keras.Model | None,
  ) -> None:
    """Chooses the discriminator's layers; see `Distillation.prepare`."""
    del student
    network = discriminator
    if self.network is not None:
      if self.network is discriminator:
        raise ValueError(
          "`network` must not be the GAN's own discriminator, which is trained."
          " Leave `network` out to use the discriminator as it is at each step,"
          " or pass a copy."
        )
      network = self.network
      base.check_takes_images(network, teacher)
    if network is None:
      raise ValueError(
        f"The distillation loss {self.name!r} found no discriminator of the"
        " student; pass a trained one as its `network`."
      )
    names = self.layer_names or list(observer.stages(network).values())
    if not names:
      raise ValueError(
        f"The discriminator {network.name!r} has no hidden layers to compare;"
        " use the loss 'image'."
      )
    # Not a Keras object, so that the discriminator is not saved here as well.
    self._observer = observer.Observer(network, names)

  def loss(self, teacher: base.Seen, student: base.Seen) -> tf.Tensor:
    """Returns the difference of features; see `Distillation.loss`."""
    ours, theirs = map(self._features, (teacher, student))
    return tf.add_n(
      [_relative_distance(ours[name], theirs[name]) for name in ours]
    )

  def _features(self, seen: base.Seen) -> dict[str, tf.Tensor]:
    judged = seen.images if seen.judged is None else seen.judged
    dtype = seen.images.dtype
    return self._observer(judged, training=False, dtype=dtype)[1]

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return super().get_config() | {
      "network": base.serialized(self.network),
      "layers": self.layer_names and list(self.layer_names),
    }


def _relative_distance(teacher, student) -> tf.Tensor:
  scale = tf.stop_gradient(tf.reduce_mean(tf.abs(teacher)))
  return tf.math.divide_no_nan(tf.reduce_mean(tf.abs(teacher - student)), scale)
