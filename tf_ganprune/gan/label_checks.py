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
"""Checks of labels, and of the networks that take them."""

import warnings

import numpy as np
import tensorflow as tf

from tf_ganprune import arguments, bounds, compression, inputs
from tf_ganprune.graphs import calling, network_checks, signatures

_PROBES = 64
_IGNORED = 0.01  # of how much images differ by their latents
_OUT_OF_RANGE = "Labels must be whole numbers from"


def source_of(generator, latent_dim: int, num_classes: int):
  """Returns what a conditional generator is given.

  Args:
    generator: The network, built.
    latent_dim: Length of a latent.
    num_classes: How many classes there are.

  Returns:
    A `tgp.inputs.LabelledLatents`; its labels are one-hot if the generator has
    one input.

  Raises:
    ValueError: If the generator does not take such inputs.
  """
  network_checks.check_network(generator, "generator")
  compression.check_wrappers(generator, "generator")
  latent_dim = arguments.whole("latent_dim", latent_dim, 1)
  num_classes = arguments.whole("num_classes", num_classes, 2)
  taken = _taken(generator, "generator")
  source = inputs.LabelledLatents(latent_dim, num_classes, len(taken) == 1)
  wanted = [tuple(x.shape[1:]) for x in tf.nest.flatten(source.specs)]
  if [_flat(x) for x in taken] != [_flat(x) for x in wanted]:
    raise ValueError(
      f"The generator {generator.name!r} takes {_text(taken)}, and with"
      f" `latent_dim` {latent_dim} and `num_classes` {num_classes} it must take"
      f" latents and labels, ({latent_dim},) and (), or both in one tensor,"
      f" ({latent_dim + num_classes},), the labels one-hot."
    )
  return source


def _taken(network, name: str) -> list[tuple]:
  """Returns the shapes of a network's inputs, without the batch."""
  try:
    specs = signatures.call_specs(network)
  except ValueError:
    raise ValueError(
      f"The {name} {network.name!r} is not built, so what it takes is not"
      " known; call it once."
    ) from None
  return [tuple(x.shape[1:]) for x in tf.nest.flatten(specs) if x is not None]


def _flat(shape: tuple) -> tuple:
  """Returns the shape of labels `[n, 1]` as that of labels `[n]`."""
  return () if shape == (1,) else shape


def _text(shapes) -> str:
  return " and ".join(map(str, shapes))


def takes_labels(discriminator) -> bool:
  """Whether a discriminator takes labels beside images."""
  return len(_taken(discriminator, "discriminator")) > 1


def check_networks(discriminator, generator, source, auxiliary_weight) -> None:
  """Raises unless a discriminator judges what a generator makes.

  Args:
    discriminator: As of `ConditionalGAN`.
    generator: As well.
    source: What the generator is given.
    auxiliary_weight: As of `ConditionalGAN`.

  Raises:
    ValueError: With what does not fit.
  """
  network_checks.check_network(discriminator, "discriminator")
  compression.check_wrappers(discriminator, "discriminator")
  images, *labels = _taken(discriminator, "discriminator")
  made = _made(generator)[0]
  if made != images:
    raise ValueError(
      f"The generator makes images of shape {made}, and the discriminator"
      f" takes {images}."
    )
  _check_outputs(discriminator, source.num_classes, auxiliary_weight)
  if len(labels) > 1 or [_flat(x) for x in labels] not in ([], [()]):
    raise ValueError(
      f"The discriminator {discriminator.name!r} takes {_text(labels)} beside"
      " images, and labels have the shape ()."
    )
  if not labels and not auxiliary_weight:
    raise ValueError(
      f"The discriminator {discriminator.name!r} takes images alone, so it"
      " never sees a label: let it take [images, labels], or return logits of"
      " the classes as well and set `auxiliary_weight`."
    )
  bounds.bounds(generator)  # found here, so that no train step has to


def _made(network) -> list[tuple]:
  """Returns the shapes of a network's outputs, without the batch."""
  outputs = tf.nest.flatten(signatures.as_functional(network).outputs)
  return [tuple(x.shape[1:]) for x in outputs]


def _check_outputs(discriminator, num_classes, auxiliary_weight) -> None:
  made = _made(discriminator)
  wanted = [(1,), (num_classes,)] if auxiliary_weight else [(1,)]
  if made == wanted:
    return
  remedy = ""
  if made[:1] == [(1,)] and len(made) == 2 and not auxiliary_weight:
    remedy = "; set `auxiliary_weight`, such as 1.0, to train the second"
  raise ValueError(
    f"The discriminator {discriminator.name!r} makes {_text(made)}, and with"
    f" `auxiliary_weight` {auxiliary_weight:g} and `num_classes` {num_classes}"
    f" it must make {_text(wanted)}{remedy}."
  )


def check_data(gan, x, y, lowest: int = 0) -> None:
  """Raises where `fit` can see beforehand that labels will not do.

  Args:
    gan: The GAN.
    x: As of `fit`.
    y: As well.
    lowest: The lowest label; -1 where images may have none.
  """
  if isinstance(x, tf.data.Dataset):
    pair(x.element_spec)
  elif y is None and not isinstance(x, tuple | list):
    raise ValueError(
      "The images have no labels: call `fit(images, labels)`, or pass a data"
      " set of (images, labels)."
    )
  elif y is not None and len(y) != len(x):
    raise ValueError(
      f"There are {len(x)} images and {len(y)} labels; there must be one label"
      " for each image."
    )
  elif y is not None:
    _check_numbers(gan, np.asarray(y), lowest)


def _check_numbers(gan, labels: np.ndarray, lowest: int) -> None:
  _check_type(labels.dtype, labels.shape)
  if not labels.size:
    return
  least, most = labels.min(), labels.max()
  if not lowest <= least <= most < gan.num_classes:
    raise ValueError(
      f"{_OUT_OF_RANGE} {lowest} to {gan.num_classes - 1}; got {least} to"
      f" {most}."
    )


def pair(data) -> tuple:
  """Returns the images and the labels of a batch, or of its specs.

  Args:
    data: What a data set has.

  Raises:
    ValueError: If it is no pair.
  """
  if isinstance(data, tuple | list) and len(data) == 2:
    return tuple(data)
  raise ValueError(
    "The data set has no labels: its batches must be pairs of images and labels"
    " (`as_supervised=True`, with TFDS)."
  )


def _check_type(dtype, shape) -> None:
  dtype = tf.as_dtype(dtype)
  if (
    not dtype.is_integer
    or len(shape) not in (1, 2)
    or shape[1:]
    not in (
      (),
      (1,),
    )
  ):
    raise ValueError(
      "Labels must be whole numbers, one for each image, [n]; got"
      f" {dtype.name} of shape {list(shape)}."
    )


def checked(gan, labels, lowest: int = 0) -> tf.Tensor:
  """Returns a batch's labels, `[n]` int32, with a check in the graph.

  Args:
    gan: The GAN.
    labels: `[n]` or `[n, 1]`.
    lowest: The lowest label.
  """
  _check_type(labels.dtype, tuple(labels.shape))
  labels = tf.reshape(tf.cast(labels, tf.int32), [-1])
  message = (
    f"{_OUT_OF_RANGE} {lowest} to {gan.num_classes - 1}, and these are not."
  )
  fits = tf.reduce_all((labels >= lowest) & (labels < gan.num_classes))
  gan._watch.refuse(~fits, message)  # XLA drops assertions
  with tf.control_dependencies([tf.debugging.Assert(fits, [message])]):
    return tf.identity(labels)


def warn_if_ignored(gan) -> None:
  """Warns if images hardly differ by their labels.

  Args:
    gan: A `ConditionalGAN`.
  """
  share = difference_of_labels(gan)
  if share < _IGNORED:
    warnings.warn(
      "The generator ignores its labels: images of one latent and two classes"
      f" differ by {share:.2g} of what those of two latents do. Train longer,"
      " or try another conditioning or an `auxiliary_weight`.",
      stacklevel=3,
    )


def difference_of_labels(gan) -> float:
  """Returns how much labels change images, in units of what latents do.

  Args:
    gan: A `ConditionalGAN`.
  """
  source, n = gan.input_source, _PROBES
  latents = [source.latents(source.draw(n, seed=x, labels=0)) for x in (0, 1)]
  labels = np.arange(n) % gan.num_classes
  other = (labels + 1) % gan.num_classes

  def images(latents, labels):
    drawn = source.draw(n, seed=0, labels=labels)
    network = gan.averaged("generator")
    return calling.called(network, source.with_latents(drawn, latents))

  base = images(latents[0], labels)
  by_label = tf.reduce_mean(tf.abs(images(latents[0], other) - base))
  by_latent = tf.reduce_mean(tf.abs(images(latents[1], labels) - base))
  return float(by_label / tf.maximum(by_latent, 1e-12))
