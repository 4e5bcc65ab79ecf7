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
"""Clones networks by Keras, with a clear error where Keras cannot."""

from collections.abc import Callable

import tensorflow as tf

from tf_ganprune import keras_errors
from tf_ganprune.keras_compat import keras

REMEDY = (
  "Pass a layer one tensor, or one list or dict of them, and more by their"
  " names, as layer(x, style=y); and write an operation on several tensors, or"
  " on constants, in the `call` of a layer of your own"
)


def clone(
  network: keras.Model, clone_function: Callable | None = None
) -> keras.Model:
  """Returns a clone of a network, made by `keras.models.clone_model`.

  Args:
    network: A functional or Sequential network.
    clone_function: A function from a layer to its clone; by default Keras's,
      which makes a new layer.

  Raises:
    ValueError: If Keras cannot repeat the network's calls of a layer.
  """
  try:
    return keras.models.clone_model(network, clone_function=clone_function)
  except Exception as error:  # Keras calls each layer, which may raise anything
    names = _called_otherwise(network)
    if not names:
      raise
    raise ValueError(
      f"Network {network.name!r} cannot be cloned, since Keras cannot repeat"
      f" its calls of {', '.join(map(repr, names))}"
      f" ({keras_errors.short(error)})."
      f" {REMEDY}."
    ) from error


def _called_otherwise(network) -> list[str]:
  """Returns the names of layers whose calls Keras cannot write to a config."""
  nodes = [x for nodes in network._nodes_by_depth.values() for x in nodes]
  found = [x.layer.name for x in nodes if not x.is_input and not _is_plain(x)]
  for layer in network.layers:
    if isinstance(layer, keras.Model) and hasattr(layer, "_nodes_by_depth"):
      found += _called_otherwise(layer)
  return list(dict.fromkeys(found))


def _is_plain(node) -> bool:
  """Returns whether only a call's first and named arguments have tensors."""
  first, *others = node.call_args or (None,)
  is_first = all(map(_is_symbolic, tf.nest.flatten(first)))
  return is_first and not any(map(_is_symbolic, tf.nest.flatten(others)))


def _is_symbolic(x) -> bool:
  return hasattr(x, "_keras_history")
