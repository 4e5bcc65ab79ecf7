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
"""Finds layers that are called one after the other in a network's graph."""

import collections

import numpy as np
import tensorflow as tf

from tf_ganprune.export.rewrites import rewrite_rule
from tf_ganprune.graphs import walks
from tf_ganprune.keras_compat import keras


def networks(model: keras.Model) -> list[keras.Model]:
  """Returns a network and those nested in it at any depth, each once.

  Args:
    model: A network whose graph Keras knows.
  """
  found = {id(model): model}
  for node in walks.nodes(model):
    if walks.is_nested(node.layer):
      found |= {id(one): one for one in networks(node.layer)}
  return list(found.values())


def uses(model: keras.Model) -> collections.Counter:
  """Counts the calls of each layer in a network's graph, by the layer's `id`.

  Args:
    model: A network whose graph Keras knows; nested ones count once.
  """
  nodes = [node for one in networks(model) for node in walks.nodes(one)]
  return collections.Counter(id(node.layer) for node in nodes)


def find(model: keras.Model) -> list[tuple[list, rewrite_rule.Run]]:
  """Returns the runs that begin at each call of a network's own layers.

  Args:
    model: A network whose graph Keras knows. Networks nested in it are not
      searched.

  Returns:
    For each call that takes one tensor and gives one: Keras's nodes, and the
    run of their layers.
  """
  users = collections.defaultdict(list)
  for node in walks.nodes(model):
    for tensor in _tensors((node.call_args, node.call_kwargs)):
      users[id(tensor)].append(node)
  for tensor in model.outputs:
    users[id(tensor)].append(None)
  return [_run(node, users) for node in walks.nodes(model) if _is_simple(node)]


def _run(node, users) -> tuple[list, rewrite_rule.Run]:
  nodes = [node]
  while len(following := users[id(nodes[-1].outputs)]) == 1:
    if following[0] is None or not _is_simple(following[0]):
      break
    nodes.append(following[0])
  layers = tuple(_unwrapped(one.layer) for one in nodes)
  (tensor,) = _tensors((node.call_args, node.call_kwargs))
  return nodes, rewrite_rule.Run(layers, tuple(tensor.shape))


def _is_simple(node) -> bool:
  """Whether a call is of a layer, on one tensor, without other arguments."""
  return (
    len(_tensors((node.call_args, node.call_kwargs))) == 1
    and len(node.call_args) == 1
    and hasattr(node.call_args[0], "_keras_history")
    and hasattr(node.outputs, "_keras_history")
    and all(map(_is_off, node.call_kwargs.values()))
    and not walks.is_nested(node.layer)
  )


def _is_off(value) -> bool:
  """Whether a keyword argument is None, False or 0; it may be an array."""
  return value is None or (
    isinstance(value, bool | int | np.bool_) and not value
  )


def _unwrapped(layer):
  """Returns the layer inside of spectral normalization, or the layer itself."""
  while type(layer) is keras.layers.SpectralNormalization:
    layer = layer.layer
  return layer


def _tensors(arguments) -> list:
  flat = tf.nest.flatten(arguments)
  return [x for x in flat if hasattr(x, "_keras_history")]
