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
"""Sums over groups of weights: blocks, or indices of a kernel's last axis."""

from collections.abc import Callable, Sequence

import tensorflow as tf


def of(block_size: Sequence[int]) -> Callable[[tf.Tensor], tf.Tensor]:
  """Returns a function that sums a tensor over each group of weights.

  Args:
    block_size: Rows and columns of a block, the group; with `(1, 1)` a group is
      an index of the last axis.

  Returns:
    A function of a tensor of the kernel's shape. Its result has the shape that
    `shape` returns, which broadcasts against the kernel's.
  """
  if tuple(block_size) == (1, 1):
    return _column_sums
  return _block_sums(block_size)


def shape(kernel: Sequence[int], block_size: Sequence[int]) -> list[int]:
  """Returns the shape of a kernel's group sums.

  Args:
    kernel: The kernel's shape.
    block_size: As in `of`.
  """
  if tuple(block_size) == (1, 1):
    return [1] * (len(kernel) - 1) + [kernel[-1]]
  return list(kernel)


def _column_sums(values) -> tf.Tensor:
  axes = list(range(values.shape.rank - 1))
  return tf.reduce_sum(values, axes, keepdims=True)


def _block_sums(block_size):
  """Returns a function that replaces each number by the sum of its block."""
  height, width = block_size

  def sums(values):
    columns = values.shape[-1]
    rows = values.shape.num_elements() // columns
    below, beside = -rows % height, -columns % width
    matrix = tf.reshape(values, [rows, columns])
    padded = tf.pad(matrix, [[0, below], [0, beside]])
    blocks = [(rows + below) // height, height, (columns + beside) // width]
    found = tf.reshape(padded, [*blocks, width])
    found = tf.reduce_sum(found, [1, 3], keepdims=True)
    found = tf.broadcast_to(found, [*blocks, width])
    full = tf.reshape(found, [rows + below, columns + beside])
    return tf.reshape(full[:rows, :columns], values.shape)

  return sums
