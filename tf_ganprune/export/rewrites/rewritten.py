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
  """A copy of a network in which layers were replaced.

  Example:
    >>> done = apply(generator, [PHASES])
    >>> print(*done.notes)

  Attributes:
    model: The copy; the network itself if nothing was replaced.
    notes: The replacements and their reasons, one sentence each.
  """

  model: keras.Model
  notes: tuple[str, ...] = ()


def apply(
  model: keras.Model, rewrites: Sequence[rewrite_rule.Rewrite]
) -> Rewritten:
  """Applies rewrites to a copy of a network and of those nested in it.

  Args:
    model: A built network whose inputs and outputs Keras knows. It is not
      changed, and shares the weights of layers that stay with the copy.
    rewrites: The rewrites, in the order in which to apply them.

  Returns:
    The copy, for inference, with the same names of inputs and outputs; and
    notes.
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
  """Returns the replacements for `rebuild`, and the names of their layers."""
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
  """Names new layers so that the outputs of the network keep their names."""
  for i, layer in enumerate(layers):
    layer._name = f"{gone[0].layer.name}/{i}"
  layers[-1]._name = gone[-1].layer.name


def _hidden(model, rewrite) -> list[str]:
  """Returns notes on layers that a rewrite cannot reach in custom layers."""
  if rewrite.is_anywhere:
    return []
  notes = []
  for network in runs.networks(model):
    for layer in network.layers:
      if walks.is_nested(layer) or not _holds(layer, rewrite.finds):
        continue
      notes.append(
        f"{rewrite.name}: the layers inside of {layer.name!r}, a"
        f" {type(layer).__name__}, were left as they are; only those of"
        " functional and Sequential networks can be replaced."
      )
  return notes


def _holds(layer, kind) -> bool:
  if isinstance(layer, keras.layers.SpectralNormalization):
    return False
  return any(type(x) is kind for x in layer._flatten_layers(include_self=False))
