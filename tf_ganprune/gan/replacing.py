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
"""Makes a GAN that continues another's training with other networks."""

from collections.abc import Mapping

import tensorflow as tf

from tf_ganprune.gan import configs, distilling, family_checks, judging
from tf_ganprune.gan import optimizers as optimizers_
from tf_ganprune.graphs import network_checks, signatures
from tf_ganprune.keras_compat import keras


def replaced(gan, arguments: dict, optimizers: Mapping):
  """Returns a GAN with other networks; see `PrunedGAN.replaced`.

  Args:
    gan: The GAN.
    arguments: As there.
    optimizers: As there.

  Raises:
    ValueError: As there.
  """
  if gan.sole_student:
    arguments, optimizers = distilling.of_one_student(
      gan.sole_student, arguments, optimizers
    )
  for name in set(arguments) & set(gan.networks):
    _check(name, arguments[name], gan.networks[name])
    if name in gan.exported:
      _check_made(name, arguments[name], gan.networks[name])
  known = _renewed(gan._arguments)
  given = _merged(gan, known, arguments)
  another = configs.made(type(gan), given)
  _check_optimizers(gan, another, optimizers)
  if gan._is_compiled:
    _compile_like(another, gan, optimizers)
  inner = _inner(gan, another, {*map(id, _flat(given))})
  _pass_on_inner(gan, another, inner)
  _pass_on(gan, another, inner)
  return another


def _merged(gan, known: dict, arguments: dict) -> dict:
  """Returns the arguments of a GAN's constructor, with new values for some."""
  found = dict(known)
  for name, value in arguments.items():
    if name in known or name not in gan.networks:
      _check_known(gan, name, known)
      found[name] = value
    elif name in (known.get("networks") or {}):
      found["networks"] = dict(found["networks"]) | {name: value}
    else:
      found |= _in_containers(gan, name, found, value)
  return found


def _in_containers(gan, name: str, known: dict, network) -> dict:
  """Replaces a network in arguments that are lists or dicts.

  Args:
    gan: The GAN.
    name: The name of the network.
    known: The arguments of the constructor.
    network: The network that replaces it.

  Returns:
    The changed arguments by name.
  """
  before = gan.networks[name]
  found = {
    argument: _exchanged(value, before, network)
    for argument, value in known.items()
    if any(one is before for one in _flat(value))
  }
  if not found:
    raise ValueError(
      f"The constructor of {type(gan).__name__} has no argument {name!r}, and"
      " none that holds this network, so `replaced` cannot replace it; give"
      " the constructor's arguments the names of the networks."
    )
  return found


def _exchanged(value, before, after):
  """Returns nested lists and dicts with one object in place of another."""
  if isinstance(value, dict):
    return {key: _exchanged(x, before, after) for key, x in value.items()}
  if isinstance(value, list | tuple):
    return type(value)(_exchanged(x, before, after) for x in value)
  return after if value is before else value


def _check_known(gan, name: str, known: dict) -> None:
  if name not in known and name not in configs.parameters(type(gan)):
    raise ValueError(
      f"`replaced` was given {name!r}, which is neither a network of this"
      f" {type(gan).__name__} ({', '.join(gan.networks)}) nor an argument of"
      " its constructor."
    )


def _check(name: str, network, before) -> None:
  """Raises unless a network takes the same inputs as the one it replaces."""
  if network is None:
    return
  network_checks.check_network(network, name)
  ours, theirs = _taken(network), _taken(before)
  if ours != theirs and None not in (ours, theirs):
    raise ValueError(
      f"`{name}` {network.name!r} takes {ours}, and the network that it would"
      f" replace, {before.name!r}, takes {theirs}; they must be equal."
    )


def _check_made(name: str, network, before) -> None:
  """Raises unless an exported network's outputs fit those of the one before."""
  if network is None or not (network.built and before.built):
    return
  ours, theirs = (
    tf.nest.map_structure(
      lambda x: tf.TensorShape(x.shape[1:]),
      signatures.as_functional(x).outputs,
    )
    for x in (network, before)
  )
  fits = len(ours) == len(theirs)
  if not fits or any(
    not a.is_compatible_with(b) for a, b in zip(ours, theirs, strict=True)
  ):
    raise ValueError(
      f"`{name}` {network.name!r} makes {_text(ours)}, and the network that it"
      f" would replace, {before.name!r}, makes {_text(theirs)}; they must be"
      " equal."
    )


def _text(shapes) -> str:
  return ", ".join(str(tuple(x)) for x in shapes)


def _taken(network):
  """Returns the shapes and types of a network's inputs; None if not built."""
  try:
    specs = signatures.call_specs(network)
  except ValueError:
    return None
  return [
    (tuple(x.shape[1:]), x.dtype.name)
    for x in tf.nest.flatten(specs)
    if x is not None
  ]


def _renewed(arguments: dict) -> dict:
  """Returns arguments with new losses in place of those of the GAN before."""
  return {
    name: _without_owner(value) if name == "distillation" else value
    for name, value in arguments.items()
  }


def _without_owner(losses):
  """Returns new losses with the settings of those that a GAN has."""
  if isinstance(losses, dict):
    return {name: _without_owner(one) for name, one in losses.items()}
  if isinstance(losses, list | tuple):
    return [_without_owner(one) for one in losses]
  if isinstance(losses, keras.layers.Layer):
    return type(losses).from_config(losses.get_config())
  return losses


def _check_optimizers(gan, another, given: Mapping) -> None:
  """Raises unless `optimizers` of `replaced` are by the networks' names."""
  family_checks.check_mapping("optimizers", given)
  if given and not gan._is_compiled:
    raise ValueError(
      "`optimizers` replace some that the GAN has, and this"
      f" {type(gan).__name__} was not compiled; leave them out, and call"
      " `compile`."
    )
  for name in given:
    another.network(name)


def _compile_like(another, gan, others: Mapping) -> None:
  """Compiles a GAN as another was, with its optimizers or new ones."""
  carried = {
    name: _carried(gan, another, name)
    for name in another.networks
    if name in gan.optimizers and name not in others
  } | dict(others)
  given = _compile_arguments(gan, another, carried) | gan._compile_options
  configs.compile_with(another, given, carried)


def _compile_arguments(gan, another, carried: dict) -> dict:
  """Returns the arguments of `compile` of a GAN, with other optimizers.

  Args:
    gan: The GAN before.
    another: The GAN that is to be compiled.
    carried: Its optimizers by the networks' names.
  """
  networks = [*gan.networks, *another.networks]
  names = {gan.optimizer_name(name): name for name in networks}
  found = dict(gan._compile_arguments)
  for argument, value in found.items():
    if configs.is_by_name(gan, argument, value):
      found[argument] = carried
    elif argument in names:
      found[argument] = carried.get(names[argument])
  return found


def _carried(gan, another, name: str):
  return optimizers_.carried(
    gan.optimizers[name], gan.networks[name], another.networks[name]
  )


def _inner(gan, another, given: set[int]) -> list[str]:
  """Returns the names of networks that a constructor makes itself.

  Args:
    gan: The GAN before.
    another: The GAN after it.
    given: The `id`s of all arguments of its constructor.
  """
  return [
    name
    for name, network in another.networks.items()
    if name in gan.networks
    and network is not gan.networks[name]
    and id(network) not in given
  ]


def _pass_on(gan, another, inner) -> None:
  """Copies averages, adapters, regularizers and the random state."""
  for name, average in another.averages.items():
    before = gan.averages.get(name)
    if before is None:
      continue
    networks = gan.networks[name], another.networks[name]
    if name in inner or optimizers_.are_same_weights(*networks):
      _copy(before, average)
  another._followers.mask()
  another._extras.take_over(gan._extras)
  judging.take_over(another, gan)
  another.take_over(gan)
  another._rng.reset(gan._rng.state)


def _pass_on_inner(gan, another, inner) -> None:
  """Copies the weights of networks that a constructor makes itself."""
  for name in inner:
    _copy(gan.networks[name], another.networks[name])
    both = gan.optimizers.get(name), another.optimizers.get(name)
    if None not in both:
      values = [x.numpy() for x in both[0].variables]
      if [x.shape for x in values] == [x.shape for x in both[1].variables]:
        for variable, value in zip(both[1].variables, values, strict=True):
          variable.assign(value)


def _flat(value):
  """Yields all values in dicts and lists of them."""
  if isinstance(value, dict):
    value = list(value.values())
  if isinstance(value, list | tuple):
    for one in value:
      yield from _flat(one)
  else:
    yield value


def _copy(before: keras.Model, after: keras.Model) -> None:
  """Copies the weights of a network if all have the same shapes."""
  values = before.get_weights()
  if [x.shape for x in values] == [tuple(x.shape) for x in after.weights]:
    after.set_weights(values)
