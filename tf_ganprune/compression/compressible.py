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
"""Checks of networks before they are compressed, with one sentence each."""

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
    "keeps batch normalizations from training, and changes in forward calls",
    "tgp.cluster_weights(tfmot.clustering.keras.strip_clustering(network))",
  ),
  quantize_wrapper.QuantizeWrapper: (
    "does not keep zeros, clusters, or a layer's own weights",
    "tgp.quantize_model on the network from before it was quantized",
  ),
}


def check_network(model: keras.Model) -> None:
  """Raises unless a network can be compressed.

  Args:
    model: The user's argument `model`.

  Raises:
    ValueError: If it is not a functional or Sequential network, or has pruning
      wrappers or wrappers of TF-MOT's.
  """
  walks.check(model)
  check_wrappers(model, "model")
  for layer in wrapped_layers.pruned_layers(model)[:1]:
    raise ValueError(
      f"Layer {layer.name!r} of {model.name!r} is wrapped for pruning, which"
      " would prune by other weights than the compressed ones. Pass"
      " tgp.strip_pruning(model): zeros stay zero."
    )


def check_finite(model: keras.Model) -> None:
  """Raises if weights of a network are NaN or infinite.

  Args:
    model: A built network.

  Raises:
    ValueError: If so, with the first layer's name.
  """
  for layer in model._flatten_layers(include_self=False):
    for weight in layer.weights:
      if weight.dtype.is_floating and not np.isfinite(weight.numpy()).all():
        raise ValueError(
          f"Layer {layer.name!r} of {model.name!r} has weights that are NaN or"
          " infinite; load weights from before the training diverged."
        )


def check_wrappers(model: keras.Model, name: str) -> None:
  """Raises if a network has wrappers of TF-MOT's that fail in a GAN.

  Args:
    model: Any network.
    name: The name of the argument, for the message.

  Raises:
    ValueError: If so, with the layer's name.
  """
  for layer in model._flatten_layers():
    for kind, (fault, way_out) in _TFMOT.items():
      if isinstance(layer, kind):
        raise ValueError(
          f"Layer {layer.name!r} of `{name}` is TF-MOT's {kind.__name__}, which"
          f" {fault}. Use {way_out}."
        )


def check_clusters(number_of_clusters, preserve_sparsity) -> None:
  """Raises unless the number of clusters is large enough.

  Args:
    number_of_clusters: At least 2, or 3 if zeros are kept.
    preserve_sparsity: Whether zeros are kept.
  """
  arguments.boolean("preserve_sparsity", preserve_sparsity)
  least = 3 if preserve_sparsity else 2
  if isinstance(number_of_clusters, bool) or not (
    isinstance(number_of_clusters, int) and number_of_clusters >= least
  ):
    raise ValueError(
      f"`number_of_clusters` must be a whole number, at least {least}; got"
      f" {number_of_clusters!r}."
    )


def chosen(model: keras.Model, exclude: Sequence[str]) -> set[str]:
  """Returns the names of the layers to compress: those with own kernels.

  Args:
    model: A functional or Sequential network.
    exclude: Names of layers to leave as they are.

  Raises:
    ValueError: If there is no layer of a name in `exclude`, or a layer has
      kernels in layers inside of it.
  """
  names = walks.names(model)
  layers = {names[id(x)]: x for x in model._flatten_layers() if id(x) in names}
  for name in exclude:
    if name not in layers:
      raise ValueError(
        f"`exclude` has {name!r}, but {model.name!r} has no layer of that name;"
        f" it has {', '.join(sorted(layers))}."
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
      f"Layer {name!r} ({type(layer).__name__}) has its kernels in layers"
      " inside of it, which cannot be compressed. Leave the layer out with"
      f" exclude=[{name!r}]."
    )


def check_any(made: list, model: keras.Model, verb: str) -> None:
  """Raises if no layer was wrapped.

  Args:
    made: The wrappers.
    model: The network.
    verb: 'cluster' or 'quantize', for the message.
  """
  if made:
    return
  for layer in model._flatten_layers():
    if isinstance(layer, weight_wrappers.CompressedWeights):
      raise ValueError(
        f"{model.name!r} has nothing to {verb}: layer {layer.layer.name!r} is"
        f" in a {type(layer).__name__} already. Cluster a network before you"
        " quantize it; tgp.strip_clustering and tgp.strip_quantization remove"
        " the wrappers."
      )
  raise ValueError(
    f"{model.name!r} has nothing to {verb}: no layer has a kernel of its own"
    " that is large enough and was not excluded."
  )
