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
"""Variables trained with a network, such as the adapters of distillation."""

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from tf_ganprune.gan import scaling


class _Extra(NamedTuple):
  """Variables outside of a network that are updated whenever it is."""

  network: str
  name: str
  variables: list

  def optimizer(self, gan):
    """Returns the optimizer of the variables; None before `compile`."""
    return vars(gan).get(gan.optimizer_name(self.name))


class Extras:
  """Variables outside of networks, with optimizers like the networks'.

  Example:
    `extras = Extras(gan); extras.add("generator", "adapter", variables)`
  """

  def __init__(self, gan):
    """Creates the record for a GAN, without variables."""
    self._gan = gan
    self._extras = []

  def add(self, network: str, name: str, variables: Sequence) -> None:
    """Adds variables that are trained with the loss of a network.

    Args:
      network: The name of the network.
      name: A name for the variables; `gan.optimizer_name(name)` becomes the
        attribute of their optimizer.
      variables: The variables.

    Raises:
      ValueError: If the GAN is compiled, or has an attribute of that name.
    """
    attribute = self._gan.optimizer_name(name)
    if self._gan._is_compiled:
      raise ValueError(
        f"`add_extra` was called with {name!r} after `compile`, so it has no"
        " optimizer; call it in the constructor."
      )
    taken = {self._gan.optimizer_name(x.name) for x in self._extras}
    if attribute in taken or hasattr(self._gan, attribute):
      raise ValueError(
        f"`add_extra` for {network!r} was called with {name!r}, and"
        f" {type(self._gan).__name__} has an attribute `{attribute}` already;"
        " use another name."
      )
    self._extras.append(_Extra(network, name, list(variables)))

  def _of(self, network: str) -> list[_Extra]:
    return [x for x in self._extras if x.network == network]

  def variables(self, network: str) -> list[tf.Variable]:
    """Returns the variables that are trained with a network."""
    return [x for extra in self._of(network) for x in extra.variables]

  def compile(self) -> None:
    """Makes optimizers for the variables, with the networks' settings."""
    for extra in self._extras:
      optimizer = None
      if extra.variables:
        optimizer = scaling.another(self._gan.optimizer_of(extra.network))
        optimizer.build(extra.variables)
      setattr(self._gan, self._gan.optimizer_name(extra.name), optimizer)

  def update(self, network: str, gradients: Sequence) -> None:
    """Updates once the variables that are trained with a network.

    Args:
      network: The name of the network.
      gradients: The gradients of `variables(network)`.
    """
    rest = iter(gradients)
    for extra in self._of(network):
      pairs = [(next(rest), variable) for variable in extra.variables]
      if pairs:
        extra.optimizer(self._gan).apply_gradients(pairs)

  def take_over(self, extras: "Extras") -> None:
    """Copies the values of another GAN's variables, and of their optimizers.

    Args:
      extras: The record of the other GAN. Variables of other shapes are not
        copied.
    """
    before = {(x.network, x.name): x for x in extras._extras}
    for extra in self._extras:
      if other := before.get((extra.network, extra.name)):
        _copy(extra.variables, other.variables)
        both = extra.optimizer(self._gan), other.optimizer(extras._gan)
        if None not in both:
          _copy(*(x.variables for x in both))


def _copy(ours: Sequence, theirs: Sequence) -> None:
  """Copies the values of variables if all have the same shapes."""
  if [x.shape for x in ours] == [x.shape for x in theirs]:
    for one, other in zip(ours, theirs, strict=True):
      one.assign(other)
