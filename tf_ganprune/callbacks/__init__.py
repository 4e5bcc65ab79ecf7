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
"""Keras callbacks: pruning in `fit`, adaptive sparsity, backups, samples."""

from tf_ganprune.callbacks.adaptive_pruning import AdaptivePruning
from tf_ganprune.callbacks.backup import BackupAndRestore
from tf_ganprune.callbacks.balanced_density import BalancedDensity
from tf_ganprune.callbacks.lottery_ticket import LotteryTicket
from tf_ganprune.callbacks.mode_collapse import ModeCollapse
from tf_ganprune.callbacks.monitor import GANMonitor
from tf_ganprune.callbacks.summaries import PruningSummaries
from tf_ganprune.callbacks.update_pruning_step import UpdatePruningStep

__all__ = [
  "AdaptivePruning",
  "BackupAndRestore",
  "BalancedDensity",
  "GANMonitor",
  "LotteryTicket",
  "ModeCollapse",
  "PruningSummaries",
  "UpdatePruningStep",
]
