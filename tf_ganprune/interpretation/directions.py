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
"""Latent directions along which a pruned generator changes its images less.

With J(z) the derivatives of a generator's pixels by its latent,

  C = E_z[J(z)^T J(z)] / pixels,  z ~ N(0, I),

is the metric that a generator gives its latents (Wang and Ponce 2021, "The
Geometry of Deep Generative Image Models", section 2), averaged as in active
subspaces (Constantine et al. 2014, "Active Subspace Methods in Theory and
Practice", equation 1.2): u^T C u is the mean square by which a pixel changes
for each unit of the way along u. The eigenvectors of

  C_dense - C_pruned

are then the directions along which pruning lost most change, and the
eigenvalues are the losses. For a linear generator, G(z) = W z + b, all of this
is exact.
"""

import dataclasses

import numpy as np
import tensorflow as tf

from tf_ganprune import inputs
from tf_ganprune.interpretation import pairs
from tf_ganprune.keras_compat import keras

# Half of the distance between two images whose difference is a derivative: far
# enough apart for float32, and for networks that round to int8.
_STEP = 0.1
# Eigenvalues below this share of the trace are rounding.
_LEAST = 1e-5
_WALK = np.linspace(-2.0, 2.0, 7)


@dataclasses.dataclass(frozen=True, eq=False)
class Direction:
  """A latent direction, and the change of images along it in two generators.

  Example:
    >>> for one in tgp.explain(dense, pruned).directions:
    ...   print(one.kept, one.vector)

  Attributes:
    vector: The unit vector, `[latent_dim]`; its component of the largest
      magnitude is positive.
    dense: The mean square change of a pixel for one unit of the way, of the
      dense generator.
    pruned: The mean square change of the pruned generator.
    walk: Images along the direction, from -2 to 2 units; the other components
      are those of one random latent.
  """

  vector: np.ndarray
  dense: float
  pruned: float
  walk: pairs.Pairs

  @property
  def lost(self) -> float:
    """The mean square change that the pruned generator lost."""
    return self.dense - self.pruned

  @property
  def kept(self) -> float:
    """The share of the mean square change that is left, `pruned / dense`."""
    return self.pruned / self.dense


def metric(
  network: keras.Model, given, name: str, source: inputs.Inputs | None = None
) -> np.ndarray:
  """Returns a generator's metric C, by finite differences of images.

  Args:
    network: The generator.
    given: The points at which derivatives are taken: latents,
      `[n, latent_dim]`, or inputs that `source` drew.
    name: The name of the user's argument, for messages.
    source: The object that drew the inputs, which knows their latents; by
      default all inputs are latents.

  Returns:
    A float64 `[latent_dim, latent_dim]`.

  Raises:
    ValueError: If images are not finite.
  """
  latents = _latents(given, source)
  dim = latents.shape[1]
  total = np.zeros([dim, dim])
  steps = _STEP * np.eye(dim, dtype=np.float32)
  for i, latent in enumerate(latents):
    around = np.concatenate([latent + steps, latent - steps])
    images = pairs.run(network, _with(around, given, i, source), name)
    images = images.reshape(2, dim, -1).astype(np.float64)
    slopes = (images[0] - images[1]) / (2 * _STEP)
    total += slopes @ slopes.T / slopes.shape[1]
  return total / len(latents)


def lost(
  dense: keras.Model,
  pruned: keras.Model,
  given,
  most: int,
  source: inputs.Inputs | None = None,
) -> tuple[Direction, ...]:
  """Returns the latent directions that lost most change, the worst first.

  Args:
    dense: The dense generator.
    pruned: The pruned generator.
    given: The points at which derivatives are taken: latents, float32,
      `[n, latent_dim]`, or inputs that `source` drew.
    most: The number of directions to return; fewer if the others lost nothing.
    source: As in `metric`.

  Raises:
    ValueError: If images are not finite.
  """
  ours = metric(dense, given, "dense", source)
  theirs = metric(pruned, given, "pruned", source)
  values, vectors = np.linalg.eigh(ours - theirs)
  least = _LEAST * np.trace(ours)
  chosen = [i for i in np.argsort(-values)[:most] if values[i] > least]
  found = []
  for vector in vectors.T[chosen]:
    vector = vector * np.sign(vector[np.argmax(np.abs(vector))])
    walk = _walk(_latents(given, source)[0], vector)
    found.append(
      Direction(
        vector,
        float(vector @ ours @ vector),
        float(vector @ theirs @ vector),
        pairs.images(dense, pruned, _with(walk, given, 0, source)),
      )
    )
  return tuple(found)


def _walk(latent: np.ndarray, vector: np.ndarray) -> np.ndarray:
  """Returns latents along a direction, equally spaced, `[7, latent_dim]`."""
  across = latent - (latent @ vector) * vector
  return (across + _WALK[:, None] * vector).astype(np.float32)


def _latents(given, source) -> np.ndarray:
  return np.asarray(given if source is None else source.latents(given))


def _with(latents: np.ndarray, given, row: int, source):
  """Returns one row of drawn inputs, repeated, with other latents."""
  if source is None:
    return latents
  places = np.full(len(latents), row)
  rows = tf.nest.map_structure(lambda x: tf.gather(x, places), given)
  return source.with_latents(rows, latents)
