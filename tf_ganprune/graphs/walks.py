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
"""Walks through the graph of a functional or Sequential network."""

from collections.abc import Callable, Mapping

import tensorflow as tf

from tf_ganprune import keras_compat
from tf_ganprune.graphs import signatures
from tf_ganprune.keras_compat import keras

# A function of a layer, its call's args and kwargs, in which tensors are
# replaced by the values that earlier visits returned, and Keras's node.
Visit = Callable[[keras.layers.Layer, tuple, dict, object], object]


def check(model: keras.Model) -> None:
  """Raises unless a model is a built functional or Sequential network.

  Args:
    model: A Keras model.

  Raises:
    ValueError: If it is subclassed or not built; the message says what to do.
  """
  keras_compat.check_model(model, "model")
  if not signatures.is_graph(model):
    raise ValueError(
      f"Network {model.name!r} is subclassed, so the connections between its"
      " layers are unknown. Build it from functional calls,"
      " keras.Model(inputs, outputs), or as keras.Sequential."
    )
  if not model.built or not model.inputs:
    raise ValueError(
      f"Network {model.name!r} is not built; give it an `Input`, or call it on"
      " a batch."
    )


def is_nested(layer) -> bool:
  """Returns whether a layer is itself a functional or Sequential network."""
  return (
    isinstance(layer, keras.Model)
    and signatures.is_graph(layer)
    and bool(layer.inputs)
  )


def walk(model: keras.Model, inputs: list, visit: Visit):
  """Visits every call of a network's layers, in an order that it can run in.

  Args:
    model: The network.
    inputs: The values in place of `model.inputs`.
    visit: A function that returns the values in place of a call's outputs, in
      the same structure.

  Returns:
    A list of the values in place of `model.outputs`.
  """
  values = {id(x): value for x, value in zip(model.inputs, inputs, strict=True)}

  def value(x):
    return values.get(id(x), x)

  for node in nodes(model):
    args, kwargs = _map(value, (node.call_args, node.call_kwargs))
    outputs = visit(node.layer, args, kwargs, node)
    keys = tf.nest.flatten(node.outputs)
    flat = tf.nest.flatten(outputs)
    values |= {id(k): v for k, v in zip(keys, flat, strict=True)}
  return [values[id(x)] for x in model.outputs]


def given(model: keras.Model, args: tuple, kwargs: Mapping) -> list:
  """Returns a call's inputs as a list, in the order of `model.inputs`.

  Args:
    model: The network that is called.
    args: The positional arguments of the call.
    kwargs: The named arguments of the call.
  """
  inputs = args[0] if args else kwargs["inputs"]
  return model._flatten_to_reference_inputs(inputs)


def nodes(model: keras.Model) -> list:
  """Returns Keras's nodes of a network's calls, in order, without its inputs.

  A node stands for one call of a layer.
  """
  depths = sorted(model._nodes_by_depth, reverse=True)
  return [
    node
    for depth in depths
    for node in model._nodes_by_depth[depth]
    if not node.is_input
  ]


def _map(function, arguments):
  return tf.nest.map_structure(function, arguments)


def names(model: keras.Model, prefix: str = "") -> dict[int, str]:
  """Returns a dict from layers' `id`s to their paths, as in `block/conv`.

  Args:
    model: The network.
    prefix: The beginning of all paths.
  """
  found = {}
  for layer in model.layers:
    found.setdefault(id(layer), prefix + layer.name)
    if is_nested(layer):
      inner = names(layer, f"{prefix}{layer.name}/")
      found |= {key: name for key, name in inner.items() if key not in found}
  return found
