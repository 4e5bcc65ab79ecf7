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
"""Checks of networks that translate images, and of their data."""

from collections.abc import Iterable, Mapping, Sequence

import tensorflow as tf

from tf_ganprune import compression
from tf_ganprune.graphs import network_checks, signatures
from tf_ganprune.keras_compat import keras

_PAIRS = (
  "pass `fit` a tf.data.Dataset of batches of pairs, such as"
  " tf.data.Dataset.zip((x, y)), or two arrays"
)


def check_cycle(networks: Mapping[str, keras.Model]) -> None:
  """Raises unless two generators undo each other, and judges take their images.

  Args:
    networks: `generator_G`, `generator_F`, `discriminator_X` and
      `discriminator_Y`, which are built.

  Raises:
    ValueError: If one is no network, or shapes do not fit.
  """
  for name, network in networks.items():
    network_checks.check_network(network, name)
    compression.check_wrappers(network, name)
    _check_built(name, network)
  for one, other, judge in (
    ("generator_G", "generator_F", "discriminator_Y"),
    ("generator_F", "generator_G", "discriminator_X"),
  ):
    made = signatures.shapes(networks[one])[1]
    for name in (other, judge):
      _check_takes(name, networks[name], one, made)


def check_pairs(generator: keras.Model, discriminator: keras.Model) -> None:
  """Raises unless a discriminator takes a generator's inputs and its images.

  Args:
    generator: The generator, which is built.
    discriminator: A network of the generator's inputs, and of images behind
      them.

  Raises:
    ValueError: If one is no network, or shapes do not fit.
  """
  networks = {"generator": generator, "discriminator": discriminator}
  for name, network in networks.items():
    network_checks.check_network(network, name)
    compression.check_wrappers(network, name)
    _check_built(name, network)
  maker, judge = map(signatures.as_functional, (generator, discriminator))
  wanted = [tuple(x.shape) for x in (*maker.inputs, *maker.outputs)]
  taken = [tuple(x.shape) for x in judge.inputs]
  fits = len(taken) == len(wanted) and all(
    tf.TensorShape(a).is_compatible_with(b)
    for a, b in zip(taken, wanted, strict=True)
  )
  if not fits:
    raise ValueError(
      f"`discriminator` {discriminator.name!r} takes {_text(taken)}, and must"
      f" take the generator's inputs and its images, {_text(wanted)}; use"
      " tgp.networks.patch_discriminator(image_shape, condition_shape)."
    )


def _text(shapes: Iterable[tuple]) -> str:
  return ", ".join(str(tuple(x)[1:]) for x in shapes)


def _check_built(name: str, network) -> None:
  if not network.built:
    raise ValueError(
      f"`{name}` {network.name!r} does not know what images it takes; call it"
      " once on some, or give it a keras.Input."
    )


def _check_takes(name, network, maker: str, made: tuple) -> None:
  taken = signatures.shapes(network)[0]
  if not tf.TensorShape(taken).is_compatible_with(made):
    raise ValueError(
      f"`{maker}` makes images of shape {made[1:]}, and `{name}` takes"
      f" {taken[1:]}; give both the same height, width and channels."
    )


def pair(data) -> Sequence:
  """Returns the two parts of a batch.

  Args:
    data: A batch of a data set.

  Raises:
    ValueError: If it has not two parts.
  """
  if not isinstance(data, tuple | list) or len(data) != 2:
    raise ValueError(f"A batch must be a pair of images; {_PAIRS}.")
  return data


def check_unpaired(gan, x, y) -> None:
  """Raises unless data of `fit` are images of both domains of a cycle.

  Args:
    gan: A GAN of `generator_G` and `generator_F`, compiled.
    x: A data set, or an array.
    y: With an array, another.

  Raises:
    ValueError: If they are not; the message names the part.
  """
  wanted = {
    "The images of x": signatures.shapes(gan.network("generator_F"))[1],
    "The images of y": signatures.shapes(gan.network("generator_G"))[1],
  }
  _check_compiled(gan)
  for (title, taken), shape in zip(wanted.items(), _parts(x, y), strict=True):
    _check_shapes(title, [shape[0]] if len(shape) > 1 else shape, [taken])


def check_pair_data(gan, x, y) -> None:
  """Raises unless data of `fit` are inputs and targets of a generator.

  Args:
    gan: A GAN of a `generator`, compiled.
    x: A data set; or an array, or a list of arrays, of inputs.
    y: With arrays, the targets.

  Raises:
    ValueError: If they are not; the message names the part.
  """
  _check_compiled(gan)
  given, targets = _parts(x, y)
  generator = signatures.as_functional(gan.network("generator"))
  _check_shapes("The inputs", given, [x.shape for x in generator.inputs])
  _check_shapes("The targets", targets, [x.shape for x in generator.outputs])


def _check_compiled(gan) -> None:
  if not gan._is_compiled:
    raise ValueError("Call `compile` with an optimizer for each network first.")


def _check_shapes(title: str, found: list, wanted: list) -> None:
  fits = len(found) == len(wanted) and all(
    tf.TensorShape(a).is_compatible_with(b)
    for a, b in zip(found, wanted, strict=True)
  )
  if not fits:
    raise ValueError(
      f"{title} have the shape {_text(map(tuple, found))}, and the networks"
      f" want {_text(wanted)}; resize them, or change the networks."
    )


def _parts(x, y) -> tuple[list, list]:
  """Returns the shapes of both parts of the data of `fit`, batch None."""
  if isinstance(x, tf.data.Dataset):
    if x.cardinality() == 0:
      raise ValueError(f"`x` has no images; {_PAIRS}.")
    spec = x.element_spec
    if not isinstance(spec, tuple | list) or len(spec) != 2:
      count = len(spec) if isinstance(spec, tuple | list | dict) else 1
      raise ValueError(f"`x` has batches of {count} parts, not of 2; {_PAIRS}.")
    first, second = ([one.shape for one in tf.nest.flatten(x)] for x in spec)
    return first, second
  if x is None or y is None:
    missing = "x" if x is None else "y"
    raise ValueError(f"`{missing}` is missing; {_PAIRS}.")
  first, second = tf.nest.flatten(x), tf.nest.flatten(y)
  counts = {len(one) for one in (*first, *second)}
  if len(counts) > 1 or 0 in counts:
    texts = [f"{len(one):,}" for one in (*first, *second)]
    raise ValueError(
      f"`x` and `y` have {', '.join(texts)} images; pass as many of each, and"
      " at least one."
    )
  return _of_rows(first), _of_rows(second)


def _of_rows(arrays: list) -> list[tf.TensorShape]:
  return [tf.TensorShape([None, *one.shape[1:]]) for one in arrays]
