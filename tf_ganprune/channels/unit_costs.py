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
"""The costs of a network of which only some units are kept."""

import math
from collections.abc import Callable

import numpy as np

from tf_ganprune.channels import trace as traces
from tf_ganprune.channels.call import Axis
from tf_ganprune.graphs import signatures


class Costs:
  """Computes costs of a smaller network from the rules, without making it.

  Example:
    >>> costs = Costs(trace)
    >>> costs.macs(np.ones(trace.num_units, bool))
  """

  def __init__(self, trace: traces.Trace):
    self._trace = trace
    named = {ref for step in trace.steps for ref in step.rule.weights}
    self._whole = sum(
      int(np.prod(w.shape)) for w in trace.model.weights if w.ref() not in named
    )
    self._units: dict[int, np.ndarray] = {}

  def length(self, axis: Axis, kept: np.ndarray) -> int:
    """Returns the length of an axis with only the kept units.

    Args:
      axis: An axis of a tensor or weight.
      kept: The kept units, bool `[units]`.
    """
    key = id(axis)
    if key not in self._units:
      self._units[key] = self._trace.of(axis)
    return int(np.count_nonzero(kept[self._units[key]]))

  def step_macs(self, step: traces.Step, kept: np.ndarray) -> int:
    """Returns the multiply-accumulates of a call, with only the kept units.

    Args:
      step: The call.
      kept: The kept units, bool `[units]`.

    Raises:
      ValueError: If a side of a tensor is unknown.
    """
    if any(math.isnan(product.factor) for product in step.rule.macs):
      raise ValueError(
        f"Layer {step.layer.name!r} has an output of shape {step.output_shape},"
        " so its multiply-accumulates are unknown. Give the network's `Input`"
        " a shape without None, or pass"
        f" {signatures.example_shape(self._trace.model.inputs[0].shape)}."
      )
    return round(
      sum(
        product.factor * math.prod(self.length(a, kept) for a in product.axes)
        for product in step.rule.macs
      )
    )

  def check_macs(self) -> None:
    """Raises if the multiply-accumulates of a layer are not exact.

    Raises:
      ValueError: With the layer and the reason.
    """
    for step in self._trace.steps:
      if step.rule.doubt:
        raise ValueError(
          f"The multiply-accumulates of layer {step.layer.name!r} are unknown:"
          f" {step.rule.doubt}. Register a rule with `macs` by"
          " tgp.channel_rule, or use another budget, such as `params`."
        )

  def macs(self, kept: np.ndarray) -> int:
    """Returns the multiply-accumulates for one example, with kept units."""
    return sum(self.step_macs(step, kept) for step in self._trace.steps)

  def params(self, kept: np.ndarray) -> int:
    """Returns the number of the network's weights, with kept units."""
    return self._whole + sum(
      self._size(variable, weight.axes, kept)
      for _, variable, weight in self._trace.weights
    )

  def _size(self, variable, axes, kept) -> int:
    size = 1
    for side, axis in zip(variable.shape, axes, strict=True):
      size *= side if axis is None else self.length(axis, kept)
    return size

  def channels(self, kept: np.ndarray) -> int:
    """Returns the number of kept units among those that can be removed."""
    fixed = np.fromiter(self._trace.reasons, int, len(self._trace.reasons))
    return int(kept.sum() - kept[fixed].sum())


def counted(costs: Costs) -> dict[str, Callable[[np.ndarray], int]]:
  """Returns the costs that are computed without a network, by budget name."""
  return {
    "macs": costs.macs,
    "params": costs.params,
    "channels": costs.channels,
  }
