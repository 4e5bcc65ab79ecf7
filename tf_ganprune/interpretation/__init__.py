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
"""Explains what pruning changed: layers, latent directions, classes, images."""

from tf_ganprune.interpretation.classes import ClassChange
from tf_ganprune.interpretation.directions import Direction
from tf_ganprune.interpretation.explain import explain
from tf_ganprune.interpretation.explanation import Explanation
from tf_ganprune.interpretation.layer_changes import LayerChange
from tf_ganprune.interpretation.pairs import Pairs

__all__ = [
  "ClassChange",
  "Direction",
  "Explanation",
  "LayerChange",
  "Pairs",
  "explain",
]
