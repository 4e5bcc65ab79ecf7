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
"""A Keras model that finds its networks, optimizers and averages by name."""

import types
from collections.abc import Mapping

import tensorflow as tf

from tf_ganprune.gan import configs
from tf_ganprune.keras_compat import keras


class Named(configs.Configured):
  """A model that holds networks in attributes, and finds them by name.

  Attributes:
    optimizer_names: The names of optimizers, by the names of their networks,
      both as arguments of `compile` and as attributes; by default
      `<network>_optimizer`.
  """

  optimizer_names: Mapping[str, str] = types.MappingProxyType({})
  _early: frozenset[str] = frozenset()
  _names: tuple[str, ...] = ()
  _teachers: Mapping[str, str] = types.MappingProxyType({})

  @property
  def networks(self) -> Mapping[str, keras.Model]:
    """The networks that train, by their names."""
    found = {name: getattr(self, name) for name in self._names}
    return types.MappingProxyType(found)

  @property
  def optimizers(self) -> Mapping[str, keras.optimizers.Optimizer]:
    """The optimizers by their networks' names; none before `compile`."""
    found = {
      name: vars(self).get(self.optimizer_name(name)) for name in self._names
    }
    return types.MappingProxyType(
      {name: x for name, x in found.items() if x is not None}
    )

  @property
  def averages(self) -> Mapping[str, keras.Model]:
    """The moving averages by their networks' names."""
    found = {
      name: vars(self).get(self.average_name(name)) for name in self._names
    }
    return types.MappingProxyType(
      {name: x for name, x in found.items() if x is not None}
    )

  @property
  def made_by_compile(self) -> list[tf.Variable]:
    """The weights of moving averages that `compile` makes, for a teacher."""
    late = [x for name, x in self.averages.items() if name not in self._early]
    return [weight for average in late for weight in average.weights]

  def average_name(self, name: str) -> str:
    """Returns the name of the attribute with a network's moving average."""
    return f"ema_{name}"

  def averaged(self, name: str) -> keras.Model:
    """Returns a network's moving average, or the network if it has none."""
    return self.averages.get(name) or self.network(name)

  def network(self, name: str) -> keras.Model:
    """Returns the network of a name, as it trains.

    Args:
      name: A name in `networks`.

    Raises:
      ValueError: If there is no network of that name.
    """
    if name not in self._names:
      raise ValueError(
        f"{type(self).__name__} has no network {name!r}, but"
        f" {', '.join(self._names)}; pass one of these names."
      )
    return getattr(self, name)

  @property
  def discriminators(self) -> tuple[str, ...]:
    """Names of the discriminators, which train the others and are not exported.

    By default these are the names that begin with `discriminator` or `critic`.
    """
    kinds = ("discriminator", "critic")
    return tuple(name for name in self._names if name.startswith(kinds))

  @property
  def exported(self) -> tuple[str, ...]:
    """Names of the networks that are exported, such as the generator.

    By default these are all networks but discriminators and teachers.
    """
    others = {*self.discriminators, *self._teachers.values()}
    return tuple(name for name in self._names if name not in others)

  @property
  def sampled(self) -> str:
    """The name of the network that `draw` and `generate` call by default.

    It is the first that is exported; a family overrides it if that draws
    nothing, as a classifier does.
    """
    return self.exported[0]

  def judge_of(self, name: str) -> str | None:
    """Returns the name of the discriminator of a network's outputs.

    A family with several discriminators overrides this.

    Args:
      name: The name of the network.

    Returns:
      The name; None if the GAN has several discriminators, or none.
    """
    del name
    return self.discriminators[0] if len(self.discriminators) == 1 else None

  def teacher_of(self, name: str) -> str | None:
    """Returns the name of a network's teacher; None if it has none."""
    return self._teachers.get(name)

  def optimizer_name(self, name: str) -> str:
    """Returns the name of the attribute with a network's optimizer."""
    return self.optimizer_names.get(name, f"{name}_optimizer")

  def optimizer_of(self, name: str) -> keras.optimizers.Optimizer:
    """Returns a network's optimizer.

    Args:
      name: The name of the network.

    Raises:
      ValueError: If there is no such network, or it has no optimizer.
    """
    self.network(name)
    if name not in self.optimizers:
      raise ValueError(
        f"{type(self).__name__} has no optimizer for {name!r}; pass one to"
        " `compile`."
      )
    return self.optimizers[name]
