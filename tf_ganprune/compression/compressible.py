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
"""What is refused before a network is compressed: one sentence each."""

from collections.abc import Sequence

import numpy as np
from tensorflow_model_optimization.python.core.clustering.keras import (
  cluster_wrapper,
)
from tensorflow_model_optimization.python.core.quantization.keras import (
  quantize_wrapper,
)

from tf_ganprune import arguments
from tf_ganprune.compression import weight_wrappers
from tf_ganprune.graphs import walks
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.wrapping import prunable, wrapped_layers

_TFMOT = {
  cluster_wrapper.ClusterWeights: (
    "keeps batch normalizations from training, and changes at forward calls",
    "tgp.cluster_weights(tfmot.clustering.keras.strip_clustering(network))",
  ),
  quantize_wrapper.QuantizeWrapper: (
    "does not keep zeros or clusters, nor a layer's own weights in place",
    "tgp.quantize_model on the network that was quantized",
  ),
}


def check_network(model: keras.Model) -> None:
  """Raises unless a network can be copied with other layers.

  Args:
    model: What the user passed.

  Raises:
    ValueError: If its graph is not known, or it has pruning wrappers.
  """
  walks.check(model)
  check_wrappers(model, "model")
  for layer in wrapped_layers.pruned_layers(model)[:1]:
    raise ValueError(
      f"Layer {layer.name!r} of {model.name!r} is wrapped for pruning, which"
      " would go on by weights that are not in use. Pass"
      " tgp.strip_pruning(model): what is zero stays zero."
    )


def check_finite(model: keras.Model) -> None:
  """Raises if weights of a network have diverged.

  Args:
    model: A built network.

  Raises:
    ValueError: With the first layer's name.
  """
  for layer in model._flatten_layers(include_self=False):
    for weight in layer.weights:
      if weight.dtype.is_floating and not np.isfinite(weight.numpy()).all():
        raise ValueError(
          f"Layer {layer.name!r} of {model.name!r} has weights that are NaN or"
          " infinite; go back to weights from before it diverged."
        )


def check_wrappers(model: keras.Model, name: str) -> None:
  """Raises if a network has wrappers of TF-MOT's that fail in a GAN.

  Args:
    model: Any network.
    name: The argument it was passed as.

  Raises:
    ValueError: With the layer's name.
  """
  for layer in model._flatten_layers():
    for kind, (fault, way_out) in _TFMOT.items():
      if isinstance(layer, kind):
        raise ValueError(
          f"Layer {layer.name!r} of `{name}` is TF-MOT's {kind.__name__}, which"
          f" {fault}. Use {way_out}."
        )


def check_clusters(number_of_clusters, preserve_sparsity) -> None:
  """Raises unless there are clusters enough to be told apart."""
  arguments.boolean("preserve_sparsity", preserve_sparsity)
  least = 3 if preserve_sparsity else 2
  arguments.whole("number_of_clusters", number_of_clusters, least)


def chosen(model: keras.Model, exclude: Sequence[str]) -> set[str]:
  """Returns the names of the layers that have kernels of their own.

  Args:
    model: A network whose graph is known.
    exclude: Names of layers that are left alone.

  Raises:
    ValueError: If a name is no layer's, or a layer has kernels in layers below
      it.
  """
  names = walks.names(model)
  layers = {names[id(x)]: x for x in model._flatten_layers() if id(x) in names}
  for name in exclude:
    if name not in layers:
      raise ValueError(
        f"`exclude` names {name!r}, which is no layer of {model.name!r}; it has"
        f" {', '.join(sorted(layers))}."
      )
  left = {x: layer for x, layer in layers.items() if x not in exclude}
  for name, layer in left.items():
    _check_layer(name, layer)
  return {x for x, layer in left.items() if weight_wrappers.kernel_names(layer)}


def _check_layer(name, layer) -> None:
  if walks.is_nested(layer) or isinstance(
    layer, weight_wrappers.CompressedWeights
  ):
    return
  below = [leaf.layer for leaf in prunable.leaves(layer)]
  offered = [
    x for one in (layer, *below) for x in prunable.prunable_weights(one)
  ]
  own = [getattr(layer, x) for x in weight_wrappers.kernel_names(layer)]
  if {id(x) for x in offered} - {id(x) for x in own}:
    raise ValueError(
      f"Layer {name!r} ({type(layer).__name__}) has kernels in layers of its"
      " own, where nothing can stand in their place. Leave it as it is with"
      f" exclude=[{name!r}]."
    )


def check_any(made: list, model: keras.Model, verb: str) -> None:
  """Raises if no layer was wrapped."""
  if made:
    return
  for layer in model._flatten_layers():
    if isinstance(layer, weight_wrappers.CompressedWeights):
      raise ValueError(
        f"{model.name!r} has nothing to {verb}: layer {layer.layer.name!r} is"
        f" in a {type(layer).__name__} already. Cluster a network first, and"
        " quantize then; tgp.strip_clustering and tgp.strip_quantization take"
        " the wrappers away."
      )
  raise ValueError(
    f"{model.name!r} has nothing to {verb}: no layer has a kernel of its own"
    " that is large enough and was not excluded."
  )
