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
"""Removes the pruning wrappers from a network."""

from tf_ganprune import keras_compat
from tf_ganprune.graphs import clones, shallow_copies, signatures
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.masks import applying
from tf_ganprune.sparsity.wrapping import subclassed, wrapped_layers, wrapper


def strip_pruning(model: keras.Model) -> keras.Model:
  """Returns a network without its pruning wrappers; pruned weights are zero.

  Like TF-MOT's function of this name, but masks are applied first, so that the
  result is sparse at any moment. It shares its layers and weights with `model`,
  which stays wrapped and may be pruned further: clone the result to keep a copy
  that does not change.

  Args:
    model: A network, pruned or not; it may be subclassed.

  Returns:
    A model of the same structure and class, without masks.

  Raises:
    ValueError: If `model` is not a Keras model.
  """
  keras_compat.check_model(model, "model")
  for layer in wrapped_layers.pruned_layers(model):
    applying.apply_masks(layer)
  return without_wrappers(model)


def without_wrappers(layer):
  """Returns a layer or model without pruning wrappers at any depth.

  Args:
    layer: A layer or model, which is not changed; it is returned itself if it
      has no wrappers.
  """
  if isinstance(layer, wrapper.TFMOTWrapper):
    return without_wrappers(layer.layer)
  if not wrapped_layers.pruned_layers(layer):
    return layer
  if isinstance(layer, subclassed.PrunedNetwork):
    return without_wrappers(subclassed.detached(layer))
  if isinstance(layer, keras.Model) and signatures.is_graph(layer):
    return clones.clone(layer, without_wrappers)
  return shallow_copies.copy(layer, replace=without_wrappers)
