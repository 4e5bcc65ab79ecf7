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
"""Checks of a GAN family: its names, losses, logs and use of regularizers."""

import itertools
import keyword
from collections.abc import Mapping

import tensorflow as tf

from tf_ganprune import arguments, compression
from tf_ganprune.gan import configs
from tf_ganprune.graphs import network_checks
from tf_ganprune.sparsity.wrapping import wrapped_layers

_REMEDIES = {
  "augment": "score examples with `self.scorer(discriminator)`",
  "penalty": (
    "add `penalty(real, fake)` of `self.scorer(discriminator)` to its loss"
  ),
  "observe": (
    "call `observe(real, fake)` of `self.scorer(discriminator)` after its"
    " update"
  ),
  "select": (
    "score what a generator made with `self.scorer(discriminator, generator)`"
    " in the generator's loss"
  ),
}


def check_mapping(argument: str, given) -> None:
  """Raises unless an argument is a dict by the networks' names.

  Args:
    argument: The name of the argument.
    given: Its value.
  """
  if not isinstance(given, Mapping):
    raise ValueError(
      f"`{argument}` must be a dict by the networks' names; got {given!r}."
    )


def check_names(gan, networks: Mapping) -> None:
  """Raises unless a GAN can hold its networks in attributes of their names.

  Args:
    gan: A GAN that has no networks yet.
    networks: The networks by name.
  """
  if not networks:
    raise ValueError(
      f"{type(gan).__name__} has nothing to train: `networks` is empty; pass a"
      " dict by the networks' names."
    )
  for name, network in networks.items():
    is_name = isinstance(name, str) and name.isidentifier()
    if not is_name or name.startswith("_") or keyword.iskeyword(name):
      raise ValueError(
        f"{name!r} cannot be the name of a network, which becomes an attribute"
        " of the GAN; use an identifier such as 'generator_G'."
      )
    is_taken = hasattr(type(gan), name) or hasattr(gan, name)
    if is_taken or name in configs.RESERVED:
      raise ValueError(
        f"A network is named {name!r}, and {type(gan).__name__} has an"
        f" attribute of that name already; call it '{name}_network', say."
      )
    network_checks.check_network(network, name)
    compression.check_wrappers(network, name)


def check_apart(networks: Mapping) -> None:
  """Raises if all weights of a network are weights of another one, too.

  Networks that share some of their layers pass.

  Args:
    networks: The networks by name; those that are not built are not checked.
  """
  weights = {
    name: {x.ref(): x.name for x in network.weights}
    for name, network in networks.items()
    if network.built
  }
  for one, other in itertools.permutations(weights, 2):
    if networks[one] is networks[other]:
      raise ValueError(f"`{one}` and `{other}` are the same network.")
    alone = set(weights[one]) - _wrapped_in_both(networks[one], networks[other])
    if alone and alone <= set(weights[other]):
      raise ValueError(
        f"`{one}` and `{other}` share weights, such as"
        f" {next(iter(weights[one].values()))!r}, as a network and its pruned"
        " or stripped form do; clone one of them with"
        " `tf_ganprune.keras.models.clone_model` and `set_weights`."
      )


def _wrapped_in_both(one, other) -> set:
  """Returns references to the weights of pruning wrappers in both networks.

  Such a layer is counted once, with the network that comes first.
  """
  theirs = {id(x) for x in wrapped_layers.pruned_layers(other)}
  return {
    weight.ref()
    for layer in wrapped_layers.pruned_layers(one)
    if id(layer) in theirs
    for weight in layer.weights
  }


def check_averages(
  networks: Mapping, average, ema_decay, is_taught: bool
) -> None:
  """Raises unless `average` and `ema_decay` of a GAN fit together.

  Args:
    networks: The networks by name.
    average: The names of the networks with a moving average.
    ema_decay: The decay of the averages, or None.
    is_taught: Whether there are teachers, which have an average if they learn.
  """
  check_decay(ema_decay)
  if ema_decay is not None and not average and not is_taught:
    raise ValueError(
      "`ema_decay` is set, and no network has a moving average; name the"
      " networks that shall have one in `average`, or leave `ema_decay` out."
    )
  for name in average:
    if name not in networks:
      raise ValueError(
        f"`average` has {name!r}, and there is no such network, but"
        f" {', '.join(networks)}."
      )


def check_decay(ema_decay: float | None) -> None:
  """Raises unless `ema_decay` lies between 0 and 1, or is None."""
  if ema_decay is not None and not 0.0 < ema_decay < 1.0:
    raise ValueError(
      f"`ema_decay` must lie between 0 and 1, or be None; got {ema_decay}."
    )


def check_count(n: int) -> None:
  """Raises unless `n` is a whole number of at least 1."""
  arguments.whole("n", int(n) if tf.is_tensor(n) else n, 1)


def check_attributes(gan) -> None:
  """Raises if two parts of a GAN would have one attribute's name.

  Args:
    gan: A GAN that knows the names of its networks.
  """
  taken = {name: f"the network {name!r}" for name in gan._names}
  for name in gan._names:
    for what, attribute in (
      ("the optimizer", gan.optimizer_name(name)),
      ("the moving average", gan.average_name(name)),
      ("the regularizers", f"{name}_regularizers"),
    ):
      what = f"{what} of {name!r}"
      if attribute in taken:
        raise ValueError(
          f"`{attribute}` of {type(gan).__name__} would be {taken[attribute]}"
          f" and {what}; give one of them another name."
        )
      taken[attribute] = what


def check_exported(gan) -> None:
  """Raises unless `exported` of a GAN is a tuple of its networks' names."""
  if not gan.exported:
    raise ValueError(
      f"{type(gan).__name__} has no network to export: all of"
      f" {', '.join(gan._names)} are discriminators or teachers. Override"
      " `exported`, a tuple of names."
    )
  if isinstance(gan.exported, str):
    raise ValueError(
      f"`exported` of {type(gan).__name__} must be a tuple of names; got"
      f" {gan.exported!r}."
    )
  for name in gan.exported:
    gan.network(name)


def check_not_exchanged(gan) -> None:
  """Raises if a network's attribute was set to another network."""
  for name, network in gan._owned.networks.items():
    if getattr(gan, name, None) is not network:
      raise ValueError(
        f"`{name}` of {type(gan).__name__} was set to another network, while"
        " its optimizer, masks and moving average belong to the first; use"
        f" `gan.replaced({name}=network)`, which returns a GAN that trains on."
      )


def check_logs(gan, logs) -> None:
  """Raises unless `update` returned a dict, with names not taken already."""
  if not isinstance(logs, Mapping):
    raise ValueError(
      f"`update` of {type(gan).__name__} must return a dict of scalars to log,"
      f" by name; got {type(logs).__name__}."
    )
  for distiller in gan._distillers.values():
    if both := sorted(set(logs) & set(distiller.logged)):
      raise ValueError(
        f"`update` of {type(gan).__name__} returns {', '.join(both)}, which"
        " `forward` logs already, as the loss from a teacher; give it another"
        " name."
      )


def check_loss(gan, name, loss) -> None:
  """Raises unless a loss is a scalar that a tape can differentiate."""
  if not tf.is_tensor(loss):
    raise ValueError(
      f"The loss of {name!r} in {type(gan).__name__} must be a tensor that is"
      f" computed from its weights; got {loss!r}."
    )
  if loss.shape.rank not in (0, None):
    raise ValueError(
      f"The loss of {name!r} in {type(gan).__name__} must be a scalar, and has"
      f" the shape {tuple(loss.shape)}; take its mean."
    )


def check_asked(gan) -> None:
  """Raises if `update` ignored `distillation` or `regularizers`.

  Args:
    gan: A GAN whose `update` has been called.
  """
  name = type(gan).__name__
  for student, distiller in gan._distillers.items():
    if not distiller.was_asked:
      raise ValueError(
        f"`distillation` of {student!r} is set, and `update` of {name} never"
        f" calls `self.forward({student!r}, inputs)`, so nothing is learnt from"
        " its teacher; call it, and add the second of its results to the loss."
      )
  for discriminator, combined in gan._regularizers.items():
    for method, remedy in _REMEDIES.items():
      lost = combined.overriding(method)
      if lost and method not in combined.asked:
        kinds = ", ".join(one.kind for one in lost)
        raise ValueError(
          f"`regularizers` has {kinds}, and `update` of {name} leaves it out"
          f" for {discriminator!r}: {remedy}."
        )
