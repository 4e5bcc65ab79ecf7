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
"""Tests of what GPU delegates compute wrongly."""

import numpy as np
import pytest

from tests.export.rules import operators as ops
from tf_ganprune.export.rules import wrong_on_gpu


def _transposed(kernel, stride, size, padding=ops.SAME):
  image = ops.tensor(1, size, size, 2)
  sizes = ops.tensor(value=np.array([1, 2 * size, 2 * size, 3], "int32"))
  return ops.network(
    [
      ops.operator(
        "TRANSPOSE_CONV",
        [sizes, ops.tensor(value=np.ones((3, kernel, kernel, 2))), image],
        ops.tensor(1, 2 * size, 2 * size, 3),
        layer="up",
        strideH=stride,
        strideW=stride,
        padding=padding,
      )
    ],
    image,
  )


@pytest.mark.parametrize(
  ("kernel", "stride", "size", "shifted"),
  [
    (5, 2, 7, True),
    (5, 2, 8, False),
    (4, 2, 7, False),
    (3, 2, 7, True),
    (3, 1, 7, False),
    (2, 2, 7, False),
  ],
)
def test_shifted_transposed_convolutions(kernel, stride, size, shifted):
  found = wrong_on_gpu.transposed_convolutions(
    _transposed(kernel, stride, size)
  )
  assert [x.layer for x in found] == ["up"] * shifted
  if shifted:
    assert f"{kernel}x{kernel}" in found[0].reason
    assert f"on {size}x{size}" in found[0].reason
    assert "padding='valid'" in found[0].remedy
  valid = _transposed(kernel, stride, size, ops.VALID)
  assert not wrong_on_gpu.transposed_convolutions(valid)


@pytest.mark.parametrize(
  ("inputs", "outputs", "groups", "wrong"),
  [
    (2, 2, 4, True),
    (4, 4, 2, False),
    (1, 1, 8, False),
    (8, 8, 1, False),
    (3, 3, 4, True),
    (1, 2, 6, True),
    (4, 6, 3, True),
    (8, 4, 3, False),
  ],
)
def test_channels_a_group(inputs, outputs, groups, wrong):
  kernel = np.ones((outputs * groups, 3, 3, inputs), "f")
  image = ops.tensor(1, 5, 5, inputs * groups)
  found = wrong_on_gpu.grouped_convolutions(
    ops.chain(image, ops.convolution(kernel))
  )
  assert [x.layer for x in found] == ["conv"] * wrong
  if wrong:
    assert f"{groups} groups of {inputs} channels" in found[0].reason


def test_two_channels_in_all_are_right():
  file = ops.chain(
    ops.tensor(1, 5, 5, 2), ops.convolution(np.ones((4, 3, 3, 2), "f"))
  )
  assert not wrong_on_gpu.grouped_convolutions(file)
