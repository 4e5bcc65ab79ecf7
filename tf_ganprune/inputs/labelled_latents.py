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
"""Latents with labels, the inputs of class-conditional generators."""

import numpy as np
import tensorflow as tf

from tf_ganprune import arguments, array_types
from tf_ganprune.inputs import base, latents
from tf_ganprune.keras_compat import keras


@keras.utils.register_keras_serializable(package="tf_ganprune")
class LabelledLatents(base.Inputs):
  """Draws latents from N(0, 1), and a label for each.

  The classes are balanced: their numbers differ by at most one, in random
  order. The latents of a seed are those of `Latents`.

  Example:
    >>> given = tgp.inputs.LabelledLatents(64, num_classes=10)
    >>> latents, labels = given.draw(100, seed=0)
    >>> sevens = given.draw(100, seed=0, labels=7)

  Attributes:
    dim: The length of a latent.
    num_classes: The number of classes.
    one_hot: Whether latents and labels are one tensor.
  """

  def __init__(
    self,
    dim: int,
    num_classes: int,
    one_hot: bool = False,
    value_range: tuple[float, float] | None = None,
  ) -> None:
    """Sets the length of latents and the number of classes.

    Args:
      dim: The length of a latent.
      num_classes: The number of classes; labels are from 0 to this minus 1.
      one_hot: If True, one float32 tensor is drawn, `[n, dim + num_classes]`,
        the latents followed by one-hot labels; else a list of latents,
        `[n, dim]`, and labels, int32, `[n]`.
      value_range: The values `(black, white)` of the generator's images; by
        default they follow from its outputs.

    Raises:
      ValueError: If an argument has a wrong type or value.
    """
    super().__init__(value_range)
    self.dim = arguments.whole("dim", dim, 1)
    self.num_classes = arguments.whole("num_classes", num_classes, 1)
    self.one_hot = arguments.boolean("one_hot", one_hot)

  @property
  def specs(self) -> array_types.Specs:
    """The specs of latents and labels, or of both in one tensor."""
    if self.one_hot:
      width = self.dim + self.num_classes
      return tf.TensorSpec([None, width], tf.float32, "latents")
    return [
      tf.TensorSpec([None, self.dim], tf.float32, "latents"),
      tf.TensorSpec([None], tf.int32, "labels"),
    ]

  def draw(  # type: ignore[override]  # `given` is the labels
    self,
    n: int | tf.Tensor,
    seed: base.Seed | None = None,
    rng: tf.random.Generator | None = None,
    labels: array_types.Array | int | None = None,
  ) -> array_types.Tensors:
    """Draws latents and labels.

    Args:
      n: The number of latents; a tensor within a `tf.function`.
      seed: As in `Inputs.draw`.
      rng: As in `Inputs.draw`.
      labels: One label for all, or labels `[n]`; None draws them.

    Returns:
      A list of latents and labels, or both in one tensor if `one_hot`.

    Raises:
      ValueError: If an argument has a wrong type or value.
    """
    return super().draw(n, seed, rng, labels=labels)

  def _draw(self, n, seed, rng, labels):
    drawn = latents.drawn(n, self.dim, seed, rng)
    if labels is None:
      labels = self._even(n, base.pair_of(seed, rng))
    else:
      labels = self._checked(labels, n)
    return self._joined(drawn, labels)

  def draw_rows(self, columns: int, seed: base.Seed) -> array_types.Tensors:
    """Draws a grid of inputs: a row for each class, of the same latents.

    Args:
      columns: The number of latents.
      seed: As in `Inputs.draw`.

    Returns:
      As of `draw`, `num_classes * columns` inputs, row by row.
    """
    few = self.latents(self.draw(columns, seed, labels=0))
    labels = tf.repeat(tf.range(self.num_classes), columns)
    return self._joined(tf.tile(few, [self.num_classes, 1]), labels)

  def latents(self, drawn: array_types.Tensors) -> tf.Tensor:
    """Returns the latents among drawn inputs, `[n, dim]`."""
    return drawn[:, : self.dim] if self.one_hot else drawn[0]

  def labels(self, drawn: array_types.Tensors) -> tf.Tensor:
    """Returns the labels of what `draw` returned, int32, `[n]`."""
    if not self.one_hot:
      return drawn[1]
    return tf.argmax(drawn[:, self.dim :], 1, tf.int32)

  def with_latents(
    self, drawn: array_types.Tensors, latents: tf.Tensor
  ) -> array_types.Tensors:
    """Returns drawn inputs with other latents and the same labels."""
    if not self.one_hot:
      return [latents, drawn[1]]
    return tf.concat([latents, drawn[:, self.dim :]], 1)

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return {
      "dim": self.dim,
      "num_classes": self.num_classes,
      "one_hot": self.one_hot,
    } | super().get_config()

  def _joined(self, drawn, labels):
    if not self.one_hot:
      return [drawn, labels]
    columns = tf.one_hot(labels, self.num_classes, dtype=drawn.dtype)
    return tf.concat([drawn, columns], 1)

  def _even(self, n, seed) -> tf.Tensor:
    # The classes with one more are random, too, as small batches lack some.
    classes = _shuffled(self.num_classes, seed, 1)
    places = _shuffled(n, seed, 2)
    return tf.gather(classes, places % self.num_classes)

  def _checked(self, labels, n) -> tf.Tensor:
    if not tf.is_tensor(labels) or hasattr(labels, "numpy"):
      labels = np.asarray(labels)
      if not set(labels.ravel().tolist()) <= set(range(self.num_classes)):
        raise ValueError(
          f"`labels` must be whole numbers from 0 to {self.num_classes - 1};"
          f" got {labels.tolist()!r}."
        )
    labels = tf.cast(labels, tf.int32)
    size = None if hasattr(n, "op") else int(n)
    if labels.shape.rank and not labels.shape.is_compatible_with([size]):
      raise ValueError(
        f"`labels` must be one label, or one for each of {size} latents,"
        f" [{size}]; got the shape {list(labels.shape)}."
      )
    return tf.broadcast_to(labels, [n])


def _shuffled(n, seed, which: int) -> tf.Tensor:
  """Returns the numbers from 0 to n - 1 in random order, int32 `[n]`."""
  own = tf.random.experimental.stateless_fold_in(seed, which)
  return tf.argsort(tf.random.stateless_uniform([n], own), stable=True)
