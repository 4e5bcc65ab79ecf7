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
"""How sparse a network is, layer by layer."""

import dataclasses
from typing import NamedTuple

import numpy as np

from tf_ganprune import keras_compat
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity import ownership, registry, wrapper

_NOT_PRUNABLE = "not prunable"


class LayerSparsity(NamedTuple):
  """The zeros among the weights of a layer's kernels.

  Attributes:
    name: The layer's name, without a pruning wrapper's, behind those of the
      models that it is nested in.
    sparsity: The share of zeros, in [0, 1].
    size: How many weights these are.
    note: What a reader should know, such as why it was left out.
  """

  name: str
  sparsity: float
  size: int
  note: str = ""


@dataclasses.dataclass(frozen=True)
class SparsityReport:
  """What `sparsity_report` found; `str()` makes a table of it.

  Attributes:
    layers: One entry for each layer with kernels. Those that cannot be pruned
      have a note, and do not count in `overall`.
  """

  layers: tuple[LayerSparsity, ...]

  @property
  def overall(self) -> float:
    """The share of zeros among all prunable weights, in [0, 1]."""
    zeros = sum(layer.sparsity * layer.size for layer in self._prunable)
    return zeros / self._size if self._size else 0.0

  @property
  def _prunable(self) -> list[LayerSparsity]:
    return [x for x in self.layers if not x.note.startswith(_NOT_PRUNABLE)]

  @property
  def _size(self) -> int:
    return sum(layer.size for layer in self._prunable)

  def __str__(self) -> str:
    total = LayerSparsity("overall", self.overall, self._size)
    rows = [*self.layers, total]
    width = max(len("layer"), *(len(row.name) for row in rows))
    lines = [f"{'layer':<{width}}  {'zeros':>7}  {'weights':>10}"]
    lines += [
      f"{row.name:<{width}}  {row.sparsity:>7.2%}  {row.size:>10,}"
      + (f"  {row.note}" if row.note else "")
      for row in rows
    ]
    return "\n".join(lines)


def sparsity_report(model) -> SparsityReport:
  """Counts the zeros in a network's prunable weights.

  Biases and norms are not counted, since they are not pruned. Layers that are
  not wrapped count as well, so that a network can be compared with itself
  before wrapping and after stripping.

  Args:
    model: Any Keras model that is built, nested ones included.

  Returns:
    The report.

  Raises:
    ValueError: If it is not a Keras model, or not built.

  Example:
    >>> print(tgp.sparsity_report(generator))
  """
  keras_compat.check_model(model, "model")
  if not model.built:
    raise ValueError(
      f"Model {model.name!r} has no weights yet; build it or call it once."
    )
  is_pruned = bool(ownership.pruned_layers(model))
  return SparsityReport(tuple(_walk(model, "", is_pruned, seen=set())))


def _walk(parent, prefix, is_pruned, seen):
  """Yields the rows of the layers below `parent`; a nested model has a name."""
  for layer in parent._flatten_layers(recursive=False, include_self=False):
    if id(layer) in seen:
      continue
    seen.add(id(layer))
    if isinstance(layer, wrapper.TFMOTWrapper):
      yield from _rows(layer.layer, prefix, "")
    elif registry.is_prunable(layer):
      yield from _rows(layer, prefix, "not wrapped" if is_pruned else "")
    else:
      yield from _unknown(layer, prefix)
      is_model = isinstance(layer, keras.Model)
      below = f"{prefix}{layer.name}/" if is_model else prefix
      yield from _walk(layer, below, is_pruned, seen)


def _rows(layer, prefix, note):
  weights = [weight.numpy() for weight in registry.prunable_weights(layer)]
  size = sum(weight.size for weight in weights)
  zeros = size - sum(np.count_nonzero(weight) for weight in weights)
  if size:
    yield LayerSparsity(prefix + layer.name, zeros / size, size, note)


def _unknown(layer, prefix):
  """Yields a row for a layer with kernels of its own that are not prunable."""
  kernels = [w.numpy() for w in layer._trainable_weights if w.shape.rank > 1]
  size = sum(kernel.size for kernel in kernels)
  zeros = size - sum(np.count_nonzero(kernel) for kernel in kernels)
  if size:
    note = f"{_NOT_PRUNABLE}: {type(layer).__name__}"
    yield LayerSparsity(prefix + layer.name, zeros / size, size, note)
