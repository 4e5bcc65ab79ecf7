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
"""An allocation by the measured cost of pruning each layer."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.allocation import base, shares

# Pairs of a sparsity and the increase of the distance.
Curve = Sequence[Sequence[float]]


class Measured(Protocol):
  """The part of a `tgp.report.SensitivityTable` that `Sensitivity` uses."""

  @property
  def increases(self) -> Mapping[str, Curve]:
    """The increase of the distance by sparsity, for each layer's name."""


@keras.utils.register_keras_serializable(package="tf_ganprune")
class Sensitivity(base.Allocation):
  """Prunes all layers up to the same measured cost, the loss of quality.

  For each layer `tgp.sensitivity` measures by how much the distance grows with
  the layer's sparsity. Each layer's curve begins at 0 for no zeros, is linear
  between measurements, and never falls. For an increase d each layer gets the
  largest sparsity that costs at most d, and d is chosen so that all layers
  together have the wanted sparsity. Where curves are level, several
  sparsities cost d; those layers go the same part of the way from the lowest
  to the highest of them. Of all allocations with the same total sparsity, this
  one has the smallest cost in its most costly layer.

  Nothing is known beyond the largest sparsity with a finite measurement, so no
  layer is pruned further until all layers have reached theirs; then each keeps
  the same share of the weights that are left. Measure up to a sparsity of
  about 0.95 to avoid that.

  Example:
    >>> table = tgp.sensitivity(gan, evaluator)
    >>> share = tgp.allocation.Sensitivity(table)
    >>> tgp.prune_low_magnitude(generator, schedule, allocation=share)
  """

  kind = "sensitivity"

  def __init__(
    self, table: Measured | Mapping[str, Curve] | Iterable[Sequence]
  ):
    """Sets the measured costs.

    Args:
      table: The table that `tgp.sensitivity` returned; or a dict from layers'
        paths, as in 'block/conv', to pairs of a sparsity and the increase of
        the distance; or the items of such a dict.

    Raises:
      ValueError: If `table` is none of these, or empty.
    """
    increases: Any = getattr(table, "increases", table)
    if isinstance(increases, Mapping):
      increases = increases.items()
    try:
      self._curves = [(str(name), _checked(x)) for name, x in increases]
    except (TypeError, ValueError) as error:
      raise ValueError(
        "`table` must be what tgp.sensitivity returns, or a dict from names of"
        " layers to pairs of a sparsity in (0, 1) and an increase (of a table's"
        " `as_dict`, tgp.report.SensitivityTable.from_dict makes a table); got"
        f" {table!r} ({error})."
      ) from None
    if not self._curves:
      raise ValueError(
        "`table` is empty; pass what tgp.sensitivity returns for at least one"
        " layer."
      )

  def at(self, layer: str) -> "Sensitivity":
    """Returns an allocation that has the curve of one layer only.

    Args:
      layer: The layer's path in the network.

    Raises:
      ValueError: If the layer was not measured.
    """
    found = [curve for curve in self._curves if curve[0] == layer]
    if not found:
      measured = ", ".join(dict(self._curves))
      raise ValueError(
        f"`allocation`: layer {layer!r} is to be pruned, but the sensitivity"
        f" table measures only {measured}. Measure it with tgp.sensitivity, or"
        f" leave it dense: `allocation={{{layer!r}: None, '*': {{'allocation':"
        " ...}}`."
      )
    return Sensitivity(found[:1])

  def among(self, others: Sequence[base.Allocation]) -> "Sensitivity":
    """Returns an allocation with the curves of several layers, in order."""
    sharing: Any = others  # each of this class
    return Sensitivity([curve for one in sharing for curve in one._curves])

  def counts(self, scores: Sequence[tf.Tensor], kept: tf.Tensor) -> tf.Tensor:
    """Returns the number of weights that each kernel keeps, by its curve.

    Args:
      scores: A tensor for each kernel, in the order of the curves.
      kept: The number of weights that all kernels keep, a scalar int32.

    Returns:
      An int32 `[kernels]`.
    """
    sizes = np.array([x.shape.num_elements() for x in scores], np.float64)
    path = _path(sizes, [curve for _, curve in self._curves])
    totals = path.sum(1)  # falling
    kept64 = tf.cast(kept, tf.float64)
    spans = totals[:-1] - totals[1:]
    parts = tf.clip_by_value((totals[:-1] - kept64) / spans, 0.0, 1.0)
    gone = tf.linalg.matvec(path[:-1] - path[1:], parts, transpose_a=True)
    return shares.rounded(path[0] - gone, sizes, kept)

  def get_config(self) -> dict:
    """Returns the argument of the constructor: the curves by layers' paths."""
    return {"table": [[name, curve] for name, curve in self._curves]}


def _checked(pairs: Sequence) -> list[list[float]]:
  """Returns a layer's measurements up to the first that is not finite, sorted.

  Raises:
    ValueError: If a sparsity is not in (0, 1), or is given twice.
  """
  found = sorted([float(s), float(d)] for s, d in pairs)
  sparsities = [s for s, _ in found]
  if not all(0 < s < 1 for s in sparsities):
    raise ValueError(f"sparsities are {sparsities}")
  if len(set(sparsities)) < len(found):
    raise ValueError(f"sparsities repeat: {sparsities}")
  broken = [i for i, (_, d) in enumerate(found) if not math.isfinite(d)]
  return found[: broken[0]] if broken else found


def _path(sizes: np.ndarray, curves: Sequence) -> np.ndarray:
  """Returns the weights that kernels keep at rising costs, from all to none.

  Args:
    sizes: The numbers of weights of the kernels, `[kernels]`.
    curves: For each kernel, pairs of a sparsity and an increase.

  Returns:
    `[points, kernels]`, with falling sums over the kernels; the numbers are
    linear between two points.
  """
  knots = [_rising(curve) for curve in curves]
  levels = np.unique(np.concatenate([costs for _, costs in knots]))
  points = [np.zeros(len(sizes))]
  for level in levels:
    points += [
      np.array([_reached(*knot, level, side) for knot in knots])
      for side in ("left", "right")
    ]
  points.append(np.ones(len(sizes)))
  kept = sizes * (1.0 - np.array(points))
  falls = np.diff(kept.sum(1)) < 0
  return kept[np.concatenate([[True], falls])]


def _rising(curve) -> tuple[np.ndarray, np.ndarray]:
  """Returns a curve as sparsities from 0 on, and costs that never fall."""
  sparsities, costs = np.array([[0.0, 0.0], *curve]).T
  return sparsities, np.maximum.accumulate(costs)


def _reached(sparsities, costs, level, side) -> float:
  """Returns the sparsity at which a curve reaches a cost, `level`.

  Args:
    sparsities: Of the curve, `[points]`.
    costs: Of the curve, `[points]`.
    level: The cost.
    side: 'left' or 'right': which end of a level piece, as in
      `numpy.searchsorted`.
  """
  place = np.searchsorted(costs, level, side)
  if place == 0:
    return 0.0
  if place == len(costs):
    return sparsities[-1]
  low, high = costs[place - 1], costs[place]
  part = (level - low) / (high - low)
  return sparsities[place - 1] + part * (
    sparsities[place] - sparsities[place - 1]
  )
