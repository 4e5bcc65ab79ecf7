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
"""Walks through the graph of a Keras 3 network."""

import functools
from typing import Any

from tf_ganprune.keras3 import library


def is_graph(model) -> bool:
  """Returns whether a Keras 3 model is functional or Sequential.

  Args:
    model: A Keras 3 model.
  """
  keras: Any = library.keras3()
  if isinstance(model, keras.Sequential):
    return type(model).call is keras.Sequential.call
  functional: Any = _functional()
  return isinstance(model, functional) and type(model).call is functional.call


@functools.cache
def _functional() -> type:
  """Returns the class of functional networks, which Keras does not export."""
  keras = library.keras3()
  tensor = keras.Input((1,), name="x")
  return type(keras.Model(tensor, tensor))


def nodes(model) -> list:
  """Returns the calls between a network's inputs and outputs, in order.

  Calls that compute masks by themselves are left out.

  Args:
    model: A functional or built Sequential network of Keras 3.
  """
  known = {id(tensor) for tensor in model.inputs}
  found: list = []
  done: set[int] = set()
  left = [(tensor, False) for tensor in reversed(model.outputs)]
  while left:
    tensor, is_ready = left.pop()
    if id(tensor) in known:
      continue
    node = _node(tensor)
    if id(node) in done:
      continue
    if is_ready:
      done.add(id(node))
      found.append(node)
      continue
    left.append((tensor, True))
    left += [(parent, False) for parent in reversed(_tensors(arguments(node)))]
  return found


def arguments(node) -> tuple[tuple, dict]:
  """Returns the arguments of an operation's call.

  Args:
    node: One of `nodes`.

  Returns:
    (args, kwargs), without masks that tensors among the arguments have anyway.
  """
  args, kwargs = node.arguments.args, node.arguments.kwargs
  masks = {
    id(getattr(tensor, "_keras_mask", None)) for tensor in node.input_tensors
  } | {id(None)}
  kept = {
    key: value
    for key, value in kwargs.items()
    if not (_is_mask(key) and all(id(x) in masks for x in _flat(value)))
  }
  return args, kept


def _is_mask(key: str) -> bool:
  return key == "mask" or key.endswith("_mask")


def _node(tensor):
  history = tensor._keras_history
  return history.operation._inbound_nodes[history.node_index]


def _flat(value) -> list:
  # Keras's own `flatten` leaves None out on some Python versions of it.
  if isinstance(value, list | tuple):
    return [one for part in value for one in _flat(part)]
  return [value]


def _tensors(value) -> list:
  keras = library.keras3()
  flat = keras.tree.flatten(value)
  return [x for x in flat if isinstance(x, keras.KerasTensor)]
