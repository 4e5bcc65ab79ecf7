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
"""Wraps networks for pruning, and unwraps them."""

import warnings
from typing import Any

from tensorflow_model_optimization.python.core.sparsity.keras import (
  pruning_policy as pruning_policy_,
)
from tensorflow_model_optimization.python.core.sparsity.keras import (
  pruning_schedule as pruning_schedule_,
)

from tf_ganprune import foreign, keras_compat
from tf_ganprune.graphs import clones, network_checks, signatures
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import allocation as allocations
from tf_ganprune.sparsity import importance as importances
from tf_ganprune.sparsity import regularization as regularizations
from tf_ganprune.sparsity import report, strip
from tf_ganprune.sparsity.masks import pattern_checks
from tf_ganprune.sparsity.schedules import schedule_checks
from tf_ganprune.sparsity.wrapping import (
  dense_weights,
  prunable,
  pruning_config,
  pruning_plan,
  subclassed,
  wrapped_layers,
  wrapper,
)


def prune_low_magnitude(
  to_prune: keras.layers.Layer | list[keras.layers.Layer],
  pruning_schedule: pruning_schedule_.PruningSchedule | None = None,
  block_size: tuple[int, int] = (1, 1),
  block_pooling_type: str = "AVG",
  pruning_policy: pruning_policy_.PruningPolicy | None = None,
  sparsity_m_by_n: tuple[int, int] | None = None,
  prune_depthwise: bool = False,
  importance: str | importances.Importance = "magnitude",
  allocation: str
  | allocations.Allocation
  | dict[
    str, dict[str, Any] | pruning_schedule_.PruningSchedule | None
  ] = "uniform",
  regularization: str | regularizations.Regularization | None = None,
  **kwargs: Any,
) -> keras.layers.Layer | list[keras.layers.Layer]:
  """Wraps a layer, a list of layers or a network, to be pruned in training.

  As TF-MOT's function of this name, with these differences: it takes any
  network; a layer of a model that has nothing to prune, that is frozen, or that
  nobody knows, is left as it is; what cannot be done is said at once, with the
  layer's name; and inside a GAN of this package (or with
  `tgp.UpdatePruningStep`, or a `tgp.Pruner`) a step is an optimizer update. The
  weights are shared with `to_prune`.

  A Sequential or functional model comes back as a new model with wrapped
  layers. A subclassed one, whose layers only its own `call` knows, is changed
  in place and returned: the masks stand beside its layers. It must be built.

  Args:
    to_prune: A Keras layer, a list of them, or a model.
    pruning_schedule: When to prune, and how much: a
      `tfmot.sparsity.keras.PruningSchedule`. By default TF-MOT's: 50 % from
      step 100 on. With `tgp.SET` and `tgp.RigL` the network is sparse before
      its first update, and its zeros move about.
    block_size: Rows and columns of the blocks that are kept or removed whole,
      in layers with a two-dimensional kernel.
    block_pooling_type: `'AVG'` or `'MAX'`: what of a block stands for it.
    pruning_policy: A `tfmot.sparsity.keras.PruningPolicy` that chooses layers
      of a model.
    sparsity_m_by_n: `(m, n)` removes m of each n consecutive weights along
      the input channels, once, at the first step (not before `begin_step`).
      The schedule's sparsity is then not used.
    prune_depthwise: Whether depthwise kernels are pruned as well. They are a
      small part of a network on which much depends, and TF-MOT leaves them.
    importance: Which weights go first: a name from
      `tgp.importance.IMPORTANCES`, or an object derived from
      `tgp.importance.Importance`. Those that need gradients get them in a GAN
      of this package, from `tgp.UpdatePruningStep`, or from
      `tgp.Pruner.gather`.
    allocation: How many weights of each kernel stay: a name from
      `tgp.allocation.ALLOCATIONS`, or an object derived from
      `tgp.allocation.Allocation`, such as `tgp.allocation.Sensitivity(table)`;
      all that is wrapped together then has the schedule's sparsity. Or a dict
      from patterns of layer names (`'conv_*'`, or of paths, `'block/*'`; the
      first that matches counts) to what differs for those layers: a dict of
      arguments of this function, a schedule, or None to leave them dense.
      Layers that no pattern matches are pruned as the other arguments say.
    regularization: What shrinks the weights that will be pruned, so that
      cutting them hurts less: `'l1'`, `'l2'`, `'group_lasso'`, or an object
      such as `tgp.regularization.L2(weight=0.02)`; by default nothing does. It
      grows until the schedule's last cut.
    **kwargs: Arguments of the wrapper, if `to_prune` is one layer.

  Returns:
    The wrapped layer, list or model. A model comes without its optimizer.

  Raises:
    ValueError: If there is nothing to prune, or a layer cannot be pruned so.

  Example:
    >>> decay = tfmot.sparsity.keras.PolynomialDecay
    >>> schedule = decay(0.0, 0.8, begin_step=0, end_step=2000)
    >>> generator = tgp.prune_low_magnitude(generator, schedule)
  """
  if pruning_schedule is None:
    pruning_schedule = schedule_checks.ConstantSparsity(0.5, 0)
  by_pattern = allocation if isinstance(allocation, dict) else None
  config = pruning_config.PruningConfig(
    pruning_schedule,
    block_size,
    block_pooling_type,
    sparsity_m_by_n,
    prune_depthwise,
    importance,
    "uniform" if by_pattern is not None else allocation,
    regularization,
  )
  for one in to_prune if isinstance(to_prune, list) else []:
    keras_compat.check_same(one, "to_prune")
  for one in to_prune if isinstance(to_prune, list) else [to_prune]:
    if isinstance(one, keras.layers.Layer):
      foreign.check(one, "to_prune")
  is_layer = isinstance(to_prune, keras.layers.Layer | list)
  if not is_layer or isinstance(to_prune, keras.Model):
    network_checks.check_network(to_prune, "to_prune")
  plan = pruning_plan.Plan(to_prune, config, by_pattern)
  _check_policy(pruning_policy)
  wrapping = _Wrapping(plan, pruning_policy, kwargs)
  if isinstance(to_prune, list):
    return _wrap_list(to_prune, wrapping)
  if not isinstance(to_prune, keras.Model):
    return _wrap_list([to_prune], wrapping)[0]
  if kwargs:
    raise ValueError(
      f"Unknown arguments {sorted(kwargs)}: only a single layer's wrapper takes"
      " more than the named ones."
    )
  return _wrap_model(to_prune, wrapping)


class _Wrapping:
  """One way to prune layers, and the wrappers that were made."""

  def __init__(self, plan, policy=None, more=None):
    self.policy = policy
    self.plan = plan
    self._more = more or {}
    self._made = {}

  @property
  def made(self) -> list:
    return list(self._made.values())

  def chooses(self, layer) -> bool:
    """Whether the layer's own weights are to be pruned."""
    if not prunable.is_prunable(layer, prune_depthwise=True):
      return False
    if not layer.trainable:
      return False
    config = self.plan.of(layer)
    if config and not prunable.is_prunable(layer, config.prune_depthwise):
      return False
    if self.policy and not self.policy.allow_pruning(layer):
      return False
    self.plan.use(layer)
    return config is not None

  def chosen_leaves(self, layer) -> list[int]:
    """Returns the places of the layers below to prune, in `leaves`."""
    taken = {id(one.layer) for one in wrapped_layers.pruned_layers(layer)}
    return [
      place
      for place, leaf in enumerate(prunable.leaves(layer))
      if self.chooses(leaf.layer) and id(leaf.layer) not in taken
    ]

  def wrapped(self, layer):
    """Returns a layer's wrapper, the same at each call, or the layer."""
    if isinstance(layer, wrapper.TFMOTWrapper):
      return layer
    if id(layer) in self._made:
      return self._made[id(layer)]
    if self.chooses(layer):
      return self.wrap(layer)
    places = [] if prunable.is_known(layer) else self.chosen_leaves(layer)
    return self.wrap(layer, places) if places else layer

  def wrap(self, layer, places=None):
    """Makes a wrapper, of some of the layers below if there are places."""
    config = self.plan.of(layer) if places is None else self._of(layer, places)
    config = config.at(len(self._made), self.plan.path(layer))
    arguments = config.arguments() | self._more
    one = wrapper.PruneLowMagnitude(layer, leaves=places, **arguments)
    if layer.built:
      pattern_checks.check_kernels(layer, one.kernels(), config.block_size)
    self._made[id(layer)] = one
    return one

  def wrapped_alone(self, layer):
    """Returns `wrapped`, or a wrapper without masks as TF-MOT makes it.

    Code that wraps its layers one by one counts on a wrapper of each. Layers of
    a model stay as they are: names, and files of weights, go by them.
    """
    one = self.wrapped(layer)
    if one is not layer or not self._is_wrapped_by_tfmot(layer):
      return one
    config = self.plan.of(layer)
    if config is None or config.is_dynamic:
      return layer
    return wrapper.PruneLowMagnitude(
      layer,
      config.pruning_schedule,
      config.block_size,
      config.block_pooling_type,
      **self._more,
    )

  def _is_wrapped_by_tfmot(self, layer) -> bool:
    if isinstance(layer, wrapper.TFMOTWrapper | keras.layers.InputLayer):
      return False
    if self.policy and not self.policy.allow_pruning(layer):
      return False
    return prunable.has_nothing_to_prune(layer)

  def _of(self, layer, places) -> pruning_config.PruningConfig:
    below = [leaf.layer for leaf in prunable.leaves(layer)]
    return self.plan.of_parts(layer, [below[place] for place in places])


def _wrap_model(model, wrapping):
  if wrapping.policy:
    wrapping.policy.ensure_model_supports_pruning(model)
  wrap = _wrap_graph if signatures.is_graph(model) else _wrap_subclassed
  pruned = wrap(model, wrapping)
  if not wrapping.made and wrapped_layers.pruned_layers(model):
    raise ValueError(
      f"{model.name!r} is wrapped for pruning already, with another schedule."
      " Call `strip_pruning` first."
    )
  if not wrapping.made:
    raise ValueError(_nothing_to_prune(model.name, [model], wrapping))
  wrapping.plan.check_used()
  if not wrapping.policy:
    _warn_of_the_rest(pruned, wrapping.plan)
  return pruned


def _wrap_graph(model, wrapping):
  def wrap(layer):
    if isinstance(layer, keras.Model) and signatures.is_graph(layer):
      return clones.clone(layer, wrap)
    return wrapping.wrapped(layer)

  pruned = wrap(model)
  dense_weights.take(pruned, strip.without_wrappers)
  return pruned


def _wrap_subclassed(network, wrapping):
  signatures.call_specs(network)  # raises unless it is built
  layers = [leaf.layer for leaf in prunable.leaves(network)]
  chosen = [layers[place] for place in wrapping.chosen_leaves(network)]
  # A layer that `call` does not use has no weights.
  wrappers = [wrapping.wrap(layer) for layer in chosen if layer.built]
  return subclassed.attach(network, wrappers) if wrappers else network


def _warn_of_the_rest(pruned, plan):
  rest = (
    [
      f"{layer.name} ({layer.note})"
      for layer in report.sparsity_report(pruned).layers
      if layer.note and not (plan.leaves_some and layer.note == report.LEFT)
    ]
    if pruned.built
    else []
  )
  if rest:
    warnings.warn(f"Left as they are: {', '.join(rest)}.", stacklevel=4)


def _wrap_list(layers, wrapping):
  wrapped = [wrapping.wrapped_alone(layer) for layer in layers]
  if not any(isinstance(layer, wrapper.TFMOTWrapper) for layer in wrapped):
    raise ValueError(_nothing_to_prune("the list", layers, wrapping))
  wrapping.plan.check_used()
  return wrapped


def _nothing_to_prune(name, layers, wrapping):
  below = [leaf.layer for layer in layers for leaf in prunable.leaves(layer)]
  kinds = ", ".join(sorted({type(layer).__name__ for layer in below or layers}))
  why = "there is nothing to prune in"
  if wrapping.plan.leaves_some:
    why = "`allocation` leaves dense what there is to prune in"
  elif wrapping.policy:
    why = "the policy allows none of"
  frozen = any(
    prunable.is_prunable(layer) and not layer.trainable for layer in below
  )
  return (
    f"{name!r} cannot be pruned: {why} its layers ({kinds}). Pruned are kernels"
    " of Dense, convolution, embedding and recurrent layers, and what a layer's"
    " own `get_prunable_weights()` returns."
    + (" Set `trainable = True` of frozen layers first." if frozen else "")
  )


def _check_policy(policy) -> None:
  if policy is not None and not isinstance(
    policy, pruning_policy_.PruningPolicy
  ):
    raise ValueError(
      "`pruning_policy` must be a PruningPolicy, such as"
      f" tgp.PruneForLatencyOnXNNPack(); got {policy!r}."
    )
