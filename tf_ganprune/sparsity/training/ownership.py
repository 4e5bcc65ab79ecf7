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
"""Who counts the updates of a pruned network: one owner at a time."""

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
  """Makes `owner` the one who counts the updates of a network's pruned layers.

  Args:
    model: The network.
    owner: The object that calls `advance` after each optimizer update. Only a
      weak reference to it is kept.

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
  """Tells pruned layers that their weights were updated.

  Call it where the optimizer is called: in a replica, if there are several.

  Args:
    layers: What `claim` returned.
    updates: How many updates the optimizer made, 0 or 1.
    is_masked: Whether pruned weights are zero already.
    optimizers: Those that may have made them, whose slots of weights that are
      grown are reset.
    updated: References to the variables that it updated. If None, these are
      those that are not frozen now.

  Raises:
    ValueError: If another wrapper prunes the same weights, or masks are missing
      that are drawn before the first update.
  """
  updates = tf.convert_to_tensor(updates)
  shrinking.advance(layers, updates, updated)
  advancing.advance(layers, updates, is_masked, optimizers, updated)


def _check_alone(layer) -> None:
  if layer.is_dynamic():
    raise ValueError(
      f"Layer {layer.layer.name!r} is in two networks, and two optimizers have"
      f" slots for it; {type(layer.pruning_schedule).__name__} resets those of"
      " one. Prune it by another schedule."
    )


class Owned:
  """The pruned layers of several networks that one owner updates.

  Example:
    `owned = Owned(gan, {"generator": generator}); owned.advance("generator")`
  """

  def __init__(self, owner, networks: dict):
    """Claims the layers; one that is in two networks counts with the first.

    Args:
      owner: Who updates them.
      networks: The networks by name.

    Raises:
      ValueError: If two wrappers prune the same weights, or zeros move about
        in a layer that two networks share.
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
    """Returns another object if other layers are pruned by now, else None."""
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
    """Claims the layers again: who trains a network owns it."""
    for layers in self._layers.values():
      for layer in layers:
        layer.claim(self._owner())

  def start(self) -> None:
    """Draws the masks that are drawn before training and are not there yet."""
    for layers in self._layers.values():
      initial_masks.start(layers)

  def gather(self, name: str, optimizer, gradients, variables) -> None:
    """Hands the gradients of a network, whose optimizer will update it.

    Args:
      name: Of the network.
      optimizer: Its optimizer, before the update.
      gradients: What it will be given, without a loss scale.
      variables: Whose gradients these are.
    """
    layers = [*self._layers[name], *self._shared[name]]
    if gathering.needing_gradients(layers):
      applies = optimizer_updates.will_be_made(optimizer, gradients)
      received = gathering.gather(layers, gradients, variables, applies)
      self._received.update(map(id, received))

  def check_received(self) -> None:
    """Raises if a layer was left without the gradients that it needs.

    Call it when all networks were updated, or would have been.

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
    """Tells the layers of one network that its optimizer updated it."""
    self._advanced.add(name)
    advance(self._layers[name], updates, is_masked, optimizers)
    # Counted elsewhere, and changed by this network's optimizer as well.
    advance(self._shared[name], 0, is_masked)

  def entries(self, name: str) -> list[tuple[tf.Variable, tf.Variable]]:
    """Returns the pruned weights of one network, with their masks."""
    layers = [*self._layers[name], *self._shared[name]]
    return [
      (weight, mask)
      for layer in layers
      for weight, mask, _ in layer.pruning_vars
    ]
