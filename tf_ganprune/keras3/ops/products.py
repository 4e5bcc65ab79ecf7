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
"""Rules of Keras 3's products of tensors, and of pooling."""

import tensorflow as tf

from tf_ganprune.keras3.ops import operation


@operation.rule("Matmul")
def _matmul(op, x1, x2):
  x1, x2 = operation.common(x1, x2)
  if min(len(x1.shape), len(x2.shape)) < 2:
    raise ValueError("a product with a vector; reshape it to a matrix")
  return tf.matmul(x1, x2)


@operation.rule("Tensordot")
def _tensordot(op, x1, x2):
  x1, x2 = operation.common(x1, x2)
  return tf.tensordot(x1, x2, axes=op.axes)


@operation.rule("Einsum")
def _einsum(op, *operands):
  return tf.einsum(op.subscripts, *operation.common(*operands))


@operation.rule("AveragePool", "MaxPool")
def _pool(op, inputs):
  if op.data_format not in (None, "channels_last"):
    raise ValueError(f"data_format={op.data_format!r}")
  is_max = type(op).__name__ == "MaxPool"
  pool = tf.nn.max_pool if is_max else tf.nn.avg_pool
  strides = op.pool_size if op.strides is None else op.strides
  return pool(inputs, op.pool_size, strides, op.padding.upper())
