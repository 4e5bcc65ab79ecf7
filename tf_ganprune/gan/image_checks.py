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
"""Checks of the networks, arguments and real images of an image GAN."""

import contextlib

import tensorflow as tf

from tf_ganprune import arguments, bounds, compression, regularizers
from tf_ganprune.graphs import network_checks, signatures
from tf_ganprune.keras_compat import keras

_NO_IMAGES = "`x` has no images; pass `fit` at least one batch of them."
_RANGE_ERROR = "must lie in the range of"
_BATCHES = ("Real images", "Images of x", "Images of y", "Targets")
# How what is said of a batch begins and ends.
_SENTENCES = (
  *((f"{which} {_RANGE_ERROR}", "activation.") for which in _BATCHES),
  ("Labels must be whole numbers from", "these are not."),
)


def check_networks(discriminator, generator, latent_dim: int) -> None:
  """Raises unless latents fit the generator, and its images the discriminator.

  Networks that do not know their input shape yet are built.

  Args:
    discriminator: A network that takes images.
    generator: A network that takes latents.
    latent_dim: The size of a latent vector.

  Raises:
    ValueError: If a network or `latent_dim` does not fit.
  """
  network_checks.check_network(discriminator, "discriminator")
  network_checks.check_network(generator, "generator")
  compression.check_wrappers(discriminator, "discriminator")
  compression.check_wrappers(generator, "generator")
  arguments.whole("latent_dim", latent_dim, 1)
  build(generator, (None, latent_dim))
  takes, makes = signatures.shapes(generator)
  if takes[1:] != (latent_dim,):
    raise ValueError(
      f"`latent_dim` is {latent_dim}, and the generator {generator.name!r}"
      f" takes latents of shape {takes[1:]}."
    )
  build(discriminator, makes)
  made, taken = makes[1:], signatures.shapes(discriminator)[0][1:]
  if any(
    a != b for a, b in zip(made, taken, strict=False) if None not in (a, b)
  ) or len(made) != len(taken):
    raise ValueError(
      f"The generator makes images of shape {made}, and the discriminator takes"
      f" {taken}; give both the same height, width and channels."
    )
  bounds.bounds(generator)  # found here, so that no train step has to


def build(network, input_shape) -> None:
  """Builds a network that does not know its input shape yet."""
  if network.built:
    return
  if signatures.is_graph(network):
    network.build(input_shape)
  else:
    network(keras.Input(input_shape[1:]))


def build_like(network, other) -> None:
  """Builds a network that does not know its input shape, with another's."""
  if not network.built:
    args, kwargs = signatures.call_specs(other)
    args, kwargs = signatures.symbolic_inputs((args, kwargs))
    network(*args, **kwargs)


def check_numbers(discriminator_steps, r1_weight) -> None:
  """Raises unless `discriminator_steps` and `r1_weight` are in range."""
  arguments.whole("discriminator_steps", discriminator_steps, 1)
  check_not_negative("r1_weight", r1_weight)


def check_once(argument: str, weight: float, kind: str, given: dict) -> None:
  """Raises if one penalty is asked for by its weight and as a regularizer.

  Args:
    argument: The name of the argument with the weight.
    weight: The weight of the penalty.
    kind: The kind of the regularizer that is the same penalty.
    given: The other arguments, which may have `regularizers`.
  """
  kinds = [x.kind for x in regularizers.get_all(given.get("regularizers", ()))]
  if weight and kind in kinds:
    raise ValueError(
      f"`{argument}` is {weight:g}, and `regularizers` has {kind!r}, which is"
      f" the same penalty; leave one of them out ({argument}=0)."
    )


def check_batch_size(generator_batch_size) -> None:
  """Raises unless `generator_batch_size` is None or a whole number above 0."""
  if generator_batch_size is not None:
    arguments.whole("generator_batch_size", generator_batch_size, 1)


def check_adversarial_weight(weight: float, teacher, distillation) -> None:
  """Raises if `adversarial_weight` is set without a loss from a teacher.

  Args:
    weight: The weight of the adversarial loss.
    teacher: The network to learn from, or None.
    distillation: The losses between the networks and a teacher.
  """
  check_not_negative("adversarial_weight", weight)
  if teacher is None and weight != 1.0 and not distillation:
    raise ValueError(
      "`adversarial_weight` is set, and there is no `teacher` to learn from;"
      " pass the trained generator as `teacher`."
    )


def check_not_negative(name: str, value: float) -> None:
  """Raises unless `value` is a number from 0 up."""
  if not 0.0 <= value < float("inf"):
    raise ValueError(f"`{name}` must not be negative; got {value}.")


def check_data(gan, x) -> None:
  """Raises if the data of `fit` are empty, or images of the wrong shape."""
  if not gan._is_compiled:
    raise ValueError("Call `compile(d_optimizer, g_optimizer)` before `fit`.")
  if isinstance(x, tf.data.Dataset):
    if x.cardinality() == 0:
      raise ValueError(_NO_IMAGES)
    spec = tf.nest.flatten(x.element_spec)[0]
    _check_shape(gan, spec.shape)
  elif hasattr(x, "shape"):
    if not x.shape or x.shape[0] == 0:
      raise ValueError(_NO_IMAGES)
    _check_shape(gan, tf.TensorShape([None, *x.shape[1:]]))


def _check_shape(gan, shape) -> None:
  taken = network_checks.first_taken(gan.discriminator)
  if not shape.is_compatible_with(taken):
    raise ValueError(
      f"The real images have the shape {shape}, and the discriminator takes"
      f" {taken}. Batches must be [n, height, width, channels]."
    )


def check_shape(network, examples) -> None:
  """Raises unless a network takes real examples of their shape."""
  taken = network_checks.first_taken(network)
  shape = tf.TensorShape([None, *examples.shape[1:]])
  if not shape.is_compatible_with(taken):
    raise ValueError(
      f"The real examples have the shape {shape}, and {network.name!r} takes"
      f" {taken}."
    )


def checked_images(
  gan, data, generator: str = "generator", which: str = "Real images"
) -> tf.Tensor:
  """Returns a batch's images as floats, with a check of their range.

  Args:
    gan: The GAN.
    data: A batch of images, or a tuple that begins with one.
    generator: The name of the network that makes such images.
    which: The images' name in the error message.
  """
  images = tf.cast(tf.nest.flatten(data)[0], gan.variable_dtype)
  low, high, message = _bounds(gan, generator, which)
  fits = (tf.reduce_min(images) >= low) & (tf.reduce_max(images) <= high)
  gan._watch.refuse(~fits, message)  # XLA drops assertions
  with tf.control_dependencies([tf.debugging.Assert(fits, [message])]):
    return tf.identity(images)


def check_images(gan, images) -> None:
  """Raises unless an array has images like those that a GAN is trained on.

  Args:
    gan: The GAN.
    images: `[n, height, width, channels]`.

  Raises:
    ValueError: If the discriminator does not take their shape, or their values
      are out of the generator's range.
  """
  _check_shape(gan, tf.TensorShape([None, *images.shape[1:]]))
  check_range(gan, images)


def check_range(gan, images, generator: str = "generator") -> None:
  """Raises unless an array's values are in the range of a network's images.

  Args:
    gan: The GAN.
    images: Images of any shape.
    generator: The name of the network.

  Raises:
    ValueError: If values are out of the range.
  """
  low, high, message = _bounds(gan, generator)
  if not low <= images.min() <= images.max() <= high:
    raise ValueError(message)


def _bounds(
  gan, generator: str = "generator", which: str = "Real images"
) -> tuple[float, float, str]:
  """Returns the lowest and highest value of images, and an error's message."""
  low, high = bounds.bounds(gan.network(generator))
  name = "the generator" if generator == "generator" else generator
  message = (
    f"{which} {_RANGE_ERROR} {name}, {low:g} to {high:g}, and these do not."
    " Scale the images,"
    " or change the generator's last activation."
  )
  slack = 1e-3 * (high - low) if high - low < float("inf") else 0.0
  return low - slack, high + slack, message


def _own_sentence(message: str) -> str | None:
  """Returns what a check of a batch said, without what TensorFlow adds."""
  for start, end in _SENTENCES:
    if start in message:
      return start + message.split(start, 1)[1].split(end)[0] + end
  return None


@contextlib.contextmanager
def clear_errors():
  """Turns errors of the graph and of Keras on bad data into one sentence."""
  try:
    yield
  except tf.errors.InvalidArgumentError as error:
    if (sentence := _own_sentence(error.message)) is None:
      raise
    raise ValueError(sentence) from None
  except ValueError as error:
    if "Empty logs" not in str(error):
      raise
    raise ValueError(_NO_IMAGES) from None
