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
"""Groups of units: the channels of one or more layers, by their dependencies.

A unit is a set of channels that are removed together or kept together.
"""

import dataclasses
import difflib
from collections.abc import Collection

import numpy as np

from tf_ganprune import states
from tf_ganprune.channels import trace as traces
from tf_ganprune.graphs import walks
from tf_ganprune.keras_compat import keras


@dataclasses.dataclass(frozen=True)
class Group:
  """Units whose channels are in the same weights, and whose scores compare.

  Attributes:
    units: The numbers of the units, `[size]`.
    layers: The names of the layers that produce their channels.
    consumers: The names of the layers with kernels that take their channels.
    reason: The reason why none of them can be removed; empty if they can.
  """

  units: np.ndarray
  layers: tuple[str, ...]
  consumers: tuple[str, ...]
  reason: str = ""

  @property
  def size(self) -> int:
    """The number of units."""
    return len(self.units)

  def __str__(self) -> str:
    made = ", ".join(self.layers) or "-"
    taken = ", ".join(self.consumers) or "-"
    kept = f"; stay: {self.reason}" if self.reason else ""
    return f"{self.size} channels of {made} -> {taken}{kept}"


@dataclasses.dataclass(frozen=True)
class Groups:
  """The groups of a network's channels; `str()` has a line for each.

  Attributes:
    removable: Groups of which all units but one can be removed.
    fixed: Groups that stay, with the reason.
    notes: Layers that are left whole, and why.
  """

  removable: tuple[Group, ...]
  fixed: tuple[Group, ...]
  notes: tuple[str, ...] = ()

  def __iter__(self):
    return iter((*self.removable, *self.fixed))

  def __len__(self) -> int:
    return len(self.removable) + len(self.fixed)

  def __str__(self) -> str:
    return "\n".join([*map(str, self), *self.notes])


def channel_groups(model: keras.Model, exclude: Collection[str] = ()) -> Groups:
  """Returns which channels are removed together, and which must stay, and why.

  Args:
    model: A built functional or Sequential network.
    exclude: Names of layers whose outputs are to stay.

  Returns:
    The groups, a `Groups`.

  Raises:
    ValueError: If the network is not functional or Sequential, or a layer does
      not exist.

  Example:
    >>> print(tgp.channel_groups(tgp.networks.dcgan_generator()))
  """
  walks.check(model)
  with states.Kept(model):
    trace = traces.Trace(model)
  exclude_layers(trace, exclude)
  return of_trace(trace)


def exclude_layers(trace: traces.Trace, exclude) -> None:
  """Keeps all output channels of some layers.

  Args:
    trace: The network's trace.
    exclude: The names of the layers, as in `conv` or `block/conv`.

  Raises:
    ValueError: If there is no such layer, or it has no kernel.
  """
  if isinstance(exclude, str):
    raise ValueError(
      f"`exclude` must be a list of layer names; got {exclude!r}. Write"
      f" [{exclude!r}]."
    )
  is_list = isinstance(exclude, Collection)
  if not is_list or not all(isinstance(x, str) for x in exclude):
    raise ValueError(
      f"`exclude` must be a list of layer names; got {exclude!r}."
    )
  for name in exclude:
    found = [
      w.axes[w.output]
      for layer, _, w in trace.weights
      if w.output is not None and name in (layer.name, _name(trace, layer))
    ]
    if not found:
      raise ValueError(_unknown(trace, name))
    for axis in found:
      if axis is not None:
        trace.fix(axis, "it is excluded")


def _unknown(trace, name) -> str:
  known = [_name(trace, x) for x, _, w in trace.weights if w.output is not None]
  near = difflib.get_close_matches(name, known, 3, 0.4) or known[:5]
  return (
    f"`exclude` has {name!r}, but {trace.model.name!r} has no layer of that"
    f" name with a kernel. Near: {', '.join(map(repr, near))}."
  )


def _name(trace, layer) -> str:
  return trace.names.get(id(layer), layer.name)


def of_trace(trace: traces.Trace) -> Groups:
  """Returns the groups of channels of a traced network."""
  homes = _homes(trace)
  members: dict = {}
  for unit, home in homes.items():
    reason = trace.reasons.get(unit, "")
    members.setdefault((home, reason), []).append(unit)
  groups = [
    _group(trace, units, home, reason)
    for (home, reason), units in members.items()
  ]
  return Groups(
    tuple(_last_one_stays(g) for g in groups if not g.reason and g.size > 1),
    tuple(_last_one_stays(g) for g in groups if g.reason or g.size == 1),
    tuple(trace.notes),
  )


def _last_one_stays(group: Group) -> Group:
  if group.reason or group.size > 1:
    return group
  return dataclasses.replace(group, reason="it is the only one")


def _homes(trace) -> dict[int, tuple]:
  """Returns for each unit its (weight, axis, count) in the trace's weights."""
  homes: dict[int, list] = {}
  for number, (_, _, weight) in enumerate(trace.weights):
    for position, axis in enumerate(weight.axes):
      if axis is not None:
        units, counts = np.unique(trace.of(axis), return_counts=True)
        for unit, count in zip(units.tolist(), counts.tolist(), strict=True):
          homes.setdefault(unit, []).append((number, position, count))
  return {unit: tuple(home) for unit, home in homes.items()}


def _group(trace, units, home, reason) -> Group:
  made, taken = [], []
  for number, position, _ in home:
    layer, _, weight = trace.weights[number]
    if weight.kind == "kernel":
      side = made if position == weight.output else taken
      side.append(_name(trace, layer))
  makers, takers = (tuple(dict.fromkeys(names)) for names in (made, taken))
  return Group(np.array(units), makers, takers, reason)
