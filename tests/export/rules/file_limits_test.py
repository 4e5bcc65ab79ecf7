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
"""Tests of what targets take."""

from tests.export.rules import operators as ops
from tf_ganprune.export.rules import file_limits


def _one(name, output, version=1, **options):
  x = ops.tensor(1, 4)
  operator = ops.operator(name, [x], output, version, "layer", **options)
  return ops.network([operator], x)


def test_without_limits_everything_goes():
  limits = file_limits.Limits()
  assert not limits
  assert not limits.findings(_one("CONV_3D", ops.tensor(-1, 2, 3, 4, 5)))[1:]
  assert file_limits.Limits(max_rank=4)


def test_versions():
  limits = file_limits.Limits(versions={"TRANSPOSE_CONV": 3, "DENSIFY": 0})
  output = ops.tensor(1, 4)
  assert not limits.findings(_one("TRANSPOSE_CONV", output, 3))
  assert not limits.findings(_one("CONV_2D", output, 9))
  (found,) = limits.findings(_one("TRANSPOSE_CONV", output, 4))
  assert "version 4, and version 3 is the newest" in found.reason
  assert "LeakyReLU" in found.remedy
  (found,) = limits.findings(_one("DENSIFY", output, 1))
  assert "does not run there" in found.reason


def test_the_fused_operator_is_blamed_for_the_version_of_all():
  limits = file_limits.Limits(versions={"TRANSPOSE_CONV": 3})
  x, y, z = (ops.tensor(1, 4) for _ in range(3))
  file = ops.network(
    [
      ops.operator("TRANSPOSE_CONV", [x], y, 4, "a", fusedActivationFunction=1),
      ops.operator("TRANSPOSE_CONV", [y], z, 4, "b", fusedActivationFunction=0),
    ],
    x,
  )
  assert [one.layer for one in limits.findings(file)] == ["a"]


def test_axes():
  limits = file_limits.Limits(max_rank=4)
  assert not limits.findings(_one("ADD", ops.tensor(1, 2, 3, 4)))
  (found,) = limits.findings(_one("ADD", ops.tensor(1, 2, 3, 4, 5)))
  assert "5 axes (ADD), and 4" in found.reason


def test_sizes_that_vary():
  (found,) = file_limits.Limits(max_rank=4).findings(
    _one("ADD", ops.tensor(-1, 4))
  )
  assert "(-1, 4)" in found.reason


def test_integers_only():
  limits = file_limits.Limits(integers_only=True)
  x, y = ops.tensor(1, 4, dtype="int8"), ops.tensor(1, 4, dtype="int8")
  floating = ops.tensor(1, 4)
  quantized = ops.network([ops.operator("ADD", [x], y)], x)
  assert not limits.findings(quantized)
  left = ops.network(
    [
      ops.operator("DEQUANTIZE", [x], floating),
      ops.operator("ERF", [floating], y, layer="layer"),
      ops.operator("SIN", [floating], ops.tensor(1, 4), layer="sine"),
    ],
    x,
  )
  found = limits.findings(left)
  assert [one.layer for one in found] == ["net", "sine"]
  assert "computes in float32 (SIN)" in found[1].reason


def _norm_of(image, convert):
  """An array of five axes, normalized."""
  x = ops.tensor(1, *image)
  wide = [ops.tensor(1, 4, 4, 2, 4) for _ in range(4)]
  square, root = ops.tensor(1, 1, 1, 2, 1), ops.tensor(1, 1, 1, 2, 1)
  return ops.network(
    [
      ops.operator(convert, [x], wide[0]),
      ops.operator("SQUARE", [wide[0]], wide[1]),
      ops.operator("MEAN", [wide[1]], square),
      ops.operator("RSQRT", [square], root),
      ops.operator("MUL", [wide[0], root], wide[2]),
      ops.operator("RESHAPE", [wide[2]], ops.tensor(1, 4, 4, 8)),
    ],
    x,
  )


def test_a_group_norm_by_hand_has_a_way_out_of_its_own():
  limits = file_limits.Limits(max_rank=4)
  found = limits.findings(_norm_of((4, 4, 8), "RESHAPE"))
  assert len(found) == 5
  assert all("GroupNormalization(groups=...)" in one.remedy for one in found)


def test_of_a_volume_it_has_none():
  found = file_limits.Limits(max_rank=4).findings(
    _norm_of((4, 4, 2, 4), "CONV_3D")
  )
  assert len(found) == 5
  assert all("two-dimensional layers" in one.remedy for one in found)
