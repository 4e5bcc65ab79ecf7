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
"""Tests of the table of what GPU delegates take, without converting."""

import numpy as np
import pytest

from tests.export.rules import operators as ops
from tf_ganprune.export.rules import gpu_operators, gpu_table

_IMAGE = (1, 4, 4, 8)


def _found(name, inputs, output=None, **options):
  output = output or ops.tensor(*_IMAGE)
  operator = ops.operator(name, inputs, output, layer="it", **options)
  return gpu_operators.operators(ops.network([operator], *inputs[:1]))


def _numbers(*values):
  return ops.tensor(value=np.array(values, "int32"), dtype="int32")


def test_an_operator_without_a_row_is_found():
  (found,) = _found("SPACE_TO_BATCH_ND", [ops.tensor(*_IMAGE)])
  assert (found.layer, found.refused) == ("it", True)
  assert "SPACE_TO_BATCH_ND, which GPU delegates do not have" in found.reason
  assert "dilated" in found.remedy


@pytest.mark.parametrize(
  "name", [n for n, x in gpu_table.TABLE.items() if x is gpu_table._first_two]
)
def test_one_tensor_twice(name):
  x, y = ops.tensor(*_IMAGE), ops.tensor(*_IMAGE)
  assert not _found(name, [x, y])
  (found,) = _found(name, [x, x])
  assert f"{name} on one tensor twice" in found.reason


@pytest.mark.parametrize(
  ("shape", "axis", "right"),
  [
    ((1,), -1, True),
    ((1, 4), 2, True),
    ((1, 1), -1, True),
    ((1, 12, 12), -1, False),
    ((1, 4), 1, False),
  ],
)
def test_one_hot(shape, axis, right):
  inputs = [ops.tensor(*shape, dtype="int32"), *[_numbers(3)] * 3]
  assert (not _found("ONE_HOT", inputs, axis=axis)) == right


@pytest.mark.parametrize(
  ("indices", "dtype", "right"),
  [((1,), "int32", True), ((1, 1), "int32", False), ((1,), "int64", False)],
)
def test_gather(indices, dtype, right):
  inputs = [ops.tensor(10, 6), ops.tensor(*indices, dtype=dtype)]
  assert (not _found("GATHER", inputs)) == right


@pytest.mark.parametrize(
  ("dtype", "right"), [("int32", True), ("int64", False)]
)
def test_arg_max(dtype, right):
  output = ops.tensor(1, 4, 4, dtype=dtype)
  found = _found("ARG_MAX", [ops.tensor(*_IMAGE), _numbers(3)], output)
  assert (not found) == right
  if found:
    assert "output_type=tf.int32" in found[0].remedy


@pytest.mark.parametrize(
  ("masks", "steps", "right"),
  [
    ({}, (1, 2, 1, 1), True),
    ({"shrinkAxisMask": 8}, (1, 1, 1, 1), False),
    ({"newAxisMask": 1}, (1, 1, 1, 1), False),
    ({"ellipsisMask": 1}, (1, 1, 1, 1), False),
    ({}, (1, -1, 1, 1), False),
  ],
)
def test_strided_slice(masks, steps, right):
  names = ("shrinkAxisMask", "newAxisMask", "ellipsisMask")
  masks = dict.fromkeys(names, 0) | masks
  inputs = [ops.tensor(*_IMAGE), _numbers(0), _numbers(4), _numbers(*steps)]
  assert (not _found("STRIDED_SLICE", inputs, **masks)) == right


@pytest.mark.parametrize(
  ("name", "inputs", "options", "right"),
  [
    ("PAD", [ops.tensor(1, 4), _numbers(0)], {}, False),
    ("PAD", [ops.tensor(1, 4, 4), _numbers(0)], {}, True),
    ("MIRROR_PAD", [ops.tensor(*_IMAGE), _numbers(0)], {"mode": 0}, True),
    ("MIRROR_PAD", [ops.tensor(*_IMAGE), _numbers(0)], {"mode": 1}, False),
    ("PADV2", [ops.tensor(*_IMAGE), _numbers(0), _numbers(0)], {}, True),
    ("PADV2", [ops.tensor(*_IMAGE), _numbers(0), _numbers(1)], {}, False),
    ("ADD_N", [ops.tensor(1, 4)] * 2, {}, True),
    ("ADD_N", [ops.tensor(1, 4)] * 3, {}, False),
    ("PRELU", [ops.tensor(*_IMAGE), ops.tensor(1, 1, 8)], {}, True),
    ("PRELU", [ops.tensor(*_IMAGE), ops.tensor(1, 1, 1)], {}, False),
    ("SOFTMAX", [ops.tensor(1, 4)], {"beta": 1.0}, True),
    ("SOFTMAX", [ops.tensor(1, 4)], {"beta": 2.0}, False),
    ("MEAN", [ops.tensor(*_IMAGE), _numbers(1)], {}, True),
    ("MEAN", [ops.tensor(*_IMAGE), ops.tensor(1)], {}, False),
    ("SPLIT_V", [ops.tensor(*_IMAGE)], {}, False),
    ("RELU_0_TO_1", [ops.tensor(*_IMAGE)], {}, False),
  ],
)
def test_rows(name, inputs, options, right):
  assert (not _found(name, inputs, **options)) == right


@pytest.mark.parametrize(
  ("axis", "options", "right"),
  [
    (1, {}, True),
    (-1, {}, False),
    (1, {"reverse": True}, False),
    (1, {"exclusive": True}, False),
  ],
)
def test_cumsum(axis, options, right):
  options = {"reverse": False, "exclusive": False} | options
  inputs = [ops.tensor(*_IMAGE), _numbers(axis)]
  assert (not _found("CUMSUM", inputs, **options)) == right


@pytest.mark.parametrize(("channels", "right"), [(4, True), (2, False)])
def test_split(channels, right):
  output = ops.tensor(1, 4, 4, channels)
  inputs = [_numbers(3), ops.tensor(*_IMAGE)]
  assert (not _found("SPLIT", inputs, output)) == right


def test_sines_are_advice():
  operator = ops.operator("SIN", [ops.tensor(1, 4)], ops.tensor(1, 4))
  file = ops.network([operator])
  assert not gpu_operators.operators(file)
  (found,) = gpu_operators.inexact(file)
  assert (found.layer, found.refused) == ("sin", False)
