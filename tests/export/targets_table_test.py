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
"""Tests of the table of targets."""

import pathlib

from tf_ganprune import export
from tf_ganprune.export import targets_table


def test_every_target_has_a_row():
  head, line, *rows = targets_table.markdown().splitlines()
  assert head.startswith("| Target |")
  assert [row.split(" | ")[0] for row in rows] == [
    f"| `{name}`" for name in export.EXPORT_TARGETS
  ]
  columns = {row.count(" | ") for row in [head, *rows]}
  assert columns == {line.count("|") - 2}


def test_the_guide_has_it():
  root = pathlib.Path(__file__).resolve().parents[2]
  guide = root / "docs" / "guides" / "export.md"
  assert targets_table.markdown() in guide.read_text(encoding="utf-8")


def test_rows_say_what_the_table_has():
  rows = {
    row.split("`")[1]: row for row in targets_table.markdown().splitlines()[2:]
  }
  assert "sparsity flag on" in rows["cpu-block"]
  assert "sparsity flag off" in rows["gpu"]
  assert "sparsity flag where it helps" in rows["cpu"]
  assert "TRANSPOSE_CONV up to version 3" in rows["gpu"]
  assert "at most 4 axes; no DENSIFY" in rows["gpu"]
  assert "two thirds" in rows["arm-sparse"]
  assert "| nothing |" in rows["cpu-int8"]
  assert rows["cpu-small"].endswith("| 1e-05 to 0.8 |")
