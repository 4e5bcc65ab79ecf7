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
"""What learns beside a GAN's network, such as the adapters of distillation."""

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from tf_ganprune.gan import scaling


class _Extra(NamedTuple):
  """Variables outside of a network that learn whenever it does."""

  network: str
  name: str
  variables: list


class Extras:
  """Variables outside of networks, with optimizers like the networks'.

  Example:
    `extras = Extras(gan); extras.add("generator", "adapter", variables)`
  """

  def __init__(self, gan):
    """Takes the GAN, to which nothing is added yet."""
    self._gan = gan
    self._extras = {}

  def add(self, network: str, name: str, variables: Sequence) -> None:
    """Lets variables learn from the loss of a network.

    Args:
      network: Name of the network.
      name: What they are called; `gan.optimizer_name(name)` is the attribute
        of their optimizer.
      variables: Which.
    """
    self._extras[network] = _Extra(network, name, list(variables))

  def variables(self, network: str) -> list[tf.Variable]:
    """Returns what learns beside a network."""
    found = self._extras.get(network)
    return found.variables if found else []

  def compile(self) -> None:
    """Makes the optimizers, with the settings that those of networks have."""
    for extra in self._extras.values():
      optimizer = None
      if extra.variables:
        optimizer = scaling.another(self._gan.optimizer_of(extra.network))
        optimizer.build(extra.variables)
      setattr(self._gan, self._gan.optimizer_name(extra.name), optimizer)

  def _optimizer(self, network: str):
    name = self._gan.optimizer_name(self._extras[network].name)
    return vars(self._gan).get(name)

  def update(self, network: str, gradients: Sequence) -> None:
    """Makes one update of what learns beside a network.

    Args:
      network: Name of the network.
      gradients: Of `variables(network)`.
    """
    if variables := self.variables(network):
      pairs = zip(gradients, variables, strict=True)
      self._optimizer(network).apply_gradients(pairs)

  def take_over(self, extras: "Extras") -> None:
    """Gives what learns here the values that another GAN's had.

    Args:
      extras: Of the other GAN; what has other shapes begins anew.
    """
    for network in set(self._extras) & set(extras._extras):
      pairs = [(self.variables(network), extras.variables(network))]
      optimizers = [x._optimizer(network) for x in (self, extras)]
      if None not in optimizers:
        pairs.append([x.variables for x in optimizers])
      for ours, theirs in pairs:
        if [x.shape for x in ours] == [x.shape for x in theirs]:
          for one, other in zip(ours, theirs, strict=True):
            one.assign(other)
