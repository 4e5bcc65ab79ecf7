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
"""Compression after pruning: clustered weights, and int8 numbers."""

from tf_ganprune.compression import channel_rules as _rules  # noqa: F401
from tf_ganprune.compression.clustering import (
  cluster_weights,
  strip_clustering,
)
from tf_ganprune.compression.compressible import check_wrappers
from tf_ganprune.compression.integers import FakeQuantize
from tf_ganprune.compression.quantization import (
  has_few_dense_values,
  is_compressed,
  is_quantized,
  quantize_model,
  strip_quantization,
  strip_weights,
)
from tf_ganprune.compression.stages import Stage, stage, table
from tf_ganprune.compression.weight_wrappers import (
  ClusterWeights,
  QuantizeWeights,
)

__all__ = [
  "ClusterWeights",
  "FakeQuantize",
  "QuantizeWeights",
  "Stage",
  "check_wrappers",
  "cluster_weights",
  "has_few_dense_values",
  "is_compressed",
  "is_quantized",
  "quantize_model",
  "stage",
  "strip_clustering",
  "strip_quantization",
  "strip_weights",
  "table",
]
