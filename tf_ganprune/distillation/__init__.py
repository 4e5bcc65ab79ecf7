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
"""Distillation losses between a teacher and a student generator."""

from tf_ganprune.distillation.alignment import KernelAlignment
from tf_ganprune.distillation.base import (
  LOSSES,
  Distillation,
  Seen,
  get,
  get_all,
)
from tf_ganprune.distillation.discriminator_features import (
  DiscriminatorFeatures,
)
from tf_ganprune.distillation.discriminator_maps import DiscriminatorMaps
from tf_ganprune.distillation.features import FeatureMatching
from tf_ganprune.distillation.images import ImageDistance
from tf_ganprune.distillation.observer import Observer
from tf_ganprune.distillation.recipes import RECIPES, Recipe, recipe
from tf_ganprune.distillation.structure import StructuralDistance
from tf_ganprune.distillation.style import StyleDistance
from tf_ganprune.distillation.variation import TotalVariation
from tf_ganprune.distillation.wavelets import WaveletDistance

__all__ = [
  "Distillation",
  "DiscriminatorFeatures",
  "DiscriminatorMaps",
  "FeatureMatching",
  "ImageDistance",
  "KernelAlignment",
  "LOSSES",
  "Observer",
  "RECIPES",
  "Recipe",
  "Seen",
  "StructuralDistance",
  "StyleDistance",
  "TotalVariation",
  "WaveletDistance",
  "get",
  "get_all",
  "recipe",
]
