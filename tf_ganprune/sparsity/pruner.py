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
"""Pruning in a training loop of one's own."""

import weakref
from collections.abc import Iterable
from typing import Any

import tensorflow as tf

from tf_ganprune import keras_compat
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.training import (
  gathering,
  optimizer_hooks,
  optimizer_updates,
  ownership,
  updated,
)
from tf_ganprune.sparsity.wrapping import claims


class Pruner:
  """Counts the updates of networks that a hand-written loop trains.

  One for each optimizer; `advance` right after `apply_gradients`. It works
  eagerly, inside `tf.function`, under XLA and in the replicas of a strategy.
  What counts is which weights were updated since the last `advance`, whether or
  not they are frozen (`trainable=False`) by then: by an optimizer of Keras, or
  where none is seen by whatever else changes them.
  An importance that needs gradients gets them by `gather`, right before
  `apply_gradients`, while the weights are those that they belong to.

  Example:
    >>> pruner = tgp.Pruner(generator)
    >>> pruner.gather(zip(gradients, variables))  # for `importance="taylor"`
    >>> g_optimizer.apply_gradients(zip(gradients, variables))
    >>> pruner.advance()
  """

  def __init__(
    self,
    *networks: keras.Model,
    optimizer: keras.optimizers.Optimizer | None = None,
  ):
    """Takes over the counting, for as long as this object lives.

    Args:
      *networks: What one optimizer updates: networks with pruned layers.
      optimizer: That optimizer; needed for `tgp.SET` and `tgp.RigL`, which
        reset its slots of weights that are grown, and where `advance` is
        compiled, and weights that are frozen by then are updated by a function
        that was traced before this object was made.

    Raises:
      ValueError: If nothing in a network is pruned, there is no optimizer and
        one is needed, or it is one of Keras 3.
    """
    keras_compat.check_same(optimizer, "optimizer")
    self._optimizers = [] if optimizer is None else [optimizer]
    self._layers, self._received = [], set()
    self._by_network, self._networks = [], networks
    if not networks:
      raise ValueError("There is no network to count for: tgp.Pruner(network).")
    for network in networks:
      keras_compat.check_model(network, "networks")
      layers = ownership.claim(network, owner=self)
      if not layers:
        raise ValueError(
          f"Nothing in {network.name!r} is pruned; wrap it with"
          " tgp.prune_low_magnitude first."
        )
      self._layers += layers
      self._by_network.append(layers)
    self._notes = updated.Notes(self._layers)
    optimizer_hooks.add(self._notes)
    weakref.finalize(self, optimizer_hooks.remove, self._notes)
    for layer in self._layers:
      if layer.is_dynamic() and optimizer is None:
        raise ValueError(
          f"{type(layer.pruning_schedule).__name__} resets slots of weights"
          " that it grows, so `optimizer` is needed: tgp.Pruner(network,"
          " optimizer=optimizer)."
        )

  def gather(self, grads_and_vars: Iterable[tuple]) -> None:
    """Hands gradients to the importances of the pruned layers that need them.

    If one of the gradients is not finite, nothing is gathered, as a loss scale
    would have the update skipped.

    Args:
      grads_and_vars: What `apply_gradients` is about to get: pairs of a
        gradient, or None, and a variable. Without a loss scale, and before
        replicas sum them.
    """
    try:
      pairs = [(gradient, variable) for gradient, variable in grads_and_vars]
    except (TypeError, ValueError):
      raise ValueError(
        "`grads_and_vars` must be pairs of a gradient and a variable:"
        " pruner.gather(zip(gradients, variables))."
      ) from None
    gradients, variables = [x for x, _ in pairs], [x for _, x in pairs]
    applies = optimizer_updates.are_finite(gradients)
    received = gathering.gather(self._layers, gradients, variables, applies)
    self._received.update(map(id, received))

  def advance(self, updates: tf.Tensor | int | None = None) -> None:
    """Counts an update, prunes if it is time, and sets pruned weights to 0.

    Args:
      updates: How many updates were made: 1, or 0 if one was skipped. A number
        or a scalar tensor. By default 1. It counts for the weights that were
        seen to be updated; before an optimizer was seen, for all that are not
        frozen as well.

    Raises:
      ValueError: If another wrapper prunes the same weights, or a layer needs
        gradients and has got none.
    """
    weights = self._updated()
    for layer in gathering.needing_gradients(self._layers):
      if layer.is_updated(weights) and id(layer) not in self._received:
        raise gathering.missing_gradients(layer)
    for layer in self._layers:
      if layer.owner() is self:  # else a `fit` had it, and has it no more
        claims.check(layer)
      layer.claim(self)
    made = 1 if updates is None else updates
    for layers in self._by_network:
      ownership.advance(
        layers, made, optimizers=self._optimizers, updated=weights
      )
    self._notes.settle()

  def _updated(self) -> set | None:
    """Returns references to the weights that an update was made of.

    None stands for those that are not frozen now.
    """
    known: Any = self._notes.take()
    if not (tf.inside_function() or self._notes.are_shown()):
      # Whoever calls it says that what is not frozen was updated.
      return known.union(*(layer.trained() for layer in self._layers))
    if known is not None:
      return known
    # No update was seen: a function that was traced before makes them.
    held = {
      weight.ref()
      for layer in self._layers
      for weight, _, _ in layer.pruning_vars
      if any(optimizer_hooks.is_for(x, [weight]) for x in self._known())
    }
    return held or None

  def _known(self) -> list[keras.optimizers.Optimizer]:
    """Returns the optimizers that may be the networks' own."""
    compiled = [getattr(x, "optimizer", None) for x in self._networks]
    return [*self._optimizers, *(x for x in compiled if x is not None)]
