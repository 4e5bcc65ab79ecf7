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

import tensorflow_model_optimization as tfmot

from tf_ganprune import keras_compat
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import ownership, registry, report, schedules, wrapper


def prune_low_magnitude(
  to_prune,
  pruning_schedule=None,
  block_size: tuple[int, int] = (1, 1),
  block_pooling_type: str = "AVG",
  pruning_policy=None,
  sparsity_m_by_n: tuple[int, int] | None = None,
  **kwargs,
):
  """Wraps a layer, a list of layers or a network, to be pruned in training.

  As TF-MOT's function of this name, with these differences: a layer that has
  nothing to prune, or that TF-MOT does not know, is left as it is;
  what cannot be done is said at once, with the layer's name; and inside a GAN
  of this package (or with `tgp.UpdatePruningStep`) a step is an optimizer
  update. The weights are shared with `to_prune`.

  Args:
    to_prune: A Keras layer, a list of them, or a Sequential or functional
      model.
    pruning_schedule: When to prune, and how much: a
      `tfmot.sparsity.keras.PruningSchedule`. By default TF-MOT's: 50 % from
      step 100 on.
    block_size: Rows and columns of the blocks that are kept or removed whole,
      in layers with a two-dimensional kernel.
    block_pooling_type: `'AVG'` or `'MAX'`: what of a block stands for it.
    pruning_policy: A `tfmot.sparsity.keras.PruningPolicy` that chooses layers
      of a model.
    sparsity_m_by_n: `(m, n)` removes m of each n consecutive weights along
      the input channels, once, at the first step (not before `begin_step`).
      The schedule's sparsity is then not used.
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
    pruning_schedule = schedules.ConstantSparsity(0.5, 0)
  schedules.validate(pruning_schedule)
  _check_pattern(block_size, block_pooling_type, sparsity_m_by_n)
  params = {
    "pruning_schedule": pruning_schedule,
    "block_size": tuple(block_size),
    "block_pooling_type": block_pooling_type,
    "sparsity_m_by_n": sparsity_m_by_n,
  }
  if isinstance(to_prune, list):
    return _wrap_list(to_prune, params)
  if isinstance(to_prune, keras.layers.Layer) and not isinstance(
    to_prune, keras.Model
  ):
    return _wrap_list([to_prune], params | kwargs)[0]
  keras_compat.check_model(to_prune, "to_prune")
  if kwargs:
    raise ValueError(
      f"Unknown arguments {sorted(kwargs)}: only a single layer's wrapper takes"
      " more than the named ones."
    )
  return _wrap_model(to_prune, pruning_policy, params)


def strip_pruning(model):
  """Returns the network without its wrappers, pruned weights being zero.

  As TF-MOT's function of this name; the masks are applied first, so that the
  result is sparse at any moment. The layers, and so the weights, are shared
  with `model`: clone the result to keep it apart from further training.

  Args:
    model: A Sequential or functional model, pruned or not.

  Returns:
    A model of the same structure, without masks.

  Raises:
    ValueError: If it is another kind of model.
  """
  check_network(model, "model")
  for layer in ownership.pruned_layers(model):
    wrapper.apply_masks(layer)
  return tfmot.sparsity.keras.strip_pruning(model)


def check_network(model, name: str) -> None:
  """Raises unless `model` is a Sequential or functional model.

  Args:
    model: What the user passed.
    name: The argument it was passed as, for the message.

  Raises:
    ValueError: If it is a subclass, of Keras 3, or no model.
  """
  keras_compat.check_model(model, name)
  if isinstance(model, keras.Sequential) or model._is_graph_network:
    return
  parts = [
    layer.name for layer in model.layers if isinstance(layer, keras.Model)
  ]
  raise ValueError(
    f"`{name}` must be a Sequential or functional model, and"
    f" {model.name!r} is a subclass ({type(model).__name__})."
    + (f" Pass one of its networks: {', '.join(parts)}." if parts else "")
  )


def _wrap_model(model, policy, params):
  check_network(model, "to_prune")
  if policy:
    policy.ensure_model_supports_pruning(model)
  wrapped = {}

  def wrap(layer):
    if isinstance(layer, keras.Model):
      return keras.models.clone_model(layer, clone_function=wrap)
    if _is_left_alone(layer) or (policy and not policy.allow_pruning(layer)):
      return layer
    if id(layer) not in wrapped:
      wrapped[id(layer)] = _wrap_layer(layer, params)
    return wrapped[id(layer)]

  pruned = wrap(model)
  if not wrapped and ownership.pruned_layers(model):
    raise ValueError(
      f"{model.name!r} is wrapped for pruning already, with another schedule."
      " Call `strip_pruning` first."
    )
  if not wrapped:
    raise ValueError(_nothing_to_prune(model.name, model.layers, policy))
  if not policy:
    _warn_of_the_rest(pruned)
  return pruned


def _warn_of_the_rest(pruned):
  rest = (
    [
      f"{layer.name} ({layer.note})"
      for layer in report.sparsity_report(pruned).layers
      if layer.note
    ]
    if pruned.built
    else []
  )
  if rest:
    warnings.warn(f"Left as they are: {', '.join(rest)}.", stacklevel=4)


def _wrap_list(layers, params):
  wrapped = [
    layer if _is_left_alone(layer) else _wrap_layer(layer, params)
    for layer in layers
  ]
  if not any(isinstance(layer, wrapper.TFMOTWrapper) for layer in wrapped):
    raise ValueError(_nothing_to_prune("the list", layers, None))
  return wrapped


def _is_left_alone(layer) -> bool:
  already = isinstance(layer, wrapper.TFMOTWrapper)
  return already or not registry.is_prunable(layer)


def _wrap_layer(layer, params):
  is_blocked = params["block_size"] != (1, 1)
  for weight in registry.prunable_weights(layer) if layer.built else []:
    if is_blocked and weight.shape.rank != 2:
      raise ValueError(
        f"`block_size` {params['block_size']} needs two-dimensional kernels,"
        f" and that of layer {layer.name!r} has shape {tuple(weight.shape)}."
        " Use `pruning_policy` to leave the layer out, or wrap layers one by"
        " one."
      )
  return wrapper.PruneLowMagnitude(layer, **params)


def _check_pattern(block_size, block_pooling_type, m_by_n):
  if len(block_size) != 2 or any(
    size != int(size) or size < 1 for size in block_size
  ):
    raise ValueError(
      f"`block_size` must be two whole numbers above 0; got {block_size!r}."
    )
  if block_pooling_type not in ("AVG", "MAX"):
    raise ValueError(
      f"`block_pooling_type` must be 'AVG' or 'MAX'; got"
      f" {block_pooling_type!r}."
    )
  if m_by_n is not None:
    _check_m_by_n(block_size, m_by_n)


def _check_m_by_n(block_size, m_by_n):
  if len(m_by_n) != 2 or not 0 < m_by_n[0] < m_by_n[1]:
    raise ValueError(
      "`sparsity_m_by_n` must be (m, n) with 0 < m < n: m zeros in each n"
      f" weights; got {m_by_n!r}."
    )
  if tuple(block_size) != (1, 1):
    raise ValueError(
      f"`block_size` {tuple(block_size)} and `sparsity_m_by_n` {m_by_n} are two"
      " patterns; give one of them."
    )


def _nothing_to_prune(name, layers, policy):
  kinds = ", ".join(sorted({type(layer).__name__ for layer in layers}))
  why = (
    "the policy allows none of" if policy else "there is nothing to prune in"
  )
  return (
    f"{name!r} cannot be pruned: {why} its layers ({kinds}). Pruned are kernels"
    " of Dense, convolution, embedding and recurrent layers, and what a layer's"
    " own `get_prunable_weights()` returns."
  )
