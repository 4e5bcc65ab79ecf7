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
"""Tests of files of networks that were rewritten."""

import pytest
from ai_edge_litert import interpreter as litert

from tf_ganprune import export
from tf_ganprune.export.rewrites import file_layers


def _operators(path):
  interpreter = litert.Interpreter(
    str(path),
    experimental_op_resolver_type=(
      litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    ),
  )
  interpreter.allocate_tensors()
  return {entry["op_name"] for entry in interpreter._get_ops_details()}


@pytest.mark.parametrize(
  "target", ["cpu", "cpu-fp16", "cpu-dynamic", "cpu-int8"]
)
def test_slow_operators_are_replaced(exported, target):
  report = exported(target)
  operators = _operators(report.path)
  assert "DEPTH_TO_SPACE" in operators
  assert "TRANSPOSE_CONV" not in operators
  # The normalizations are in the convolutions and in the Dense layer.
  assert not operators & {"ADD", "MUL", "SUB"}
  assert any(
    "depth-to-space" in note and "conv2d_transpose" in note and "image" in note
    for note in report.notes
  )


@pytest.mark.slow
def test_a_replacement_that_is_wrong_is_not_used(
  generator, tmp_path, monkeypatch
):
  right = file_layers.Interleave.call
  monkeypatch.setattr(
    file_layers.Interleave, "call", lambda self, x: right(self, x)[:, ::-1]
  )
  report = export.export_tflite(generator, tmp_path / "g")
  assert report.max_abs_error < 1e-5
  assert "TRANSPOSE_CONV" in _operators(report.path)
  assert any("No layer was replaced" in note for note in report.notes)
  assert not any("depth-to-space" in note for note in report.notes)
