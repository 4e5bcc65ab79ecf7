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
"""Regularizers that keep a GAN's discriminator from overfitting few images."""

from tf_ganprune.regularizers.adaptive_augmentation import AdaptiveAugmentation
from tf_ganprune.regularizers.augmentation import Augmentation
from tf_ganprune.regularizers.base import (
  REGULARIZERS,
  Regularizer,
  Seen,
  get,
  get_all,
)
from tf_ganprune.regularizers.combined import Combined
from tf_ganprune.regularizers.consistency import Consistency
from tf_ganprune.regularizers.diff_augment import DiffAugment
from tf_ganprune.regularizers.gradient_penalty import GradientPenalty
from tf_ganprune.regularizers.lecam import LeCam
from tf_ganprune.regularizers.r1 import R1
from tf_ganprune.regularizers.scorer import Scorer
from tf_ganprune.regularizers.top_k import TopK

__all__ = [
  "AdaptiveAugmentation",
  "Augmentation",
  "Combined",
  "Consistency",
  "DiffAugment",
  "GradientPenalty",
  "LeCam",
  "R1",
  "REGULARIZERS",
  "Regularizer",
  "Scorer",
  "Seen",
  "TopK",
  "get",
  "get_all",
]
