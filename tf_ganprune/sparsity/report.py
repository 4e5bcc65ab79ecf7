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
"""A table of the sparsity of each layer of a network."""

import dataclasses
from typing import NamedTuple

import numpy as np

from tf_ganprune import foreign, keras_compat
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.wrapping import prunable, wrapped_layers

_NOT_PRUNABLE = "not prunable"
LEFT = "not wrapped"


class LayerSparsity(NamedTuple):
  """The share of zeros among the weights of a layer's kernels.

  Attributes:
    name: The layer's path, as in 'block/conv': its name after those of the
      models that it is nested in, without the pruning wrapper's.
    sparsity: The share of zeros, in [0, 1].
    size: The number of weights.
    note: A remark, such as why the layer is not pruned.
  """

  name: str
  sparsity: float
  size: int
  note: str = ""


@dataclasses.dataclass(frozen=True)
class SparsityReport:
  """The sparsity of each layer of a network; `str()` makes a table of it.

  Attributes:
    layers: One entry for each layer with kernels, or with weights of an unknown
      kind. Those that cannot be pruned have a note, and do not count in
      `overall`.
    notes: Remarks on the whole network.
  """

  layers: tuple[LayerSparsity, ...]
  notes: tuple[str, ...] = ()

  @property
  def overall(self) -> float:
    """The share of zeros among all prunable weights, in [0, 1]."""
    zeros = sum(layer.sparsity * layer.size for layer in self._prunable)
    return zeros / self.size if self.size else 0.0

  @property
  def _prunable(self) -> list[LayerSparsity]:
    return [x for x in self.layers if not x.note.startswith(_NOT_PRUNABLE)]

  @property
  def size(self) -> int:
    """The number of prunable weights, zeros included."""
    return sum(layer.size for layer in self._prunable)

  def __str__(self) -> str:
    total = LayerSparsity("overall", self.overall, self.size)
    rows = [*self.layers, total]
    width = max(len("layer"), *(len(row.name) for row in rows))
    lines = [f"{'layer':<{width}}  {'zeros':>7}  {'weights':>10}"]
    lines += [
      f"{row.name:<{width}}  {row.sparsity:>7.2%}  {row.size:>10,}"
      + (f"  {row.note}" if row.note else "")
      for row in rows
    ]
    return "\n".join([*lines, *self.notes])


def sparsity_report(model: keras.Model) -> SparsityReport:
  """Counts the zeros among a network's prunable weights, layer by layer.

  Biases and norms are not counted, since they are not pruned. Layers that are
  not wrapped count as well, so that a network can be compared with itself
  before wrapping and after stripping.

  Args:
    model: Any Keras model that is built, nested ones included.

  Returns:
    The counts, a `SparsityReport`.

  Raises:
    ValueError: If `model` is not a Keras model, or not built.

  Example:
    >>> print(tgp.sparsity_report(generator))
  """
  keras_compat.check_model(model, "model")
  if not model.built:
    raise ValueError(
      f"Model {model.name!r} has no weights yet; build it or call it once."
    )
  layers = wrapped_layers.pruned_layers(model)
  masked = {w.ref() for one in layers for w, _, _ in one.pruning_vars}
  leaves = [*prunable.leaves(model), prunable.Leaf(model.name, model)]
  offered = {
    leaf.layer: _offered(leaf.layer, masked)
    for leaf in leaves
    if leaf.layer.built
  }
  # SpectralNormalization holds the kernel of its layer as its own.
  taken = {w.ref() for weights in offered.values() for w in weights}
  rows = (
    _counted(path, offered[layer], _why_not_masked(layer, offered, masked))
    if offered.get(layer)
    else _left_alone(path, layer, taken)
    for path, layer in leaves
  )
  return SparsityReport(tuple(filter(None, rows)), tuple(_notes(layers)))


def _offered(layer, masked) -> list:
  """Returns a layer's prunable weights, with depthwise kernels if pruned."""
  if kernels := foreign.kernels(layer):
    return kernels
  if all(w.ref() not in masked for w in prunable.prunable_weights(layer, True)):
    return prunable.prunable_weights(layer)
  return prunable.prunable_weights(layer, True)


def _left_alone(path, layer, taken) -> LayerSparsity | None:
  weights = [w for w in layer._trainable_weights if w.ref() not in taken]
  if prunable.has_nothing_to_prune(layer):
    weights = [weight for weight in weights if weight.shape.rank > 1]
  if not weights:
    return None
  return _counted(path, weights, f"{_NOT_PRUNABLE}: {_why_not(layer)}")


def _counted(path, weights, note) -> LayerSparsity:
  size = sum(weight.shape.num_elements() for weight in weights)
  zeros = size - sum(np.count_nonzero(weight.numpy()) for weight in weights)
  return LayerSparsity(path, zeros / size, size, note)


def _why_not_masked(layer, offered, masked) -> str:
  if not masked or any(w.ref() in masked for w in offered[layer]):
    return ""
  return LEFT if layer.trainable else "frozen"


def _why_not(layer) -> str:
  kind = type(layer).__name__
  if prunable.is_depthwise(layer):
    return f"{kind}, unless with prune_depthwise=True"
  if type(layer).__module__.startswith("tf_keras."):
    return kind
  return f"{kind} has no get_prunable_weights()"


def _notes(layers):
  begun = [one.pruning_step.numpy() >= 0 for one in layers]
  if layers and not any(begun):
    yield (
      "No optimizer update was counted yet: train the network in a tgp.GAN, in"
      " `fit` with tgp.UpdatePruningStep(), or with a tgp.Pruner."
    )
