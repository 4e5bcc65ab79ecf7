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
"""Pairs of images that two generators make of the same inputs."""

import dataclasses
from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from tf_ganprune import states
from tf_ganprune import value_range as value_ranges
from tf_ganprune.graphs import calling
from tf_ganprune.keras_compat import keras

_BATCH = 256


@dataclasses.dataclass(frozen=True, eq=False)
class Pairs:
  """Pairs of a dense and a pruned generator's images of the same inputs.

  Example:
    >>> images(dense, pruned, latents).differences

  Attributes:
    latents: The inputs of both generators: latents `[n, latent_dim]`, or other
      arrays, or a list or dict of arrays.
    dense: The dense generator's images, `[n, height, width, channels]`.
    pruned: The pruned generator's images, of the same shape.
  """

  latents: np.ndarray | list | dict
  dense: np.ndarray
  pruned: np.ndarray

  @property
  def differences(self) -> np.ndarray:
    """The root mean square difference of each pair, `[n]`."""
    difference = self.dense.astype(np.float64) - self.pruned
    axes = tuple(range(1, difference.ndim))
    return np.sqrt(np.mean(np.square(difference), axes))


def run(
  network: keras.Model, latents, name: str, value_range=None
) -> np.ndarray:
  """Returns a generator's images of some inputs, scaled to [-1, 1].

  Args:
    network: The generator.
    latents: Latents, `[n, latent_dim]`, or other inputs that it takes.
    name: The name of the user's argument, for the message.
    value_range: The values that mean black and white; None to find them.

  Raises:
    ValueError: If the images are not finite.
  """
  with states.Kept(network):
    parts = [
      calling.called(network, tf.nest.map_structure(tf.convert_to_tensor, part))
      for part in _parts(latents)
    ]
  images = np.concatenate([np.asarray(part) for part in parts])
  if not np.isfinite(images).all():
    raise ValueError(
      f"`{name}` ({network.name}) makes images with values that are NaN or"
      " infinite; load weights from before the training diverged."
    )
  # By its bounds alone: a guess from images could differ between two networks.
  meant = value_ranges.of_network(network, value_range=value_range)
  return meant.to_standard(images, clip=False)


def images(
  dense: keras.Model, pruned: keras.Model, latents, value_range=None
) -> Pairs:
  """Returns two generators' images of the same inputs.

  Args:
    dense: The dense generator.
    pruned: The pruned generator.
    latents: As in `run`.
    value_range: As in `run`.

  Raises:
    ValueError: If images are not finite.
  """
  latents = tf.nest.map_structure(np.asarray, latents)
  if isinstance(latents, np.ndarray) and latents.dtype == np.float64:
    latents = latents.astype(np.float32)
  return Pairs(
    latents,
    run(dense, latents, "dense", value_range),
    run(pruned, latents, "pruned", value_range),
  )


def batches(
  dense: keras.Model, pruned: keras.Model, latents, value_range=None
) -> Iterator[Pairs]:
  """Yields pairs of images in batches, which keeps memory small.

  Args:
    dense: The dense generator.
    pruned: The pruned generator.
    latents: As in `run`.
    value_range: As in `run`.
  """
  for part in _parts(latents):
    yield images(dense, pruned, part, value_range)


def taken(given, places):
  """Returns some rows of arrays, in the same structure.

  Args:
    given: An array, or a list or dict of arrays.
    places: Indices or a slice.
  """
  return tf.nest.map_structure(lambda x: x[places], given)


def _parts(given) -> Iterator:
  """Yields arrays in batches of rows."""
  for i in range(0, len(tf.nest.flatten(given)[0]), _BATCH):
    yield taken(given, slice(i, i + _BATCH))
