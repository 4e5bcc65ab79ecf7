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
"""Ownership of pruned networks: one object at a time counts their updates."""

import weakref
from collections.abc import Sequence, Set

import tensorflow as tf

from tf_ganprune.sparsity.training import (
  advancing,
  gathering,
  initial_masks,
  optimizer_updates,
  shrinking,
)
from tf_ganprune.sparsity.wrapping import (
  claims,
  wrapped_layers,
  wrapper,
)


def claim(model, owner) -> list[wrapper.PruneLowMagnitude]:
  """Makes an object the owner of a network's pruned layers.

  Args:
    model: The network.
    owner: The object that will call `advance` after each optimizer update. Only
      a weak reference to it is kept.

  Returns:
    The network's pruning wrappers.
  """
  layers = [
    wrapped_layers.adopt(x) for x in wrapped_layers.pruned_layers(model)
  ]
  for layer in layers:
    layer.claim(owner)
  initial_masks.start(layers)
  return layers


def advance(
  layers: list[wrapper.PruneLowMagnitude],
  updates=1,
  is_masked: bool = False,
  optimizers: Sequence | None = None,
  updated: Set | None = None,
) -> None:
  """Counts an optimizer update of pruned layers, shrinks and prunes weights.

  Call it where the optimizer is called: in a replica, if there are several.

  Args:
    layers: The wrappers that `claim` returned.
    updates: The number of updates the optimizer made, 0 or 1.
    is_masked: Whether pruned weights are zero already.
    optimizers: The optimizers that may have made the update. Their slots of
      weights that are grown are reset.
    updated: References to the variables that the optimizer updated. None stands
      for the variables that are not frozen now.

  Raises:
    ValueError: If another wrapper prunes the same weights, or a layer has no
      first mask because it was frozen.
  """
  updates = tf.convert_to_tensor(updates)
  shrinking.advance(layers, updates, updated)
  advancing.advance(layers, updates, is_masked, optimizers, updated)


def _check_alone(layer) -> None:
  if layer.is_dynamic():
    raise ValueError(
      f"Layer {layer.layer.name!r} is in two networks with an optimizer each,"
      f" and {type(layer.pruning_schedule).__name__} would reset the slots of"
      " only one of them. Prune the layer by another schedule."
    )


class Owned:
  """The pruned layers of several networks that have one owner.

  Example:
    `owned = Owned(gan, {"generator": generator}); owned.advance("generator")`
  """

  def __init__(self, owner, networks: dict):
    """Claims the layers; a layer in two networks counts with the first.

    Args:
      owner: The object that trains the networks.
      networks: The networks by name.

    Raises:
      ValueError: If two wrappers prune the same weights, or two networks share
        a layer with a `DynamicSparsity` schedule.
    """
    self._owner = weakref.ref(owner)
    self._networks = dict(networks)
    self._layers, self._shared, seen = {}, {}, set()
    self._advanced, self._received = set(), set()
    for name, network in networks.items():
      layers = claim(network, owner)
      self._layers[name] = [x for x in layers if id(x) not in seen]
      self._shared[name] = [x for x in layers if id(x) in seen]
      seen.update(id(layer) for layer in layers)
    for layers in self._layers.values():
      for layer in layers:
        claims.check(layer)
    for layers in self._shared.values():
      for layer in layers:
        _check_alone(layer)

  @property
  def networks(self) -> dict:
    """The networks by name."""
    return self._networks

  def renewed(self) -> "Owned | None":
    """Returns a new object if other layers are pruned now, else None."""
    now = [
      x
      for one in self._networks.values()
      for x in wrapped_layers.pruned_layers(one)
    ]
    layers = [x for of_one in self._layers.values() for x in of_one]
    if {*map(id, now)} == {*map(id, layers)}:
      return None
    return Owned(self._owner(), self._networks)

  def claim(self) -> None:
    """Makes the owner of this object the owner of the layers again."""
    for layers in self._layers.values():
      for layer in layers:
        layer.claim(self._owner())

  def start(self) -> None:
    """Draws first masks of layers with a dynamic schedule that have none."""
    for layers in self._layers.values():
      initial_masks.start(layers)

  def gather(self, name: str, optimizer, gradients, variables) -> None:
    """Passes gradients to a network's layers, before its optimizer's update.

    Args:
      name: The name of the network.
      optimizer: The network's optimizer.
      gradients: The gradients that it will be given, without a loss scale.
      variables: The variables that the gradients belong to.
    """
    layers = [*self._layers[name], *self._shared[name]]
    if gathering.needing_gradients(layers):
      applies = optimizer_updates.will_be_made(optimizer, gradients)
      received = gathering.gather(layers, gradients, variables, applies)
      self._received.update(map(id, received))

  def check_received(self) -> None:
    """Raises if a layer has not received the gradients that it needs.

    Call it after the updates of all networks, made or skipped.

    Raises:
      ValueError: With the layer's name.
    """
    for name, layers in self._layers.items():
      for layer in gathering.needing_gradients(layers):
        is_trained = name in self._advanced and layer.layer.trainable
        if id(layer) not in self._received and (
          is_trained or layer.pruning_step.numpy() < 1
        ):
          raise gathering.missing_gradients(layer)

  def advance(
    self, name: str, updates=1, is_masked: bool = False, optimizers=None
  ) -> None:
    """Counts an optimizer update of one network; see `ownership.advance`."""
    self._advanced.add(name)
    advance(self._layers[name], updates, is_masked, optimizers)
    # Another network counts these; this network's optimizer changed them, too.
    advance(self._shared[name], 0, is_masked)

  def entries(self, name: str) -> list[tuple[tf.Variable, tf.Variable]]:
    """Returns pairs of a pruned weight and its mask, those of one network."""
    layers = [*self._layers[name], *self._shared[name]]
    return [
      (weight, mask)
      for layer in layers
      for weight, mask, _ in layer.pruning_vars
    ]
