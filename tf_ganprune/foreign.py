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
"""Refuses networks with TF-MOT's wrappers for clustering or quantization."""

from collections.abc import Iterator

import tensorflow as tf

from tf_ganprune.keras_compat import keras

_REMEDIES = {
  "ClusterWeights": "Pass tfmot.clustering.keras.strip_clustering(network)",
  "QuantizeWrapper": "Pass the network from before it was quantized",
  "QuantizeWrapperV2": "Pass the network from before it was quantized",
  "QuantizeAnnotate": "Pass the network from before it was annotated",
}


_SCOPES = {
  "ClusterWeights": "tfmot.clustering.keras.cluster_scope()",
  "QuantizeWrapper": "tfmot.quantization.keras.quantize_scope()",
  "QuantizeWrapperV2": "tfmot.quantization.keras.quantize_scope()",
  "QuantizeAnnotate": "tfmot.quantization.keras.quantize_scope()",
}


def check(model: keras.Model, name: str, kinds=tuple(_REMEDIES)) -> None:
  """Raises if a network has wrappers of TF-MOT's that are not for pruning.

  Args:
    model: Any network.
    name: The name of the user's argument, for the message.
    kinds: The names of the wrapper classes to refuse.

  Raises:
    ValueError: If so, with the layer's name and what to pass instead.
  """
  for layer, kind in _wrappers(model):
    if kind in kinds:
      raise ValueError(
        f"Layer {layer.name!r} of `{name}` is TF-MOT's {kind}, which moves the"
        f" layer's weights into itself. {_REMEDIES[kind]}."
      )


def check_can_be_loaded(model: keras.Model, name: str) -> None:
  """Raises if a network has wrappers that load in a scope of TF-MOT's only.

  Args:
    model: Any network.
    name: The name of the user's argument, for the message.

  Raises:
    ValueError: If so, with the layer's name and the scope.
  """
  for layer, kind in _wrappers(model):
    raise ValueError(
      f"Layer {layer.name!r} of `{name}` is TF-MOT's {kind}, which only Keras"
      f" can load, in {_SCOPES[kind]}. Save the network by its own `save`."
    )


def kernels(layer: keras.layers.Layer) -> list[tf.Variable]:
  """Returns the kernels in a quantization wrapper of TF-MOT's.

  Args:
    layer: Any layer; the list is empty for others.
  """
  found = getattr(layer, "_weight_vars", ()) if _kind(layer) else ()
  return [entry[0] for entry in found]


def _wrappers(model) -> Iterator[tuple[keras.layers.Layer, str]]:
  for layer in model._flatten_layers():
    if kind := _kind(layer):
      yield layer, kind


def _kind(layer) -> str:
  """Returns the class name of a wrapper to refuse, '' for other layers."""
  kind = type(layer)
  is_theirs = kind.__module__.startswith("tensorflow_model_optimization.")
  return kind.__name__ if is_theirs and kind.__name__ in _REMEDIES else ""
