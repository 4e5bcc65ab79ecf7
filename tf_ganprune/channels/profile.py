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
"""Multiply-accumulates and weights of a network, layer by layer."""

import dataclasses

import numpy as np

from tf_ganprune import array_types, keras3, states
from tf_ganprune.channels import trace as traces
from tf_ganprune.channels import unit_costs as costs_
from tf_ganprune.graphs import signatures, walks
from tf_ganprune.keras_compat import keras


@dataclasses.dataclass(frozen=True)
class LayerProfile:
  """The multiply-accumulates and weights of one layer.

  Attributes:
    name: The layer's name, as in `block/conv` for one of a nested network.
    kind: The name of the layer's class.
    macs: The multiply-accumulates of all its calls, for one example.
    params: The number of its weights.
    output_shape: The output shape of its first call, batch included.
  """

  name: str
  kind: str
  macs: int
  params: int
  output_shape: tuple


@dataclasses.dataclass(frozen=True)
class Profile:
  """The multiply-accumulates and weights of a network; `str()` is a table.

  Attributes:
    macs: The multiply-accumulates for one example. Products with weights and
      products of tensors are counted, activations and normalizations are not.
    params: The number of weights, batch statistics included.
    layers: The counts of each layer, each once.
    notes: Remarks on layers that could not be counted exactly.
  """

  macs: int
  params: int
  layers: tuple[LayerProfile, ...]
  notes: tuple[str, ...] = ()

  def __str__(self) -> str:
    rows = [("Layer", "Kind", "Output", "MACs", "Params")]
    rows += [
      (x.name, x.kind, _shape(x.output_shape), f"{x.macs:,}", f"{x.params:,}")
      for x in self.layers
    ]
    rows.append(("Together", "", "", f"{self.macs:,}", f"{self.params:,}"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join([*(_line(row, widths) for row in rows), *self.notes])


def _shape(shape) -> str:
  return "x".join("?" if n is None else str(n) for n in shape[1:])


def _line(row, widths) -> str:
  left = [cell.ljust(n) for cell, n in zip(row[:3], widths[:3], strict=True)]
  right = [cell.rjust(n) for cell, n in zip(row[3:], widths[3:], strict=True)]
  return "  ".join([*left, *right])


def profile(
  model: keras.Model, input_shape: array_types.InputShape | None = None
) -> Profile:
  """Counts a network's multiply-accumulates and weights.

  Args:
    model: A built functional or Sequential network. One of Keras 3 is
      converted by `tgp.from_keras3` first.
    input_shape: The sizes at which to count, such as `(64, 64, 3)`, for a
      network of unknown height and width; a list or a dict by name for several
      inputs.

  Returns:
    The counts. A layer without a rule is counted by the operations of its call:
    the largest branch of a conditional, the highest number of rounds of a loop.
    Layers that cannot be counted are named in the notes.

  Raises:
    ValueError: If the network is subclassed, not built, or has an unknown side
      and no `input_shape` is given.

  Example:
    >>> print(tgp.profile(tgp.networks.dcgan_generator()))
  """
  model = keras3.as_tf_keras(model)
  walks.check(model)
  with states.Kept(model):
    trace = traces.Trace(model, signatures.fixed_shapes(model, input_shape))
  costs = costs_.Costs(trace)
  everything = np.ones(trace.num_units, bool)
  layers = _layers(trace, costs, everything)
  return Profile(
    sum(layer.macs for layer in layers),
    model.count_params(),
    layers,
    tuple(trace.notes),
  )


def _layers(trace, costs, kept) -> tuple[LayerProfile, ...]:
  steps: dict[int, list] = {}
  for step in trace.steps:
    steps.setdefault(id(step.layer), []).append(step)
  return tuple(
    LayerProfile(
      trace.names.get(key, calls[0].layer.name),
      type(calls[0].layer).__name__,
      sum(costs.step_macs(step, kept) for step in calls),
      calls[0].layer.count_params(),
      calls[0].output_shape,
    )
    for key, calls in steps.items()
  )
