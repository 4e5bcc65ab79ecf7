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
"""A callback that prunes any Keras model while `fit` trains it."""

import functools
import warnings

import tensorflow as tf

from tf_ganprune import gan, keras_compat, replicas
from tf_ganprune.callbacks import keras3_refusal
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.masks import applying
from tf_ganprune.sparsity.training import (
  gathering,
  joint,
  optimizer_hooks,
  optimizer_updates,
  ownership,
  updated,
)
from tf_ganprune.sparsity.wrapping import wrapped_layers


class UpdatePruningStep(keras3_refusal.RefusesKeras3, keras.callbacks.Callback):
  """Prunes any Keras model after each update of its optimizers in `fit`.

  Use it for a classifier, and for a GAN with its own `train_step`: two networks
  or four, each with its schedule, called with or without `training=True`. A
  step of a layer is an update of its weights by an optimizer of Keras, however
  many there are in a batch, and whether or not the layer is frozen elsewhere in
  the train step. Pruned weights are zero after each update. It works inside the
  compiled train step. Updates of optimizers of `tf.compat.v1.train` are counted
  as well, those of Keras 3 are not.

  Updates inside a `tf.function` that was traced before `fit` are counted, and
  weights pruned, when the batch ends. Weights that no optimizer of Keras
  updates have one step for each batch that changes them.

  In a hand-written loop as in TF-MOT's guide, call `set_model`,
  `on_train_begin` and, after each epoch, `on_epoch_end(batch=-1)`; there each
  call of the network with `training=True` is a step, and pruned weights are
  zero after an epoch. Use a `tgp.Pruner` to count updates there.

  A GAN of this package counts its own updates and needs no callback; for it
  this one does nothing.

  Example:
    `cycle_gan.fit(images, callbacks=[tgp.UpdatePruningStep()])`
  """

  params = None  # until `fit` sets them

  def on_train_begin(self, logs: dict | None = None) -> None:
    """Becomes the owner of the model's pruned layers, which counts steps."""
    if isinstance(self.model, gan.PrunedGAN):
      return
    if self.params is None:
      _begin_by_hand(self.model)
      return
    replicas.check()
    _warn_of_keras3(self.model)
    _give_back(self.model)  # after a `fit` that was interrupted
    self.model.train_step = _Pruning(self.model)
    self.model.make_train_function(force=True)

  def on_epoch_end(self, batch: int, logs: dict | None = None) -> None:
    """Sets pruned weights to 0; a hand-written loop may pass any `batch`."""
    if isinstance(self.model, gan.PrunedGAN):
      return
    for layer in wrapped_layers.pruned_layers(self.model):
      if layer.built:
        applying.apply_masks(layer)

  def on_train_end(self, logs: dict | None = None) -> None:
    """Masks the weights, and returns the layers to their previous owners."""
    _give_back(self.model)
    self.params = None


def _warn_of_keras3(model) -> None:
  """Warns if a model has optimizers of Keras 3, whose updates are not seen."""
  for name, value in vars(model).items():
    if keras_compat.is_keras3(value) and hasattr(value, "apply_gradients"):
      warnings.warn(
        f"UpdatePruningStep: the optimizer `{name}` is of Keras 3, so its"
        " updates cannot be counted: a batch that changes weights is one step,"
        " and pruned weights are zero when it ends. Use an optimizer of"
        " tf_ganprune.keras.optimizers.",
        stacklevel=4,
      )


def _begin_by_hand(model) -> None:
  """Makes calls with `training=True` count as steps, as TF-MOT's callback."""
  for layer in wrapped_layers.pruned_layers(model):
    layer.pruning_step.assign(tf.maximum(layer.pruning_step, 0))


class _Pruning:
  """Replaces the train step of a model by one that prunes after updates."""

  def __init__(self, model):
    self._model = model
    self.is_own = "train_step" in vars(model)
    self.train_step = model.train_step
    self.previous_owners = [
      (layer, wrapped_layers.adopt(layer).owner())
      for layer in wrapped_layers.pruned_layers(model)
    ]
    self._layers = ownership.claim(model, owner=self)
    if not self._layers:
      warnings.warn(
        f"UpdatePruningStep: no layer of {model.name!r} is pruned. Wrap its"
        " networks with tgp.prune_low_magnitude, and keep them in attributes of"
        " the model.",
        stacklevel=3,
      )

  def __call__(self, data):
    # Here, since `compile` may come after an interrupted `fit`.
    optimizers = optimizer_hooks.held_by(self._model)
    before = [optimizer_updates.state(optimizer) for optimizer in optimizers]
    steps = {x: tf.identity(x.pruning_step) for x in self._layers}
    values = {
      entry[0].ref(): tf.identity(entry[0])
      for layer in self._layers
      for entry in layer.pruning_vars
    }
    hook = _Hook(self._layers)
    with optimizer_hooks.hooked(hook):
      logs = self.train_step(data)
    hook.check_received()
    made = [
      optimizer_updates.made_since(optimizer, state)
      for optimizer, state in zip(optimizers, before, strict=True)
    ]
    self._advance_unseen(hook, optimizers, made, steps, values)
    for layer in self._layers:  # whatever else the train step did to weights
      applying.apply_masks(layer)
    return logs

  def _advance_unseen(self, hook, optimizers, made, steps, values) -> None:
    """Counts updates in functions that were traced before `fit`."""
    for unit in joint.units(self._layers):
      weights = [entry[0] for layer in unit for entry in layer.pruning_vars]
      if not weights or hook.has_any(weights):
        continue
      holding = [
        (optimizer, count)
        for optimizer, count in zip(optimizers, made, strict=True)
        if optimizer_hooks.is_for(optimizer, weights)
      ]
      # An optimizer that was seen updating others did not update these.
      counts = [x for one, x in holding if not hook.has_called(one)]
      if holding and not counts:
        continue
      # A function that was traced in an earlier `fit` counts by itself.
      total = tf.add_n(counts) if counts else _changed(weights, values)
      left = total - (unit[0].pruning_step - steps[unit[0]])
      updated = {weight.ref() for weight in weights}
      _repeat(
        left,
        functools.partial(
          ownership.advance, unit, optimizers=optimizers, updated=updated
        ),
      )


class _Hook(optimizer_hooks.Hook):
  """Prunes layers after each update of an optimizer that changes them.

  Attributes:
    seen: References to the variables that were updated.
  """

  def __init__(self, layers):
    self._layers = layers
    self._received: set[int] = set()
    self.seen: set = set()
    self._called: set[int] = set()

  def before(self, optimizer, gradients, variables, is_summed):
    """Passes gradients to importances; returns the optimizer's counters."""
    if gathering.needing_gradients(self._layers):
      applies = optimizer_updates.will_be_made(optimizer, gradients)
      found = gathering.gather(
        self._layers, gradients, variables, applies, is_summed
      )
      self._received.update(map(id, found))
    return optimizer_updates.state(optimizer)

  def after(self, optimizer, gradients, variables, result) -> None:
    """Counts an update for the layers that it changed, and prunes them."""
    given = updated.given(gradients, variables)
    self.seen |= given
    self._called.add(id(optimizer))
    layers = [
      layer
      for unit in joint.units(self._layers)
      if any(layer.is_updated(given) for layer in unit)
      for layer in unit
    ]
    if layers:
      made = optimizer_updates.made_since(optimizer, result)
      ownership.advance(layers, made, optimizers=[optimizer], updated=given)

  def again(self, optimizer, variables) -> None:
    """Sets pruned weights to 0 after an outer optimizer's changes."""
    self._called.add(id(optimizer))
    layers = [
      x for x in self._layers if x.is_updated({y.ref() for y in variables})
    ]
    for layer in layers:
      applying.apply_masks(layer)

  def has_any(self, variables) -> bool:
    """Returns whether an update of one of the variables was seen."""
    return any(one.ref() in self.seen for one in variables)

  def has_called(self, optimizer) -> bool:
    """Returns whether updates by an optimizer were seen, of any weights."""
    return id(optimizer) in self._called

  def check_received(self) -> None:
    """Raises if a layer has not received the gradients that it needs."""
    for layer in gathering.needing_gradients(self._layers):
      weights = [entry[0] for entry in layer.pruning_vars]
      is_trained = layer.layer.trainable or self.has_any(weights)
      if is_trained and id(layer) not in self._received:
        raise gathering.missing_gradients(layer)


def _changed(weights, values: dict) -> tf.Tensor:
  """Returns 1 if a weight differs from its value before a batch, else 0."""
  is_other = [updated.changed(x, values[x.ref()]) for x in weights]
  return tf.cast(tf.reduce_any(tf.stack(is_other)), tf.int64)


def _repeat(times, advance) -> None:
  """Calls `advance` several times; at most once with several replicas."""
  if replicas.count() > 1:
    advance(tf.clip_by_value(times, 0, 1))
    return

  def body(i):
    advance(1)
    return [i + 1]

  tf.while_loop(lambda i: i < times, body, [tf.constant(0, times.dtype)])


def _give_back(model) -> None:
  pruning = getattr(model, "train_step", None)
  if not isinstance(pruning, _Pruning):
    return
  for layer, previous in pruning.previous_owners:
    applying.apply_masks(layer)
    layer.release()
    if previous is not None:
      layer.claim(previous)
  del model.train_step
  if pruning.is_own:
    model.train_step = pruning.train_step
  model.train_function = None
