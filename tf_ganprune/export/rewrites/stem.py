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
"""Replaces 'same' padding of a sparse network's stem by a padding layer.

The stem is the 3x3 convolution of stride 2 that XNNPACK's sparse kernels begin
at.
"""

from tf_ganprune.export.rewrites import inference, rewrite_rule
from tf_ganprune.graphs import shallow_copies
from tf_ganprune.keras_compat import keras

_CHANNELS = 3


def replace(run: rewrite_rule.Run) -> rewrite_rule.Replacement | None:
  """Replaces a stem by a padding layer and a convolution with 'valid'.

  Where height or width is even, 'same' pads on one side only, and no kernel of
  this size computes the same from an image that is padded on both.

  Args:
    run: Layers of which a `Conv2D` is the first.

  Returns:
    The replacement, if the convolution is 3x3 of stride 2, on 3 channels, with
    'same', and height and width are odd; else None.
  """
  layer = run.layers[0]
  if not _is_stem(layer, run.input_shape):
    return None
  pad = keras.layers.ZeroPadding2D(1)
  valid = shallow_copies.copy(layer)
  valid.padding = "valid"
  return rewrite_rule.Replacement(1, [pad, valid])


def _is_stem(layer, input_shape) -> bool:
  return (
    inference.is_plain(layer)
    and layer.padding == "same"
    and (tuple(layer.kernel_size), tuple(layer.strides)) == ((3, 3), (2, 2))
    and input_shape[-1] == _CHANNELS
    and all(side is not None and side % 2 for side in input_shape[1:3])
  )


REWRITE = rewrite_rule.Rewrite(
  "explicit-stem",
  keras.layers.Conv2D,
  replace,
  "Padded before the convolution, since XNNPACK's sparse kernels begin only at"
  " one that is padded by 1 on each side",
)
