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
"""Compiles an optimizer's update and the masks after it into one XLA kernel.

Each operation of an update reads and writes a whole kernel, and so does the
multiplication with its mask. If the kernel is larger than the processor's
caches, this takes most of the time of a Dense layer's training step. Compiled
by XLA, update and masks are one pass over the weights.
"""

from collections.abc import Sequence

import tensorflow as tf

from tf_ganprune import replicas
from tf_ganprune.keras_compat import keras
from tf_ganprune.sparsity.masks import applying

# Weights in a kernel; smaller ones are not worth the time to compile.
_LARGE = 2**20


def is_worthwhile(
  optimizer, variables: Sequence, entries: Sequence[tuple]
) -> bool:
  """Whether an update is faster when it is compiled together with the masks.

  This is so if a large kernel is pruned on the CPU by one replica, in a graph,
  and XLA can compile all parts of the optimizer.

  Args:
    optimizer: A Keras optimizer.
    variables: The variables that it updates.
    entries: The pruned weights, as pairs `(weight, mask)`.
  """
  return (
    any(weight.shape.num_elements() >= _LARGE for weight, _ in entries)
    and not tf.executing_eagerly()
    and replicas.count() == 1
    and not tf.config.list_logical_devices("GPU")
    and keras.src.utils.tf_utils.can_jit_compile()
    and _is_known(optimizer, variables)
  )


def _is_known(optimizer, variables) -> bool:
  """Whether all parts of an update are Keras's own."""
  if isinstance(optimizer, keras.mixed_precision.LossScaleOptimizer):
    return False
  parts = [optimizer, getattr(optimizer, "_learning_rate", None)]
  parts += [x.constraint for x in variables]
  return isinstance(optimizer, keras.optimizers.Optimizer) and all(
    isinstance(part, tf.Variable | None)
    or type(part).__module__.startswith(keras.__name__.split(".")[0])
    for part in parts
  )


def update(
  optimizer, gradients: Sequence, variables: Sequence, entries: Sequence[tuple]
) -> None:
  """Makes one update of an optimizer, and sets pruned weights to 0.

  Args:
    optimizer: A Keras optimizer.
    gradients: The gradients of the variables, with None for missing ones.
    variables: The variables to update.
    entries: The pruned weights, as pairs `(weight, mask)`.
  """
  # `apply_gradients` would do this first, but XLA creates no variables.
  with tf.init_scope():
    optimizer.build(variables)

  def compiled(gradients):
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    for weight, mask in entries:
      applying.apply_mask(weight, mask)

  tf.function(compiled, jit_compile=True, autograph=False)(list(gradients))
