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
"""Prunes any Keras model while `fit` trains it."""

import warnings
from collections.abc import Iterator

import tensorflow as tf

from tf_ganprune import gan, replicas
from tf_ganprune.callbacks import recording
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import gathering, joint, ownership, updates, wrapper


class UpdatePruningStep(keras.callbacks.Callback):
  """Prunes any Keras model at the end of each batch of `fit`.

  For a classifier, and for a GAN with a `train_step` of its own: two networks
  or four, each with its schedule, with or without `training=True`. A step is a
  batch in which an optimizer updated the weights; where the model has no
  attribute with the optimizer that does, it is a batch. Pruned weights are zero
  after each batch. It works inside the compiled train step.

  In a loop by hand, as TF-MOT's guide has it, call `set_model`,
  `on_train_begin` and, after each epoch, `on_epoch_end(batch=-1)`; there each
  call of the network with `training=True` is a step, and pruned weights are
  zero after an epoch. A `tgp.Pruner` counts updates there.

  A GAN of this package counts its own updates and needs no callback; there this
  one does nothing.

  Example:
    `cycle_gan.fit(images, callbacks=[tgp.UpdatePruningStep()])`
  """

  params = None  # until `fit` sets them

  def on_train_begin(self, logs=None):
    """Takes over the counting of the model's pruned layers."""
    if isinstance(self.model, gan.PrunedGAN):
      return
    if self.params is None:
      _begin_by_hand(self.model)
      return
    replicas.check()
    _give_back(self.model)  # after a `fit` that was interrupted
    self.model.train_step = _Pruning(self.model)
    self.model.make_train_function(force=True)

  def on_epoch_end(self, batch, logs=None):
    """Sets pruned weights to 0; a loop by hand calls it with any `batch`."""
    if isinstance(self.model, gan.PrunedGAN):
      return
    for layer in ownership.pruned_layers(self.model):
      if layer.built:
        wrapper.apply_masks(layer)

  def on_train_end(self, logs=None):
    """Gives the layers back, sparse whatever Keras did at the end."""
    _give_back(self.model)
    self.params = None


def _begin_by_hand(model) -> None:
  """Lets calls with `training=True` count, as TF-MOT's callback does."""
  for layer in ownership.pruned_layers(model):
    layer.pruning_step.assign(tf.maximum(layer.pruning_step, 0))


class _Pruning:
  """Stands for the train step of a model, and prunes after it."""

  def __init__(self, model):
    self._model = model
    self.is_own = "train_step" in vars(model)
    self.train_step = model.train_step
    self.previous_owners = [
      (layer, ownership.adopt(layer).owner())
      for layer in ownership.pruned_layers(model)
    ]
    self._layers = ownership.claim(model, owner=self)
    if not self._layers:
      warnings.warn(
        f"UpdatePruningStep: nothing in {model.name!r} is pruned. Wrap its"
        " networks with tgp.prune_low_magnitude, and hold them in attributes"
        " of the model.",
        stacklevel=3,
      )

  def __call__(self, data):
    # Here, since `compile` may come after an interrupted `fit`.
    optimizers = _optimizers(self._model)
    before = [updates.state(optimizer) for optimizer in optimizers]
    heard = set()
    with recording.recording(self._listener(heard)) as record:
      logs = self.train_step(data)
    for layer in gathering.wanting_of(self._layers):
      if layer.layer.trainable and id(layer) not in heard:
        raise gathering.unheard(layer)
    made = [
      updates.made_since(optimizer, state)
      for optimizer, state in zip(optimizers, before, strict=True)
    ]
    for updaters, layers in self._by_updaters(optimizers, record).items():
      counts = [made[place] for place in updaters]
      count = tf.minimum(tf.reduce_max(tf.stack(counts)), 1) if counts else 1
      ownership.advance(layers, count, optimizers=optimizers)
    return logs

  def _by_updaters(self, optimizers, record) -> dict[tuple, list]:
    """Returns the pruned layers by the places of what may have updated them."""
    found = {}
    for unit in joint.units(self._layers):
      weights = [entry[0] for layer in unit for entry in layer.pruning_vars]
      updaters = _updaters(weights, optimizers, record)
      found.setdefault(updaters, []).extend(unit)
    return found

  def _listener(self, heard: set):
    """Returns who hands gradients to the layers, and notes which got some."""

    def listen(optimizer, gradients, variables, is_summed):
      applies = updates.will_be_made(optimizer, gradients)
      found = gathering.gather(
        self._layers, gradients, variables, applies, is_summed
      )
      heard.update(map(id, found))

    return listen if gathering.wanting_of(self._layers) else None


def _updaters(weights, optimizers, record) -> tuple[int, ...]:
  """Returns the places of the optimizers that updated weights in a batch.

  Args:
    weights: Of a layer.
    optimizers: The model's.
    record: What was seen of the batch. Nothing is, of a part of the train step
      that was traced before.
  """
  found = [record.has(optimizer, weights) for optimizer in optimizers]
  if not any(found) and not record.has_any(weights):
    found = [_holds(optimizer, weights) for optimizer in optimizers]
  return tuple(place for place, is_one in enumerate(found) if is_one)


def _holds(optimizer, weights) -> bool:
  """Whether an optimizer was built for one of the weights."""
  optimizer = getattr(optimizer, "inner_optimizer", optimizer)
  if not hasattr(optimizer, "_var_key"):
    return False  # of the legacy kind, which has slots by name only
  known = getattr(optimizer, "_index_dict", {})
  return any(optimizer._var_key(weight) in known for weight in weights)


def _give_back(model) -> None:
  pruning = getattr(model, "train_step", None)
  if not isinstance(pruning, _Pruning):
    return
  for layer, previous in pruning.previous_owners:
    wrapper.apply_masks(layer)
    layer.release()
    if previous is not None:
      layer.claim(previous)
  del model.train_step
  if pruning.is_own:
    model.train_step = pruning.train_step
  model.train_function = None


def _optimizers(model) -> list[keras.optimizers.Optimizer]:
  """Returns the optimizers in a model's attributes, lists and dicts, once."""
  return list({id(one): one for one in _found(vars(model))}.values())


def _found(value) -> Iterator[keras.optimizers.Optimizer]:
  if isinstance(value, recording.OPTIMIZERS):
    yield value
  elif isinstance(value, list | tuple | dict):
    for one in value.values() if isinstance(value, dict) else value:
      yield from _found(one)
