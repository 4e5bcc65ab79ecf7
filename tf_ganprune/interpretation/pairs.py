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
"""Images that two generators make of the same inputs."""

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
  """Images of the same inputs.

  Example:
    >>> images(dense, pruned, latents).differences

  Attributes:
    latents: What both were given: latents `[n, latent_dim]`, or a list or dict
      of arrays where generators take more, or an image.
    dense: What the dense generator makes of them, `[n, height, width,
      channels]`.
    pruned: What the pruned one makes.
  """

  latents: np.ndarray | list | dict
  dense: np.ndarray
  pruned: np.ndarray

  @property
  def differences(self) -> np.ndarray:
    """Root mean square of the difference of each pair, `[n]`."""
    difference = self.dense.astype(np.float64) - self.pruned
    axes = tuple(range(1, difference.ndim))
    return np.sqrt(np.mean(np.square(difference), axes))


def run(
  network: keras.Model, latents, name: str, value_range=None
) -> np.ndarray:
  """Returns the images that a generator makes of latents, scaled to [-1, 1].

  Args:
    network: The generator.
    latents: `[n, latent_dim]`, or whatever it takes.
    name: Of the argument that it is, for the message.
    value_range: Values that mean black and white, if the user says so.

  Raises:
    ValueError: If they are not finite.
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
      " infinite; go back to weights from before it diverged."
    )
  # By its bounds alone: what is guessed could differ between two networks.
  meant = value_ranges.of_network(network, value_range=value_range)
  return meant.to_standard(images, clip=False)


def images(
  dense: keras.Model, pruned: keras.Model, latents, value_range=None
) -> Pairs:
  """Returns what two generators make of the same latents.

  Args:
    dense: The one generator.
    pruned: The other.
    latents: `[n, latent_dim]`, or whatever they take.
    value_range: As of `run`.

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
  """Yields `images` of some latents at a time, which keeps memory small.

  Args:
    dense: The one generator.
    pruned: The other.
    latents: `[n, latent_dim]`, or whatever they take.
    value_range: As of `run`.
  """
  for part in _parts(latents):
    yield images(dense, pruned, part, value_range)


def taken(given, places):
  """Returns some rows of arrays, in their structure.

  Args:
    given: An array, or a list or dict of them.
    places: An index or a slice.
  """
  return tf.nest.map_structure(lambda x: x[places], given)


def _parts(given) -> Iterator:
  """Yields some rows at a time."""
  for i in range(0, len(tf.nest.flatten(given)[0]), _BATCH):
    yield taken(given, slice(i, i + _BATCH))
