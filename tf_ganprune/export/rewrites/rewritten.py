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
"""Applies rewrites to a copy of a network."""

import dataclasses
from collections.abc import Sequence

from tf_ganprune.export.rewrites import rebuild, rewrite_rule, runs
from tf_ganprune.graphs import walks
from tf_ganprune.keras_compat import keras


@dataclasses.dataclass(frozen=True)
class Rewritten:
  """A network that was rewritten.

  Example:
    >>> done = apply(generator, [PHASES])
    >>> print(*done.notes)

  Attributes:
    model: The copy; the network itself if nothing was replaced.
    notes: What was replaced and why, one sentence each.
  """

  model: keras.Model
  notes: tuple[str, ...] = ()


def apply(
  model: keras.Model, rewrites: Sequence[rewrite_rule.Rewrite]
) -> Rewritten:
  """Applies rewrites in their order, to a network and those nested in it.

  Args:
    model: A built network whose inputs and outputs Keras knows. It stays as it
      is, and shares the weights of what is not replaced with the result.
    rewrites: Which, in this order.

  Returns:
    A network with the same names of inputs and outputs, for inference.
  """
  notes = []
  for rewrite in rewrites:
    replacements, names = _find(model, rewrite)
    if replacements:
      notes.append(f"{rewrite.note}: {', '.join(names)}.")
      model = rebuild.rebuild(model, replacements)
    notes += _hidden(model, rewrite)
  return Rewritten(model, tuple(notes))


def _find(model, rewrite) -> tuple[dict, list[str]]:
  """Returns what `rebuild` takes, and the names of the layers replaced."""
  replacements, names = {}, []
  paths, uses = walks.names(model), runs.uses(model)
  for network in runs.networks(model):
    for nodes, run in runs.find(network):
      # A layer that is called twice would become two, each with its weights.
      if id(nodes[0]) in replacements or uses[id(nodes[0].layer)] > 1:
        continue
      if type(run.layers[0]) is not rewrite.finds:
        continue
      if (replacement := rewrite.replace(run)) is not None:
        gone = nodes[: replacement.length]
        _name(replacement.layers, gone)
        replacements |= {id(node): None for node in gone}
        replacements[id(nodes[0])] = replacement
        names.append(paths[id(nodes[0].layer)])
  return replacements, names


def _name(layers, gone) -> None:
  """Names new layers; outputs of a network are named as their layers."""
  for i, layer in enumerate(layers):
    layer._name = f"{gone[0].layer.name}/{i}"
  layers[-1]._name = gone[-1].layer.name


def _hidden(model, rewrite) -> list[str]:
  """Returns what could not be seen inside of subclassed networks."""
  if rewrite.is_anywhere:
    return []
  notes = []
  for network in runs.networks(model):
    for layer in network.layers:
      if walks.is_nested(layer) or not _holds(layer, rewrite.finds):
        continue
      notes.append(
        f"{rewrite.name}: what is inside of {layer.name!r}, a"
        f" {type(layer).__name__}, was left as it is; only functional and"
        " Sequential networks can be rewritten."
      )
  return notes


def _holds(layer, kind) -> bool:
  if isinstance(layer, keras.layers.SpectralNormalization):
    return False
  return any(type(x) is kind for x in layer._flatten_layers(include_self=False))
