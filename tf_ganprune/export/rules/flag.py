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
"""Reasons against the converter's sparsity flag, found before converting."""

from collections.abc import Callable

import tensorflow as tf

from tf_ganprune.export import number_formats
from tf_ganprune.export.rules import dense_blocks
from tf_ganprune.keras_compat import keras

Rule = Callable[[keras.Model, number_formats.Setting], str | None]


def zeros_for_the_flag(
  model: keras.Model, setting: number_formats.Setting
) -> str | None:
  """Returns a reason against the flag if no kernel has enough zeros for it.

  Args:
    model: A built network, without pruning wrappers.
    setting: The setting that is to be tried.

  Returns:
    The reason to pass the setting over, or None.
  """
  if not setting.flag:
    return None
  kernels = [w.numpy() for w in model.weights if w.shape.rank >= 2]
  most = max(map(dense_blocks.share_of_zeros, kernels), default=0.0)
  if most >= dense_blocks.FLAG_ACTS_FROM:
    return None
  return (
    f"no kernel has {dense_blocks.FLAG_ACTS_FROM:.0%} zeros, where the flag"
    f" begins to act (the sparsest has {most:.1%})"
  )


def fast_blocks(
  model: keras.Model, setting: number_formats.Setting
) -> str | None:
  """Returns a reason against the flag if it would slow a Dense layer down.

  LiteRT runs float32 Dense kernels with 1x4 blocks of zeros, along the input
  axis, without unpacking them, which is faster only if most blocks are zero. It
  ignores inputs that do not fill the last block; the comparison with Keras
  finds that.

  Args:
    model: A built network, without pruning wrappers.
    setting: The setting that is to be tried.

  Returns:
    The reason to pass the setting over, or None.
  """
  if not (setting.flag and setting.numbers is number_formats.FLOAT32):
    return None
  for layer in model.submodules:
    kernel = getattr(layer, "kernel", None)
    # TF-MOT's quantization leaves a layer without a kernel of its own.
    is_dense = isinstance(layer, keras.layers.Dense)
    if not (is_dense and isinstance(kernel, tf.Variable)):
      continue
    kernel = kernel.numpy()
    zeros = dense_blocks.share_of_zeros(kernel)
    slow = dense_blocks.FLAG_ACTS_FROM <= zeros < dense_blocks.BLOCKS_PAY_FROM
    if slow and len(kernel) % 4 == 0 and dense_blocks.has_blocks(kernel):
      return (
        f"Dense layer {layer.name!r} has {zeros:.0%} zeros in 1x4 blocks, which"
        " LiteRT runs slower than dense below"
        f" {dense_blocks.BLOCKS_PAY_FROM:.0%}"
      )
  return None
