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
"""Finds and compares generators: their inputs, and shapes of their images."""

from typing import NamedTuple

from tf_ganprune import keras_compat, model_generators
from tf_ganprune.graphs import calling, signatures
from tf_ganprune.keras_compat import keras


class Sizes(NamedTuple):
  """The latent and image sizes of a generator.

  Attributes:
    latent_dim: The length of a latent.
    image_shape: `(height, width, channels)`.
  """

  latent_dim: int
  image_shape: tuple[int, int, int]


def generator_of(model: keras.Model, name: str) -> keras.Model:
  """Returns the generator of a GAN, or a generator itself.

  Args:
    model: A generator or a GAN, as in `model_generators.by_name`.
    name: The name of the argument, for the message.

  Raises:
    ValueError: If it is no model of this package's Keras.
  """
  keras_compat.check_model(model, name)
  found = model_generators.find_generator(model)
  return model if found is None else found


def sizes(generator: keras.Model, name: str) -> Sizes:
  """Returns the sizes of a generator that maps latents to images.

  Args:
    generator: A built network.
    name: The name of the argument, for the message.

  Raises:
    ValueError: If it does not map latents to images of a fixed size, or is not
      built.
  """
  takes, makes = signatures.shapes(generator)
  if not _is_fixed(takes, 1) or not _is_fixed(makes, 3):
    raise ValueError(
      f"`{name}` ({generator.name}) must map latents, [n, latent_dim], to"
      " images of a fixed size, [n, height, width, channels]; it maps"
      f" {takes} to {makes}."
    )
  return Sizes(takes[1], tuple(makes[1:]))


def check_alike(named: dict[str, keras.Model]) -> Sizes:
  """Checks that generators have the same sizes, and returns these.

  Args:
    named: The generators by the names of their arguments.

  Raises:
    ValueError: If their latents or images differ in size.
  """
  found = {name: sizes(network, name) for name, network in named.items()}
  (first, base), *others = found.items()
  for other, (latent_dim, image_shape) in others:
    if latent_dim != base.latent_dim:
      raise ValueError(
        f"`{first}` takes latents of length {base.latent_dim} and `{other}` of"
        f" length {latent_dim}; pass generators with latents of one length."
      )
    if image_shape != base.image_shape:
      raise ValueError(
        f"`{first}` makes images of the shape {base.image_shape} and `{other}`"
        f" of the shape {image_shape}; pass generators of images of one shape."
      )
  return base


def check_pair(named: dict[str, keras.Model]) -> None:
  """Raises unless generators have the same shapes of inputs and images.

  Args:
    named: The generators by the names of their arguments.

  Raises:
    ValueError: If the shapes differ, or one does not make images.
  """
  found = {
    name: (calling.named_specs(x), signatures.shapes(x)[1])
    for name, x in named.items()
  }
  (first, (base, made)), *others = found.items()
  for name, (_, shape) in found.items():
    if not isinstance(shape, tuple) or len(shape) != 4:
      raise ValueError(
        f"`{name}` ({named[name].name}) must make images, [n, height, width,"
        f" channels]; it makes {shape}."
      )
  for other, (taken, shape) in others:
    if _forms(taken) != _forms(base):
      raise ValueError(
        f"`{first}` takes {_forms(base)} and `{other}` {_forms(taken)}; pass"
        " generators of the same inputs."
      )
    if shape != made:
      raise ValueError(
        f"`{first}` makes images of the shape {made[1:]} and `{other}` of the"
        f" shape {shape[1:]}; pass generators of images of one shape."
      )


def _forms(specs) -> list[list]:
  return [list(x.shape[1:]) for x in specs.values()]


def _is_fixed(shape, rank: int) -> bool:
  """Whether a network has one shape, with `rank` sizes that are known."""
  is_one = isinstance(shape, tuple) and len(shape) == rank + 1
  return is_one and all(isinstance(size, int) for size in shape[1:])
