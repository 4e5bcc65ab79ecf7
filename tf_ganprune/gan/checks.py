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
"""What a GAN refuses before, or while, it trains: one sentence each."""

import contextlib
import itertools
import keyword
from collections.abc import Mapping

import tensorflow as tf

from tf_ganprune import bounds, compression, inputs, signatures
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import prune

_RANGE_ERROR = "Real images must lie in the range of the generator"


def check_names(gan, networks: Mapping) -> None:
  """Raises unless a GAN can have its networks as attributes.

  Args:
    gan: A GAN that has none yet.
    networks: By name.
  """
  if not networks:
    raise ValueError(f"{type(gan).__name__} has no networks to train.")
  for name, network in networks.items():
    is_name = isinstance(name, str) and name.isidentifier()
    if not is_name or name.startswith("_") or keyword.iskeyword(name):
      raise ValueError(
        f"{name!r} will not do as the name of a network, which is an attribute"
        " of the GAN; call it 'generator_G', say."
      )
    if hasattr(type(gan), name) or hasattr(gan, name):
      raise ValueError(
        f"A network is named {name!r}, and {type(gan).__name__} has an"
        f" attribute of that name already; call it '{name}_network', say."
      )
    prune.check_network(network, name)
    compression.check_wrappers(network, name)


def check_apart(networks: Mapping) -> None:
  """Raises if a network trains all of another's weights.

  Layers that two networks have in common, beside others, are fine.

  Args:
    networks: By name; those that are not built are passed over.
  """
  weights = {
    name: {x.ref(): x.name for x in network.weights}
    for name, network in networks.items()
    if network.built
  }
  for one, other in itertools.permutations(weights, 2):
    if networks[one] is networks[other]:
      raise ValueError(f"`{one}` and `{other}` are the same network.")
    if weights[one] and set(weights[one]) <= set(weights[other]):
      raise ValueError(
        f"`{one}` and `{other}` share weights, such as"
        f" {next(iter(weights[one].values()))!r}, as a network and its pruned"
        " or stripped form do; clone one of them with"
        " `tf_ganprune.keras.models.clone_model` and `set_weights`."
      )


def check_averages(
  networks: Mapping, average, ema_decay, is_taught: bool
) -> None:
  """Raises unless moving averages can be made as a GAN says.

  Args:
    networks: By name.
    average: Names of those that have one.
    ema_decay: Its decay, or None.
    is_taught: Whether there are teachers, which have one if they learn.
  """
  check_decay(ema_decay)
  if ema_decay is not None and not average and not is_taught:
    raise ValueError(
      "`ema_decay` is set, and no network has a moving average; name those that"
      " shall have one in `average`, or leave it out."
    )
  for name in average:
    if name not in networks:
      raise ValueError(
        f"`average` has {name!r}, and there is no such network, but"
        f" {', '.join(networks)}."
      )


def check_decay(ema_decay: float | None) -> None:
  """Raises unless a decay lies between 0 and 1, or is None."""
  if ema_decay is not None and not 0.0 < ema_decay < 1.0:
    raise ValueError(
      f"`ema_decay` must lie between 0 and 1, or be None; got {ema_decay}."
    )


def check_inputs(gan) -> None:
  """Raises unless the network that ships takes what it is given."""
  source, network = gan.input_source, gan.networks[gan.exported[0]]
  if source is None:
    return
  if not inputs.is_inputs(source):
    raise ValueError(
      "`inputs` must be an object of tgp.inputs, such as"
      f" tgp.inputs.Latents(64); got {source!r}."
    )
  if network.built:
    source.check(network)


def input_source(gan):
  """Returns what a GAN's networks that ship are given.

  Raises:
    ValueError: If nobody said so.
  """
  if gan.input_source is None:
    raise ValueError(
      f"{type(gan).__name__} does not know what its {gan.exported[0]!r} is"
      " given; pass `inputs` to its constructor, such as tgp.inputs.Latents(64)"
      " or tgp.inputs.Examples(images)."
    )
  return gan.input_source


def check_count(n: int) -> None:
  """Raises unless `n` is a number of examples."""
  if isinstance(n, str) or not hasattr(n, "__index__"):
    raise ValueError(f"`n` must be a whole number of at least 1; got {n!r}.")
  if n < 1:
    raise ValueError(f"`n` must be at least 1; got {n}.")


def check_networks(discriminator, generator, latent_dim: int) -> None:
  """Raises unless latents fit the generator, and its images the other network.

  Builds networks that do not know their input shape yet.
  """
  prune.check_network(discriminator, "discriminator")
  prune.check_network(generator, "generator")
  compression.check_wrappers(discriminator, "discriminator")
  compression.check_wrappers(generator, "generator")
  if isinstance(latent_dim, bool) or int(latent_dim) != latent_dim:
    raise ValueError(f"`latent_dim` must be a whole number; got {latent_dim}.")
  if latent_dim < 1:
    raise ValueError(f"`latent_dim` must be at least 1; got {latent_dim}.")
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
      f" {taken}."
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
  """Builds a network that does not know its inputs, for those of another."""
  if not network.built:
    args, kwargs = signatures.call_specs(other)
    args, kwargs = signatures.symbolic_inputs((args, kwargs))
    network(*args, **kwargs)


def check_numbers(discriminator_steps, r1_weight) -> None:
  """Raises unless the numbers of a GAN's constructor are in range."""
  if discriminator_steps != int(discriminator_steps) or discriminator_steps < 1:
    raise ValueError(
      "`discriminator_steps` must be a whole number above 0; got"
      f" {discriminator_steps}."
    )
  check_not_negative("r1_weight", r1_weight)


def check_batch_size(generator_batch_size) -> None:
  """Raises unless a batch size is a whole number above 0, or None."""
  if generator_batch_size is None:
    return
  is_whole = isinstance(generator_batch_size, int)
  if not is_whole or generator_batch_size < 1:
    raise ValueError(
      "`generator_batch_size` must be a whole number above 0, or None; got"
      f" {generator_batch_size!r}."
    )


def check_adversarial_weight(weight: float, teacher, distillation) -> None:
  """Raises unless there is something beside an adversarial loss with a weight.

  Args:
    weight: Of the adversarial loss.
    teacher: A network, or None.
    distillation: What is learnt from it.
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
  """Raises where `fit` can see beforehand that the images will not do."""
  if not gan._is_compiled:
    raise ValueError("Call `compile(d_optimizer, g_optimizer)` before `fit`.")
  if isinstance(x, tf.data.Dataset):
    if x.cardinality() == 0:
      raise ValueError("The data set has no images.")
    spec = tf.nest.flatten(x.element_spec)[0]
    _check_shape(gan, spec.shape)
  elif hasattr(x, "shape"):
    if not x.shape or x.shape[0] == 0:
      raise ValueError("The data set has no images.")
    _check_shape(gan, tf.TensorShape([None, *x.shape[1:]]))


def _check_shape(gan, shape) -> None:
  taken = tf.TensorShape(signatures.shapes(gan.discriminator)[0])
  if not shape.is_compatible_with(taken):
    raise ValueError(
      f"The real images have the shape {shape}, and the discriminator takes"
      f" {taken}. Batches must be [n, height, width, channels]."
    )


def check_shape(network, examples) -> None:
  """Raises unless a network takes examples of that shape."""
  taken = tf.TensorShape(signatures.shapes(network)[0])
  shape = tf.TensorShape([None, *examples.shape[1:]])
  if not shape.is_compatible_with(taken):
    raise ValueError(
      f"The real examples have the shape {shape}, and {network.name!r} takes"
      f" {taken}."
    )


def checked_images(gan, data) -> tf.Tensor:
  """Returns a batch's images, with a check of their range in the graph."""
  images = tf.cast(tf.nest.flatten(data)[0], gan.variable_dtype)
  low, high, message = _bounds(gan)
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
    ValueError: If the discriminator does not take them, or they are out of the
      generator's range.
  """
  _check_shape(gan, tf.TensorShape([None, *images.shape[1:]]))
  low, high, message = _bounds(gan)
  if not low <= images.min() <= images.max() <= high:
    raise ValueError(message)


def _bounds(gan) -> tuple[float, float, str]:
  """Returns what images may be, with what to say of others."""
  low, high = bounds.bounds(gan.generator)
  message = (
    f"{_RANGE_ERROR}, {low:g} to {high:g}, and these do not. Scale them, or"
    " change its last activation."
  )
  slack = 1e-3 * (high - low) if high - low < float("inf") else 0.0
  return low - slack, high + slack, message


@contextlib.contextmanager
def clear_errors():
  """Turns what the graph or Keras says of bad data into one sentence."""
  try:
    yield
  except tf.errors.InvalidArgumentError as error:
    start = error.message.find(_RANGE_ERROR)
    if start < 0:
      raise
    sentence = error.message[start:].split("activation.")[0] + "activation."
    raise ValueError(sentence) from None
  except ValueError as error:
    if "Empty logs" not in str(error):
      raise
    raise ValueError("The data set has no images.") from None
