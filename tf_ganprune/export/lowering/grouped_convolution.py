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
"""Lowers grouped convolutions to ones that GPU delegates compute rightly."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tf_ganprune.export.lowering import editor as editing

_FIELDS = 4  # channels that a GPU keeps together


def is_taken(groups: int, inputs: int, outputs: int) -> bool:
  """Whether GPU delegates compute a grouped convolution, and rightly.

  Args:
    groups: The number of groups; 1 is a convolution without groups.
    inputs: Channels that a group takes.
    outputs: Channels that a group gives.
  """
  whole = inputs % _FIELDS == 0 and outputs % _FIELDS == 0
  return groups == 1 or whole or inputs == outputs == 1


def grouped(editor: editing.Editor, operator: schema.OperatorT) -> bool:
  """Joins groups of a CONV_2D, with zeros for the channels of other groups.

  The fewest groups are joined that give a convolution which delegates take.

  Args:
    editor: The editor of the file.
    operator: The convolution.

  Returns:
    Whether it was replaced.
  """
  image, kernel = map(int, operator.inputs[:2])
  value, channels = editor.value(kernel), editor.shape(image)[-1]
  if value is None:
    return False
  groups = channels // value.shape[-1]
  if is_taken(groups, value.shape[-1], len(value) // groups):
    return False
  joined = _fewest(groups, value.shape[-1], len(value) // groups)
  wide = editor.constant(_joined(value, groups, joined), "float32")
  operator.inputs = np.asarray([image, wide, *operator.inputs[2:]], np.int32)
  editor.keep(operator)
  return True


def _fewest(groups: int, inputs: int, outputs: int) -> int:
  """Returns how many groups to join into one."""
  counts = (n for n in range(2, groups + 1) if groups % n == 0)
  return next(
    n for n in counts if is_taken(groups // n, n * inputs, n * outputs)
  )


def _joined(kernel, groups: int, joined: int) -> np.ndarray:
  """Returns the joined kernel, `[outputs, height, width, joined * inputs]`."""
  outputs, height, width, inputs = kernel.shape
  size = outputs // groups
  wide = np.zeros((outputs, height, width, joined, inputs), kernel.dtype)
  for group in range(groups):
    rows = slice(group * size, (group + 1) * size)
    wide[rows, :, :, group % joined] = kernel[rows]
  return wide.reshape(outputs, height, width, joined * inputs)
