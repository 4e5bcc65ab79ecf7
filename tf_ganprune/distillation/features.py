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
"""A distillation loss on hidden layers, through trained adapters."""

import tensorflow as tf

from tf_ganprune.distillation import base, observer
from tf_ganprune.keras_compat import keras


@base.LOSSES.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class FeatureMatching(base.HiddenDistillation):
  """The mean squared difference of hidden layers, sum_t |T_t - f_t(S_t)|^2.

  Each adapter f_t is a 1x1 convolution to the teacher's channels (for vectors,
  a dense layer). It is trained together with the student, and is no part of
  it. Li et al. 2020, "GAN Compression", equation 2, with means in place of
  norms, so that a layer's size does not matter. With `pooled` it is the channel
  distillation of Ren et al. 2021, "Online Multi-Granularity Distillation for
  GAN Compression" (OMGD), which compares the mean of each channel.

  Example:
    `FeatureMatching(layers=["act_7x7", "act_14x14"], weight=0.5)`
  """

  kind = "features"

  def __init__(
    self,
    layers: base.Layers | None = None,
    weight: float | base.Schedule = 1.0,
    name: str | None = None,
    pooled: bool = False,
  ):
    """Sets the layers to compare.

    Args:
      layers: As in `HiddenDistillation`.
      weight: As in `Distillation`.
      name: As in `Distillation`.
      pooled: Whether maps are compared by the means of their channels over all
        positions.
    """
    super().__init__(layers, weight, name)
    self.pooled = bool(pooled)

  def prepare(
    self,
    teacher: keras.Model,
    student: keras.Model,
    discriminator: keras.Model | None,
  ) -> None:
    """Creates an adapter for each pair; see `Distillation.prepare`."""
    super().prepare(teacher, student, discriminator)
    ours, theirs = observer.hidden(teacher), observer.hidden(student)
    self.adapters = [
      _adapter(a, ours[a].shape, b, theirs[b].shape) for a, b in self.pairs
    ]

  def distance(
    self, teacher: tf.Tensor, student: tf.Tensor, place: int
  ) -> tf.Tensor:
    """Returns the mean squared difference after the adapter, a scalar."""
    if self.pooled:
      teacher, student = _pooled(teacher), _pooled(student)
    return tf.reduce_mean(tf.square(teacher - self.adapters[place](student)))

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return super().get_config() | {"pooled": self.pooled}


def _pooled(features) -> tf.Tensor:
  return tf.reduce_mean(features, range(1, features.shape.rank - 1))


def _adapter(ours, teacher, theirs, student) -> keras.layers.Layer:
  if teacher.rank != student.rank or teacher[1:-1] != student[1:-1]:
    raise ValueError(
      f"The outputs of the teacher's layer {ours!r}, {tuple(teacher)}, and of"
      f" the student's {theirs!r}, {tuple(student)}, may differ in their"
      " channels only. Name other pairs in `layers`, or use the loss"
      " 'kernel_alignment', which compares features of any shape."
    )
  # On maps, a dense layer over the channels is a 1x1 convolution.
  adapter = keras.layers.Dense(
    teacher[-1], name=f"adapter_{theirs}", dtype=keras.backend.floatx()
  )
  with tf.name_scope(adapter.name):
    adapter.build(student)
  return adapter
