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
"""Replaces transposed convolutions by convolutions and depth-to-space.

LiteRT runs these faster.

A transposed convolution of stride s writes s*s interleaved images, its phases.
Each is a plain convolution of the input, and depth-to-space interleaves them
(Shi et al. 2016, "Is the deconvolution layer the same as a convolutional
layer?").
"""

import dataclasses
import functools
import math

import numpy as np
import tensorflow as tf

from tf_ganprune.export.rewrites import file_layers, inference, rewrite_rule
from tf_ganprune.keras_compat import keras

# Milliseconds after / before, x86-64, one layer of stride 2 in float32:
#   4x4: 0.54   5x5: 0.62 to 0.75
#   3x3: 0.38 to 0.65 up to 16 outputs, 0.90 to 0.96 from 32 on
# and 1.00 for stride 1. With full int8 it is 0.02 to 0.1 for all of these.
# So float32 layers stay that would grow by more than this for little.
_MOST_GROWTH = 1.5
_FEW_OUTPUTS = 16
# The ReLUs that LiteRT computes within a convolution, by their limits.
_FUSED = {np.inf: tf.nn.relu, 6.0: tf.nn.relu6}


@dataclasses.dataclass(frozen=True)
class Side:
  """The sizes with which the phases of height, or of width, are computed.

  Attributes:
    stride: The number of phases.
    taps: The number of weights of each phase.
    lead: The number of zeros before the kernel, which fill up its phases.
    pad: The numbers of zeros before and after the input.
    crop: The numbers of outputs that are cropped, before and after.
  """

  stride: int
  taps: int
  lead: int
  pad: tuple[int, int]
  crop: tuple[int, int]

  @classmethod
  def for_axis(cls, size: int, stride: int, padding: str) -> "Side":
    """Returns the sizes for one axis of a transposed convolution.

    Output o before cropping is the sum of x[q - t] w[t stride + phase] over the
    taps t, where o = q stride + phase.

    Args:
      size: The size of the kernel along the axis.
      stride: The stride along the axis.
      padding: `'same'` or `'valid'`.
    """
    taps = -(-size // stride)
    beyond = max(0, size - stride)
    before = beyond // 2 if padding == "same" else 0
    extra = 0 if padding == "same" else beyond
    # Leading zeros, if they fit in, make the crop a number of whole pixels.
    lead = -before % stride
    if lead > taps * stride - size:
      lead = 0
    skipped, before = divmod(before + lead, stride)
    after_input = -(-(before + extra) // stride) + skipped
    return cls(
      stride,
      taps,
      lead,
      (taps - 1 - skipped, after_input),
      (before, -(before + extra) % stride),
    )


def replace(
  run: rewrite_rule.Run, in_float: bool = False
) -> rewrite_rule.Replacement | None:
  """Replaces a `Conv2DTranspose` by a convolution and depth-to-space.

  Args:
    run: Layers of which a `Conv2DTranspose` is the first.
    in_float: Whether to keep layers that would not be faster in float32.

  Returns:
    The replacement of the layer, of a batch normalization after it and of a
    ReLU after both; None if the layer is to stay.
  """
  layer = run.layers[0]
  if not _is_rewritable(layer, run.input_shape):
    return None
  sides = tuple(
    Side.for_axis(*one, layer.padding)
    for one in zip(layer.kernel_size, layer.strides, strict=True)
  )
  if in_float and not _is_faster_in_float(layer, sides):
    return None
  length, norm, limit = _taken(run.layers)
  row = [_convolution(layer, norm, limit, sides)]
  pads = [side.pad for side in sides]
  if np.any(pads):
    row.insert(0, keras.layers.ZeroPadding2D(pads))
  if max(layer.strides) > 1:
    crops = [side.crop for side in sides]
    row.append(file_layers.Interleave(layer.strides, crops))
  if limit is None and not inference.is_linear(layer):
    row.append(keras.layers.Activation(layer.activation))
  return rewrite_rule.Replacement(length, row)


def _is_rewritable(layer, input_shape) -> bool:
  return (
    inference.is_plain(layer)
    and layer.padding in ("same", "valid")
    and layer.output_padding is None
    and None not in input_shape[1:]
  )


def _is_faster_in_float(layer, sides) -> bool:
  weights = math.prod(side.taps * side.stride for side in sides)
  growth = weights / math.prod(layer.kernel_size)
  return max(layer.strides) > 1 and (
    growth <= _MOST_GROWTH or layer.filters <= _FEW_OUTPUTS
  )


def _taken(layers) -> tuple[int, keras.layers.Layer | None, float | None]:
  """Returns how many layers are replaced, the norm, and a ReLU's limit.

  A ReLU goes into the convolution, in which LiteRT computes it; other
  activations come after the crop, where they have fewer pixels to compute.
  """
  if not inference.is_linear(layers[0]):
    limit = inference.own_relu_limit(layers[0])
    return 1, None, limit if limit in _FUSED else None
  length, norm = inference.norm_after(layers)
  found = inference.relu_after(layers, length)
  if found is None:
    return length, norm, None
  end, limit = found
  return (end, norm, limit) if limit in _FUSED else (length, norm, None)


def _convolution(layer, norm, limit, sides) -> keras.layers.Conv2D:
  """Returns the convolution that computes all phases, as channels."""
  kernel, bias = inference.folded(layer, norm)
  kernel = _kernel_of_phases(kernel, sides)
  phases = sides[0].stride * sides[1].stride
  convolution = keras.layers.Conv2D(
    kernel.shape[-1],
    kernel.shape[:2],
    use_bias=bias is not None,
    activation=_FUSED.get(limit),
  )
  convolution.build((None, None, None, kernel.shape[2]))
  weights = [kernel] if bias is None else [kernel, np.tile(bias, phases)]
  convolution.set_weights(weights)
  return convolution


def _kernel_of_phases(kernel, sides) -> np.ndarray:
  """Returns the convolution's kernel `[taps, taps, inputs, phases * outputs]`.

  Args:
    kernel: The transposed convolution's kernel, of shape
      `[height, width, outputs, inputs]`.
    sides: The sizes for height and for width.
  """
  zeros = [
    (side.lead, side.taps * side.stride - size - side.lead)
    for side, size in zip(sides, kernel.shape[:2], strict=True)
  ]
  kernel = np.pad(kernel, [*zeros, (0, 0), (0, 0)])
  rows, columns = sides
  kernel = kernel.reshape(
    rows.taps, rows.stride, columns.taps, columns.stride, *kernel.shape[2:]
  )
  # A convolution meets the inputs in the other direction.
  kernel = kernel[::-1, :, ::-1].transpose(0, 2, 5, 1, 3, 4)
  return kernel.reshape(*kernel.shape[:3], -1)


_NOTE = (
  "Written as a convolution and depth-to-space, which run faster than a"
  " transposed convolution"
)
REWRITE = rewrite_rule.Rewrite(
  "phases", keras.layers.Conv2DTranspose, replace, _NOTE
)
IN_FLOAT = rewrite_rule.Rewrite(
  "phases-float",
  keras.layers.Conv2DTranspose,
  functools.partial(replace, in_float=True),
  _NOTE,
)
