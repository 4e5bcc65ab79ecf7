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
"""Allocations: the order in which the units of all groups are removed.

An allocation maps a `View` and scores, `[units]`, to values, `[units]`; units
with the lowest values are removed first. Within a group, values must be in the
order of the scores.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tf_ganprune import registries
from tf_ganprune.channels import surgery, zeros
from tf_ganprune.channels import trace as traces
from tf_ganprune.channels import view as views

ChannelAllocation = Callable[[views.View, np.ndarray], np.ndarray]
ALLOCATIONS = registries.FunctionRegistry(
  "`allocation` must be one of {names}, or a function of a `View` and scores"
)
_FRACTIONS = (0.0, 0.25, 0.5, 0.75, 0.9)


@ALLOCATIONS.register("uniform")
def uniform(view: views.View, scores: np.ndarray) -> np.ndarray:
  """Removes the same fraction of each group."""
  values = np.zeros(len(scores))
  for group in view.groups:
    values[group.units] = _fractions(scores[group.units])
  return values


def _fractions(scores: np.ndarray) -> np.ndarray:
  """Returns the fraction of a group that is removed up to each of its units."""
  ranks = np.empty(len(scores))
  ranks[np.argsort(scores, kind="stable")] = np.arange(1, len(scores) + 1)
  return ranks / len(scores)


@ALLOCATIONS.register("equal")
def equal(view: views.View, scores: np.ndarray) -> np.ndarray:
  """Makes groups equally wide; those that are narrower already stay whole.

  Of all networks of a cost, this one has the widest narrowest layer, which
  limits a network that is much smaller than the original.
  """
  values = np.zeros(len(scores))
  for group in view.groups:
    order = group.units[np.argsort(-scores[group.units], kind="stable")]
    values[order] = -np.arange(len(order))
  return values


@ALLOCATIONS.register("global")
def global_(view: views.View, scores: np.ndarray) -> np.ndarray:
  """Removes the lowest scores of the network, divided by their group's mean.

  Fang et al. 2023, "DepGraph", section 3.3, normalize scores in this way.
  """
  values = np.zeros(len(scores))
  for group in view.groups:
    own = scores[group.units]
    values[group.units] = own / (np.abs(own).mean() or 1.0)
  return values


@ALLOCATIONS.register("sensitivity")
def sensitivity(view: views.View, scores: np.ndarray) -> np.ndarray:
  """Removes units so that each group's loss changes the outputs equally.

  The change is the mean squared difference of the outputs on `data`. Li et al.
  2017, "Pruning Filters for Efficient ConvNets", section 3.2, measure the
  sensitivity of each layer by itself in this way.
  """
  data = view.data
  everything = np.ones(view.trace.num_units, bool)
  trial = traces.Trace(surgery.rebuild(view.trace, everything))
  expected = [trial.model(batch, training=False) for batch in data]
  values = np.zeros(len(scores))
  for group in view.groups:
    order = group.units[np.argsort(scores[group.units], kind="stable")]
    errors: Any = [
      _error(trial, order[: int(f * len(order))], data, expected)
      for f in _FRACTIONS
    ]
    errors = np.maximum.accumulate(errors)  # values must keep the scores' order
    fractions = np.arange(1, len(order) + 1) / len(order)
    values[order] = np.interp(fractions, _FRACTIONS, errors)
    # Values grow beyond the measured fractions, too.
    values[order] += 1e-9 * fractions
  return values


def _error(trial, units, data, expected) -> float:
  """Returns the mean squared change of the outputs without some units."""
  with zeros.without(trial, units):
    outputs = [trial.model(batch, training=False) for batch in data]
  pairs = zip(tf.nest.flatten(outputs), tf.nest.flatten(expected), strict=True)
  return float(np.mean([tf.reduce_mean(tf.square(a - b)) for a, b in pairs]))
