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
"""Prunes Keras GANs in training, and exports them small enough for phones."""

from tf_ganprune import early_help  # noqa: F401 isort: skip (first: it is quick)

from tf_ganprune import (
  channels,
  compression,
  data,
  distillation,
  inputs,
  interpretation,
  losses,
  metrics,
  networks,
  regularizers,
  report,
)
from tf_ganprune.callbacks import (
  AdaptivePruning,
  BackupAndRestore,
  BalancedDensity,
  GANMonitor,
  LotteryTicket,
  ModeCollapse,
  PruningSummaries,
  UpdatePruningStep,
)
from tf_ganprune.channels import (
  channel_groups,
  channel_penalty,
  channel_rule,
  profile,
  prune_blocks,
  prune_channels,
)
from tf_ganprune.compression import (
  cluster_weights,
  quantize_model,
  strip_clustering,
  strip_quantization,
)
from tf_ganprune.export import (
  EXPORT_TARGETS,
  PruneForLatencyOnXNNPack,
  apply_tiled,
  benchmark_tflite,
  check_target,
  export_tflite,
)
from tf_ganprune.gan import (
  GAN,
  WGANGP,
  ConditionalGAN,
  CycleGAN,
  DualGAN,
  Pix2Pix,
  PrunedGAN,
  SemiSupervisedGAN,
  match_capacity,
)
from tf_ganprune.gan.averaging import MovingAverage
from tf_ganprune.interpretation import explain
from tf_ganprune.keras3 import from_keras3, to_keras3
from tf_ganprune.keras_compat import keras
from tf_ganprune.networks import Ensemble
from tf_ganprune.report import sensitivity
from tf_ganprune.saving import load_model, save_model
from tf_ganprune.sparsity import (
  SET,
  AdaptiveSparsity,
  CosineDecay,
  DynamicSparsity,
  ExponentialDecay,
  OneShot,
  Pruner,
  RigL,
  StagedSparsity,
  allocation,
  importance,
  load_weights,
  prune_low_magnitude,
  regularization,
  sparsity_report,
  strip_pruning,
)
from tf_ganprune.value_range import standard_images
from tf_ganprune.version import __version__

__all__ = [
  "AdaptivePruning",
  "AdaptiveSparsity",
  "BackupAndRestore",
  "BalancedDensity",
  "ConditionalGAN",
  "CosineDecay",
  "CycleGAN",
  "DualGAN",
  "DynamicSparsity",
  "EXPORT_TARGETS",
  "Ensemble",
  "ExponentialDecay",
  "GAN",
  "GANMonitor",
  "LotteryTicket",
  "ModeCollapse",
  "MovingAverage",
  "OneShot",
  "Pix2Pix",
  "PruneForLatencyOnXNNPack",
  "PrunedGAN",
  "Pruner",
  "PruningSummaries",
  "RigL",
  "SET",
  "SemiSupervisedGAN",
  "StagedSparsity",
  "UpdatePruningStep",
  "WGANGP",
  "__version__",
  "allocation",
  "apply_tiled",
  "benchmark_tflite",
  "channel_groups",
  "channel_penalty",
  "channel_rule",
  "channels",
  "check_target",
  "cluster_weights",
  "compression",
  "data",
  "distillation",
  "explain",
  "export_tflite",
  "from_keras3",
  "importance",
  "inputs",
  "interpretation",
  "keras",
  "load_model",
  "load_weights",
  "losses",
  "match_capacity",
  "metrics",
  "networks",
  "profile",
  "prune_blocks",
  "prune_channels",
  "prune_low_magnitude",
  "quantize_model",
  "regularization",
  "regularizers",
  "report",
  "save_model",
  "sensitivity",
  "sparsity_report",
  "standard_images",
  "strip_clustering",
  "strip_pruning",
  "strip_quantization",
  "to_keras3",
]
