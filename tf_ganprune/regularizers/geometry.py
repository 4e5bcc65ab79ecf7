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
"""Affine maps of images: makes their matrices, and samples images by them.

A matrix, `[n, 3, 3]`, maps (y, x, 1) to another place, in pixels from the
image's centre.
"""

import tensorflow as tf


def affine(y: list[tf.Tensor], x: list[tf.Tensor]) -> tf.Tensor:
  """Returns matrices `[n, 3, 3]` with the third row (0, 0, 1).

  Args:
    y: The three numbers of the first row, `[n]` each.
    x: The three numbers of the second row, `[n]` each.
  """
  zero = tf.zeros_like(y[0])
  rows = [y, x, [zero, zero, zero + 1.0]]
  return tf.stack([tf.stack(row, axis=-1) for row in rows], axis=-2)


def translation(y: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
  """Returns matrices of translations by y and x pixels, `[n]` each."""
  zero = tf.zeros_like(y)
  return affine([zero + 1.0, zero, y], [zero, zero + 1.0, x])


def scaling(y: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
  """Returns matrices of scalings by the factors y and x, `[n]` each."""
  zero = tf.zeros_like(y)
  return affine([y, zero, zero], [zero, x, zero])


def rotation(cosine: tf.Tensor, sine: tf.Tensor) -> tf.Tensor:
  """Returns matrices that turn images counterclockwise if `warped` uses them.

  Args:
    cosine: The cosine of the angle, `[n]`.
    sine: The sine of the angle, `[n]`.
  """
  zero = tf.zeros_like(cosine)
  return affine([cosine, sine, zero], [-sine, cosine, zero])


def product(*matrices: tf.Tensor) -> tf.Tensor:
  """Returns the matrix product, `[n, 3, 3]`.

  Args:
    *matrices: Matrices, `[n, 3, 3]` each. `warped` by the product changes an
      image as the first matrix does, then as the second, and so on.
  """
  result = matrices[0]
  for matrix in matrices[1:]:
    # `tf.matmul` may round to 10 bits on GPUs.
    result = tf.reduce_sum(result[..., None] * matrix[:, None], axis=2)
  return result


def warped(images: tf.Tensor, matrix: tf.Tensor) -> tf.Tensor:
  """Samples images bilinearly through affine maps, mirrored at the border.

  Args:
    images: `[n, height, width, channels]`.
    matrix: Matrices that map places of the result to places of the image,
      `[n, 3, 3]`.

  Returns:
    Images of the same shape.
  """
  n, height, width = (tf.shape(images)[i] for i in range(3))
  y, x = (tf.cast(tf.range(size), tf.float32) for size in (height, width))
  middle_y, middle_x = (tf.cast(i - 1, tf.float32) / 2 for i in (height, width))
  y, x = (y - middle_y)[None, :, None], (x - middle_x)[None, None, :]
  a, b, c = (matrix[:, 0, i, None, None] for i in range(3))
  d, e, f = (matrix[:, 1, i, None, None] for i in range(3))
  rows = _neighbours(a * y + b * x + c + middle_y, height)
  columns = _neighbours(d * y + e * x + f + middle_x, width)
  channels = images.shape[3]
  flat = tf.reshape(images, [n, height * width, channels])
  total = tf.zeros_like(flat)
  for row, row_share in rows:
    for column, column_share in columns:
      places = tf.reshape(row * width + column, [n, height * width])
      shares = tf.reshape(row_share * column_share, [n, height * width, 1])
      total += shares * tf.gather(flat, places, axis=1, batch_dims=1)
  return tf.reshape(total, tf.shape(images))


def _neighbours(place, size) -> list[tuple[tf.Tensor, tf.Tensor]]:
  """Returns the two pixels around each place of an axis, and their shares."""
  last = tf.cast(size - 1, tf.float32)
  period = tf.maximum(2.0 * last, 1.0)
  mirrored = last - tf.abs(tf.math.floormod(place, period) - last)
  mirrored = tf.clip_by_value(mirrored, 0.0, last)
  first = tf.floor(mirrored)
  share = mirrored - first
  before = tf.cast(first, tf.int32)
  after = tf.minimum(before + 1, size - 1)
  return [(before, 1.0 - share), (after, share)]
