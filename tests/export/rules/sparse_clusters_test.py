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
"""Tests of the rules for XNNPACK's sparse clusters."""

import numpy as np
import pytest

from tests.export.rules import operators as ops
from tf_ganprune.export.rules import sparse_clusters


def _pointwise(outputs, inputs, zeros, layer="one"):
  """Makes a 1x1 convolution with so many of its weights zero."""
  kernel = np.ones(outputs * inputs, "f")
  kernel[:zeros] = 0
  return ops.convolution(kernel.reshape(outputs, 1, 1, inputs), layer=layer)


_IMAGE = ops.tensor(1, 16, 16, 3)
_PAD = ops.pad((1, 1), (1, 1))
_STEM = ops.convolution(np.ones((8, 3, 3, 3), "f"), 2, layer="stem")
_SPARSE = _pointwise(12, 8, 80)


def _findings(*makers):
  file = ops.chain(_IMAGE, *makers)
  return sparse_clusters.structure(file) + sparse_clusters.zeros(file)


def test_a_cluster_is_found():
  inside = [ops.depthwise(), ops.same_shape("LEAKY_RELU")]
  assert not _findings(_PAD, _STEM, *inside, _SPARSE, ops.depth_to_space)
  assert not _findings(
    _PAD, _STEM, ops.depthwise(5), _SPARSE, ops.depth_to_space
  )


def test_a_mean_over_the_image_ends_it():
  def mean(*axes):
    value = ops.tensor(value=np.array(axes, "int32"))
    return lambda x: ops.operator("MEAN", [x, value], ops.tensor(1, 12))

  assert not _findings(_PAD, _STEM, _SPARSE, mean(1, 2))
  (found,) = _findings(_PAD, _STEM, _SPARSE, mean(1, 3))
  assert "MEAN" in found.reason


@pytest.mark.parametrize(
  "before",
  [
    [ops.convolution(np.ones((8, 3, 3, 3), "f"), 2, ops.SAME, "stem")],
    [_PAD, ops.convolution(np.ones((8, 3, 3, 3), "f"), 2, ops.SAME, "stem")],
    [ops.pad((0, 1), (0, 1)), _STEM],
    [_STEM],
  ],
)
def test_the_stem_must_be_padded_by_one(before):
  (found,) = _findings(*before, _SPARSE, ops.depth_to_space)
  assert found.layer == "stem"
  assert "ZeroPadding2D(1)" in found.remedy


@pytest.mark.parametrize(
  "kernel_and_strides", [((8, 3, 3, 3), 1), ((8, 5, 5, 3), 2)]
)
def test_another_convolution_is_no_stem(kernel_and_strides):
  shape, strides = kernel_and_strides
  stem = ops.convolution(np.ones(shape, "f"), strides)
  (found,) = _findings(_PAD, stem, _SPARSE, ops.depth_to_space)
  assert found.layer == "one"
  assert "begins a cluster" in found.reason


@pytest.mark.parametrize(
  "stranger",
  [
    ops.same_shape("ELU", "stranger"),
    ops.convolution(np.ones((8, 3, 3, 8), "f"), layer="stranger"),
    lambda x: ops.depthwise(7)(x),
    lambda x: ops.pad((1, 1), (1, 1))(x),
  ],
)
def test_other_operators_break_it(stranger):
  found = _findings(_PAD, _STEM, stranger, _SPARSE, ops.depth_to_space)
  assert "makes all of it dense" in found[0].reason
  assert [x.layer for x in found if not x.refused] == ["one"]


def test_padding_may_stand_before_a_depthwise_convolution():
  pad = ops.pad((1, 1), (1, 1))
  assert not _findings(
    _PAD, _STEM, pad, ops.depthwise(), _SPARSE, ops.depth_to_space
  )


def test_a_kernel_that_is_computed_has_no_zeros_to_count():
  def computed(x):
    kernel = ops.tensor(12, 1, 1, 8)
    image = ops.tensor(1, 8, 8, 12)
    strides = {"strideH": 1, "strideW": 1}
    return ops.operator("CONV_2D", [x, kernel], image, **strides)

  file = ops.chain(_IMAGE, _PAD, _STEM, computed, ops.depth_to_space)
  assert not sparse_clusters.zeros(file)


@pytest.mark.parametrize(("zeros", "enough"), [(64, False), (65, True)])
def test_more_than_two_thirds_must_be_zero(zeros, enough):
  found = _findings(_PAD, _STEM, _pointwise(12, 8, zeros), ops.depth_to_space)
  assert [x.layer for x in found] == ["net"] * (not enough)
  if not enough:
    assert "has 66.6% zeros" in found[0].reason


def test_each_kernel_must_be_stored_sparsely():
  found = _findings(
    _PAD,
    _STEM,
    _pointwise(80, 8, 640 - 8),
    _pointwise(4, 80, 90, "dense"),
    ops.depth_to_space,
  )
  assert [x.layer for x in found] == ["dense"]
  assert "28% zeros" in found[0].reason


def test_a_cluster_must_end():
  (found,) = _findings(_PAD, _STEM, _SPARSE)
  assert "does not end" in found.reason


def test_a_network_without_1x1_convolutions():
  (found,) = _findings(_PAD, _STEM, ops.depth_to_space)
  assert "has no 1x1 convolution" in found.reason


def test_a_sum_with_what_is_outside_is_found():
  outside = ops.tensor(1, 8, 8, 12)

  def add(x):
    return ops.operator("ADD", [x, outside], ops.tensor(*x.shape), layer="add")

  found = _findings(_PAD, _STEM, _SPARSE, add, ops.depth_to_space)
  assert [x.layer for x in found] == ["add"]


def test_what_stands_outside_is_advice():
  found = _findings(
    _PAD, _STEM, _SPARSE, ops.depth_to_space, _pointwise(3, 3, 0, "last")
  )
  assert [(x.layer, x.refused) for x in found] == [("last", False)]
