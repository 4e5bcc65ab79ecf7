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
"""Computes and applies gradients of a GAN's networks, and prunes them."""

import contextlib
from collections.abc import Callable, Mapping

import tensorflow as tf

from tf_ganprune import replicas
from tf_ganprune.gan import family_checks, fusing, scaling
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.training import optimizer_updates


class Gradients(dict):
  """Gradients by the networks' names, ready to be applied.

  Attributes:
    beside: Gradients of the extra variables that are trained with a network, by
      the network's name.
    totals: The losses by the networks' names, with those that layers add.
  """

  def __init__(self):
    super().__init__()
    self.beside, self.totals = {}, {}


def gradients(gan, tape: tf.GradientTape, losses: Mapping) -> Gradients:
  """Computes the gradients of losses; see `PrunedGAN.gradients`.

  Args:
    gan: The GAN, compiled.
    tape: As in `PrunedGAN.gradients`.
    losses: As in `PrunedGAN.gradients`.
  """
  found = Gradients()
  for names, loss in losses.items():
    groups = _passes(gan, _as_tuple(names))
    family_checks.check_loss(gan, names, loss)
    _check_tape(tape, names, len(groups))
    for group in groups:
      _differentiate(found, gan, tape, group, loss)
  return found


def _as_tuple(names) -> tuple[str, ...]:
  return (names,) if isinstance(names, str) else tuple(names)


def _passes(gan, names: tuple) -> list[tuple]:
  """Groups networks with one loss by the backward passes that they need."""
  scales = any(scaling.scales(gan.optimizer_of(name)) for name in names)
  return [(name,) for name in names] if scales else [names]


def _check_tape(tape, names, count: int) -> None:
  if count > 1 and not tape._persistent:
    raise ValueError(
      f"`gradients` was given one loss of {', '.join(names)} and a tape that"
      " gives gradients once; in float16 each network has a loss scale of its"
      " own, so use tf.GradientTape(persistent=True)."
    )


def _differentiate(found: Gradients, gan, tape, names, loss) -> None:
  """Adds the gradients of one loss, found in one backward pass."""
  sources = {
    name: (gan.network(name).trainable_variables, gan._extras.variables(name))
    for name in names
  }
  optimizer = gan.optimizer_of(names[0])
  share = tf.ones([], loss.dtype) / replicas.count()
  share = scaling.scaled(optimizer, share)
  with _not_recording(tape), tf.GradientTape() as own:
    added = _of_layers(gan, names, loss.dtype)
  targets = [loss, *added]
  gradients = tape.gradient(targets, sources, [share] * len(targets))
  if added:  # weights' regularizers, which layers compute on access
    more = own.gradient(added, sources, [share] * len(added))
    gradients = tf.nest.map_structure(_sum, gradients, more)
  for name, pair in gradients.items():
    flat = scaling.unscaled(optimizer, [*pair[0], *pair[1]])
    split = len(pair[0])
    found[name], found.beside[name] = flat[:split], flat[split:]
    found.totals[name] = tf.add_n(targets)


def _of_layers(gan, names, dtype) -> list[tf.Tensor]:
  """Returns the losses that layers of networks add, as scalars."""
  return [tf.cast(x, dtype) for name in names for x in gan.network(name).losses]


def _not_recording(tape):
  return tape.stop_recording() if tape._recording else contextlib.nullcontext()


def _sum(one, other):
  """Returns the sum of two gradients, of which either may be None."""
  if one is None or other is None:
    return other if one is None else one
  return tf.convert_to_tensor(one) + tf.convert_to_tensor(other)


def apply(gan, gradients: Mapping, losses: Mapping, weight_clip) -> None:
  """Applies gradients to networks, and prunes them; see `PrunedGAN.apply`.

  Args:
    gan: The GAN, compiled.
    gradients: As in `PrunedGAN.apply`.
    losses: As in `PrunedGAN.apply`.
    weight_clip: As in `PrunedGAN.apply`.

  Raises:
    ValueError: If gradients or losses are missing, or do not fit a network.
  """
  losses = {x: loss for names, loss in losses.items() for x in _as_tuple(names)}
  for name in dict.fromkeys([*gradients, *losses]):
    _check(gan, name, gradients, losses)
  if not isinstance(gradients, Gradients):
    gradients = _of_own_tape(gan, gradients, losses)
  for name in gradients:
    if gan.network(name).trainable_variables:
      _apply_to_one(gan, name, gradients, weight_clip)


def _check(gan, name: str, gradients, losses) -> None:
  variables = gan.network(name).trainable_variables
  if name not in gradients:
    raise ValueError(
      f"`apply` was given a loss of {name!r} and no gradients for it; it has"
      f" gradients for {', '.join(gradients) or 'nothing'}."
    )
  if name not in losses:
    raise ValueError(
      f"`apply` was given gradients for {name!r} and not its loss, from which"
      " it detects divergence; it has losses of"
      f" {', '.join(losses) or 'nothing'}."
    )
  if len(gradients[name]) != len(variables):
    raise ValueError(
      f"`apply` was given {len(gradients[name])} gradients for {name!r}, which"
      f" has {len(variables)} trainable variables."
    )
  if variables and all(x is None for x in gradients[name]):
    raise ValueError(
      f"`apply` was given no gradients for {name!r}: all are None, so its loss"
      " was not computed from its trainable weights on the tape."
    )


def _of_own_tape(gan, gradients: Mapping, losses: Mapping) -> Gradients:
  """Converts gradients of a user's tape to gradients ready to be applied."""
  found, count = Gradients(), replicas.count()
  for name, of_one in gradients.items():
    if gan._extras.variables(name):
      raise ValueError(
        f"`apply` was given no gradients for the extra variables of {name!r};"
        " pass the result of `gradients(tape, losses)`."
      )
    found[name] = [None if x is None else _divided(x, count) for x in of_one]
    found.beside[name], found.totals[name] = [], losses[name]
  return found


def _divided(gradient, count: int):
  if count == 1:
    return gradient
  if isinstance(gradient, tf.IndexedSlices):
    values = gradient.values / count
    return tf.IndexedSlices(values, gradient.indices, gradient.dense_shape)
  return gradient / count


def _apply_to_one(gan, name: str, gradients: Gradients, weight_clip) -> None:
  """Makes one update of a network, prunes it and moves its average."""
  optimizer = gan.optimizer_of(name)
  variables = gan.network(name).trainable_variables
  before = optimizer_updates.state(optimizer)
  gan._owned.gather(name, optimizer, gradients[name], variables)
  is_masked = _update(gan, name, optimizer, gradients[name])
  gan._extras.update(name, gradients.beside[name])
  if weight_clip:
    replicas.update([(x,) for x in variables], _clip, weight_clip)
  made = optimizer_updates.made_since(optimizer, before)
  gan._owned.advance(name, made, is_masked, [optimizer])
  matters = scaling.matters(optimizer, made)
  total = gradients.totals[name]
  gan._watch.observe(name, total, optimizer.iterations, matters)
  gan._watch.count_stuck(name, scaling.is_stuck(optimizer, made))
  gan._followers.update(name, optimizer.iterations, made)


def _update(gan, name: str, optimizer, gradients) -> bool:
  """Updates a network; returns whether its masks were applied, too."""
  variables = gan.network(name).trainable_variables
  entries = gan._owned.entries(name)
  if fusing.is_worthwhile(optimizer, variables, entries):
    fusing.update(optimizer, gradients, variables, entries)
    return True
  optimizer.apply_gradients(zip(gradients, variables, strict=True))
  return False


def _clip(variable, bound) -> None:
  variable.assign(tf.clip_by_value(variable, -bound, bound))


def repeat(
  times: int,
  function: Callable[[], tf.Tensor],
  shape: tuple[int, ...] = (),
) -> tf.Tensor:
  """Calls a function several times; in a graph, as a loop that is traced once.

  Args:
    times: The number of calls.
    function: A function that returns a tensor.
    shape: The shape of that tensor; by default it is a scalar.

  Returns:
    The mean of the function's results.
  """
  if times == 1:
    return function()
  # Replicas cannot synchronize inside of a loop.
  if tf.executing_eagerly() or replicas.count() > 1:
    return tf.add_n([function() for _ in range(times)]) / times
  dtype = keras.backend.floatx()

  def body(i, total):
    return i + 1, total + tf.cast(function(), dtype)

  start = [0, tf.zeros(shape, dtype)]
  _, total = tf.while_loop(
    lambda i, _: i < times, body, start, maximum_iterations=times
  )
  return total / times
