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
"""Channel rules: how each kind of layer changes when channels are removed."""

from tf_ganprune.channels.rules import (  # noqa: F401 (they register rules)
  attention,
  convolution,
  dense,
  elementwise,
  merging,
  normalization,
  ops,
  shapes,
  wrappers,
)
from tf_ganprune.channels.rules.rule_lookup import channel_rule, find, whole

__all__ = ["channel_rule", "find", "whole"]
