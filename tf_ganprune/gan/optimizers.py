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
"""Checks, builds and replaces the optimizers of a GAN's networks."""

import itertools
from collections.abc import Collection, Mapping

from tf_ganprune import keras_compat
from tf_ganprune.gan import freezing, scaling
from tf_ganprune.keras_compat import keras


def built(
  networks: Mapping[str, keras.Model],
  given: Mapping,
  names: Mapping[str, str],
  optional: Collection[str] = (),
) -> dict:
  """Checks optimizers, and builds each for its network.

  Args:
    networks: The networks by name.
    given: Optimizers, or their names, by the networks' names.
    names: The names of the optimizers' arguments, for messages.
    optional: Names of networks that need no optimizer; theirs may be None.

  Returns:
    An optimizer for each network that has one, by the networks' names.

  Raises:
    ValueError: If an optimizer is missing, is no optimizer of this package's
      Keras, is of the legacy kind, uses `use_ema`, or has no network; or if
      two are the same object.
  """
  known = lambda name: names.get(name, f"optimizers[{name!r}]")  # noqa: E731
  for name, optimizer in given.items():
    keras_compat.check_same(optimizer, known(name))
  _check_present(networks, given, known, optional)
  found = {
    name: _gotten(known(name), optimizer)
    for name, optimizer in given.items()
    if optimizer is not None or name not in optional
  }
  for one, other in itertools.combinations(found, 2):
    if found[one] is found[other]:
      raise ValueError(
        f"`{known(one)}` and `{known(other)}` are the same object; each network"
        " needs an optimizer of its own."
      )
  for name, optimizer in found.items():
    _check(known(name), networks.get(name), optimizer, networks)
  return {name: _built(networks[name], x) for name, x in found.items()}


def _check_present(networks, given, known, optional) -> None:
  for name in networks:
    if name not in given and name not in optional:
      raise ValueError(
        f"`{known(name)}` is missing: each of the networks"
        f" {', '.join(networks)} needs an optimizer."
      )


def _gotten(name: str, optimizer):
  try:
    return keras.optimizers.get(optimizer)
  except (TypeError, ValueError) as error:
    reason = str(error).strip().splitlines()[0]
    raise ValueError(
      f"`{name}` must be an optimizer of tf_ganprune.keras.optimizers, or its"
      f" name, such as 'adam'; got {optimizer!r} ({reason})."
    ) from error


def _check(name: str, network, optimizer, networks) -> None:
  if network is None:
    raise ValueError(
      f"`{name}` is set, and there is no network for it among"
      f" {', '.join(networks)}; leave it out."
    )
  if not hasattr(optimizer, "build"):
    raise ValueError(
      f"`{name}` is of the legacy kind ({type(optimizer).__name__}); use one"
      " from `tf_ganprune.keras.optimizers`."
    )
  if getattr(optimizer, "use_ema", False):
    raise ValueError(
      f"`{name}` has use_ema=True, with which Keras overwrites weights after"
      " training; use the GAN's `ema_decay`."
    )


def _built(network, optimizer):
  optimizer = scaling.optimizer_for(network, optimizer)
  with freezing.unfrozen(network):
    optimizer.build(network.trainable_variables)
  return optimizer


def carried(optimizer, before: keras.Model, after: keras.Model):
  """Returns the optimizer for the network that replaces another one.

  Args:
    optimizer: The optimizer of the network that is replaced.
    before: The network that is replaced.
    after: The network that replaces it.

  Returns:
    The same object if both networks train the same variables, as a network and
    its pruned form do; else a new optimizer with the same settings, whose count
    of updates begins at 0.
  """
  goes_on = are_same_weights(before, after)
  return optimizer if goes_on else scaling.another(optimizer)


def are_same_weights(before: keras.Model, after: keras.Model) -> bool:
  """Whether two networks train the same variables, in the same order."""
  return _trained(before) == _trained(after)


def _trained(network) -> list:
  with freezing.unfrozen(network):
    return [id(variable) for variable in network.trainable_variables]
