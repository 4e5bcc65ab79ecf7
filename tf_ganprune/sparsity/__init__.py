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
"""Weight pruning: masks, schedules, and the layers that are pruned."""

from tf_ganprune.sparsity import allocation, importance, regularization
from tf_ganprune.sparsity.loading import load_weights
from tf_ganprune.sparsity.prune import prune_low_magnitude
from tf_ganprune.sparsity.pruner import Pruner
from tf_ganprune.sparsity.report import (
  LayerSparsity,
  SparsityReport,
  sparsity_report,
)
from tf_ganprune.sparsity.schedules.adaptive import AdaptiveSparsity
from tf_ganprune.sparsity.schedules.decays import (
  CosineDecay,
  ExponentialDecay,
  OneShot,
  StagedSparsity,
)
from tf_ganprune.sparsity.schedules.dynamic import SET, DynamicSparsity, RigL
from tf_ganprune.sparsity.strip import strip_pruning
from tf_ganprune.sparsity.training.ownership import advance, claim
from tf_ganprune.sparsity.wrapping.wrapped_layers import pruned_layers
from tf_ganprune.sparsity.wrapping.wrapper import PruneLowMagnitude

__all__ = [
  "AdaptiveSparsity",
  "CosineDecay",
  "DynamicSparsity",
  "ExponentialDecay",
  "LayerSparsity",
  "OneShot",
  "PruneLowMagnitude",
  "Pruner",
  "RigL",
  "SET",
  "SparsityReport",
  "StagedSparsity",
  "advance",
  "allocation",
  "claim",
  "importance",
  "load_weights",
  "prune_low_magnitude",
  "pruned_layers",
  "regularization",
  "sparsity_report",
  "strip_pruning",
]
