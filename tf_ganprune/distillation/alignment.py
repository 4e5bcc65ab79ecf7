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
"""A distillation loss on the kernel alignment of hidden layers."""

import tensorflow as tf

from tf_ganprune.distillation import base
from tf_ganprune.keras_compat import keras


def kernel_alignment(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
  """Returns the kernel alignment of two sets of features, in [0, 1].

  It does not depend on the features' widths, scales and rotations:
  <K, L> / (|K| |L|) of K = A A^T and L = B B^T, with Frobenius products,
  Cristianini et al. 2001, "On Kernel-Target Alignment", definition 1. On
  features of whole images it is the global kernel alignment of Jin et al. 2021,
  "Teachers Do More Than Teach: Compressing Image-to-Image Models" (CAT).

  Args:
    a: Features of n images, `[n, ...]`.
    b: Other features of the same images, `[n, ...]`.

  Returns:
    A scalar: 1 if the products of all pairs of images are equal up to a factor,
    0 if one set is all zero. For a single image it is always 1.
  """
  kernels = []
  for features in (a, b):
    flat = tf.reshape(features, [tf.shape(features)[0], -1])
    kernel = tf.matmul(flat, flat, transpose_b=True)
    kernels.append(tf.math.l2_normalize(kernel, axis=[0, 1]))
  return tf.reduce_sum(kernels[0] * kernels[1])


@base.LOSSES.register
@keras.utils.register_keras_serializable(package="tf_ganprune")
class KernelAlignment(base.HiddenDistillation):
  """The sum of 1 - kernel alignment over pairs of hidden layers.

  Jin et al. 2021, "Teachers Do More Than Teach: Compressing Image-to-Image
  Models" (CAT), maximize the alignment of the student's layers with the
  teacher's. It needs no adapters. The batch of each replica must have at least
  two images.

  Example:
    `KernelAlignment(weight=10.0)`
  """

  kind = "kernel_alignment"

  def distance(
    self, teacher: tf.Tensor, student: tf.Tensor, place: int
  ) -> tf.Tensor:
    """Returns 1 - kernel alignment of two hidden layers, a scalar."""
    del place
    return 1.0 - kernel_alignment(teacher, student)
