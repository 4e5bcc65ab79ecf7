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
"""A layer whose weights are pruned: TF-MOT's wrapper, with an owner."""

import weakref
from collections.abc import Sequence, Set
from typing import TypeAlias

import tensorflow as tf
from tensorflow_model_optimization.python.core.sparsity.keras import (
  pruning_wrapper,
)

from tf_ganprune import replicas
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import allocation as allocations
from tf_ganprune.sparsity import importance as importances
from tf_ganprune.sparsity import regularization as regularizations
from tf_ganprune.sparsity.masks import pattern_checks
from tf_ganprune.sparsity.schedules import dynamic, schedule_checks
from tf_ganprune.sparsity.wrapping import (
  added_variables,
  claims,
  optimizer_slots,
  prunable,
  scoring,
  serialization,
)

saved_model = keras.src.saving.legacy.saved_model.utils
TFMOTWrapper: TypeAlias = pruning_wrapper.PruneLowMagnitude


@keras.utils.register_keras_serializable(package="tf_ganprune")
class PruneLowMagnitude(TFMOTWrapper):
  """Prunes a layer's weights when whoever owns it says that they were updated.

  Without an owner it does as TF-MOT's wrapper does: each forward call with
  `training=True` is a step. With one, a forward call changes nothing, and
  `ownership.advance` counts the owner's optimizer updates.

  Beyond TF-MOT's, it takes layers that are made of layers.

  Example:
    `layer = PruneLowMagnitude(keras.layers.Dense(8), ConstantSparsity(0.5, 0))`
  """

  # A wrapper of TF-MOT's that is adopted has these.
  _owner = None
  leaves = None
  prune_depthwise = False
  importance: importances.Importance = importances.Magnitude()
  allocation: allocations.Allocation = allocations.Uniform()
  group = ""
  slots = ()
  has_begun = False
  regularization = None
  to_be_pruned = ()
  group_sizes = ()

  def __init__(
    self,
    layer: keras.layers.Layer,
    *args,
    leaves: Sequence[int] | None = None,
    prune_depthwise: bool = False,
    importance: str | importances.Importance = "magnitude",
    allocation: str | allocations.Allocation = "uniform",
    group: str = "",
    regularization: str | regularizations.Regularization | None = None,
    **kwargs,
  ):
    """Wraps a layer.

    Args:
      layer: The layer.
      *args: As of TF-MOT's wrapper.
      leaves: Which of the layers that it is made of are pruned, by their
        places in `prunable.leaves(layer)`; None for a layer with weights of
        its own.
      prune_depthwise: Whether depthwise kernels are pruned.
      importance: Which weights go first: a name or an object.
      allocation: How many stay: a name or an object.
      group: What wrappers that share what stays have in common.
      regularization: What shrinks weights before they go; it knows when, and
        for which sparsity.
      **kwargs: As of TF-MOT's wrapper.
    """
    # Else a float32 layer in a mixed precision network gets float16 inputs.
    kwargs.setdefault("dtype", layer.dtype_policy)
    # TF-MOT refuses, with a sentence of its own, what offers nothing.
    if leaves is not None or prunable.is_known(layer, prune_depthwise):
      prunable.offer(layer, leaves, prune_depthwise)
    super().__init__(layer, *args, **kwargs)
    self.leaves = None if leaves is None else [*leaves]
    self.prune_depthwise = prune_depthwise
    self.importance = importances.get(importance)
    self.allocation = allocations.get(allocation)
    self.group = group
    self.regularization = regularizations.get(regularization)
    self.supports_masking = layer.supports_masking

  def kernels(self) -> list[tf.Variable]:
    """Returns the weights of the built layer that are pruned."""
    return prunable.offered(self.layer, self.leaves, self.prune_depthwise)

  def is_dynamic(self) -> bool:
    """Whether zeros move about: dynamic sparse training."""
    return isinstance(self.pruning_schedule, dynamic.DynamicSparsity)

  def gatherer(self):
    """Returns what says whether gradients are gathered, and how."""
    return self.pruning_schedule if self.is_dynamic() else self.importance

  # A method, since Keras saves whatever an attribute or property leads to.
  def owner(self):
    """Returns who counts this layer's updates; None if nobody does any more."""
    return self._owner() if self._owner is not None else None

  def claim(self, owner) -> None:
    """Makes `owner` the one who counts; only a weak reference is kept."""
    claims.claim(self)
    if self.owner() is owner:
      return
    self._owner = weakref.ref(owner)
    # TF-MOT's callback does this: -1 says that no training has begun.
    self.pruning_step.assign(tf.maximum(self.pruning_step, 0))

  def release(self) -> None:
    """Lets forward calls count again, as TF-MOT's wrapper does."""
    self._owner = None

  def build(self, input_shape):
    """Creates a mask, a threshold and the step; see TF-MOT's wrapper."""
    prunable.build(self.layer, input_shape, self.leaves)
    prunable.offer(self.layer, self.leaves, self.prune_depthwise)
    super().build(input_shape)
    added_variables.name_apart(self)
    added_variables.make_averageable(self)
    if self.sparsity_m_by_n:
      pattern_checks.check_ranks(self.layer, self.prunable_weights)
    if self.gatherer().needs_gradients:
      self.slots = added_variables.add(self, "importance")
    if self.regularization is not None:
      self.to_be_pruned = added_variables.add(self, "going")
      self.group_sizes = added_variables.add(self, "group_size", of_groups=True)

  def going_of(self, place: int) -> tuple[tf.Variable, tf.Variable]:
    """Returns which weights are to go, and how many of each group.

    Args:
      place: Of the kernel among those that are pruned.
    """
    return self.to_be_pruned[place], self.group_sizes[place]

  def __call__(self, inputs, *args, **kwargs):
    """Calls the layer, after its parts were built by a call of all arguments.

    Args:
      inputs: As of the layer, as all that follows.
      *args: Likewise.
      **kwargs: Likewise.
    """
    if self.leaves is not None and not self.built:
      prunable.build_called(self.layer, (inputs, *args), kwargs)
    return super().__call__(inputs, *args, **kwargs)

  def build_from_config(self, config):
    """Builds the layer, unless what it is made of is built when it is called.

    Args:
      config: As of Keras.
    """
    if self.leaves is None:
      super().build_from_config(config)

  def call(self, inputs, *args, training=None, **kwargs):
    """Calls the layer; counts a step only where there is no owner."""
    if not self.layer._expects_mask_arg:
      kwargs.pop("mask", None)
    if self.owner() is None and self._counts_calls() and not args:
      return super().call(inputs, training=training, **kwargs)
    if self.owner() is None:
      self.refuse_training(training)
    if self.layer._expects_training_arg:
      kwargs["training"] = training
    call = self.layer.call if self._is_simple() else self.layer
    return call(inputs, *args, **kwargs)

  def refuse_training(self, training) -> None:
    """Raises where nobody would count the updates of a training call.

    Args:
      training: As it was passed to the call.

    Raises:
      ValueError: If it is True.
    """
    is_traced = saved_model.in_tf_saved_model_scope()  # and not trained
    if training is True and not is_traced:
      raise ValueError(
        f"Layer {self.layer.name!r} is pruned, and nobody counts its updates:"
        " add tgp.UpdatePruningStep() to `fit`, or make a tgp.Pruner of the"
        " network in a training loop of your own."
      )

  def _counts_calls(self) -> bool:
    """Whether TF-MOT's wrapper can count, and would prune the same."""
    is_default = type(self.importance) is importances.Magnitude
    more = self.allocation.is_joint or self.regularization is not None
    is_special = more or self.is_dynamic()
    return is_default and self._is_simple() and not is_special

  def _is_simple(self) -> bool:
    """Whether TF-MOT's wrapper can call the layer."""
    return self.leaves is None and not isinstance(
      self.layer, keras.layers.MultiHeadAttention
    )

  def compute_mask(self, inputs, mask=None):
    """Returns the layer's own output mask."""
    return self.layer.compute_mask(inputs, mask)

  def count(self, updates: tf.Tensor, updated: Set | None = None) -> bool:
    """Counts optimizer updates; returns whether the layer had any.

    Args:
      updates: How many were made, 0 or 1, a scalar.
      updated: As of `entries`.

    Raises:
      ValueError: If another wrapper prunes the same weights.
    """
    claims.check(self)
    if not self.is_updated(updated):
      return False
    made = tf.cast(updates, tf.int64)
    replicas.update([(self.pruning_step,)], _count, made)
    return True

  def is_updated(self, updated: Set | None = None) -> bool:
    """Whether an optimizer updates one of the pruned weights.

    Args:
      updated: As of `entries`.
    """
    if updated is None:
      return self.layer.trainable
    return any(entry[0].ref() in updated for entry in self.pruning_vars)

  def trained(self) -> set:
    """Returns references to the pruned weights that are not frozen now."""
    if not self.layer.trainable:
      return set()
    frozen = prunable.frozen_weights(self.layer)
    return {x[0].ref() for x in self.pruning_vars} - frozen

  def entries(
    self, optimizers: Sequence | None = None, updated: Set | None = None
  ) -> list[scoring.Entry]:
    """Returns what belongs to each pruned weight that is updated.

    Args:
      optimizers: Whose slots of a weight may be reset.
      updated: References to the variables that an optimizer updates, pruned or
        not. If None, these are all that are not frozen now.
    """
    updated = self.trained() if updated is None else updated
    slots = self.slots or [None] * len(self.pruning_vars)
    found = [
      scoring.Entry(*entry, slots[place], place, self.pruning_step)  # type: ignore[call-arg]  # three parts
      for place, entry in enumerate(self.pruning_vars)
      if entry[0].ref() in updated
    ]
    if not self.is_dynamic():
      return found
    return [
      x._replace(moments=optimizer_slots.of(optimizers, x.weight))
      for x in found
    ]

  def load_own_variables(self, store):
    """Loads masks and the step; says what to do if a file has none."""
    if not len(store):
      raise ValueError(
        f"Layer {self.layer.name!r} is pruned, and it was not in the network"
        " that was saved. tgp.load_weights(model, path) puts the weights of a"
        " dense network where they belong."
      )
    super().load_own_variables(store)

  def _lookup_dependency(self, name, *args, **kwargs):
    """Finds what a checkpoint has below a layer's name in the layer inside."""
    find = super()._lookup_dependency
    found = find(name, *args, **kwargs)
    layer = getattr(self, "layer", None)  # TF-MOT sets it late
    if found is not None or layer is None:
      return found
    return layer._lookup_dependency(name)

  def get_config(self):
    """Returns the arguments, TF-MOT's forgotten `sparsity_m_by_n` included."""
    config = super().get_config()
    config["pruning_schedule"] = schedule_checks.serialize(
      self.pruning_schedule
    )
    config["sparsity_m_by_n"] = self.sparsity_m_by_n
    config["leaves"] = self.leaves
    config["prune_depthwise"] = self.prune_depthwise
    config["importance"] = serialization.serialize(self.importance)
    config["allocation"] = serialization.serialize(self.allocation)
    config["group"] = self.group
    shrinks = self.regularization
    config["regularization"] = shrinks and serialization.serialize(shrinks)
    return config

  @classmethod
  def from_config(cls, config):
    """Builds the wrapper; a schedule of one's own must be registered."""
    config = dict(config)
    config["pruning_schedule"] = schedule_checks.deserialize(
      config["pruning_schedule"]
    )
    for name in ("importance", "allocation", "regularization"):
      if isinstance(config.get(name), dict):
        config[name] = serialization.deserialize(config[name], name)
    if not isinstance(config["layer"], keras.layers.Layer):
      config["layer"] = serialization.layer_of(config["layer"])
    return cls(**config)


def _count(step, updates) -> None:
  step.assign_add(updates)
