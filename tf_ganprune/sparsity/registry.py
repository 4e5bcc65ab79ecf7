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
"""What of a layer may be pruned."""

from tensorflow_model_optimization.python.core.sparsity.keras import (
  prune_registry,
)

_TFMOT = prune_registry.PruneRegistry


def is_prunable(layer) -> bool:
  """Whether `layer` has weights that TF-MOT, or the layer itself, offers.

  Args:
    layer: Any Keras layer, built or not.
  """
  if not _TFMOT.supports(layer):
    return hasattr(layer, "get_prunable_weights")
  # A recurrent layer's cells hold its weights.
  return _TFMOT._is_rnn_layer(layer) or bool(_TFMOT._weight_names(layer))


def prunable_weights(layer) -> list:
  """Returns the variables of a built `layer` that may be pruned.

  They come from TF-MOT's registry for the layers it knows (kernels, never
  biases or norms) and from `get_prunable_weights()` for a layer that has it.

  Args:
    layer: A built Keras layer.

  Returns:
    A list of variables, empty where there is nothing to prune.
  """
  if not is_prunable(layer):
    return []
  if not hasattr(layer, "get_prunable_weights"):
    _TFMOT.make_prunable(layer)
  return list(layer.get_prunable_weights())
