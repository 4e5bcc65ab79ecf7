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
"""Pruning in a hand-written training loop."""

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
  """Prunes networks in a hand-written training loop, by optimizer updates.

  Make one for each optimizer, and call `advance` right after
  `apply_gradients`. It works eagerly, inside `tf.function`, under XLA and in
  the replicas of a strategy. A layer's step is counted if its weights were
  updated since the last `advance`, whether or not they are frozen
  (`trainable=False`) by then. Updates of Keras's optimizers are seen directly;
  if there are none, a weight was updated if its value has changed.
  If an importance needs gradients, pass them to `gather` right before
  `apply_gradients`, while the weights still have the values at which the
  gradients were taken.

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
    """Becomes the owner of the networks' pruned layers, and counts their steps.

    Args:
      *networks: The networks that one optimizer updates, with pruned layers.
      optimizer: That optimizer. `tgp.SET` and `tgp.RigL` need it, since they
        reset its slots of weights that are grown. It is also needed where
        `advance` is compiled and weights that are frozen by then are updated by
        a function that was traced before this object was made.

    Raises:
      ValueError: If a network has no pruned layers, `optimizer` is missing and
        needed, or `optimizer` is one of Keras 3.
    """
    keras_compat.check_same(optimizer, "optimizer")
    self._optimizers = [] if optimizer is None else [optimizer]
    self._layers, self._received = [], set()
    self._by_network, self._networks = [], networks
    if not networks:
      raise ValueError(
        "`networks` is empty; pass the networks that the optimizer updates, as"
        " in tgp.Pruner(network)."
      )
    for network in networks:
      keras_compat.check_model(network, "networks")
      layers = ownership.claim(network, owner=self)
      if not layers:
        raise ValueError(
          f"No layer of network {network.name!r} is pruned; wrap the network"
          " with tgp.prune_low_magnitude first."
        )
      self._layers += layers
      self._by_network.append(layers)
    self._recorder = updated.UpdateRecorder(self._layers)
    optimizer_hooks.add(self._recorder)
    weakref.finalize(self, optimizer_hooks.remove, self._recorder)
    for layer in self._layers:
      if layer.is_dynamic() and optimizer is None:
        raise ValueError(
          f"{type(layer.pruning_schedule).__name__} resets slots of weights"
          " that it grows, so `optimizer` is needed: tgp.Pruner(network,"
          " optimizer=optimizer)."
        )

  def gather(self, grads_and_vars: Iterable[tuple]) -> None:
    """Passes gradients to the pruned layers whose importance needs them.

    If one of the gradients is not finite, all are ignored, since an optimizer
    with a loss scale skips such an update.

    Args:
      grads_and_vars: The argument of the `apply_gradients` that follows: pairs
        of a gradient, or None, and a variable. Gradients must be unscaled (no
        loss scale), and not yet summed over replicas.

    Raises:
      ValueError: If `grads_and_vars` does not consist of pairs.
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
      updates: The number of updates made: 1 (the default), or 0 if the
        optimizer skipped one; a number or a scalar tensor. It counts for the
        weights whose update was seen; as long as no update of an optimizer was
        seen, it counts for all weights that are not frozen as well.

    Raises:
      ValueError: If another wrapper prunes the same weights, or a layer needs
        gradients and `gather` passed it none.
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
    self._recorder.settle()

  def _updated(self) -> set | None:
    """Returns references to the weights that were updated.

    None stands for all weights that are not frozen now.
    """
    known: Any = self._recorder.take()
    if not (tf.inside_function() or self._recorder.are_shown()):
      # The caller of `advance` says that weights that are not frozen changed.
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
    """Returns optimizers that may update the networks, given or compiled."""
    compiled = [getattr(x, "optimizer", None) for x in self._networks]
    return [*self._optimizers, *(x for x in compiled if x is not None)]
