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
"""What is known of a setting before it is tried: useless, or slow."""

from collections.abc import Callable

import numpy as np

from tf_ganprune.export import settings
from tf_ganprune.keras_compat import keras

# Below this share of zeros the converter leaves a kernel dense.
_FLAG_ACTS_FROM = 0.3
# A Dense kernel with fewer zeros than this, in 1x4 blocks, ran 2 to 2.5 times
# slower than a dense one (x86-64 with AVX2, at 50 %); at 80 % it ran faster.
_BLOCKS_PAY_FROM = 0.7
# The converter stores blocks if they hold this share of the zeros.
_BLOCK_SHARE = 0.9

Rule = Callable[[keras.Model, settings.Setting], str | None]


def zeros_for_the_flag(
  model: keras.Model, setting: settings.Setting
) -> str | None:
  """Says why the flag would do nothing, if it would.

  Args:
    model: A built network, without pruning wrappers.
    setting: How it might be converted.

  Returns:
    The reason to pass the setting over, or None.
  """
  if not setting.flag:
    return None
  kernels = [w.numpy() for w in model.weights if w.shape.rank >= 2]
  most = max(map(_share_of_zeros, kernels), default=0.0)
  if most >= _FLAG_ACTS_FROM:
    return None
  return (
    f"no kernel has {_FLAG_ACTS_FROM:.0%} zeros, where the flag begins to act"
    f" (the sparsest has {most:.1%})"
  )


def fast_blocks(model: keras.Model, setting: settings.Setting) -> str | None:
  """Says which Dense layer the flag would slow down, if there is one.

  LiteRT runs float32 Dense kernels with 1x4 blocks of zeros, along the input
  axis, without unpacking them, which pays only if most blocks are zero.

  Args:
    model: A built network, without pruning wrappers.
    setting: How it might be converted.

  Returns:
    The reason to pass the setting over, or None.
  """
  if not (setting.flag and setting.numbers is settings.FLOAT32):
    return None
  for layer in model.submodules:
    if not isinstance(layer, keras.layers.Dense):
      continue
    kernel = layer.kernel.numpy()
    zeros = _share_of_zeros(kernel)
    if _FLAG_ACTS_FROM <= zeros < _BLOCKS_PAY_FROM and _has_blocks(kernel):
      return (
        f"Dense layer {layer.name!r} has {zeros:.0%} zeros in 1x4 blocks, which"
        f" LiteRT runs slower than dense below {_BLOCKS_PAY_FROM:.0%}"
      )
  return None


def _share_of_zeros(kernel) -> float:
  return 1.0 - np.count_nonzero(kernel) / max(1, kernel.size)


def _has_blocks(kernel) -> bool:
  """Whether the zeros of `[inputs, units]` lie in blocks of four inputs."""
  if len(kernel) % 4:
    # LiteRT then ignores the inputs after the last whole block. The comparison
    # with Keras finds that.
    return False
  blocks = np.abs(kernel).reshape(len(kernel) // 4, 4, -1).max(axis=1)
  return _share_of_zeros(blocks) > _BLOCK_SHARE * _share_of_zeros(kernel)
