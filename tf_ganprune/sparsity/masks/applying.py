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
"""Zeros in weights where their masks say so."""

import tensorflow as tf
from tensorflow_model_optimization.python.core.sparsity.keras import (
  pruning_wrapper,
)

from tf_ganprune import replicas


def apply_masks(layer: pruning_wrapper.PruneLowMagnitude) -> None:
  """Sets weights whose mask is 0 to 0, in a wrapper of TF-MOT's or ours."""
  entries = [(weight, mask) for weight, mask, _ in layer.pruning_vars]
  replicas.update(entries, apply_mask)


def apply_mask(weight, mask) -> None:
  """Sets a weight to 0 where its mask is 0, on this replica."""
  # A pruned weight that overflowed is zero as well.
  weight.assign(tf.math.multiply_no_nan(tf.cast(weight, mask.dtype), mask))
