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
"""Replaces layers for an export target, in a copy of the network."""

from tf_ganprune.export.rewrites.anywhere import applicable as anywhere
from tf_ganprune.export.rewrites.anywhere import exchanged, sentences
from tf_ganprune.export.rewrites.normalizations import (
  IN_INTEGERS as NORMS_IN_INTEGERS,
)
from tf_ganprune.export.rewrites.normalizations import REWRITES as NORMS
from tf_ganprune.export.rewrites.phases import IN_FLOAT as PHASES_IN_FLOAT
from tf_ganprune.export.rewrites.phases import REWRITE as PHASES
from tf_ganprune.export.rewrites.prelu import REWRITE as TWO_RELUS
from tf_ganprune.export.rewrites.relu import REWRITE as SEPARATE_RELU
from tf_ganprune.export.rewrites.rewrite_rule import Replacement, Rewrite, Run
from tf_ganprune.export.rewrites.rewritten import Rewritten, apply
from tf_ganprune.export.rewrites.stem import REWRITE as EXPLICIT_STEM
from tf_ganprune.export.rewrites.transposed import REWRITE as VALID_TRANSPOSED

__all__ = [
  "EXPLICIT_STEM",
  "NORMS",
  "NORMS_IN_INTEGERS",
  "PHASES",
  "PHASES_IN_FLOAT",
  "SEPARATE_RELU",
  "TWO_RELUS",
  "VALID_TRANSPOSED",
  "Replacement",
  "Rewrite",
  "Rewritten",
  "Run",
  "anywhere",
  "apply",
  "exchanged",
  "sentences",
]
