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
"""Shares by what pruning each layer was measured to cost."""

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
  """The part of a `tgp.report.SensitivityTable` that allocates."""

  @property
  def increases(self) -> Mapping[str, Curve]:
    """By names of layers, what pruning each costs."""


@keras.utils.register_keras_serializable(package="tf_ganprune")
class Sensitivity(base.Allocation):
  """Every layer is pruned as far as costs it the same, by what was measured.

  For each layer `tgp.sensitivity` knows by how much the distance grows with
  its sparsity: 0 where nothing is pruned, straight lines between what was
  measured, and never less than at a lower sparsity. Of an increase d each layer
  has the largest sparsity that costs at most d, and d is such that all of them
  together have the wanted sparsity. Where a layer's curve is level, that is
  more than one sparsity; those layers then go the same part of the way. Of all
  allocations with that total it is the one whose worst layer costs least.

  Nothing is known beyond the largest sparsity that was measured (finitely), so
  no layer is pruned further unless all are there; then each keeps the same part
  of what that leaves of it. A table up to 0.95 or so avoids that.

  Example:
    >>> table = tgp.sensitivity(gan, evaluator)
    >>> share = tgp.allocation.Sensitivity(table)
    >>> tgp.prune_low_magnitude(generator, schedule, allocation=share)
  """

  kind = "sensitivity"

  def __init__(
    self, table: Measured | Mapping[str, Curve] | Iterable[Sequence]
  ):
    """Takes what was measured.

    Args:
      table: What `tgp.sensitivity` returned; or a dict, or pairs, of a layer's
        name, behind those of what it is part of, and pairs of a sparsity and
        the increase of the distance.

    Raises:
      ValueError: If it is none of that, or empty.
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
      raise ValueError("`table` is empty; measure some layers.")

  def at(self, layer: str) -> "Sensitivity":
    """Returns an allocation with this layer only.

    Raises:
      ValueError: If it was not measured.
    """
    found = [curve for curve in self._curves if curve[0] == layer]
    if not found:
      measured = ", ".join(dict(self._curves))
      raise ValueError(
        f"`allocation`: layer {layer!r} is to be pruned, and was not measured."
        f" There are {measured}. Measure it with tgp.sensitivity, or leave it"
        f" dense: `allocation={{{layer!r}: None, '*': {{'allocation': ...}}}}`."
      )
    return Sensitivity(found[:1])

  def among(self, others: Sequence[base.Allocation]) -> "Sensitivity":
    """Returns an allocation with all of these layers, a kernel each."""
    sharing: Any = others  # each of this class
    return Sensitivity([curve for one in sharing for curve in one._curves])

  def counts(self, scores: Sequence[tf.Tensor], kept: tf.Tensor) -> tf.Tensor:
    """Returns shares by the curves, which are in the order of the scores."""
    sizes = np.array([x.shape.num_elements() for x in scores], np.float64)
    path = _path(sizes, [curve for _, curve in self._curves])
    totals = path.sum(1)  # falling
    kept64 = tf.cast(kept, tf.float64)
    spans = totals[:-1] - totals[1:]
    parts = tf.clip_by_value((totals[:-1] - kept64) / spans, 0.0, 1.0)
    gone = tf.linalg.matvec(path[:-1] - path[1:], parts, transpose_a=True)
    return shares.rounded(path[0] - gone, sizes, kept)

  def get_config(self) -> dict:
    """Returns the curves, those of this layer in a wrapper."""
    return {"table": [[name, curve] for name, curve in self._curves]}


def _checked(pairs: Sequence) -> list[list[float]]:
  """Returns a layer's finite measurements, sparsities rising."""
  found = sorted([float(s), float(d)] for s, d in pairs)
  sparsities = [s for s, _ in found]
  if not all(0 < s < 1 for s in sparsities):
    raise ValueError(f"sparsities are {sparsities}")
  if len(set(sparsities)) < len(found):
    raise ValueError(f"sparsities repeat: {sparsities}")
  broken = [i for i, (_, d) in enumerate(found) if not math.isfinite(d)]
  return found[: broken[0]] if broken else found


def _path(sizes: np.ndarray, curves: Sequence) -> np.ndarray:
  """Returns what each kernel keeps, from all to nothing, in straight steps.

  Args:
    sizes: Of the kernels, `[kernels]`.
    curves: Of each kernel, pairs of a sparsity and an increase.

  Returns:
    `[points, kernels]`, the sums of the points falling; between two points
    everything is linear.
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
  """Returns sparsities from 0 on, and costs that do not fall."""
  sparsities, costs = np.array([[0.0, 0.0], *curve]).T
  return sparsities, np.maximum.accumulate(costs)


def _reached(sparsities, costs, level, side) -> float:
  """Returns the largest sparsity that costs less than a level, or just that."""
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
