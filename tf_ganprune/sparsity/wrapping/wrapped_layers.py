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
"""The pruning wrappers in a network, TF-MOT's and ours."""

from tf_ganprune.sparsity.wrapping import added_variables, prunable, wrapper


def pruned_layers(model) -> list[wrapper.TFMOTWrapper]:
  """Returns the pruning wrappers in `model`, nested ones too, each once."""
  found = {}
  for layer in model._flatten_layers():
    if isinstance(layer, wrapper.TFMOTWrapper):
      found.setdefault(id(layer), layer)
  return list(found.values())


def by_path(model) -> dict[str, wrapper.TFMOTWrapper]:
  """Returns a dict from layers' paths in a model to their pruning wrappers.

  Args:
    model: Any Keras model.
  """
  wrappers = {id(one.layer): one for one in pruned_layers(model)}
  return {
    leaf.path: wrappers[id(leaf.layer)]
    for leaf in prunable.leaves(model)
    if id(leaf.layer) in wrappers
  }


def adopt(layer: wrapper.TFMOTWrapper) -> wrapper.PruneLowMagnitude:
  """Turns a pruning wrapper of TF-MOT's into one of this package, in place.

  Its variables, and the network that it is part of, stay the same objects.

  Args:
    layer: A pruning wrapper, TF-MOT's or ours.

  Returns:
    The same object.

  Raises:
    ValueError: If it is of a class derived from TF-MOT's that is not ours.
  """
  if type(layer) is wrapper.TFMOTWrapper:
    layer.__class__ = wrapper.PruneLowMagnitude
    if layer.built:
      added_variables.make_averageable(layer)
  if not isinstance(layer, wrapper.PruneLowMagnitude):
    raise ValueError(
      f"Layer {layer.name!r} is a {type(layer).__name__}, which counts forward"
      " calls as steps. Derive it from tf_ganprune's PruneLowMagnitude, or wrap"
      " the layer with tf_ganprune.prune_low_magnitude."
    )
  return layer
