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
"""Pruning by the weights' parts of a kernel's singular values."""

import tensorflow as tf

from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.importance import base


@base.IMPORTANCES.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class Spectral(base.Importance):
  """Scores weights by their parts of the kernel's largest singular values.

  The kernel as a matrix W, its last axis against all others, has singular
  values s_k with directions u_k, v_k, and s_k is the sum of w_ij u_ki v_kj over
  all weights: each adds one term. The score of a weight is the norm of its
  terms in the largest singular values,

      sqrt(sum_k (w_ij u_ki v_kj)^2), k = 1 ... directions.

  With one direction that is its part of the spectral norm, u_1i v_1j being the
  norm's derivative (Miyato et al. 2018, "Spectral Normalization for Generative
  Adversarial Networks", gradient of the normalized weights); with all of them
  it comes close to the magnitude. That pruning should preserve the spectrum is
  argued by Yao et al. 2023, "Neural Network Pruning as Spectrum Preserving
  Process".

  The directions are found at mask updates only, by subspace iteration from a
  fixed start.

  Example:
    >>> spectral = tgp.importance.Spectral(directions=1)
    >>> tgp.prune_low_magnitude(generator, schedule, importance=spectral)
  """

  kind = "spectral"

  def __init__(self, directions: int = 8, iterations: int = 32):
    """Sets the number of singular values, and how exactly they are found.

    Args:
      directions: The number of largest singular values; fewer where a kernel
        has fewer.
      iterations: The number of steps of the subspace iteration.

    Raises:
      ValueError: If a number is below 1.
    """
    for name, value in ("directions", directions), ("iterations", iterations):
      if not isinstance(value, int) or value < 1:
        raise ValueError(
          f"`{name}` must be a whole number above 0; got {value!r}."
        )
    self.directions = directions
    self.iterations = iterations

  def scores(
    self, weight: tf.Tensor, slot: tf.Tensor | None = None
  ) -> tf.Tensor:
    """Returns the norm of each weight's terms in the singular values."""
    del slot
    matrix = tf.cast(tf.reshape(weight, [-1, weight.shape[-1]]), tf.float32)
    is_finite = tf.math.is_finite(matrix)
    left, right = self._subspaces(tf.where(is_finite, matrix, 0.0))
    # sum_k (u_ki v_kj)^2 is one product of matrices.
    added = tf.matmul(tf.square(left), tf.square(right), transpose_b=True)
    scores = tf.abs(matrix) * tf.sqrt(added)
    return tf.reshape(scores, weight.shape)

  def _subspaces(self, matrix) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the leading directions, `[inputs, k]` and `[outputs, k]`."""
    if matrix.shape[0] < matrix.shape[1]:
      return self._subspaces(tf.transpose(matrix))[::-1]
    rank = min(self.directions, matrix.shape[1])
    # A few more than asked for, so that the last ones converge as well.
    right = self._iterated(matrix, min(rank + 4, matrix.shape[1]))
    left, small = tf.linalg.qr(tf.matmul(matrix, right))
    _, turn_left, turn_right = tf.linalg.svd(small)
    left, right = tf.matmul(left, turn_left), tf.matmul(right, turn_right)
    return left[:, :rank], right[:, :rank]

  def _iterated(self, matrix, count: int) -> tf.Tensor:
    """Returns a basis of the leading right directions, `[columns, count]`."""
    scale = tf.reduce_max(tf.abs(matrix))  # else a square may overflow
    scaled = tf.math.divide_no_nan(matrix, scale)

    def iterate(right):
      left = tf.matmul(scaled, right)
      return (tf.linalg.qr(tf.matmul(scaled, left, transpose_a=True)).q,)

    start = tf.random.stateless_normal([matrix.shape[1], count], [0, 0])
    (right,) = tf.while_loop(
      lambda _: True, iterate, (start,), maximum_iterations=self.iterations
    )
    return right

  def get_config(self) -> dict:
    """Returns the arguments of the constructor."""
    return {"directions": self.directions, "iterations": self.iterations}
