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
"""Structural pruning: smaller networks with fewer channels or blocks."""

from tf_ganprune.channels.blocks import prune_blocks
from tf_ganprune.channels.channel_allocation import ALLOCATIONS
from tf_ganprune.channels.channel_importance import IMPORTANCES, Taylor
from tf_ganprune.channels.channel_pruning import prune_channels
from tf_ganprune.channels.groups import channel_groups
from tf_ganprune.channels.penalty import channel_penalty
from tf_ganprune.channels.profile import profile
from tf_ganprune.channels.rules import channel_rule

__all__ = [
  "ALLOCATIONS",
  "IMPORTANCES",
  "Taylor",
  "channel_groups",
  "channel_penalty",
  "channel_rule",
  "profile",
  "prune_blocks",
  "prune_channels",
]
