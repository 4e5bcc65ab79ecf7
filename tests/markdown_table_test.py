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
"""Tests of tables in Markdown."""

import pathlib

from tests import build_files
from tf_ganprune import markdown_table


def test_numbers_have_three_digits():
  rows = [["x", 0.12345], ["y", 1234.5], ["", 7]]
  assert markdown_table.text(["a", "b"], iter(rows)) == (
    "| a | b |\n|---|---|\n| x | 0.123 |\n| y | 1,234 |\n|  | 7 |"
  )


def test_a_table_may_have_no_rows():
  assert markdown_table.text(iter("ab"), []) == "| a | b |\n|---|---|"


def test_no_other_module_makes_tables():
  ours = pathlib.Path(markdown_table.__file__)
  for tree in ("tf_ganprune", "benchmarks", "examples"):
    for path in (build_files.ROOT / tree).rglob("*.py"):
      text = path.read_text(encoding="utf-8")
      assert path == ours or ("|---" not in text and '"---"' not in text), path
