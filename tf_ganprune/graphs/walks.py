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

# Called with a layer and its call's args and kwargs, in which the values that
# earlier visits returned stand for tensors, and with Keras's node.
Visit = Callable[[keras.layers.Layer, tuple, dict, object], object]


def check(model: keras.Model) -> None:
  """Raises unless a model's graph is known.

  Args:
    model: A Keras model.

  Raises:
    ValueError: If it is subclassed or not built, with the way out.
  """
  keras_compat.check_model(model, "model")
  if not signatures.is_graph(model):
    raise ValueError(
      f"Network {model.name!r} is subclassed, so which of its layers depend on"
      " each other is not known. Build it from functional calls,"
      " keras.Model(inputs, outputs), or as keras.Sequential."
    )
  if not model.built or not model.inputs:
    raise ValueError(
      f"Network {model.name!r} is not built; give it an `Input`, or call it on"
      " a batch."
    )


def is_nested(layer) -> bool:
  """Whether a layer is a network whose graph is known."""
  return (
    isinstance(layer, keras.Model)
    and signatures.is_graph(layer)
    and bool(layer.inputs)
  )


def walk(model: keras.Model, inputs: list, visit: Visit):
  """Visits every call of a network's layers, in an order that it runs in.

  Args:
    model: The network.
    inputs: What stands for `model.inputs`.
    visit: Returns what stands for a call's outputs, in their structure.

  Returns:
    What stands for `model.outputs`, a list.
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
  """Returns what a network is called with, in the order of `model.inputs`.

  Args:
    model: The network.
    args: Of the call.
    kwargs: Of the call.
  """
  inputs = args[0] if args else kwargs["inputs"]
  return model._flatten_to_reference_inputs(inputs)


def nodes(model: keras.Model) -> list:
  """Returns the calls of a network's layers, without its inputs."""
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
  """Returns the name of each layer by its `id`, as in `block/conv`.

  Args:
    model: The network.
    prefix: What the names begin with.
  """
  found = {}
  for layer in model.layers:
    found.setdefault(id(layer), prefix + layer.name)
    if is_nested(layer):
      inner = names(layer, f"{prefix}{layer.name}/")
      found |= {key: name for key, name in inner.items() if key not in found}
  return found
