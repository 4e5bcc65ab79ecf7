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
"""Tests of what is read in files that are there already."""

import pytest

import tf_ganprune as tgp
from tests import tiny
from tf_ganprune.export import existing


@pytest.fixture(scope="module")
def path(tmp_path_factory):
  path = tmp_path_factory.mktemp("existing") / "g.tflite"
  tgp.export_tflite(tiny.generator(), path, "gpu")
  return path


@pytest.mark.slow
def test_operators_and_constants(path):
  found = existing.read(path)
  assert found.num_bytes == path.stat().st_size
  assert found.delegation.operators == len(found.graph.operators)
  counts = dict((name, (n, size)) for name, n, size in found._counts())
  assert counts["FULLY_CONNECTED"] == ("1", f"{4 * 48 * 4:,}")
  assert [x.shape for x in found.graph.inputs] == [(1, 4)]
  # Nobody knows the layers of a file.
  assert {x.layer for x in found.graph.operators} <= set(counts)


@pytest.mark.slow
def test_findings_are_those_of_the_target(path):
  found = existing.read(path)
  assert existing.findings(found, "cpu") == []
  refused = existing.findings(found, "npu")
  assert refused and all(one.refused for one in refused)
  assert len(set(refused)) == len(refused)
  with pytest.raises(ValueError, match="'arm-sparse' asks for zeros"):
    existing.findings(found, "arm-sparse")
  with pytest.raises(ValueError, match="'tpu' is not known"):
    existing.findings(found, "tpu")


@pytest.mark.slow
@pytest.mark.parametrize("size", [0, 7, 8, 40, 200, 1000])
def test_any_beginning_of_a_file_is_refused(path, tmp_path, size):
  part = tmp_path / "part.tflite"
  part.write_bytes(path.read_bytes()[:size])
  with pytest.raises(ValueError, match="part.tflite' (is|does|ends)"):
    existing.read(part)


def test_no_file(tmp_path):
  with pytest.raises(ValueError, match="none.tflite'"):
    existing.read(tmp_path / "none.tflite")
