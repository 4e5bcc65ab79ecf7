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
"""Names for the types of arrays, batches and shapes in signatures."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import tensorflow as tf

Array: TypeAlias = np.ndarray | tf.Tensor

# A network's inputs or outputs: one array, or one for each of them.
Arrays: TypeAlias = Array | Sequence[Array] | Mapping[str, Array]

# A tensor, or a list or dict of tensors. Not a union: code that drew it knows
# which of them it is.
Tensors: TypeAlias = Any
Specs: TypeAlias = (
  tf.TensorSpec | Sequence[tf.TensorSpec] | Mapping[str, tf.TensorSpec]
)

# Sizes without the batch, of one input or of each.
InputShape: TypeAlias = (
  Sequence[int] | Sequence[Sequence[int]] | Mapping[str, Sequence[int]]
)
