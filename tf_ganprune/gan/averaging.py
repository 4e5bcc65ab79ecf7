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
"""Moving averages of networks' weights, as sparse as the networks."""

import functools
from typing import Any

import numpy as np
import tensorflow as tf

from tf_ganprune import array_types, replicas, states
from tf_ganprune.gan import freezing
from tf_ganprune.graphs import clones, signatures
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import strip
from tf_ganprune.sparsity.wrapping import wrapped_layers


def copy_of(network: keras.Model, what: str = "ema_decay") -> keras.Model:
  """Returns a copy of a network with weights of its own, without wrappers.

  Args:
    network: A built model, pruned or not.
    what: The name of the argument that needs the copy, for the message.

  Returns:
    A model that computes the same.

  Raises:
    ValueError: If the network is subclassed, and its `get_config` is missing or
      incomplete.
  """
  stripped = strip.strip_pruning(network)
  is_graph = signatures.is_graph(stripped)
  make = clones.clone if is_graph else functools.partial(_another, what=what)
  copy = make(stripped)
  copy._name = f"ema_{network.name}"
  with freezing.unfrozen(copy), freezing.unfrozen(stripped):
    copy.set_weights(stripped.get_weights())
  if not is_graph:
    _check_same(stripped, copy, what)
  return copy


def _another(network: keras.Model, what: str) -> keras.Model:
  """Returns another built model of a subclass, from the config of one."""
  try:
    copy = type(network).from_config(network.get_config())
  except (NotImplementedError, TypeError) as error:
    raise ValueError(
      f"`{what}` needs a second network like {network.name!r}, and"
      f" {type(network).__name__} cannot be made from its config ({error})."
      f" Give it `get_config`, or do without `{what}`."
    ) from None
  args, kwargs = signatures.symbolic_inputs(signatures.call_specs(network))
  copy(*args, **kwargs)
  return copy


def _check_same(network, copy, what: str) -> None:
  """Raises unless a copy from a config computes the same as the network."""
  args, kwargs = tf.nest.map_structure(
    lambda spec: tf.cast(tf.fill([2, *spec.shape[1:]], 0.5), spec.dtype),
    signatures.call_specs(network),
  )
  with states.Kept(network, copy):
    outputs = [
      tf.nest.flatten(x(*args, training=False, **kwargs))
      for x in (network, copy)
    ]
  for ours, theirs in zip(*outputs, strict=True):
    if not np.allclose(ours, theirs, 1e-3, 1e-4):
      raise ValueError(
        f"`{what}` needs a second network like {network.name!r}, and one that"
        f" is made from {type(network).__name__}.get_config computes something"
        " else. Put every argument of its constructor into `get_config`, or"
        f" do without `{what}`."
      )


class Follower:
  """Moves a copy's weights towards a network's after each of its updates.

  The decay after t updates is min(decay, (1 + t) / (10 + t)), which grows from
  0.1, so that the first weights soon have no share. Batch statistics are
  averaged too. Weights whose mask is 0 are 0 in the average at once.

  Example:
    `Follower(generator, copy_of(generator), 0.999).update(step)`
  """

  def __init__(self, network: keras.Model, copy: keras.Model, decay: float):
    self._decay = decay
    masks = {
      weight.ref(): mask
      for layer in wrapped_layers.pruned_layers(network)
      for weight, mask, _ in layer.pruning_vars
    }
    _check_precision(network)
    stripped = strip.strip_pruning(network)
    with freezing.unfrozen(copy), freezing.unfrozen(stripped):
      pairs = list(zip(copy.weights, stripped.weights, strict=True))
    self._dense = [pair for pair in pairs if pair[1].ref() not in masks]
    self._pruned = [
      (average, weight, masks[weight.ref()])
      for average, weight in pairs
      if weight.ref() in masks
    ]
    copy.trainable = False

  def update(self, num_updates: tf.Tensor, made: tf.Tensor = 1) -> None:
    """Moves the copy's weights once.

    Args:
      num_updates: How many updates the network has had, a scalar.
      made: 0 if it has had none since the last call, a scalar; then the copy
        stays.
    """
    t = tf.cast(num_updates, tf.float32)
    decay = tf.minimum(self._decay, (1.0 + t) / (10.0 + t))
    made = tf.cast(made, tf.bool)
    replicas.update(self._dense, _move, decay, made)
    replicas.update(self._pruned, _move_pruned, decay, made)

  def restart(self) -> None:
    """Copies the network's weights as they are, as at the beginning."""
    for average, weight, *_ in (*self._dense, *self._pruned):
      average.assign(weight)

  def mask(self) -> None:
    """Sets the copy to 0 where the network's masks are 0."""
    for average, _, mask in self._pruned:
      average.assign(tf.math.multiply_no_nan(average, mask))


class Followers:
  """Moves the averages of a GAN's networks, its attributes `ema_<network>`.

  Example:
    >>> followers = Followers(gan)
    >>> followers.begin("generator")
    >>> followers.update("generator", gan.g_optimizer.iterations, 1)
  """

  def __init__(self, gan):
    """Creates the record for a GAN, without averages."""
    self._gan = gan
    self._followers = {}

  def begin(self, name: str) -> None:
    """Begins the moving average of a network, unless it has one.

    Args:
      name: The name of the network.
    """
    gan = self._gan
    if name not in gan.averages:
      setattr(gan, gan.average_name(name), copy_of(gan.networks[name]))
    self._follow(name)

  def _follow(self, name: str) -> None:
    gan = self._gan
    self._followers[name] = Follower(
      gan.networks[name], gan.averages[name], gan.ema_decay
    )

  def renew(self) -> None:
    """Looks up the networks' masks again, after they were exchanged."""
    for name in self._followers:
      self._follow(name)

  def update(self, name: str, num_updates: tf.Tensor, made: tf.Tensor) -> None:
    """Moves a network's average after its update, if it has an average.

    Args:
      name: The name of the network.
      num_updates: How many updates the network has had, a scalar.
      made: How many it had just now, 0 or 1.
    """
    if name in self._followers:
      self._followers[name].update(num_updates, made)

  def mask(self) -> None:
    """Sets the averages to 0 where their networks' masks are 0."""
    for follower in self._followers.values():
      follower.mask()

  def restart(self) -> None:
    """Copies the networks' weights as they are into the averages."""
    for follower in self._followers.values():
      follower.restart()


def _check_precision(network) -> None:
  for weight in network.weights:
    if weight.dtype.is_floating and weight.dtype.size < 4:
      raise ValueError(
        f"A moving average needs float32 weights: {weight.name!r} of"
        f" {network.name!r} is {weight.dtype.name}, in which small steps are"
        " lost. Use a mixed precision policy, or leave the average"
        " (`ema_decay`) out."
      )


def _moved(average, weight, decay, made) -> tf.Tensor:
  moved = weight + tf.cast(decay, weight.dtype) * (average - weight)
  return tf.where(made, moved, average)


def _move(average, weight, decay, made) -> None:
  is_number = average.dtype.is_floating
  average.assign(_moved(average, weight, decay, made) if is_number else weight)


def _move_pruned(average, weight, mask, decay, made) -> None:
  moved = _moved(average, weight, decay, made)
  average.assign(tf.math.multiply_no_nan(moved, mask))


@keras.utils.register_keras_serializable(package="tf_ganprune")
class MovingAverage(keras.layers.Layer):
  """The moving average of a network, for training loops of one's own.

  The averaged copy has no pruning wrappers, is frozen, and is 0 where the
  network's mask is. Make it after the network is pruned. As an attribute of a
  model it is in the model's checkpoints and weights files. This is the moving
  average of Karras et al. 2018, https://arxiv.org/abs/1710.10196, with a
  warm-up.

  Attributes:
    network: The averaged copy, to sample from and to export.

  Example:
    >>> average = tgp.MovingAverage(generator, decay=0.999)
    >>> optimizer.apply_gradients(zip(gradients, variables))
    >>> average.update()
    >>> images = average.network(latents, training=False)
  """

  def __init__(self, network: keras.Model, decay: float = 0.999):
    """Copies a network.

    Args:
      network: A built model, pruned or not.
      decay: The share of the average that stays at an update, in (0, 1).

    Raises:
      ValueError: If the decay is out of range, or the network cannot be
        copied.
    """
    super().__init__(name="moving_average", trainable=False)
    if not 0.0 < decay < 1.0:
      raise ValueError(f"`decay` must be in (0, 1); got {decay!r}.")
    self.network = copy_of(network, "MovingAverage")
    self.num_updates = self.add_weight(
      "num_updates",
      shape=(),
      initializer="zeros",
      dtype=tf.int64,
      trainable=False,
      aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA,
    )
    self._follower = Follower(network, self.network, decay)
    self.built = True

  def call(self, *args: Any, **kwargs: Any) -> array_types.Tensors:
    """Calls the averaged copy."""
    return self.network(*args, **kwargs)

  def update(self) -> None:
    """Moves the average once; call it after each update of the network."""
    replicas.update([(self.num_updates,)], _count)
    self._follower.update(self.num_updates)

  def restart(self) -> None:
    """Copies the network's weights as they are, as at the beginning."""
    self.num_updates.assign(0)
    self._follower.restart()


def _count(num_updates) -> None:
  num_updates.assign_add(1)
