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
"""A pruning policy for the layers whose zeros XNNPACK skips on ARM."""

import dataclasses
from typing import TypeAlias

import tensorflow_model_optimization as tfmot

from tf_ganprune.export import check, targets
from tf_ganprune.export.rules import sparse_clusters
from tf_ganprune.keras_compat import keras

_PruningPolicy: TypeAlias = tfmot.sparsity.keras.PruningPolicy


class PruneForLatencyOnXNNPack(_PruningPolicy):
  """Prunes the 1x1 convolutions that run sparsely on ARM, and nothing else.

  This is TF-MOT's policy of the same name (Elsen et al. 2020, "Fast Sparse
  ConvNets") for generators: the layers that run sparsely may end at a
  depth-to-space. The network is converted to see whether XNNPACK would run it
  sparsely, with the rules of `tgp.check_target(model, "arm-sparse")`.

  Example:
    >>> policy = tgp.PruneForLatencyOnXNNPack()
    >>> tgp.prune_low_magnitude(
    ...   tgp.networks.sparse_generator(), schedule, pruning_policy=policy
    ... )
  """

  def allow_pruning(self, layer: keras.layers.Layer) -> bool:
    """Returns whether a layer is a 1x1 convolution, and so is pruned.

    Args:
      layer: A layer of the network.
    """
    return (
      type(layer) is keras.layers.Conv2D
      and (*layer.kernel_size, *layer.strides, layer.groups) == (1,) * 5
    )

  def ensure_model_supports_pruning(self, model: keras.Model) -> None:
    """Raises if pruning would not make the network faster on ARM.

    Args:
      model: A network that is built.

    Raises:
      ValueError: If XNNPACK would not run it sparsely; the message names the
        layer that keeps it from that, and the remedy.
    """
    plan = targets.get("arm-sparse")
    plan = dataclasses.replace(plan, rules=(sparse_clusters.structure,))
    for found in check.found_by(plan, model):
      if found.refused:
        raise ValueError(
          f"XNNPACK would not run {model.name!r} sparsely: {found}"
        )
