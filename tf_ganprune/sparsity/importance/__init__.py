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
"""Importances: scores of weights; the lowest scores are pruned first."""

from tf_ganprune.sparsity.importance.base import IMPORTANCES, Importance, get
from tf_ganprune.sparsity.importance.gradient import Gradient
from tf_ganprune.sparsity.importance.magnitude import Magnitude
from tf_ganprune.sparsity.importance.movement import Movement
from tf_ganprune.sparsity.importance.random import Random
from tf_ganprune.sparsity.importance.snip import SNIP
from tf_ganprune.sparsity.importance.spectral import Spectral
from tf_ganprune.sparsity.importance.taylor import Taylor

__all__ = [
  "IMPORTANCES",
  "Gradient",
  "Importance",
  "Magnitude",
  "Movement",
  "Random",
  "SNIP",
  "Spectral",
  "Taylor",
  "get",
]
