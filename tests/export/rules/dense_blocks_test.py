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
"""Tests of the rules for Dense layers with 1x4 blocks of zeros."""

import re

import numpy as np
import pytest

from tests.export.rules import operators as ops
from tf_ganprune.export.rules import dense_blocks


def _kernel(inputs, zero_blocks, units=4):
  kernel = np.ones((inputs, units), "f")
  kernel[: 4 * zero_blocks] = 0
  return kernel


def _file(*kernels):
  makers = [ops.dense(kernel, f"d{i}") for i, kernel in enumerate(kernels)]
  return ops.chain(ops.tensor(1, len(kernels[0])), *makers)


@pytest.mark.parametrize(
  ("zero_blocks", "reason"),
  [
    (2, "has 20% zeros, not in 1x4 blocks"),
    (3, "30% zeros in 1x4 blocks, .* slower than dense below 70%"),
    (6, "60% zeros in 1x4 blocks, .* slower"),
    (7, None),
    (10, None),
  ],
)
def test_blocks_must_be_many(zero_blocks, reason):
  found = dense_blocks.dense_layers(_file(_kernel(40, zero_blocks)))
  if reason is None:
    assert not found
  else:
    (one,) = found
    assert one.layer == "d0"
    assert re.search(reason, one.reason)
    assert "block_size=(4, 1)" in one.remedy


def test_one_layer_with_blocks_is_enough():
  dense = np.ones((4, 8), "f")
  assert not dense_blocks.dense_layers(_file(_kernel(40, 8), dense))
  assert (
    len(dense_blocks.dense_layers(_file(np.ones((40, 4), "f"), dense))) == 2
  )
  (found,) = dense_blocks.dense_layers(_file(_kernel(40, 8), _kernel(40, 5)))
  assert found.layer == "d1"


def test_inputs_after_the_last_block_would_be_lost():
  (found,) = dense_blocks.dense_layers(_file(_kernel(42, 8)))
  assert "has 42 inputs" in found.reason
  assert "multiple of 4" in found.remedy


def test_scattered_zeros_are_no_blocks():
  kernel = np.ones((40, 4), "f")
  kernel[np.arange(40) % 4 != 0] = 0
  (found,) = dense_blocks.dense_layers(_file(kernel))
  assert "75% zeros, not in 1x4 blocks" in found.reason


def test_a_network_without_dense_layers():
  file = ops.chain(ops.tensor(1, 4), ops.same_shape("TANH"))
  (found,) = dense_blocks.dense_layers(file)
  assert found.layer == "net"
  assert "no Dense layer" in found.reason
