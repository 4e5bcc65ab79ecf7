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
"""How much each weight matters; those that matter least are pruned first."""

import tensorflow as tf


def magnitude(weight: tf.Tensor) -> tf.Tensor:
  """|w|, Han et al. 2015, "Learning both Weights and Connections".

  Args:
    weight: A layer's kernel, any shape.

  Returns:
    Non-negative scores of the same shape.
  """
  return tf.abs(weight)
