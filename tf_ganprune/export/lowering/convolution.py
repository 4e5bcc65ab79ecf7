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
"""Grouped convolutions, as GPU delegates take them."""

import numpy as np

_WRONG = 2  # channels a group
_FIELDS = 4  # channels that a GPU keeps together


def grouped(editor, operator) -> bool:
  """A CONV_2D in groups of 2 channels, with zeros for two groups in one."""
  image, kernel = map(int, operator.inputs[:2])
  value, channels = editor.value(kernel), editor.shape(image)[-1]
  if value is None or value.shape[-1] != _WRONG or channels == _WRONG:
    return False
  groups = channels // _WRONG
  joined = _FIELDS // _WRONG if groups % (_FIELDS // _WRONG) == 0 else groups
  wide = editor.constant(_joined(value, groups, joined), "float32")
  operator.inputs = np.asarray([image, wide, *operator.inputs[2:]], np.int32)
  editor.keep(operator)
  return True


def _joined(kernel, groups: int, joined: int) -> np.ndarray:
  """Returns a kernel `[outputs, height, width, joined * inputs]`."""
  outputs, height, width, inputs = kernel.shape
  size = outputs // groups
  wide = np.zeros((outputs, height, width, joined, inputs), kernel.dtype)
  for group in range(groups):
    rows = slice(group * size, (group + 1) * size)
    wide[rows, :, :, group % joined] = kernel[rows]
  return wide.reshape(outputs, height, width, joined * inputs)
